"""What the error of a run usually means at the line where it happened."""

from __future__ import annotations

from tui_tutor.core.study.state import CellState
from tui_tutor.core.wording.errors import meaning_of


def meaning_in(state: CellState) -> str:
    """A sentence from the table of errors, "" if it knows nothing useful."""
    error = state.transcript.error
    if error is None or state.is_recorded:
        return ""
    lines = (state.ran_source or "").split("\n")
    line = lines[error.line - 1] if error.line and 0 < error.line <= len(lines) else ""
    return meaning_of(error.name, error.message, line)
