"""What a run shows under any cell: its output and how it ended, its question, room for the answer."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.course import Cell, CodeCell, ExerciseCell
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.study import CellState
from tui_tutor.core.wording.explaining import meaning_in
from tui_tutor.core.wording.labels import output_label
from tui_tutor.tui.widgets.cell_row import CellRow
from tui_tutor.tui.widgets.cell_view import View, labelled, wrapped
from tui_tutor.tui.widgets.output_rows import OutputSetting, output_rows

NO_ROWS: Final[tuple[CellRow, ...]] = ()


def run_rows(cell: Cell, view: View) -> tuple[CellRow, ...]:
    """What the run printed, its state at the right end; nothing for a cell that has not run."""
    state, frame = view.state(cell), view.frame
    has_run = state.status in ("ok", "failed", "stopped", "timeout", "died") or state.is_recorded
    if state.transcript.is_empty and not has_run and state.status != "running":
        return NO_ROWS
    if isinstance(cell, CodeCell):
        label = frame.label(output_label(state.count), is_main=True)
    else:
        label = frame.label("output") if isinstance(cell, ExerciseCell) else ()
    setting = OutputSetting(
        label=label,
        right=view.words(cell),
        meaning=meaning_in(state),
        is_muted=is_old(state),
        is_recorded=state.is_recorded,
        reason=_end_words(state),
        is_unfolded=view.ui.is_unfolded,
    )
    return output_rows(state, frame, setting)


def is_old(state: CellState) -> bool:
    """Whether what stands there may not fit any more, or is of a run whose first output is still to come."""
    return bool(state.stale) or state.is_recorded or state.status == "queued"


def _end_words(state: CellState) -> str:
    if state.status != "died" or state.stale:
        return ""
    why = state.reason.rstrip(".") or "The kernel died"
    return f"{why}. Your work is kept; F5 runs this again in a new kernel."


def input_rows(cell: Cell, view: View) -> list[CellRow]:
    """What a program asks, and room for the line that it waits for."""
    prompt, frame = view.state(cell).prompt, view.frame
    if prompt is None:
        return []
    asked = safe_line(prompt.prompt).strip()
    rows = labelled(wrapped((Span(asked, "bright"),), frame), frame.label("asks")) if asked else []
    if view.ui.slot == "input":
        return [*rows, *slot_rows(view, "input")]
    return [
        *rows,
        CellRow(frame.label("input"), (frame.piece("Enter gives the line it waits for", "muted"),)),
    ]


def slot_rows(view: View, purpose: str) -> list[CellRow]:
    """Room for the editor under the output: a program's question, or the learner's guess."""
    if view.ui.slot != purpose or purpose == "source":
        return []
    label = {"input": "input", "guess": "guess", "answer": "answer"}[purpose]
    rows = [CellRow(ground="raised", is_slot=True, is_code=True) for _ in range(max(1, view.ui.slot_rows))]
    return labelled(rows, view.frame.label(label, is_main=True))
