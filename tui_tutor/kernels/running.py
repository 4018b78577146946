"""One run of source in a kernel, from its first message to Finished."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Final

from tui_tutor.core.execution import (
    ErrorRaised,
    Finished,
    InputAsked,
    Outcome,
    RunEvent,
    Started,
)
from tui_tutor.kernels.conversation import Conversation
from tui_tutor.kernels.ending import reason_of
from tui_tutor.kernels.merging import TextMerger
from tui_tutor.kernels.translating import Message, content_of, error_of, event_of, kind_of, parent_id

_KILL_AFTER_S: Final = 2.0
_OTHER_HALF_S: Final = 1.0  # after this time in silence the reply or the idle status is taken as lost
_OUTPUT: Final = ("stream", "display_data", "update_display_data")
_INTERRUPTS: Final = ("KeyboardInterrupt", "CancelledError")


class Run:
    """What one run has said so far."""

    def __init__(
        self,
        talk: Conversation,
        *,
        timeout_s: float,
        is_silent: bool,
        interrupt: Callable[[], Awaitable[None]],
    ) -> None:
        self.talk, self.timeout_s, self.is_silent = talk, timeout_s, is_silent
        self.is_interrupted = self.is_killed = self.is_over = False
        self._interrupt = interrupt
        self._merger = TextMerger()
        self._began = time.monotonic()
        self._deadline = self._began + timeout_s
        self._paused_at: float | None = None
        self._is_late = False
        self._count: int | None = None
        self._is_started = False
        self._early: list[Message] = []
        self._error: ErrorRaised | None = None
        self._reply: Message | None = None
        self._is_idle = False
        self._half_at: float | None = None

    async def events(self, source: str, *, allow_input: bool) -> AsyncIterator[RunEvent]:
        """Send the source, then yield what comes of it."""
        self.talk.execute(source, is_silent=self.is_silent, allow_input=allow_input)
        while not self.is_over:
            message = await self.talk.inbox.get(self._patience())
            now = time.monotonic()
            if message is not None:
                for event in self._take(message, now):
                    yield event
            for event in self._merger.due(now):
                yield event
            await self._keep_time(now)
        if self.is_killed:
            await self._end_of_kernel()
        for event in self._last_words():
            yield event

    def _patience(self) -> float:
        now = time.monotonic()
        times = [now + 5.0 if self._half_at is None else self._half_at + _OTHER_HALF_S + 0.01]
        if self._paused_at is None:
            times.append(self._deadline)
        if (due := self._merger.due_at()) is not None:
            times.append(due)
        return max(0.0, min(times) - now)

    def resume_clock(self) -> None:
        """The learner has answered: the time limit counts again."""
        if self._paused_at is not None:
            self._deadline += time.monotonic() - self._paused_at
            self._paused_at = None

    def _take(self, message: Message, now: float) -> Iterator[RunEvent]:
        kind, content = kind_of(message), content_of(message)
        if self._half_at is not None:
            self._half_at = now
        if not self._is_started and kind in _OUTPUT:
            self._early.append(message)  # of a thread that an earlier run started
        elif kind == "stream":
            name = "stderr" if content.get("name") == "stderr" else "stdout"
            dropped = content.get("dropped_lines", 0)
            lost = dropped if isinstance(dropped, int) and dropped > 0 else 0
            self._merger.add(name, str(content.get("text", "")), lost)  # type: ignore[arg-type]
        elif kind == "execute_input":
            count = content.get("execution_count")
            self._count = count if isinstance(count, int) else None
            yield from self._begin(now)
        elif kind == "execute_reply":
            self._reply = message
            self._note_half(now)
        elif kind == "death":
            self.is_over = True
        elif kind == "status":
            if content.get("execution_state") == "idle" and parent_id(message) == self.talk.run_id:
                self._is_idle = True
                self._note_half(now)
            if self.is_silent:
                yield from self._begin(now)
        elif (event := event_of(message, self._count)) is not None:
            yield from self._begin(now)
            yield from self._merger.rest(now)
            yield self._noted(event)

    def _note_half(self, now: float) -> None:
        """Reply and idle status come on two channels, in any order; one alone is waited for, not for ever."""
        self.is_over = self._is_idle and self._reply is not None
        self._half_at = now

    def _begin(self, now: float) -> Iterator[RunEvent]:
        if not self._is_started:
            self._is_started = True
            yield Started(None if self.is_silent else self._count)
            for message in self._early:
                yield from self._take(message, now)

    def _noted(self, event: RunEvent) -> RunEvent:
        if isinstance(event, ErrorRaised):
            self._error = event
        elif isinstance(event, InputAsked):
            self._paused_at = time.monotonic()
        return event

    async def _keep_time(self, now: float) -> None:
        if self._half_at is not None and now - self._half_at > _OTHER_HALF_S:
            self.is_over = True
        if self.is_over or self._paused_at is not None or now < self._deadline:
            return
        if self._is_late:
            self.is_killed = True
            self.talk.life.process.kill()
            self._deadline = now + 60
        else:
            self._is_late = True
            self._deadline = now + _KILL_AFTER_S
            await self._interrupt()

    async def _end_of_kernel(self) -> None:
        """Its reply may just have come: this run must tell of the end all the same, not the next one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_KILL_AFTER_S):
                await asyncio.shield(self.talk.life.process.ended)

    def _last_words(self) -> Iterator[RunEvent]:
        yield from self._begin(time.monotonic())
        yield from self._merger.rest(time.monotonic())
        reply = content_of(self._reply) if self._reply is not None else {}
        if reply.get("status") == "error" and self._error is None:  # SystemExit is told only here
            self._error = error_of(reply, self._count)
            yield self._error
        outcome, reason = self._outcome(reply.get("status") == "aborted")
        elapsed_ms = 1000 * (time.monotonic() - self._began)
        self.talk.run_id = ""
        yield Finished(outcome, self._count, elapsed_ms, None, reason)

    def _outcome(self, is_aborted: bool) -> tuple[Outcome, str]:
        ended = self.talk.life.process.ended
        if ended.done():
            self.talk.life.is_told = True
        if self._is_late:
            end = " It did not stop when asked, so the kernel was ended and its names are gone."
            return "timeout", f"It was stopped after {self.timeout_s:g} s." + (end if self.is_killed else "")
        if ended.done() and self.is_killed:
            return "died", "It did not stop when asked, so the kernel was ended and its names are gone."
        if ended.done():
            return "died", f"The kernel died: {reason_of(ended.result())}. Its names are gone."
        is_stopped = self.is_interrupted and self._error is not None and self._error.name in _INTERRUPTS
        if is_stopped or is_aborted:
            return "interrupted", ""
        if self._reply is None:
            return "error", "The kernel did not say how the run ended."
        return ("error", "") if self._error is not None else ("ok", "")
