"""Our end of a fork server: start it, ask it for kernels, hear of their end without polling. Linux."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

SERVER: Final = Path(__file__).with_name("forkserver.py")
_MAXIMUM: Final = 1 << 18
_SIGNAL_S: Final = 1.0
Spawned = tuple[socket.socket, subprocess.Popen[bytes]]  # our end of the pair, and the server


def can_fork() -> bool:
    """Whether this system has what the fork server needs."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(socket, "SOCK_SEQPACKET")


class Forked:
    """A child of a fork server: what jupyter_client needs of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, link: ForkLink, pid: int, pidfd: int) -> None:
        self.link, self.pid, self.pidfd = link, pid, pidfd
        self.returncode: int | None = None
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(pidfd, self._note_end)

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self.pidfd)
        self.link.hear()
        code = self.link.codes.pop(self.pid, None)
        if code is None and self.link.is_alive:  # the server says why in a moment
            asyncio.get_running_loop().call_later(0.02, self._settle)
        else:
            self._settle(code)

    def _settle(self, code: int | None = None) -> None:
        if self.returncode is None:
            code = code if code is not None else self.link.codes.pop(self.pid, -signal.SIGKILL)
            self.returncode = code
            os.close(self.pidfd)
            if not self.ended.done():
                self.ended.set_result(code)

    def poll(self) -> int | None:
        """The exit code, None while it lives."""
        if self.returncode is None and select.select([self.pidfd], [], [], 0)[0]:
            self._note_end()
        return self.returncode

    async def wait(self) -> int:
        """The exit code, when there is one."""
        return await asyncio.shield(self.ended)

    def send_signal(self, signum: int) -> None:
        """Signal the child's whole group; only the server knows that the number still holds."""
        if self.returncode is None:
            self.link.signals_on_their_way += 1
            self.link.send({"do": "signal", "pid": self.pid, "signum": signum})

    async def signal_arrived(self) -> None:
        """Return when it has every signal it was sent; a server that does not say so is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SIGNAL_S):
                await self.link.signals_arrived()

    def kill(self) -> None:
        """Kill the child's whole group."""
        self.send_signal(signal.SIGKILL)

    terminate = kill


class ForkLink:
    """One fork server. Use on one event loop, and start it on that loop's thread."""

    def __init__(self, ours: socket.socket, process: subprocess.Popen[bytes] | Forked) -> None:
        self.socket, self.process = ours, process
        self.codes: dict[int, int] = {}
        self.signals_on_their_way = 0
        self._signalled = asyncio.Event()
        self.is_alive = True
        self._serial = 0
        self._answers: dict[int, asyncio.Future[Forked]] = {}
        self._loop = asyncio.get_running_loop()
        # What the server says once its modules are imported: its pid, its threads, what failed.
        self.said_ready: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        ours.setblocking(False)
        self._loop.add_reader(ours, self.hear)

    @staticmethod
    def spawn(python: str, *, env: Mapping[str, str], prefix: Sequence[str], log: int) -> Spawned:
        """Start a server, also before there is an event loop; returns at once. OSError if it cannot."""
        ours, theirs = _pair()
        with theirs:
            # The current folder must not be on the server's path: nothing of a course runs in it.
            process = subprocess.Popen(
                [*prefix, python, "-P", str(SERVER)],
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=dict(env),
                cwd="/",
            )
        return ours, process

    async def split(self, preload: Sequence[str]) -> ForkLink:
        """A second server, forked from this one, that imports modules first; returns before it has."""
        ours, theirs = _pair()
        with theirs:
            child = await self._ask({"do": "split", "preload": list(preload)}, theirs.fileno())
        return ForkLink(ours, child)

    async def fork(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str | None, log: int) -> Forked:
        """A new kernel. ConnectionError if the server is gone."""
        return await self._ask({"do": "fork", "argv": list(argv), "env": dict(env), "cwd": cwd}, log)

    async def ready(self) -> dict[str, Any]:
        """What the server says once its modules are imported. ConnectionError if it goes before."""
        return await asyncio.shield(self.said_ready)

    @property
    def is_ready(self) -> bool:
        """Whether a kernel would come at once."""
        return self.is_alive and self.said_ready.done() and self.said_ready.exception() is None

    async def _ask(self, request: dict[str, Any], descriptor: int) -> Forked:
        await self.ready()
        self._serial += 1
        answer = self._answers[self._serial] = self._loop.create_future()
        self.send({**request, "id": self._serial}, descriptor)
        return await asyncio.wait_for(answer, 10)

    def send(self, message: Mapping[str, Any], *descriptors: int) -> None:
        """Send one message; a server that is gone is noticed by reading."""
        try:
            socket.send_fds(self.socket, [json.dumps(message).encode()], descriptors)
        except OSError:
            pass

    def hear(self) -> None:
        """Take what the server has said."""
        while self.is_alive:
            try:
                data, descriptors, _, _ = socket.recv_fds(self.socket, _MAXIMUM, 4, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                return self._lose()
            self._take(json.loads(data), descriptors)
        return None

    def _take(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "ready" in message and not self.said_ready.done():
            self.said_ready.set_result(message)
        elif "signalled" in message:
            self.signals_on_their_way -= 1
            self._signalled.set()
        elif "gone" in message:
            self.codes[message["gone"]] = message["code"]
        elif "id" in message:
            child = Forked(self, message["pid"], descriptors[0])
            answer = self._answers.pop(message["id"])
            if answer.done():  # nobody waits any more
                child.kill()
            else:
                answer.set_result(child)

    def _lose(self) -> None:
        self.is_alive = False
        self._signalled.set()
        self._loop.remove_reader(self.socket)
        self.socket.close()
        answers: list[asyncio.Future[Any]] = [self.said_ready, *self._answers.values()]
        for answer in answers:
            if not answer.done():
                answer.set_exception(ConnectionError("the fork server is gone"))
                answer.exception()  # seen: nobody may be waiting
        self._answers.clear()

    async def signals_arrived(self) -> None:
        """Return when the server has sent all signals it was asked for, or is gone."""
        while self.signals_on_their_way and self.is_alive:
            self._signalled.clear()
            await self._signalled.wait()

    async def stop(self) -> None:
        """Close our end; the server kills all it started and leaves."""
        if self.is_alive:
            self._lose()
        if isinstance(self.process, subprocess.Popen):
            await asyncio.to_thread(_wait_for_end, self.process)


def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:  # it is stuck in an import
        process.kill()
        process.wait()


def _pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MAXIMUM)
    return ours, theirs
