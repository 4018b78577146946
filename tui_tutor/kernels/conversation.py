"""Talking with one living kernel: who waits for which reply, and what a run hears."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import zmq

from tui_tutor.kernels.inbox import Inbox
from tui_tutor.kernels.launching import Life
from tui_tutor.kernels.translating import Message, content_of, kind_of, parent_id

DEATH: Final[Message] = {"header": {"msg_type": "death"}}
_DEATH_DELAY_S: Final = 0.03  # what a dying kernel has sent is on its way


class Conversation:
    """The pumps of one kernel. What nobody asked for (text of threads, say) waits for the next run."""

    def __init__(self, life: Life) -> None:
        self.life, self.client = life, life.client
        self.inbox: Inbox[Message] = Inbox()
        self.run_id = ""
        self.has_replied = asyncio.Event()  # the present run has ended in the kernel
        self.abandoned: set[str] = set()
        self._replies: dict[str, asyncio.Future[Message]] = {}
        for channel in (self.client.shell_channel, self.client.stdin_channel):
            # A program that breaks its kernel's sockets must not make ours wait, and the whole application.
            channel.socket.setsockopt(zmq.SNDTIMEO, 0)
        self._tasks = [
            asyncio.create_task(self._pump(self.client.get_iopub_msg, self._hear)),
            asyncio.create_task(self._pump(self.client.get_shell_msg, self._reply)),
            asyncio.create_task(self._pump(self.client.get_stdin_msg, self._ask_back)),
        ]
        life.process.ended.add_done_callback(self._note_death)

    async def _pump(
        self, receive: Callable[[], Awaitable[Message]], take: Callable[[Message], Awaitable[None]]
    ) -> None:
        while True:
            try:
                message = await receive()
            except Exception:  # noqa: BLE001 - a message that a stranger forged or cut
                await asyncio.sleep(0)
                continue
            await take(message)

    async def _hear(self, message: Message) -> None:
        kind, parent = kind_of(message), parent_id(message)
        if parent in self.abandoned:
            return
        if kind in ("status", "execute_input", "error") and parent != self.run_id:
            return
        if kind in ("stream", "display_data", "update_display_data") or parent == self.run_id:
            await self.inbox.put(message)

    async def _reply(self, message: Message) -> None:
        future = self._replies.pop(parent_id(message), None)
        if future is not None and not future.done():
            future.set_result(message)
        if parent_id(message) == self.run_id:
            self.has_replied.set()
            self.inbox.post(message)

    async def _ask_back(self, message: Message) -> None:
        await asyncio.sleep(0.01)  # the text before the prompt comes on another channel
        self.inbox.post(message)

    def _note_death(self, _: object) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(_DEATH_DELAY_S, self.inbox.post, DEATH)
        for future in self._replies.values():
            if not future.done():
                future.cancel()

    def execute(self, source: str, *, is_silent: bool, allow_input: bool) -> None:
        """Begin a run; its messages come to the inbox."""
        self.has_replied.clear()
        try:
            self.run_id = self.client.execute(
                source,
                silent=is_silent,
                store_history=not is_silent,
                allow_stdin=allow_input,
                stop_on_error=False,
            )
        except zmq.Again:
            self.life.process.kill()  # nobody reads there any more: its death is what the run hears
            return
        self._look_again(self.client.shell_channel)

    def wake(self) -> None:
        """Send something, so that the kernel's loop looks at what was asked of it."""
        with contextlib.suppress(zmq.Again):
            self.client.kernel_info()
        self._look_again(self.client.shell_channel)

    def answer(self, text: str) -> None:
        """Give the waiting program a line."""
        with contextlib.suppress(zmq.Again):
            self.client.input(text)
        self._look_again(self.client.stdin_channel)

    def _look_again(self, channel: Any) -> None:
        # jupyter_client sends past zmq's asyncio socket. If a message has come in just then, sending takes
        # its signal away and the pump would sleep for ever; asking for the events makes pyzmq look.
        channel.socket.get(zmq.EVENTS)

    def abandon(self) -> None:
        """Nobody listens to the present run any more."""
        self.abandoned.add(self.run_id)
        self.run_id = ""

    async def ask(self, kind: str, content: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any] | None:
        """Send a request on the shell channel; the reply's content, None if none comes in time."""
        message = self.client.session.msg(kind, dict(content))
        future = asyncio.get_running_loop().create_future()
        self._replies[message["header"]["msg_id"]] = future
        try:
            self.client.shell_channel.send(message)
            self._look_again(self.client.shell_channel)
            async with asyncio.timeout(timeout_s):
                return content_of(await future)
        except zmq.Again:
            return None
        except (TimeoutError, asyncio.CancelledError):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return None
        finally:
            self._replies.pop(message["header"]["msg_id"], None)

    def close(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
