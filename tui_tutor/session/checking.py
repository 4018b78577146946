"""Checking: an answer's run is over; ask the kernel, the workspace and a fresh interpreter, and judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui_tutor.core.course import (
    Check,
    CheckBase,
    CodeCheck,
    ExerciseCell,
    FileCheck,
    OrderQuiz,
    PlotCheck,
    QuizBase,
    QuizCell,
    ShellCell,
    VizCell,
)
from tui_tutor.core.execution import ErrorRaised, Finished, StreamText
from tui_tutor.core.grading.judging import RunSummary, matching_hint, verdict_of
from tui_tutor.core.grading.orders import program_of
from tui_tutor.core.grading.probing import probe_request
from tui_tutor.core.grading.quizzes import derived_expressions, grade_quiz
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import plot_data_as_json
from tui_tutor.core.ports import Report
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import CheckAnswer, GradeAnswer
from tui_tutor.core.study.recording import derived_values
from tui_tutor.core.study.state import uses_shell
from tui_tutor.session.course_session import CourseSession

CHECK_TIMEOUT_S = 10.0
FILE_LIMIT = 1_000_000


# --- exercises and shell cells ----------------------------------------------------------------------


async def checked_exercise(study: Study, effect: CheckAnswer, session: CourseSession) -> Verdict:
    """The verdict of every check the cell declares over what its newest run left."""
    cell = study.cell(effect.cell_id)
    assert isinstance(cell, ExerciseCell | ShellCell)
    summary = run_summary(study, cell, effect.source, session)
    if uses_shell(cell):
        reports = await _shell_reports(cell.check, session)
    else:
        reports = await _kernel_reports(study, cell.check, session)
    return verdict_of(cell.check, reports, summary)
