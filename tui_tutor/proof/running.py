"""Running one lesson from its first cell to its last, as a learner would, with the author's answers.

The same update, performer and checks that a learner meets do the work. Where that is asked, every exercise is
examined before it is solved (`examining`), in the kernel as it is just there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    Lesson,
    MarkdownCell,
    PredictQuiz,
    QuizCell,
    ShellCell,
    VizCell,
)
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import RunEvent
from tui_tutor.core.grading.comparing import same_output
from tui_tutor.core.plotting.data import plot_data_as_json
from tui_tutor.core.study import CellState, begin
from tui_tutor.core.study.events import CheckRequested, RunRequested, SourceEdited
from tui_tutor.core.study.recording import source_hash
from tui_tutor.core.study.state import uses_shell
from tui_tutor.proof.examining import Examiner, names_elsewhere
from tui_tutor.proof.questioning import Questioner
from tui_tutor.proof.recording import MOST_TEXT, bounded_events
from tui_tutor.proof.reports import CellReport, ExerciseReport, LessonReport, Outcome, Problem
from tui_tutor.proof.retelling import retold_cells
from tui_tutor.proof.stages import Stage
from tui_tutor.proof.trying import (
    KernelTries,
    WorkspaceTries,
    ready,
)
from tui_tutor.session.performing import Performer

_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "ok": "ok",
    "failed": "error",
    "stopped": "error",
    "timeout": "timeout",
    "died": "died",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a lesson is to be run. `tell` hears what is begun, `at_once` copies are tried side by side."""

    number: int  # of the lesson in its course, from 1
    lessons: tuple[Lesson, ...]  # of the whole course, for the names that others read
    examines: bool = False
    at_once: int = 1
    retold: Mapping[str, Lesson] = field(default_factory=dict)  # this lesson under overlays, by their tags
    tell: Callable[[str], None] = lambda _: None
    done: Callable[[Cell], None] = lambda _: None  # after each cell


async def run_lesson(stage: Stage, lesson: Lesson, plan: Plan) -> LessonReport:
    """What each cell did in the stage's kernel as it is, and what the exercises' attempts showed.

    TutorError if there is no kernel to run it.
    """
    first = next((cell for cell in lesson.cells if needs_kernel(cell)), None)
    if first is not None:
        await stage.session.start_kernel()
        if failure := await _setup_failure(stage, lesson, first, plan):
            return failure
    runner = _LessonRun(stage, lesson, plan)
    cells: list[CellReport] = []
    try:
        for cell in lesson.cells:
            plan.tell(f"{lesson.id} {cell.id}")
            cells.append(await runner.cell(cell))
            plan.done(cell)
    finally:
        await runner.close()
    return LessonReport(tuple(cells), tuple(runner.exercises))


async def _setup_failure(stage: Stage, lesson: Lesson, first: Cell, plan: Plan) -> LessonReport | None:
    """The report of a lesson whose setup fails: nothing else of it can be proven."""
    study = begin(stage.session.opened.course, lesson, number=plan.number, trust="once")
    try:
        await ready(study, stage.session)
    except TutorError as error:
        problem = Problem("setup-fails", first.id, error.message, "mend the setup; nothing else was run")
        reports = [CellReport(cell.id, cell.kind, "skipped") for cell in lesson.cells if cell is not first]
        return LessonReport((CellReport(first.id, first.kind, "error", problems=(problem,)), *reports))
    return None


