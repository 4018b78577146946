"""Proving a course: three runs, each with a hash seed of its own, remembered lesson by lesson as they end.

Run 0 goes through the whole course in one kernel, in order: outputs and counts are recorded from it. Runs 1
and 2 take every lesson alone, each in an empty kernel and an untouched workspace; run 1 also examines the
exercises. So each cell runs three times, under three seeds, in both ways that a learner can come to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tui_tutor.core.course import Cell, ExerciseCell, Lesson
from tui_tutor.proof.fingerprints import EXAMINED, WHOLE, Fingerprints
from tui_tutor.proof.reports import LessonReport, as_json, lesson_report_from
from tui_tutor.proof.running import Plan, run_lesson
from tui_tutor.proof.stages import Memory, Stage, Stages

RUNS: Final = (WHOLE, EXAMINED, 2)
_WEIGHT: Final = 12.0  # an examined exercise, counted in cells
_USUAL_MS: Final = 200.0  # a cell that takes longer counts for more


@dataclass(frozen=True, slots=True)
class Step:
    """How far a proof is: `done` of `total` usual cells, and what goes on."""

    done: float
    total: float
    what: str


@dataclass(slots=True)
class Found:
    """The reports of every run, by lesson id; `remembered` are runs of lessons that were not run again."""

    reports: dict[str, dict[int, LessonReport]] = field(default_factory=dict)
    remembered: int = 0
    ran: int = 0

    def put(self, lesson: str, run: int, report: LessonReport) -> None:
        self.reports.setdefault(lesson, {})[run] = report


@dataclass(frozen=True, slots=True)
class Prover:
    """Runs what is not remembered. `lessons` in the course's order; drafts are left out by the caller."""

    lessons: tuple[Lesson, ...]
    numbers: Mapping[str, int]  # of each lesson in the course, from 1
    stages: Stages
    memory: Memory
    fingerprints: Fingerprints
    jobs: int = 2
    on_step: Callable[[Step], None] = lambda _: None
    is_fresh: bool = False
    expected_ms: Mapping[tuple[str, str], float] = field(
        default_factory=dict
    )  # by (lesson, cell), for the bar
    retold: Mapping[str, Mapping[str, Lesson]] = field(default_factory=dict)  # by lesson id and overlay

    async def prove(self) -> Found:
        """Every report; stages are closed whatever happens. TutorError if nothing can run the course."""
        found = Found()
        waiting = {run: [one for one in self.lessons if not self._recall(found, one, run)] for run in RUNS}
        if waiting[WHOLE]:  # what comes before a changed lesson runs again for what it leaves in the kernel
            waiting[WHOLE] = list(self.lessons)
        total = sum(self._weight(one, run) for run in RUNS for one in waiting[run])
        counter = _Counter(self.on_step, total)
        runs = [run for run in self._lane_runs(waiting) if waiting[run]]
        lanes = [self._lane(run, waiting[run], found, counter) for run in runs]
        await _together(lanes, self.jobs)
        return found

    def _recall(self, found: Found, lesson: Lesson, run: int) -> bool:
        if self.is_fresh:
            return False
        value = self.memory.recall(f"{lesson.id}.{run}", self.fingerprints.of(lesson.id, run))
        if value is None:
            return False
        try:
            found.put(lesson.id, run, lesson_report_from(value))
        except (KeyError, TypeError):
            return False
        found.remembered += 1
        return True

    def _lane_runs(self, waiting: Mapping[int, Sequence[Lesson]]) -> list[int]:
        """Which run each lane serves, the longest first; with many jobs several lanes share a run."""
        lanes = [EXAMINED, WHOLE, 2]
        for run in (EXAMINED, 2) * self.jobs:
            if len(lanes) < self.jobs and lanes.count(run) < len(waiting[run]):
                lanes.append(run)
        return lanes

    async def _lane(self, run: int, waiting: list[Lesson], found: Found, counter: _Counter) -> None:
        """Take lessons from what waits until nothing does, on one stage."""
        if not waiting:
            return
        stage = self.stages.open(run)
        try:
            while waiting:
                lesson = waiting.pop(0)
                if run != WHOLE:
                    await stage.clear()
                await self._run(stage, lesson, run, found, counter)
        finally:
            await stage.close()

    def _weight(self, lesson: Lesson, run: int) -> float:
        return sum(self._cell_weight(lesson, cell, run) for cell in lesson.cells)

    def _cell_weight(self, lesson: Lesson, cell: Cell, run: int) -> float:
        examined = _WEIGHT if run == EXAMINED and isinstance(cell, ExerciseCell) else 0.0
        return 1 + self.expected_ms.get((lesson.id, cell.id), 0.0) / _USUAL_MS + examined

    async def _run(self, stage: Stage, lesson: Lesson, run: int, found: Found, counter: _Counter) -> None:
        plan = Plan(
            self.numbers[lesson.id],
            self.lessons,
            examines=run == EXAMINED,
            at_once=self.jobs,
            retold=self.retold.get(lesson.id, {}),
            tell=counter.tell,
            done=lambda cell: counter.add(self._cell_weight(lesson, cell, run)),
        )
        report = await run_lesson(stage, lesson, plan)
        if run != WHOLE:  # recorded outputs come from the whole course alone
            report = replace(report, cells=tuple(_light(cell) for cell in report.cells))
        found.put(lesson.id, run, report)
        found.ran += 1
        if not any(one.note for one in report.exercises):  # what could not be tried may be next time
            key = self.fingerprints.of(lesson.id, run)
            self.memory.remember(f"{lesson.id}.{run}", key, as_json(report))


def _light(cell: Any) -> Any:
    kept = {name: value for name, value in cell.entry.items() if name == "derived"}
    return replace(cell, entry=kept)


class _Counter:
    """Counts what is done for the bar."""

    def __init__(self, on_step: Callable[[Step], None], total: float) -> None:
        self._on_step, self._total, self._done, self._what = on_step, total, 0.0, ""

    def tell(self, what: str) -> None:
        self._what = what
        self._on_step(Step(self._done, self._total, what))

    def add(self, weight: float) -> None:
        """So much more is done."""
        self._done = min(self._total, self._done + weight)
        self._on_step(Step(self._done, self._total, self._what))


async def _together(lanes: Sequence[Any], jobs: int) -> None:
    """Run the lanes, so many side by side; the first failure ends them all."""
    gate = asyncio.Semaphore(max(1, jobs))

    async def gated(lane: Any) -> None:
        async with gate:
            await lane

    try:
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                group.create_task(gated(lane))
    except BaseExceptionGroup as errors:  # not except*: before 3.11.4 that wraps what is raised in it
        raise errors.exceptions[0] from None
    finally:
        for lane in lanes:
            lane.close()
