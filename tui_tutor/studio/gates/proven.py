"""What running the course showed, as findings: `verify` judges, the gates say what that means here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.proof.reports import Problem
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding

LEAST_RUNS: Final = 2
LEAST_HINTS: Final = 2
SLOW_CELL_S: Final = 10
SLOW_LESSON_S: Final = 60
_GATE_OF: Final[Mapping[str, str]] = {
    "output-unstable": "outputs-stable",
    "output-differs": "outputs-stable",
    "solution-fails": "exercise-proven",
    "starter-passes": "exercise-proven",
    "starter-dies": "exercise-proven",
    "wrong-passes": "exercise-proven",
    "wrong-elsewhere": "exercise-proven",
    "right-fails": "exercise-proven",
    "rewrite-fails": "exercise-proven",
    "mutation-score": "exercise-proven",
    "mutant-survives": "mutant-survives",
    "mutants-untried": "mutant-survives",
    "hint-solves": "hints",
    "key-underivable": "key-proven",
    "key-differs": "key-proven",
    "key-inconsistent": "key-proven",
}


def findings_of_proof(built: Built) -> Iterator[Finding]:
    """What the runs found wrong, and which cells nobody ran."""
    for lesson, cell in built.cells():
        proven = built.proof_of(lesson.id, cell.id)
        yield from _unproven(lesson.id, cell, proven)
        if proven is not None:
            yield from (_as_finding(lesson.id, problem) for problem in proven.problems)
            yield from _slow_cell(lesson.id, proven)
        yield from _written_output(lesson.id, cell, proven)
    yield from _slow_lessons(built)


def _as_finding(lesson: str, problem: Problem) -> Finding:
    gate = _GATE_OF.get(problem.code, "cells-run")
    message = f"{problem.code}: {problem.message}"
    return Finding(gate, lesson, problem.cell, message, problem.help, problem.severity == "error")


def _unproven(lesson: str, cell: Cell, proven: ProvenCell | None) -> Iterator[Finding]:
    if isinstance(cell, models.ExerciseCell) and len(cell.hints) < LEAST_HINTS:
        yield Finding(
            "hints", lesson, cell.id, f"it has {len(cell.hints)} hints", "give two, the first vague"
        )
    if isinstance(cell, models.MarkdownCell | models.ReflectQuiz):
        return
    if proven is None or proven.runs < LEAST_RUNS:
        message = "nobody ran it" if proven is None else f"it ran {proven.runs} times"
        yield Finding("proof-missing", lesson, cell.id, message, "verify the whole course")
    elif proven.outcome == "skipped" and _has_to_run(cell):
        yield Finding("proof-missing", lesson, cell.id, "its run was left out", "make it a cell that can run")
    elif isinstance(cell, models.ExerciseCell):
        yield from _unexamined(lesson, cell, proven)


def _has_to_run(cell: Cell) -> bool:
    """Whether leaving a cell out leaves something open: a question's fixed key is judged without a run."""
    if isinstance(cell, models.QuizBase):
        is_foreign = isinstance(cell, models.PredictQuiz) and cell.language != "python"
        return cell.params is not None or is_foreign
    return not cell.hidden


def _unexamined(lesson: str, cell: models.ExerciseCell, proven: ProvenCell) -> Iterator[Finding]:
    """An exercise that no attempt was made at proves nothing, whatever its solution does."""
    has_examined = proven.exercise is not None and proven.exercise.starter_fails is not None
    if not cell.check or not has_examined:
        message = "nothing is checked" if not cell.check else "no attempt was made at it"
        yield Finding("exercise-proven", lesson, cell.id, message, "add a check that only an answer passes")
    elif not proven.solution_passes and not proven.problems:
        yield Finding(
            "exercise-proven", lesson, cell.id, "its solution does not pass", "mend it or its check"
        )


# --- outputs come from the kernel -------------------------------------------------------------------


def _written_output(lesson: str, cell: Cell, proven: ProvenCell | None) -> Iterator[Finding]:
    """`output` may be what the kernel printed, to the letter; what else it could be, a model made up."""
    if not isinstance(cell, models.CodeCell | models.ShellCell) or cell.output is None:
        return
    printed = proven.recorded.text if proven else None
    if printed is None or printed.rstrip() != cell.output.rstrip():
        message = "`output` is not what the kernel printed"
        yield Finding("output-from-model", lesson, cell.id, message, "leave it out: the lock records it")


# --- time -------------------------------------------------------------------------------------------


def _slow_cell(lesson: str, proven: ProvenCell) -> Iterator[Finding]:
    seconds = proven.recorded.ms / 1000
    if seconds > SLOW_CELL_S:
        yield Finding(
            "slow", lesson, proven.cell.id, f"it took {seconds:.0f} s", "use less data", is_hard=False
        )


def _slow_lessons(built: Built) -> Iterator[Finding]:
    for lesson, cells in built.proven.items():
        seconds = sum(one.recorded.ms for one in cells) / 1000
        if seconds > SLOW_LESSON_S:
            message = f"its cells took {seconds:.0f} s together"
            yield Finding("slow", lesson, "", message, "use less data", is_hard=False)
