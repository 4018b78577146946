"""Running a whole course once, in order, in one kernel: what each cell did, for the lock.

The same update, performer and checks that a learner meets do the work; only the answers are the author's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    MarkdownCell,
    PredictQuiz,
    QuizBase,
    ShellCell,
    VizCell,
)
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.execution import ErrorRaised, Finished, RunEvent, StreamText
from tui_tutor.core.execution_json import event_as_json
from tui_tutor.core.grading.comparing import same_output
from tui_tutor.core.grading.probing import derive_request, derived_from
from tui_tutor.core.plotting.data import plot_data_as_json
from tui_tutor.core.ports import Record
from tui_tutor.core.study import CellState, Study, begin
from tui_tutor.core.study.events import CheckRequested, RunRequested, SourceEdited
from tui_tutor.core.study.recording import source_hash
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.performing import Performer

Outcome = Literal["ok", "error", "timeout", "died", "unstable", "skipped"]
MOST_EVENTS: Final = 200
MOST_TEXT: Final = 100_000
_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "ok": "ok",
    "failed": "error",
    "stopped": "error",
    "timeout": "timeout",
    "died": "died",
}


@dataclass(frozen=True, slots=True)
class CellReport:
    """What happened to one cell. `entry` goes into the lock; `problem` says what was not as expected."""

    lesson: str
    cell: str
    kind: str
    outcome: Outcome
    ms: float = 0.0
    entry: Mapping[str, Any] = field(default_factory=dict)
    problem: Diagnostic | None = None


class _MemoryStore:
    """A proof leaves nothing in a learner's log."""

    is_saving = False

    def append(self, records: object) -> None:
        del records

    def lesson_history(self, course: str, lesson: str) -> tuple[Any, ...]:
        del course, lesson
        return ()

    def progress(self, course: str) -> Mapping[str, Any]:
        del course
        return {}

    def attempts(self, course: str) -> tuple[Record, ...]:
        del course
        return ()

    def last_opened(self) -> None:
        return None

    def setting(self, name: str, default: str = "") -> str:
        del name
        return default

    def set_setting(self, name: str, value: str) -> None:
        del name, value

    def close(self) -> None:
        """Nothing is held."""


def memory_store() -> _MemoryStore:
    """An event store that forgets."""
    return _MemoryStore()


async def run_course(session: CourseSession) -> AsyncIterator[CellReport]:
    """Every cell of every written lesson, in order; the kernel is the session's, started if need be."""
    course = session.opened.course
    for number, lesson_id in enumerate(course.lessons, 1):
        lesson = session.opened.lesson(lesson_id).lesson
        if lesson is None or not lesson.cells:
            continue
        study = begin(course, lesson, number=number, trust="once")
        runner = _LessonRun(study, session)
        for cell in lesson.cells:
            yield await runner.cell(cell)
        await runner.close()


