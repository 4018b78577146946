"""Visits to one lesson, each with a kernel and a log of its own making; a visit may end by SIGKILL."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters.kernels import real_kernel
from tests.builders import a_code, a_lesson, a_shell, an_exercise
from tests.tui.lesson_stage import StudiedCourse
from tests.tui.stage import a_shelved
from tui_tutor.cli.wiring import SystemClock
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.core.execution import StreamText
from tui_tutor.core.ports import TrustState
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import (
    InputGiven,
    LessonOpened,
    RunRequested,
    SourceEdited,
)
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.session.performing import Performer
from tui_tutor.store.sqlite import SqliteStore

FINGERPRINT = """
def _fingerprint():
    import hashlib, json, random, types
    held = {
        name: repr(value)
        for name, value in sorted(globals().items())
        if not name.startswith("_")
        and name not in ("In", "Out", "exit", "quit", "get_ipython", "tutor", "open")
        and not isinstance(value, (types.ModuleType, types.FunctionType))
    }
    functions = sorted(name for name, value in globals().items() if isinstance(value, types.FunctionType))
    text = json.dumps([held, [f for f in functions if not f.startswith("_")]])
    if "drawn" not in globals():
        print(text)  # nothing has seeded yet
        return
    drawn = hashlib.sha256(repr(random.getstate()).encode()).hexdigest()
    print(text, drawn)
_fingerprint()
del _fingerprint
"""

CELLS: tuple[Cell, ...] = (
    a_code("import random", id="imports"),
    a_code("random.seed(7)", id="seed", hidden=True),
    a_code("drawn = [random.random() for _ in range(3)]\nprint(drawn)", id="draw"),
    a_code("name = input('who? ')\nprint('hello', name)", id="ask"),
    a_code("later = 1\n1 / 0", id="fails", expect="error"),
    an_exercise(starter="x = 1"),
    a_shell("echo run >> log.txt", id="command"),
    a_code("total = x + len(drawn) + len(name)\ntotal", id="sum"),
    a_code("def double(n):\n    return 2 * n\ntotal = double(total)", id="double"),
)
LESSON = a_lesson(CELLS, setup_source="base = 10")


@dataclass
class Visit:
    """A learner at the lesson, with a kernel of this visit."""

    performer: Performer
    session: CourseSession
    noticed: list[str]

    @property
    def study(self) -> Study:
        return self.performer.study

    def now(self) -> Any:
        return self.performer.now()

    async def run(self, cell_id: str, *, source: str = "", answers: Sequence[str] = ()) -> None:
        """Run a cell to its end, in the learner's own words if there are any."""
        if source:
            self.performer.dispatch(SourceEdited(cell_id, source, self.now()))
        left = list(answers)
        self.performer.dispatch(RunRequested(cell_id, self.now()))
        settled = asyncio.ensure_future(self.performer.settle())
        while not settled.done():
            await asyncio.wait({settled}, timeout=0.01)
            if left and self.study.running and self.study.state(cell_id).prompt is not None:
                self.performer.dispatch(InputGiven(left.pop(0), self.now(), is_shown=True))

    async def fingerprint(self) -> str:
        """All that the kernel holds by name, and where its random numbers are."""
        await self.session.start_kernel()
        said = [event async for event in self.session.kernel.run(FINGERPRINT, timeout_s=30, is_silent=True)]
        return "".join(event.text for event in said if isinstance(event, StreamText))

    def again(self, lesson: Lesson) -> Study:
        """The lesson as it is opened once more in this process."""
        store = self.session.adapters.store
        return open_study(self.session.opened, lesson.id, store, is_held=self.session.holds(lesson.id))

    def records(self, kind: str) -> int:
        """How many records of a kind the log holds."""
        history = self.session.adapters.store.lesson_history("a-course", "first")
        return sum(cell.counts.get(kind, 0) for cell in history)  # type: ignore[call-overload]


def visit(
    folder: Path,
    act: Callable[[Visit], Awaitable[Any]],
    *,
    lesson: Lesson = LESSON,
    trust: str = "trusted",
    restores: bool = True,
) -> Any:
    """Open the lesson, bring back what ran in it (unless `restores` is False), do something, leave."""

    async def go() -> Any:
        store = SqliteStore(folder / "progress.db")
        session = a_session(folder, store, lesson, trust)
        study = open_study(session.opened, lesson.id, store)
        noticed: list[str] = []

        def note(now: Study) -> None:
            if now.notice is not None and now.notice.text not in noticed[-1:]:
                noticed.append(now.notice.text)

        performer = Performer(study, session, on_change=note, ask_trust=lambda: None)
        performer.dispatch(LessonOpened(performer.now()))
        if restores:
            performer.restore()
            await performer.settle()
        try:
            return await act(Visit(performer, session, noticed))
        finally:
            await performer.close()
            await session.close()
            store.close()

    return asyncio.run(go())


def a_session(folder: Path, store: SqliteStore, lesson: Lesson, trust: str) -> CourseSession:
    shelved = a_shelved("a-course", (lesson,))
    state = TrustState(trust, "0")  # type: ignore[arg-type]
    course = StudiedCourse(shelved.entry, shelved.lessons, state=state)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    from tui_tutor.kernels.shell import ShellRunner

    adapters = Adapters(
        SystemClock(),
        store,
        make_kernel=lambda _: real_kernel(work),
        make_shell=lambda _: ShellRunner(cwd=str(work), python=sys.executable),
    )
    return CourseSession(course, adapters)


# --- a visit that is cut off ------------------------------------------------------------------------


def run_first(folder: Path, count: int) -> str:
    """Run this many cells in another process, which is killed then; what its kernel held."""
    command = [sys.executable, "-m", "tests.adapters.visiting", str(folder), str(count)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return (folder / "fingerprint").read_text("utf-8")


async def _cut_off(visit: Visit, folder: Path, count: int) -> None:
    cells = LESSON.visible_cells[:count]
    for cell in cells:
        source = "x = 20" if cell.kind == "ex" else ""
        await visit.run(cell.id, source=source, answers=("Ada",))
    held = await visit.fingerprint()
    (folder / "fingerprint").write_text(held, "utf-8")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    place, wanted = Path(sys.argv[1]), int(sys.argv[2])
    visit(place, lambda one: _cut_off(one, place, wanted))
