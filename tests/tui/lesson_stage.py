"""The lesson screen on a stage: a kernel that says what it is told to, a real log in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot

from tests.builders import a_lesson
from tests.tui.replaying import ReplayCourse, ReplayShelf, StoppedClock
from tests.tui.stage import a_shelved, screen_text
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.core.execution import (
    Completions,
    ErrorRaised,
    Finished,
    InputAsked,
    KernelInfo,
    RunEvent,
    Started,
)
from tui_tutor.core.ports import OpenCourse, Report, TrustState, Workspace
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.store.sqlite import MEMORY, SqliteStore
from tui_tutor.tui.app import TutorApp
from tui_tutor.tui.screens.lesson import LessonScreen

FOREVER = Started(-1)
"""Stands in a script where the program runs on until it is interrupted."""


@dataclass
class ScriptedKernel:
    """ports.Kernel and ports.Shell whose runs say what a script holds for their source."""

    script: Mapping[str, Sequence[RunEvent]] = field(default_factory=dict)
    reports: Callable[[Report], Report] = lambda request: {"passed": True}
    plots: list[Report] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    count: int = 0
    is_started: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _is_stopped: bool = False

    async def start(self) -> KernelInfo:
        self.is_started = True
        return KernelInfo(version="3.11")

    async def run(
        self, source: str, *, timeout_s: float, is_silent: bool = False, **_: Any
    ) -> AsyncIterator[RunEvent]:
        self.ran.append(source)
        self._is_stopped = False
        self.count += 0 if is_silent else 1
        yield Started(None if is_silent else self.count)
        outcome = "ok"
        for event in self.script.get(source, ()):
            if event is FOREVER or isinstance(event, InputAsked):
                if event is not FOREVER:
                    yield event
                await self._wake.wait()
                self._wake.clear()
            else:
                yield event
            if self._is_stopped or isinstance(event, ErrorRaised):
                outcome = "interrupted" if self._is_stopped else "error"
                break
        yield Finished(outcome, self.count, 12.0)  # type: ignore[arg-type]

    async def answer_input(self, text: str) -> None:
        self.given.append(text)
        self._wake.set()

    async def interrupt(self) -> None:
        self._is_stopped = True
        self._wake.set()

    async def restart(self) -> KernelInfo:
        self.count = 0
        return await self.start()

    async def probe(self, requests: Sequence[Report], *, timeout_s: float) -> tuple[Report, ...]:
        return tuple(self.reports(request) for request in requests)

    async def plot(self, request: Report, *, timeout_s: float = 5.0) -> Report:
        return self.plots.pop(0) if self.plots else {"missing": ["ys"]}

    async def run_python(self, source: str, *, timeout_s: float) -> tuple[int, str]:
        return 0, ""

    async def complete(self, source: str, cursor: int) -> Completions:
        return Completions(start=cursor, end=cursor)

    async def document(self, source: str, cursor: int) -> str:
        return ""

    async def resize(self, columns: int, rows: int) -> None:
        pass

    async def died(self) -> str:
        await asyncio.Event().wait()
        return ""

    async def close(self) -> None:
        self._wake.set()


class MemoryWorkspace:
    """A folder of texts."""

    path = "/nowhere"

    def __init__(self) -> None:
        self.files: dict[str, str] = {}

    def prepare(self) -> tuple[str, ...]:
        return ()

    def read_text(self, path: str, *, limit: int = 1_000_000) -> str | None:
        return self.files.get(path)

    def write_text(self, path: str, text: str) -> None:
        self.files[path] = text


@dataclass
class StudiedCourse(ReplayCourse):
    """A replay course that can be run."""

    space: MemoryWorkspace = field(default_factory=MemoryWorkspace)

    def workspace(self) -> Workspace:
        return self.space


@dataclass
class Desk:
    """A learner at a lesson: keys in, what is seen out."""

    app: TutorApp
    pilot: Pilot[Any]
    kernel: ScriptedKernel
    store: SqliteStore

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*text)

    @property
    def seen(self) -> str:
        return screen_text(self.app)

    async def sees(self, *texts: str) -> None:
        """Wait until all these texts are on the screen."""
        end = asyncio.get_running_loop().time() + 20
        while asyncio.get_running_loop().time() < end:
            if all(text in self.seen for text in texts):
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"never seen: {[t for t in texts if t not in self.seen]}\n{self.seen}")

    @property
    def screen(self) -> LessonScreen:
        assert isinstance(self.app.screen, LessonScreen)
        return self.app.screen

    def kept(self, kind: str) -> list[Mapping[str, Any]]:
        """The newest record of a kind of each cell, as the log has it."""
        history = self.store.lesson_history("a-course", "first")
        return [cell.newest[kind].data for cell in history if kind in cell.newest]  # type: ignore[index]


def a_kept_store() -> SqliteStore:
    """A log that speaks of itself as one on a disk does."""
    store = SqliteStore(MEMORY)
    store.is_saving = True
    return store


@asynccontextmanager
async def a_desk(
    *cells: Cell,
    kernel: ScriptedKernel | None = None,
    lessons: Sequence[Lesson] = (),
    trust: str = "trusted",
    store: SqliteStore | None = None,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Desk]:
    """The lesson of these cells, opened on a screen of this size."""
    kernel, store = kernel or ScriptedKernel(), store or a_kept_store()
    lessons = lessons or (a_lesson(cells, title="First"),)
    shelved = a_shelved("a-course", lessons)
    course = StudiedCourse(shelved.entry, shelved.lessons, state=TrustState(trust, "0"))  # type: ignore[arg-type]
    adapters = Adapters(StoppedClock(), store, make_kernel=lambda _: kernel, make_shell=lambda _: kernel)
    session = CourseSession(course, adapters)

    def open_lesson(opened: OpenCourse, lesson_id: str, cell_id: str = "") -> LessonScreen:
        study = open_study(opened, lesson_id, store, granted=session.granted)
        return LessonScreen("a-course", study, session, cell_id=cell_id)

    app = TutorApp(
        shelf=ReplayShelf((course,)),
        store=store,
        clock=adapters.clock,
        open_lesson=open_lesson,
        start=("a-course", lessons[0].id),
        news=(lambda: (store.news(), "")) if store.path != MEMORY else None,
    )
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, kernel, store)
        await desk.sees("lesson 1 / ")
        yield desk


def run(test: Callable[[], Any]) -> None:
    """Run a coroutine function to its end."""
    asyncio.run(test())


def at_size(desk: Desk, width: int, height: int) -> Any:
    """Change the window."""
    return desk.pilot.resize_terminal(width, height)
