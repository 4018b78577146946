"""The state of a cell in words: a mark, a word and at most one fact, for the right end of its output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    MarkdownCell,
    QuizBase,
    ReflectQuiz,
    ShellCell,
    VizCell,
)
from tui_tutor.core.study.state import CellState, Study, is_runnable
from tui_tutor.core.wording.labels import duration, milliseconds, plain_label

Mark = Literal["", "ok", "failed", "running", "queued", "stale", "recorded", "locked"]
Role = Literal["muted", "text", "bright", "alarm"]


@dataclass(frozen=True, slots=True)
class StateWords:
    """`mark` names a glyph; `word` and `fact` stand two blanks apart; `role` is the colour of the word."""

    mark: Mark = ""
    word: str = ""
    fact: str = ""
    role: Role = "muted"


def state_words(study: Study, cell: Cell, now: datetime, *, is_focused: bool = False) -> StateWords:
    """How a cell stands. Source: the table of states in docs/interface.md."""
    state = study.state(cell.id)
    if state.status == "queued":
        return StateWords("queued", "queued", _queued_after(study), "text")
    if state.status == "running":
        seconds = (now - state.started_at).total_seconds() if state.started_at else 0.0
        return StateWords("running", "running", duration(max(seconds, 0)), "bright")
    if isinstance(cell, QuizBase):
        return _question_words(cell, state)
    if isinstance(cell, VizCell | MarkdownCell):
        return _shown_words(state)
    return _run_words(study, cell, state, is_focused=is_focused)


def _queued_after(study: Study) -> str:
    if not study.running:
        return "until your last visit is restored" if study.restoring is not None else ""
    cell, number = study.cell(study.running), study.number_of(study.running)
    count = study.state(cell.id).count
    if isinstance(cell, CodeCell) and count is None:  # it gets its count when it begins
        return f"after cell [{number}]" if number else "after the scratch cell"
    return f"after {plain_label(cell, number, count)}"


def _shown_words(state: CellState) -> StateWords:
    if state.plot is not None and state.is_recorded:
        return StateWords("recorded", "recorded", "the author's output", "text")
    if state.plot is not None and state.stale:
        return StateWords("stale", "stale", state.stale, "bright")
    return StateWords()


def _question_words(cell: QuizBase, state: CellState) -> StateWords:
    verdict = state.verdict
    if state.is_changed and verdict is None:
        return StateWords("stale", "stale", changed_words(cell), "bright")
    if verdict is None:
        return StateWords("", "not answered")
    if isinstance(cell, ReflectQuiz):
        return StateWords("ok", "saved")
    if verdict.correct:
        return StateWords("ok", "right")
    return StateWords("failed", "not yet", tries_words(cell, state), "alarm")


def tries_words(cell: QuizBase, state: CellState) -> str:
    """`1 of 2 tries`, or how many there were where tries are not limited."""
    if cell.attempts is not None:
        return f"{state.attempts} of {cell.attempts} {'try' if cell.attempts == 1 else 'tries'}"
    return "" if state.attempts < 2 else f"{state.attempts} tries"


def _run_words(study: Study, cell: Cell, state: CellState, *, is_focused: bool) -> StateWords:
    if state.is_recorded:
        whose = "by the imported notebook" if state.is_imported else "the author's output"
        return StateWords("recorded", "recorded", whose, "text")
    if state.is_changed:
        return StateWords("stale", "stale", changed_words(cell), "bright")
    if state.stale:
        return StateWords("stale", "stale", state.stale, "bright")
    match state.status:
        case "ok":
            return StateWords("ok", "ran", milliseconds(state.elapsed_ms))
        case "failed":
            fact = f"exit {state.exit_status}" if state.exit_status is not None else ""
            fact = fact or milliseconds(state.elapsed_ms)
            if getattr(cell, "expect", "ok") == "error":
                return StateWords("ok", "failed as meant", fact)
            return StateWords("failed", "failed", fact, "alarm")
        case "stopped":
            return StateWords("failed", "stopped by you", f"after {milliseconds(state.elapsed_ms)}", "alarm")
        case "timeout":
            return StateWords(
                "failed", "stopped", f"{_limit_s(study, cell):g} s is this cell's limit", "alarm"
            )
        case "died":
            return StateWords("failed", "the kernel stopped", "", "alarm")
        case _:
            return _idle_words(cell, is_focused=is_focused)


def _limit_s(study: Study, cell: Cell) -> float:
    return getattr(cell, "timeout_s", None) or study.course.kernel.timeout_s


def _idle_words(cell: Cell, *, is_focused: bool) -> StateWords:
    if is_focused and is_runnable(cell):
        return StateWords("", "F5 runs it")
    return StateWords("", "not tried" if isinstance(cell, ExerciseCell) else "not run")


def changed_words(cell: Cell | QuizBase) -> str:
    """Why an earlier answer no longer tells how the cell stands."""
    return "the question changed" if isinstance(cell, QuizBase) else "the task changed"


def older_words(cell: Cell, state: CellState) -> str:
    """How the answer to an older wording did, as a sentence; "" where there is none."""
    verdict = state.older
    if verdict is None:
        return ""
    if isinstance(cell, ReflectQuiz):
        return "You wrote this when the question was worded otherwise."
    if isinstance(cell, QuizBase):
        return f"Your answer to an older wording was {'right' if verdict.correct else 'not right yet'}."
    return f"Your answer to an older wording passed {verdict.passed} of {verdict.total} checks."


def check_words(cell: Cell, state: CellState) -> StateWords:
    """The verdict of the checks: `3 of 3 pass`, or `not yet` with the count at the right."""
    verdict = state.verdict
    if verdict is None or not isinstance(cell, ExerciseCell | ShellCell | CodeCell):
        return StateWords()
    count = f"{verdict.passed} of {verdict.total} pass"
    if verdict.correct:
        return StateWords("ok", count)
    return StateWords("failed", "not yet", count, "alarm")