class _LessonRun:
    """One lesson: a performer, and the events each run said."""

    def __init__(self, stage: Stage, lesson: Lesson, plan: Plan) -> None:
        self._stage, self._session, self._plan = stage, stage.session, plan
        self._said: dict[str, list[RunEvent]] = {}
        self.exercises: list[ExerciseReport] = []
        study = begin(self._session.opened.course, lesson, number=plan.number, trust="once")
        self._performer = Performer(
            study, self._session, on_change=lambda _: None, ask_trust=lambda: None, on_event=self._hear
        )
        self._performer.is_attended = False

    def _hear(self, cell_id: str, event: RunEvent) -> None:
        self._said.setdefault(cell_id, []).append(event)

    def _state(self, cell: Cell) -> CellState:
        return self._performer.study.state(cell.id)

    def _tries(self) -> KernelTries:
        return KernelTries(self._performer.study, self._session, at_once=self._plan.at_once)

    async def close(self) -> None:
        await self._performer.close()

    def _now(self) -> datetime:
        return self._session.adapters.clock.now()

    async def cell(self, cell: Cell) -> CellReport:
        """Run one cell."""
        if cell.hidden or isinstance(cell, MarkdownCell):
            return self._report(cell, "skipped")
        try:
            return await self._performed(cell)
        except TutorError as error:
            problem = Problem("run-outcome", cell.id, f"it could not be run: {error.message}", error.help)
            return self._report(cell, "error", problem)

    async def _performed(self, cell: Cell) -> CellReport:
        match cell:
            case CodeCell() | ShellCell():
                return await self._run(cell)
            case ExerciseCell():
                return await self._solve(cell)
            case VizCell():
                return self._viz(cell)
            case MarkdownCell():
                return self._report(cell, "skipped")
            case _:
                return await self._question(cell)

    def _report(self, cell: Cell, outcome: Outcome, *problems: Problem, **facts: Any) -> CellReport:
        return CellReport(cell.id, cell.kind, outcome, problems=problems, **facts)

    def _refused(self) -> str:
        """Why the kernel could not run a cell at all, "" if it could."""
        notice = self._performer.study.notice
        return f"{notice.text} {notice.help}".strip() if notice is not None and notice.is_alarm else ""

    # --- code and shell -------------------------------------------------------------------------

    async def _run(self, cell: CodeCell | ShellCell) -> CellReport:
        if isinstance(cell, CodeCell) and cell.ask_first:
            self._performer.study = self._performer.study.changed(cell.id, guess="")
        self._performer.dispatch(RunRequested(cell.id, self._now()))
        await self._performer.settle()
        state = self._state(cell)
        outcome = _OUTCOMES.get(state.status, "error")
        problem = self._unexpected(cell, state, outcome)
        shown: Outcome = outcome
        if problem is None:
            shown = "unstable" if cell.unstable else "ok"
        problems = () if problem is None else (problem,)
        # Which lines of a flood are kept is chance.
        text = None if state.transcript.dropped else state.transcript.text()[:MOST_TEXT]
        return self._report(
            cell, shown, *problems, ms=state.elapsed_ms, entry=self._entry(cell, state), text=text
        )

    def _unexpected(self, cell: CodeCell | ShellCell, state: CellState, outcome: Outcome) -> Problem | None:
        if state.status in ("idle", "queued", "running") and (why := self._refused()):
            return Problem("run-outcome", cell.id, f"it could not be run: {why}")
        if outcome in ("timeout", "died"):
            code = "run-timeout" if outcome == "timeout" else "run-died"
            return Problem(code, cell.id, state.reason or outcome)
        if (outcome == "error") != (cell.expect == "error"):
            error = state.transcript.error
            found = f"{error.name}: {error.message}" if error else f"status {state.exit_status}"
            wanted = "an error was expected and none came" if outcome == "ok" else f"it failed with {found}"
            return Problem("run-outcome", cell.id, wanted, 'mend the cell, or say expect = "error"')
        if cell.output is not None and not cell.unstable:
            return _output_problem(cell, state)
        return _checked(cell, state)

    def _entry(self, cell: Cell, state: CellState) -> dict[str, Any]:
        return {
            "source_hash": source_hash(cell),
            "outcome": _OUTCOMES.get(state.status, "error"),
            "k": state.count,
            "ms": round(state.elapsed_ms, 1),
            "output": bounded_events(self._said.get(cell.id, [])),
        }

    # --- exercises ------------------------------------------------------------------------------

    async def _solve(self, cell: ExerciseCell) -> CellReport:
        """Examine the exercise if that is planned, then answer it with the solution."""
        problems: tuple[Problem, ...] = ()
        if self._plan.examines:
            examined = await self._examiner(cell).report()
            self.exercises.append(examined)
            problems = examined.problems
        if not cell.solution and not any(file.solution for file in cell.file):
            return self._report(cell, "skipped", *problems)
        self._said.pop(cell.id, None)
        await self._answer(cell)
        state = self._state(cell)
        outcome: Outcome = _OUTCOMES.get(state.status, "error")
        if unsolved := _unsolved(cell, state):
            problems, outcome = (*problems, unsolved), "error" if outcome == "ok" else outcome
        return self._report(cell, outcome, *problems, ms=state.elapsed_ms, entry=self._entry(cell, state))

    def _examiner(self, cell: ExerciseCell) -> Examiner:
        course = self._session.opened.course
        return Examiner(
            cell,
            self._state(cell).source,
            kernel=self._tries(),
            workspace=WorkspaceTries(self._performer.study, self._stage),
            elsewhere=names_elsewhere(self._plan.lessons, cell, course.kernel.setup_source),
            run_limit_s=cell.timeout_s or course.kernel.timeout_s,
            at_once=self._plan.at_once,
            tell=lambda what: self._plan.tell(f"{self._performer.study.lesson.id} {cell.id}: {what}"),
            retellings=dict(retold_cells(cell, self._plan.retold)),
        )

    async def _answer(self, cell: ExerciseCell) -> None:
        self._performer.dispatch(SourceEdited(cell.id, cell.solution.rstrip("\n"), self._now()))
        for file in cell.file:
            self._performer.dispatch(SourceEdited(cell.id, file.solution, self._now(), path=file.path))
        wish = CheckRequested if cell.check else RunRequested
        self._performer.dispatch(wish(cell.id, self._now()))
        await self._performer.settle()

    # --- plots and questions --------------------------------------------------------------------

    def _viz(self, cell: VizCell) -> CellReport:
        plot = self._state(cell).plot
        if plot is None:
            message = "nothing was drawn: names it needs do not exist when its lesson has run this far"
            return self._report(cell, "error", Problem("plot-missing", cell.id, message))
        if plot.error:
            return self._report(cell, "error", Problem("plot-error", cell.id, plot.error))
        entry = {"source_hash": source_hash(cell), "outcome": "ok", "plot": plot_data_as_json(plot)}
        return self._report(cell, "ok", entry=entry)

    async def _question(self, cell: QuizCell) -> CellReport:
        return await Questioner(self._performer.study, self._session, self._tries()).report(cell)


