"""Cheating submissions on the whole way of a learner's answer: real kernel, check, verdict."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.adapters.kernels import real_kernel
from tests.builders import a_lesson, a_viz, an_exercise
from tests.faults.cheats import HONEST, KINDS
from tests.faults.shell_cheats import SHELL_CHECKS, SHELL_HONEST, SHELL_KINDS
from tests.tui.lesson_stage import StudiedCourse
from tests.tui.stage import a_shelved
from tui_tutor.cli.wiring import SystemClock
from tui_tutor.core.course import Cell, ExerciseCell, Lesson
from tui_tutor.core.ports import TrustState
from tui_tutor.core.study.events import CheckRequested, LessonOpened, SourceEdited
from tui_tutor.kernels.shell import ShellRunner
from tui_tutor.session import checking
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.session.performing import Performer
from tui_tutor.shelf.workspace import CourseWorkspace
from tui_tutor.store.sqlite import MEMORY, SqliteStore

MOST_S = 60.0  # of a submission: its run, its checks and their ends come to a fraction of it
SAID_EVERY = 10  # kinds
LEARNERS = 3  # who hand in at once
LIMIT_S = 2.0  # of one check, where learners have ten seconds: many of these never end
BRIEFLY = ("value by expression", "call", "property", "code of several kinds", "plot", "stdout", "file")
RAISES = "raise KeyError('no number')\n"

Left = deque[tuple[int, tuple[str, str]]]  # (number, (kind, its source)) that nobody has handed in yet

CHECKS: dict[str, dict[str, Any]] = {
    "value": {"kind": "value", "expr": "square(3)", "equals": 9},
    "value by expression": {"kind": "value", "expr": "square(4)", "equals_py": "4 * 4"},
    "close": {"kind": "close", "expr": "square(0.1)", "to": 0.01},
    "close by expression": {
        "kind": "close",
        "expr": "[square(n) for n in range(5)]",
        "to_py": "[n * n for n in range(5)]",
    },
    "call": {"kind": "call", "function": "square", "args": [3], "returns": 9},
    "call by expression": {
        "kind": "call", "function": "square", "args_py": "(7,)", "returns_py": "7 ** 2",
    },
    "raises": {"kind": "raises", "expr": "square(None)", "error": "LookupError"},
    "raises when run": {"kind": "raises", "error": "LookupError"},
    "property": {"kind": "property", "given": ["n = rng.randint(2, 9)"], "holds": "square(n) == n * n"},
    "property by distance": {
        "kind": "property", "given": ["n = rng.randint(2, 9)"], "holds": "abs(square(n) - n * n) < 1e-9",
    },
    "code": {"kind": "code", "code": "assert square(3) == 9, 'not 9'"},
    "code of several kinds": {
        "kind": "code",
        "code": "assert 8 < square(3) < 10\nassert square(2) in (4, 5)\nassert not square(2) != 4",
    },
    "plot": {"kind": "plot", "viz": "viz-1", "holds": "series[0]['y'] == [0, 1, 4, 9]"},
    "stdout": {"kind": "stdout", "text": "the square of 3 is 9"},
    "ast": {"kind": "ast", "must": ["def", "name honestly"]},
    "file": {"kind": "file", "path": "square.txt", "contains": "the square of 3 is 9"},
}  # fmt: skip


@dataclass
class Cheating:
    """What many submissions came to."""

    kinds: int = 0
    submissions: int = 0
    checks: int = 0
    passes: list[str] = field(default_factory=list)
    honest: int = 0
    honest_passes: int = 0
    crashes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        return (
            f"cheating  {self.kinds:>4} kinds       {self.submissions:,} submissions, "
            f"{len(self.passes)} false passes, {len(self.crashes)} crashes; "
            f"honest answers passed {self.honest_passes}/{self.honest}"
        )

    def faults(self) -> list[str]:
        """What should not be."""
        return [*self.passes, *self.crashes, *self.refused]


def cheated(*, is_short: bool = False) -> Cheating:
    """Every kind against every kind of check, each alone, and all at once where no copy can be made.

    In short: all at once, in copies.
    """
    result, kept = Cheating(kinds=len(KINDS) + len(SHELL_KINDS)), checking.CHECK_TIMEOUT_S
    checking.CHECK_TIMEOUT_S = LIMIT_S / 2 if is_short else LIMIT_S
    try:
        with tempfile.TemporaryDirectory(prefix="faults-") as place:
            for how in ("",) if is_short else ("", "plain"):
                asyncio.run(_sat(Path(place), how, is_short, result))
    finally:
        checking.CHECK_TIMEOUT_S = kept
    return result


async def _sat(place: Path, how: str, is_short: bool, result: Cheating) -> None:
    """All kinds, handed in by several learners at once: most of the time is spent waiting for time limits."""
    left = deque(enumerate(KINDS.items(), 1))
    folders = [place / f"{how or 'copies'}-{number}" for number in range(LEARNERS)]
    sittings = [_Sitting(folder, how, is_short, result, left) for folder in folders]
    async with asyncio.TaskGroup() as group:
        for number, sitting in enumerate(sittings):
            group.create_task(sitting.all(is_first=number == 0))


# A native thread forbids copies: the answer is checked in the kernel itself.
_NATIVE_THREAD = """
import ctypes as _c
_sleep = _c.CDLL(None).pause
_id = _c.c_ulong()
_c.CDLL(None).pthread_create(_c.byref(_id), None, _sleep, None)
del _c, _sleep, _id
"""


class _Sitting:
    """One lesson whose exercises are handed in again and again, each time to a new kernel."""

    def __init__(self, folder: Path, how: str, is_short: bool, result: Cheating, left: Left) -> None:
        folder.mkdir()
        self.place, self.how, self.result, self.left = folder, how, result, left
        self.before = _NATIVE_THREAD if how else ""
        self.cells = dict(_together() if is_short or how else _one_by_one())
        viz = a_viz(y="[square(n) for n in range(4)]")
        self.lesson = a_lesson((viz, *self.cells.values(), *SHELL_CHECKS.values()))
        self.openings = 0
        self._open()

    def _open(self) -> None:
        """The lesson in a folder of its own, as a learner opens it."""
        self.openings += 1
        self.folder = self.place / str(self.openings)
        self.folder.mkdir()
        self.store = SqliteStore(MEMORY)
        self.session = _session(self.folder, self.store, self.lesson)
        study = open_study(self.session.opened, self.lesson.id, self.store)
        self.performer = Performer(study, self.session, on_change=lambda _: None, ask_trust=lambda: None)
        self.performer.dispatch(LessonOpened(self.performer.now()))

    async def _shut(self) -> None:
        """Close what was opened; what does not close is left to die with its fork server."""
        with suppress(Exception):  # it has told already what went wrong
            await asyncio.wait_for(self.performer.close(), MOST_S)
        with suppress(Exception):
            await asyncio.wait_for(self.session.close(), MOST_S)
        self.store.close()

    async def all(self, *, is_first: bool) -> None:
        """Its share of the kinds, and what is tried once if it is the first; closes what it opened."""
        try:
            if is_first:
                for name in self.cells:
                    await self._honest(name, HONEST + (RAISES if name == "raises when run" else ""))
            while self.left:
                number, (kind, source) = self.left.popleft()
                self._say(number, kind)
                for name in self.cells:
                    await self._cheat(f"{kind}: {name}", name, source)
            if is_first and not self.how:
                await self._in_shells()
        finally:
            await self._shut()

    def _say(self, number: int, kind: str) -> None:
        if number % SAID_EVERY == 0:
            where = "without copies" if self.how else "in copies"
            print(f"cheating  {number:>4} of {len(KINDS)} {where}, now: {kind}", file=sys.stderr, flush=True)

    async def _in_shells(self) -> None:
        for name, source in SHELL_HONEST.items():
            await self._honest(name, source)
        for kind, source in SHELL_KINDS.items():
            for name in SHELL_CHECKS:
                await self._cheat(f"{kind}: {name}", name, source)

    async def _honest(self, name: str, source: str) -> None:
        verdict = await self._handed_in(name, source)
        self.result.honest += 1
        self.result.honest_passes += verdict is not None and verdict.correct
        if verdict is None or not verdict.correct:
            self.result.refused.append(f"honest answer refused{self.how and ' (plain)'}: {name}: {verdict}")

    async def _cheat(self, what: str, name: str, source: str) -> None:
        self.result.submissions += 1
        what = f"{what}{self.how and ' (plain)'}"
        try:
            verdict = await _in_time(self._handed_in(name, source))
        except Exception as problem:  # noqa: BLE001 - a crash is what is looked for
            self.result.crashes.append(f"crash: {what}: {problem!r}")
            await self._shut()
            self._open()
            return
        if verdict is not None and verdict.passed:
            self.result.passes.append(f"false pass: {what}: {verdict.passed} of {verdict.total}")

    async def _handed_in(self, name: str, source: str) -> Any:
        """The verdict on a submission, in a new kernel and an empty workspace."""
        work = self.folder / "work"
        for left in [*work.iterdir(), *(self.folder / "home").iterdir()]:
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        cell = (self.cells | SHELL_CHECKS)[name]
        if name in self.cells:
            await self.session.kernel.restart()
            if self.before:
                async for _ in self.session.kernel.run(self.before, timeout_s=30, is_silent=True):
                    pass
        self.performer.dispatch(SourceEdited(cell.id, source, self.performer.now()))
        before = self.performer.study.state(cell.id).verdict
        self.performer.dispatch(CheckRequested(cell.id, self.performer.now()))
        await self.performer.settle()
        verdict = self.performer.study.state(cell.id).verdict
        return None if verdict is before else verdict


async def _in_time(answer: Coroutine[Any, Any, Any]) -> Any:
    """What comes of it; TimeoutError with what every task waits for, where nothing comes."""
    task = asyncio.ensure_future(answer)
    done, _ = await asyncio.wait([task], timeout=MOST_S)
    if not done:
        stacks = io.StringIO()
        for one in asyncio.all_tasks():
            one.print_stack(file=stacks)
        task.cancel()
        raise TimeoutError(stacks.getvalue())
    return task.result()


def _session(folder: Path, store: SqliteStore, lesson: Lesson) -> CourseSession:
    """The lesson with a workspace and a home of its own."""
    work, home = folder / "work", folder / "home"
    work.mkdir()
    home.mkdir()
    env = {"HOME": str(home), "PYTHONUSERBASE": str(home / ".local")}
    shelved = a_shelved("a-course", (lesson,))
    course = StudiedCourse(shelved.entry, shelved.lessons, state=TrustState("trusted", "0"))
    adapters = Adapters(
        SystemClock(),
        store,
        make_kernel=lambda _: real_kernel(work, env=env),
        make_shell=lambda _: ShellRunner(cwd=str(work), python=sys.executable, env=env),
    )
    session = CourseSession(course, adapters)
    session.workspace = CourseWorkspace(work, folder / "manifest.json", dict)
    return session


def _one_by_one() -> Sequence[tuple[str, Cell]]:
    return [(name, _exercise(f"ex-{place}", [check])) for place, (name, check) in enumerate(CHECKS.items())]


def _together() -> Sequence[tuple[str, Cell]]:
    return [
        (
            "all at once",
            _exercise("ex-1", [CHECKS[name] for name in BRIEFLY]),
        )
    ]


def _exercise(id: str, checks: list[dict[str, Any]]) -> ExerciseCell:
    return an_exercise(id=id, check=tuple(checks), timeout_s=4)


if __name__ == "__main__":
    made = cheated(is_short="--short" in sys.argv)
    print(made.line(), *made.faults(), sep="\n")