class _LessonRun:
    """One lesson: a performer, and the events each run said."""

    def __init__(self, study: Study, session: CourseSession) -> None:
        self._session = session
        self._said: dict[str, list[RunEvent]] = {}
        self._performer = Performer(
            study, session, on_change=lambda _: None, ask_trust=lambda: None, on_event=self._hear
        )
        self._performer.is_attended = False

    def _hear(self, cell_id: str, event: RunEvent) -> None:
        self._said.setdefault(cell_id, []).append(event)

    @property
    def _study(self) -> Study:
        return self._performer.study

    async def close(self) -> None:
        await self._performer.close()

    def _now(self) -> datetime:
        return self._session.adapters.clock.now()

    async def cell(self, cell: Cell) -> CellReport:
        if cell.hidden or isinstance(cell, MarkdownCell):
            return self._report(cell, "skipped")
        match cell:
            case CodeCell() | ShellCell():
                return await self._run(cell)
            case ExerciseCell():
                return await self._solve(cell)
            case VizCell():
                return self._viz(cell)
            case _:
                return await self._question(cell)

    def _report(self, cell: Cell, outcome: Outcome, **facts: Any) -> CellReport:
        return CellReport(self._study.lesson.id, cell.id, cell.kind, outcome, **facts)

    def _problem(self, code: str, cell: Cell, message: str, help: str = "") -> Diagnostic:
        path = f"lessons/{self._study.lesson.id}.toml"
        return Diagnostic(code, f"{cell.id}: {message}", Span(path), help=help)

    # --- code and shell -------------------------------------------------------------------------

    async def _run(self, cell: CodeCell | ShellCell) -> CellReport:
        if isinstance(cell, CodeCell) and cell.ask_first:
            self._performer.study = self._study.changed(cell.id, guess="")
        self._performer.dispatch(RunRequested(cell.id, self._now()))
        await self._performer.settle()
        state = self._study.state(cell.id)
        outcome = _OUTCOMES.get(state.status, "error")
        problem = self._unexpected(cell, state, outcome)
        shown: Outcome = "unstable" if cell.unstable and problem is None else outcome
        if outcome == "error" and cell.expect == "error":
            shown = "unstable" if cell.unstable else "ok"
        return self._report(cell, shown, ms=state.elapsed_ms, entry=self._entry(cell, state), problem=problem)

    def _unexpected(
        self, cell: CodeCell | ShellCell, state: CellState, outcome: Outcome
    ) -> Diagnostic | None:
        if outcome in ("timeout", "died"):
            return self._problem(f"run-{outcome}", cell, state.reason or outcome)
        if (outcome == "error") != (cell.expect == "error"):
            error = state.transcript.error
            found = f"{error.name}: {error.message}" if error else f"status {state.exit_status}"
            wanted = "an error was expected and none came" if outcome == "ok" else f"it failed with {found}"
            return self._problem("run-outcome", cell, wanted, 'mend the cell, or say expect = "error"')
        if cell.output is not None and not cell.unstable:
            return self._output_problem(cell, state)
        if state.verdict is not None and not state.verdict.correct:
            return self._problem("check-fails", cell, _failure_words(state))
        return None

    def _output_problem(self, cell: CodeCell | ShellCell, state: CellState) -> Diagnostic | None:
        assert cell.output is not None
        difference = same_output(cell.output, _all_text(state), tolerance=cell.tolerance)
        if difference is None:
            return None
        said = "; ".join(difference.sentences())
        return self._problem("output-differs", cell, said, "correct `output`, or name it unstable")

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
        """Wrong samples must be caught by the check they name, right ones and the solution must pass.

        What each wrong sample is told is recorded, for the hints of learners whose answer behaves the same.
        """
        wrong = [await self._told(cell, sample.source) for sample in cell.wrong]
        right = [await self._told(cell, sample.source) for sample in cell.right]
        if not cell.solution and not any(file.solution for file in cell.file):
            return self._report(cell, "skipped")
        await self._check(cell, cell.solution, {file.path: file.solution for file in cell.file})
        state = self._study.state(cell.id)
        problem = self._unsolved(cell, state) or self._unproven(cell, wrong, right)
        entry = self._entry(cell, state) | {"wrong": wrong}
        outcome: Outcome = "ok" if problem is None else "error"
        return self._report(cell, outcome, ms=state.elapsed_ms, entry=entry, problem=problem)

    def _unsolved(self, cell: ExerciseCell, state: CellState) -> Diagnostic | None:
        if not cell.check or (state.verdict is not None and state.verdict.correct):
            return None
        return self._problem("solution-fails", cell, f"the solution does not pass: {_failure_words(state)}")

    def _unproven(
        self, cell: ExerciseCell, wrong: list[list[str]], right: list[list[str]]
    ) -> Diagnostic | None:
        for number, (sample, told) in enumerate(zip(cell.wrong, wrong, strict=True), 1):
            if not told:
                return self._problem("wrong-passes", cell, f"wrong sample {number} passes every check")
            if told[0] != sample.caught_by:
                words = f"wrong sample {number} is caught by {told[0] or 'its run'}, not {sample.caught_by}"
                return self._problem("wrong-elsewhere", cell, f"{words}: {'; '.join(told[1:])}")
        for number, told in enumerate(right, 1):
            if told:
                words = f"right sample {number} does not pass: {'; '.join(told[1:])}"
                return self._problem("right-fails", cell, words)
        return None

    async def _told(self, cell: ExerciseCell, source: str) -> list[str]:
        """[check id, lines ...] of the failing check, [] if it passes."""
        await self._check(cell, source, {}, is_silent=True)
        verdict = self._study.state(cell.id).verdict
        failure = verdict.failure if verdict is not None else None
        return [failure.check_id, *failure.lines] if failure is not None else []

    async def _check(
        self, cell: ExerciseCell, source: str, files: Mapping[str, str], *, is_silent: bool = False
    ) -> None:
        self._performer.is_silent = is_silent
        self._performer.dispatch(SourceEdited(cell.id, source.rstrip("\n"), self._now()))
        for path, text in files.items():
            self._performer.dispatch(SourceEdited(cell.id, text, self._now(), path=path))
        wish = CheckRequested if cell.check else RunRequested
        self._performer.dispatch(wish(cell.id, self._now()))
        await self._performer.settle()
        self._performer.is_silent = False

    # --- plots and questions --------------------------------------------------------------------

    def _viz(self, cell: VizCell) -> CellReport:
        state = self._study.state(cell.id)
        if state.plot is None:
            message = "nothing was drawn: names it needs do not exist when its lesson has run this far"
            return self._report(cell, "error", problem=self._problem("plot-missing", cell, message))
        if state.plot.error:
            return self._report(cell, "error", problem=self._problem("plot-error", cell, state.plot.error))
        entry = {"source_hash": source_hash(cell), "outcome": "ok", "plot": plot_data_as_json(state.plot)}
        return self._report(cell, "ok", entry=entry)

    async def _question(self, cell: QuizBase) -> CellReport:
        if isinstance(cell, PredictQuiz):
            return await self._predicted(cell)
        request = derive_request(cell)  # type: ignore[arg-type]
        if request is None:
            return self._report(cell, "skipped")  # type: ignore[arg-type]
        await self._session.start_kernel()
        (report,) = await self._session.kernel.probe((request,), timeout_s=10.0)
        derived = derived_from(report)
        if len(derived) < len(request["exprs"]):
            message = f"a key could not be derived: {report.get('error', 'it is no number')}"
            problem = self._problem("key-underivable", cell, message)  # type: ignore[arg-type]
            return self._report(cell, "error", problem=problem)  # type: ignore[arg-type]
        return self._report(cell, "ok", entry={"derived": derived})  # type: ignore[arg-type]

    async def _predicted(self, cell: PredictQuiz) -> CellReport:
        """The program is run silently; what it prints must be the author's key."""
        await self._session.start_kernel()
        said: list[str] = []
        async for event in self._session.kernel.run(cell.program, timeout_s=10.0, is_silent=True):
            if isinstance(event, StreamText) and event.stream == "stdout":
                said.append(event.text)
            elif isinstance(event, ErrorRaised):
                said.append(f"{event.name}: {event.message}")
        difference = same_output(cell.stdout, "".join(said))
        if difference is None:
            return self._report(cell, "ok")
        message = f"the program prints something else: {'; '.join(difference.sentences())}"
        return self._report(cell, "error", problem=self._problem("key-differs", cell, message))


