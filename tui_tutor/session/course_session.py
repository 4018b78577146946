"""One open course: its kernel, shell and workspace, shared by all its lessons."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain

from tui_tutor.core.confinement import Confinement
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import ErrorRaised, KernelInfo
from tui_tutor.core.ports import Clock, EventStore, Kernel, OpenCourse, Record, Shell, Workspace

SETUP_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Adapters:
    """What plugs a course session into the world. The factories start nothing."""

    clock: Clock
    store: EventStore
    make_kernel: Callable[[OpenCourse], Kernel]
    make_shell: Callable[[OpenCourse], Shell]
    confinement: Callable[[], Confinement] = Confinement
    open_address: Callable[[str], bool] = lambda _: False  # False: there is no browser to show it
    unsaved: list[tuple[Record, ...]] = field(default_factory=list)
    """What could not be stored when its lesson was left, oldest first; the next lesson takes it over."""

    def store_unsaved(self) -> str:
        """Try a last time; what is lost if that fails, in a sentence."""
        records = tuple(chain.from_iterable(self.unsaved))
        if not records:
            return ""
        try:
            self.store.append(records)
        except TutorError as error:
            lost = "1 record" if len(records) == 1 else f"{len(records):,} records"
            return f"{lost} of what you did could not be saved. {error.message}"
        self.unsaved.clear()
        return ""


class CourseSession:
    """Starts the kernel once, empty; runs the course's setup when it is asked to, after trust."""

    def __init__(self, opened: OpenCourse, adapters: Adapters) -> None:
        self.opened = opened
        self.adapters = adapters
        self.workspace: Workspace = opened.workspace()
        self._kernel: Kernel | None = None
        self._shell: Shell | None = None
        self._starting: asyncio.Task[KernelInfo] | None = None
        self._set_up: set[str] = set()
        self._is_prepared = False
        self.is_dead = False  # the kernel ended unasked: the next run begins with a new one
        self.lessons_held: set[str] = set()  # what ran in them is in the kernel, as far as it ever will be
        self.network = False  # the learner's yes is one to the network too
        self.granted: str = ""  # "once" or "trusted": the learner's yes holds for every lesson

    @property
    def kernel(self) -> Kernel:
        """The course's kernel, made on first use, not yet started. TutorError if nothing can run it."""
        if self._kernel is None:
            self._kernel = self.adapters.make_kernel(self.opened)
        return self._kernel

    @property
    def shell(self) -> Shell:
        if self._shell is None:
            self._shell = self.adapters.make_shell(self.opened)
        return self._shell

    def prepare_workspace(self) -> tuple[str, ...]:
        """Copy the course's files at the first run; sentences about what was kept beside."""
        if self._is_prepared:
            return ()
        notes = self.workspace.prepare()
        self._is_prepared = True
        return notes

    def holds(self, lesson_id: str) -> bool:
        """Whether the kernel is where this lesson left it, so that nothing has to run again."""
        return lesson_id in self.lessons_held

    @property
    def is_started(self) -> bool:
        return self._starting is not None and self._starting.done() and not self._starting.cancelled()

    async def start_kernel(self) -> KernelInfo:
        """The running kernel's facts; the first call starts it, later ones wait for the same start.

        The kernel's working folder is the workspace, so that is prepared first.
        """
        if self._starting is None or (self._starting.done() and self._starting.exception() is not None):
            self._starting = asyncio.ensure_future(self._start())
        return await asyncio.shield(self._starting)

    async def _start(self) -> KernelInfo:
        self.prepare_workspace()
        return await self.kernel.start()

    async def run_setup(self, key: str, source: str) -> None:
        """Run a setup text silently, once for each kernel; TutorError with what it raised."""
        if not source or key in self._set_up:
            return
        failure: ErrorRaised | None = None
        async for event in self.kernel.run(source, timeout_s=SETUP_TIMEOUT_S, is_silent=True):
            if isinstance(event, ErrorRaised):
                failure = event
        if failure is not None:
            place = f" in line {failure.line}" if failure.line else ""
            message = f"The course's setup failed: {failure.name}{place}: {failure.message}"
            raise TutorError(message, help="Tell the course's author; F8 tries again with a new kernel.")
        self._set_up.add(key)

    async def restart_kernel(self) -> KernelInfo:
        """A new, empty kernel; the setups run again before the next run."""
        self._set_up.clear()
        self.lessons_held.clear()
        if self._starting is None:
            return await self.start_kernel()
        try:
            await asyncio.shield(self._starting)
        except TutorError:
            self._starting = None
            return await self.start_kernel()
        return await self.kernel.restart()

    async def close(self) -> None:
        """End the kernel, the shell and all they started."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
        for child in (self._shell, self._kernel):
            if child is not None:
                await child.close()
        self._kernel = self._shell = self._starting = None
        self._set_up.clear()  # a kernel that comes later begins anew
        self.lessons_held.clear()
        self.is_dead = False