def needs_kernel(cell: Cell) -> bool:
    """Whether a cell cannot be proven without a kernel."""
    if isinstance(cell, CodeCell | VizCell | PredictQuiz):
        return True
    return isinstance(cell, ExerciseCell) and not uses_shell(cell)


def _output_problem(cell: CodeCell | ShellCell, state: CellState) -> Problem | None:
    assert cell.output is not None
    difference = same_output(cell.output, state.transcript.text(), tolerance=cell.tolerance)
    if difference is None:
        return _checked(cell, state)
    said = "; ".join(difference.sentences())
    return Problem("output-differs", cell.id, said, "correct `output`, or name it unstable", at=("output",))


def _checked(cell: CodeCell | ShellCell, state: CellState) -> Problem | None:
    if state.verdict is not None and not state.verdict.correct:
        return Problem("check-fails", cell.id, _failure_words(state), at=("check",))
    return None


def _unsolved(cell: ExerciseCell, state: CellState) -> Problem | None:
    if not cell.check:
        if state.status == "ok":
            return None
    elif state.verdict is not None and state.verdict.correct:
        return None
    message = f"the solution does not pass: {_failure_words(state)}"
    return Problem("solution-fails", cell.id, message, at=("solution",))


def _failure_words(state: CellState) -> str:
    verdict = state.verdict
    if verdict is None or verdict.failure is None:
        error = state.transcript.error
        return f"{error.name}: {error.message}" if error else state.reason or "it was not checked"
    return "; ".join((verdict.failure.says, *verdict.failure.lines))
