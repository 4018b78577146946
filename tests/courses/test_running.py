"""The shipped courses, run through real kernels: what they print, what they plot, what their checks say."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.courses.shipped import COURSES, course_of, lesson_of
from tui_tutor.core.course import CodeCell, Course, ExerciseCell, Lesson, VizCell
from tui_tutor.core.execution import ErrorRaised, Finished, InputAsked, LivePlotted, Started, StreamText
from tui_tutor.core.grading.judging import RunSummary, verdict_of
from tui_tutor.core.grading.probing import probe_request
from tui_tutor.core.plotting.request import plot_request
from tui_tutor.kernels.jupyter import JupyterKernel

pytestmark = pytest.mark.slow
WRITTEN = [
    ("start-here", "first-steps"),
    ("start-here", "what-the-kernel-knows"),
    ("start-here", "your-place"),
    ("write-your-own", "the-folder"),
    pytest.param("vae", "latent-variables", marks=pytest.mark.torch),
    pytest.param("vae", "elbo", marks=pytest.mark.torch),
    pytest.param("vae", "reparameterisation", marks=pytest.mark.torch),
]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True)
class Ran:
    """What one run said."""

    count: int | None
    outcome: str
    printed: str
    error: str = ""
    live: tuple[str, ...] = ()


class Player:
    """Runs a course's cells in one kernel, as a learner does who goes through it from top to bottom."""

    def __init__(self, kernel: JupyterKernel, course: Course) -> None:
        self.kernel = kernel
        self.course = course

    async def run(self, source: str, *, is_silent: bool = False) -> Ran:
        count, outcome, printed, error, live = None, "", "", "", []
        async for event in self.kernel.run(source, timeout_s=60, is_silent=is_silent):
            match event:
                case Started(execution_count=number):
                    count = number
                case StreamText(stream="stdout", text=text):
                    printed += text
                case ErrorRaised(name=name, message=message):
                    error = f"{name}: {message}"
                case LivePlotted(viz_id=viz_id):
                    live.append(viz_id)
                case InputAsked():
                    await self.kernel.answer_input("Ada")
                case Finished(outcome=ended):
                    outcome = ended
        return Ran(count, outcome, printed, error, tuple(live))

    async def play(self, lesson: Lesson, *, to: str = "") -> dict[str, Ran]:
        """Every code cell, and of every exercise the solution; a hidden cell before the next visible one."""
        ran: dict[str, Ran] = {}
        hidden: list[CodeCell] = []
        for cell in lesson.cells:
            if cell.id == to:
                break
            if isinstance(cell, CodeCell) and cell.hidden:
                hidden.append(cell)
            elif isinstance(cell, CodeCell | ExerciseCell):
                for seed in hidden:
                    await self.run(seed.source, is_silent=True)
                hidden = []
                source = cell.source if isinstance(cell, CodeCell) else cell.solution
                ran[cell.id] = await self.run(source)
        return ran

    async def first_failing(self, cell: ExerciseCell, source: str) -> tuple[bool, str]:
        """Whether an answer passes, and the id of the check that failed it (`runs` if it did not run)."""
        ran = await self.run(source)
        if ran.outcome != "ok":
            return False, "runs"
        requests = [request for check in cell.check if (request := probe_request(check, seed=1))]
        reports = await self.kernel.probe(requests, timeout_s=10)
        summary = RunSummary("ok", stdout=ran.printed, source=source)
        verdict = verdict_of(cell.check, reports, summary)
        return verdict.correct, verdict.failure.check_id if verdict.failure else ""


@asynccontextmanager
async def playing(name: str, folder: Path) -> AsyncIterator[Player]:
    files = COURSES / name / "files"
    if files.exists():
        shutil.copytree(files, folder, dirs_exist_ok=True)
    course = course_of(name)
    env = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **course.kernel.env}
    kernel = JupyterKernel(sys.executable, cwd=str(folder), env=env)
    try:
        await kernel.start()
        yield Player(kernel, course)
    finally:
        await kernel.close()


def in_kernel(name: str, folder: Path, act: Callable[[Player], Coroutine[Any, Any, Any]]) -> Any:
    async def go() -> Any:
        async with playing(name, folder) as player:
            return await act(player)

    return asyncio.run(go())


def is_expected(cell: CodeCell, printed: str) -> bool:
    """The format's rule: trailing blanks ignored, `...` any text, numbers within the tolerance."""
    told, shown = (
        "\n".join(line.rstrip() for line in text.rstrip("\n").split("\n"))
        for text in (printed, cell.output or "")
    )
    if "..." in shown:
        return re.fullmatch(".*".join(map(re.escape, shown.split("..."))), told, re.DOTALL) is not None
    if NUMBER.sub("#", told) != NUMBER.sub("#", shown):
        return False
    pairs = zip(NUMBER.findall(told), NUMBER.findall(shown), strict=True)
    return all(abs(float(a) - float(b)) <= (cell.tolerance or 0) for a, b in pairs)


