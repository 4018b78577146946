"""The fork servers of one course: a bare one at once, and one forked from it that imports `preload`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from tui_tutor.kernels.environment import ONE_THREAD, clean_environment
from tui_tutor.kernels.fork_link import ForkLink, Spawned, can_fork

_TRIES = 2  # after that kernels are started as plain commands
_READY_S = 30.0  # for a server's imports, from the slowest of disks


class ForkServers:
    """Gives the server to fork a kernel from. Use on one event loop, on its main thread."""

    def __init__(
        self,
        python: str,
        *,
        env: Mapping[str, str],
        preload: Sequence[str],
        prefix: Sequence[str],
        may_fork: bool,
    ) -> None:
        self._python, self._prefix, self._preload = python, tuple(prefix), tuple(preload)
        self._extra = env
        self._confine({})
        self._may_fork = may_fork and can_fork()
        self._spawned: Spawned | None = None
        self._bare: ForkLink | None = None
        self._warm: ForkLink | None = None
        self._failures = 0

    def confine(self, prefix: Sequence[str], env: Mapping[str, str]) -> None:
        """What a sandbox puts before the server, and into its environment. Before the first start."""
        self._prefix = tuple(prefix)
        self._confine(env)

    def _confine(self, env: Mapping[str, str]) -> None:
        # A thread of the server would be missing in every kernel.
        self._env = {**clean_environment(self._extra), **env, **ONE_THREAD}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person may want to know of how kernels start."""
        if self._failures and not self._may_fork:
            return ("kernels start more slowly: the fork server does not work here",)
        return ()

    def prepare(self, log: int) -> None:
        """Start the bare server if none lives; needs no event loop and returns at once."""
        if not self._may_fork or self._spawned or (self._bare is not None and self._bare.is_alive):
            return
        try:
            self._spawned = ForkLink.spawn(self._python, env=self._env, prefix=self._prefix, log=log)
        except OSError:
            self._may_fork = False

    def start(self, log: int) -> None:
        """Start the bare server if none lives, and listen to it; returns at once."""
        self.prepare(log)
        if self._spawned is not None:
            self._bare, self._spawned = ForkLink(*self._spawned), None

    async def link(self, wanted: asyncio.Event, log: int) -> ForkLink | None:
        """The server to fork from, None for a plain kernel; waits for `preload` until a kernel is wanted."""
        while self._may_fork:
            self.start(log)
            if self._bare is None:
                break
            try:
                async with asyncio.timeout(_READY_S):  # what an interpreter starts with may hang
                    await self._bare.ready()
                return await self._warmest(self._bare, wanted)
            except (ConnectionError, TimeoutError):
                await self.forget()
        return None

    async def _warmest(self, bare: ForkLink, wanted: asyncio.Event) -> ForkLink:
        if not self._preload:
            return bare
        if self._warm is None or not self._warm.is_alive:
            self._warm = await bare.split(self._preload)
        warm = self._warm
        waiting = asyncio.create_task(wanted.wait())
        try:
            either: list[asyncio.Future[Any]] = [waiting, warm.said_ready]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if not warm.is_ready:
            return bare
        # A thread that an import started would be missing in the fork.
        return warm if warm.said_ready.result()["threads"] == 1 else bare

    async def forget(self) -> None:
        """Give the servers up after a failure; a second one means plain kernels from now on."""
        self._failures += 1
        if self._failures >= _TRIES:
            self._may_fork = False
        await self.stop()

    async def stop(self) -> None:
        """End the servers and every kernel of theirs."""
        if self._spawned is not None:
            self._bare, self._spawned = ForkLink(*self._spawned), None
        for link in (self._warm, self._bare):
            if link is not None:
                await link.stop()
        self._warm = self._bare = None