def _failure_words(state: CellState) -> str:
    verdict = state.verdict
    if verdict is None or verdict.failure is None:
        error = state.transcript.error
        return f"{error.name}: {error.message}" if error else "it was not checked"
    return "; ".join((verdict.failure.says, *verdict.failure.lines))


def _all_text(state: CellState) -> str:
    """What a learner sees of an output: text of all streams and results."""
    return state.transcript.text()


def bounded_events(said: list[RunEvent]) -> list[dict[str, Any]]:
    """The events that show something, merged and bounded, as JSON."""
    kept: list[dict[str, Any]] = []
    size = 0
    for event in merged_text(said):
        if isinstance(event, Finished):
            continue
        encoded = event_as_json(event)
        size += len(str(encoded))
        if size > MOST_TEXT or len(kept) >= MOST_EVENTS:
            kept.append(event_as_json(StreamText("stdout", "\n… more was printed than is recorded …\n")))
            break
        kept.append(encoded)
    return kept


def merged_text(said: list[RunEvent]) -> list[RunEvent]:
    """Neighbouring texts of one stream as one event."""
    merged: list[RunEvent] = []
    for event in said:
        last = merged[-1] if merged else None
        if isinstance(event, StreamText) and isinstance(last, StreamText) and last.stream == event.stream:
            lost = last.dropped_lines + event.dropped_lines
            merged[-1] = replace(last, text=last.text + event.text, dropped_lines=lost)
        else:
            merged.append(event)
    return merged
