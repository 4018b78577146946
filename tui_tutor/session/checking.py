"""Checking: an answer's run is over; ask the kernel, the workspace and a fresh interpreter, and judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui_tutor.core.course import (
    Check,
    CodeCheck,
    ExerciseCell,
    OrderQuiz,
    PlotCheck,
    QuizBase,
    QuizCell,
    ShellCell,
)
from tui_tutor.core.execution import ErrorRaised, Finished, Outcome, RunEvent, StreamText
from tui_tutor.core.grading.judging import RunSummary, report_from_interpreter, verdict_of
from tui_tutor.core.grading.orders import program_of
from tui_tutor.core.grading.probing import derive_request, derived_from, files_needed, probe_request
from tui_tutor.core.grading.quizzes import grade_quiz
from tui_tutor.core.grading.verdict import Failure, Verdict
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import PlotData, Series
from tui_tutor.core.ports import Json, Report
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import CheckAnswer, GradeAnswer
from tui_tutor.core.study.state import CellState, uses_shell
from tui_tutor.session.course_session import CourseSession

CHECK_TIMEOUT_S = 10.0

Reports = tuple[Report | None, ...]


# --- exercises and shell cells ----------------------------------------------------------------------


async def checked_exercise(study: Study, effect: CheckAnswer, session: CourseSession) -> Verdict:
    """The verdict of every check the cell declares, over what its newest run left."""
    cell = study.cell(effect.cell_id)
    assert isinstance(cell, ExerciseCell | ShellCell)
    summary = summary_of(study.state(cell.id), cell.check, effect.source, session)
    if uses_shell(cell):
        reports = await _shell_reports(cell.check, session)
    else:
        reports = await kernel_reports(study, cell.check, session)
    verdict = verdict_of(cell.check, reports, summary)
    if isinstance(cell, ExerciseCell) and verdict.failure is not None and not verdict.failure.hint:
        hint = hint_of_sample(cell, study.told.get(cell.id, ()), verdict.failure)
        verdict = replace(verdict, failure=replace(verdict.failure, hint=hint))
    return verdict


def hint_of_sample(cell: ExerciseCell, told: Sequence[tuple[str, ...]], failure: Failure) -> str:
    """The hint of the wrong sample that was told just what this answer is told; "" if there is none.

    Only then does the answer behave the same; a hint for another mistake would be wrong itself.
    """
    mine = (failure.check_id, *failure.lines)
    for sample, lines in zip(cell.wrong, told, strict=False):
        if lines == mine and sample.hint:
            return sample.hint
    return ""


def summary_of(state: CellState, checks: Sequence[Check], source: str, session: CourseSession) -> RunSummary:
    """What the newest run of a cell gave, with the files its checks name."""
    error = state.transcript.error
    files = {path: session.workspace.read_text(path) for path in files_needed(checks)}
    return RunSummary(
        outcome=_outcome(state),
        stdout=state.transcript.stdout(),
        error_name=error.name if error else "",
        error_message=error.message if error else "",
        source=source,
        exit_status=state.exit_status,
        files=files,
    )


_OUTCOMES: Mapping[str, Outcome] = {
    "ok": "ok",
    "failed": "error",
    "stopped": "interrupted",
    "timeout": "timeout",
    "died": "died",
}


def _outcome(state: CellState) -> Outcome:
    return _OUTCOMES.get(state.status, "error")


async def kernel_reports(study: Study, checks: Sequence[Check], session: CourseSession) -> Reports:
    """One report for each check, in their order; None for those that ask the kernel nothing."""
    requests = [
        probe_request(check, seed=place, series=_series_for(study, check))
        for place, check in enumerate(checks)
    ]
    wanted = tuple(request for request in requests if request is not None)
    if not wanted:
        return (None,) * len(checks)
    reports = iter(await session.kernel.probe(wanted, timeout_s=CHECK_TIMEOUT_S))
    return tuple(None if request is None else next(reports) for request in requests)


def _series_for(study: Study, check: Check) -> list[dict[str, Json]]:
    if not isinstance(check, PlotCheck):
        return []
    state = study.cells.get(check.viz)
    plot = state.plot if state is not None else None
    return [{"x": list(s.x), "y": list(s.y), "label": s.name} for s in _all_series(plot)]


def _all_series(plot: PlotData | None) -> list[Series]:
    return [] if plot is None else [*plot.series, *(s for layer in plot.layers for s in layer.series)]


async def _shell_reports(checks: Sequence[Check], session: CourseSession) -> Reports:
    """A `code` check of a shell cell runs in a fresh interpreter in the workspace."""
    reports: list[Report | None] = []
    for check in checks:
        if not isinstance(check, CodeCheck):
            reports.append(None)
            continue
        status, said = await session.shell.run_python(check.code, timeout_s=CHECK_TIMEOUT_S)
        reports.append(report_from_interpreter(status, said))
    return tuple(reports)


# --- questions --------------------------------------------------------------------------------------


def graded_here(study: Study, effect: GradeAnswer) -> Verdict:
    """Grade without running anything."""
    cell = _question(study, effect)
    derived = study.derived.get(cell.id, {})
    return grade_quiz(cell, effect.answer, derived=derived, reveal=_is_last(study, cell))


async def graded_question(study: Study, effect: GradeAnswer, session: CourseSession) -> Verdict:
    """Grade with the kernel's help."""
    cell = _question(study, effect)
    await session.start_kernel()
    if isinstance(cell, OrderQuiz) and cell.check:
        return await _graded_program(study, cell, effect, session)
    request = derive_request(cell)
    derived: Mapping[str, object] = {}
    if request is not None:
        (report,) = await session.kernel.probe((request,), timeout_s=CHECK_TIMEOUT_S)
        derived = derived_from(report)
    return grade_quiz(cell, effect.answer, derived=derived, reveal=_is_last(study, cell))


def _question(study: Study, effect: GradeAnswer) -> QuizCell:
    cell = study.cell(effect.cell_id)
    assert isinstance(cell, QuizBase)
    return cell


def _is_last(study: Study, cell: QuizBase) -> bool:
    """Whether this try uses the tries up, so that the key may be shown with the verdict."""
    return cell.attempts is not None and study.state(cell.id).attempts + 1 >= cell.attempts


async def _graded_program(
    study: Study, cell: OrderQuiz, effect: GradeAnswer, session: CourseSession
) -> Verdict:
    """Run the lines as they were put together; an order that passes the checks is right."""
    source = program_of(cell, effect.answer)
    said: list[RunEvent] = []
    async for event in session.kernel.run(source, timeout_s=CHECK_TIMEOUT_S, is_silent=True):
        said.append(event)
    summary = _program_summary(source, said)
    reports = await kernel_reports(study, cell.check, session)
    verdict = verdict_of(cell.check, reports, summary)
    if verdict.correct:
        return verdict
    failure = verdict.failure
    lines = (failure.says, *failure.lines) if failure else ()
    graded = grade_quiz(cell, effect.answer, reveal=_is_last(study, cell))
    return replace(graded, correct=False, score=min(graded.score, verdict.score), messages=lines)


def _program_summary(source: str, said: Sequence[RunEvent]) -> RunSummary:
    transcript = Transcript()
    outcome: Outcome = "error"
    for event in said:
        if isinstance(event, StreamText | ErrorRaised):
            transcript = transcript.after(event)
        elif isinstance(event, Finished):
            outcome = event.outcome
    error = transcript.error
    return RunSummary(
        outcome=outcome,
        stdout=transcript.stdout(),
        error_name=error.name if error else "",
        error_message=error.message if error else "",
        source=source,
        error_line=error.line if error else None,
    )