@dataclass(frozen=True)
class Seen:
    """A lesson gone through once, alone: its runs, then its plots."""

    ran: Mapping[str, Ran]
    drawn: Mapping[str, Any]


@cache
def seen(name: str, lesson_id: str) -> Seen:
    """One walk for all tests that only look at it."""
    lesson = lesson_of(name, lesson_id)
    plots = [cell for cell in lesson.cells if isinstance(cell, VizCell)]

    async def walk(player: Player) -> Seen:
        ran = await player.play(lesson)
        return Seen(ran, {cell.id: await player.kernel.plot(plot_request(cell)) for cell in plots})

    with TemporaryDirectory() as folder:
        found = in_kernel(name, Path(folder), walk)
    assert isinstance(found, Seen)
    return found


@pytest.mark.parametrize(("name", "lesson_id"), WRITTEN)
def test_a_lesson_works_alone_and_prints_what_it_shows(name: str, lesson_id: str):
    ran = seen(name, lesson_id).ran
    codes = [cell for cell in lesson_of(name, lesson_id).visible_cells if isinstance(cell, CodeCell)]
    assert {key: run.error for key, run in ran.items() if run.outcome != "ok"} == {}
    assert [cell.id for cell in codes if not is_expected(cell, ran[cell.id].printed)] == []


@pytest.mark.parametrize(("name", "lesson_id"), WRITTEN)
def test_every_plot_of_a_lesson_can_be_drawn_once_its_cells_have_run(name: str, lesson_id: str):
    drawn = seen(name, lesson_id).drawn
    assert {key: plot for key, plot in drawn.items() if plot.get("error") or plot.get("missing")} == {}
    assert all(plot.get("series") or plot.get("images") or plot.get("matrix") for plot in drawn.values())


@pytest.mark.parametrize(("name", "lesson_id"), WRITTEN)
def test_solutions_pass_starters_fail_and_each_wrong_sample_is_caught_by_its_check(
    name: str, lesson_id: str, tmp_path: Path
):
    lesson = lesson_of(name, lesson_id)
    exercises = [cell for cell in lesson.cells if isinstance(cell, ExerciseCell)]

    async def answer(player: Player) -> list[tuple[str, str, object, object]]:
        found: list[tuple[str, str, object, object]] = []
        for cell in exercises:
            tries = [
                (cell.solution, (True, "")),
                *((right.source, (True, "")) for right in cell.right),
                *((wrong.source, (False, wrong.caught_by)) for wrong in cell.wrong),
            ]
            for source, wanted in tries:
                await player.kernel.restart()
                await player.play(lesson, to=cell.id)
                found.append((cell.id, source, await player.first_failing(cell, source), wanted))
            await player.kernel.restart()
            await player.play(lesson, to=cell.id)
            passed, _ = await player.first_failing(cell, cell.starter)
            found.append((cell.id, "the starter", passed, False))
        return found

    found = in_kernel(name, tmp_path, answer)
    assert [one for one in found if one[2] != one[3]] == []


@pytest.mark.torch
def test_after_lessons_one_and_two_the_seed_lesson_runs_as_in_7(tmp_path: Path):
    async def read(player: Player) -> dict[str, Ran]:
        for lesson_id in ("latent-variables", "elbo"):
            await player.play(lesson_of("vae", lesson_id))
        return await player.play(lesson_of("vae", "reparameterisation"))

    first = in_kernel("vae", tmp_path, read)["sample"]
    assert first.count == 7
    assert first.printed == "torch.Size([1, 32]) -0.01793839782476425\n"


@pytest.mark.torch
def test_running_the_seed_cell_again_prints_the_same_number(tmp_path: Path):
    lesson = lesson_of("vae", "reparameterisation")

    async def twice(player: Player) -> list[str]:
        return [(await player.play(lesson, to="variance"))["sample"].printed for _ in range(2)]

    once, again = in_kernel("vae", tmp_path, twice)
    assert once == again


def test_the_live_plot_moves_while_its_cell_runs():
    assert set(seen("start-here", "your-place").ran["swing"].live) == {"swinging"}


def test_a_course_that_asks_its_reader_also_runs_with_nobody_there(tmp_path: Path):
    cell = lesson_of("start-here", "your-place").cell_by_id("name")
    assert isinstance(cell, CodeCell)

    async def unattended(player: Player) -> str:
        return "".join(
            [
                event.text
                async for event in player.kernel.run(cell.source, timeout_s=20, allow_input=False)
                if isinstance(event, StreamText)
            ]
        )

    assert "Hello, whoever you are" in in_kernel("start-here", tmp_path, unattended)
