"""A code cell: label, panel, notes beside its lines, the guess, what the run printed."""

from __future__ import annotations

from dataclasses import replace

from tui_tutor.core.course import CodeCell
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.study.state import SCRATCH, starter_of
from tui_tutor.tui.widgets.cell_row import CellRow
from tui_tutor.tui.widgets.cell_view import View, labelled, note_rows
from tui_tutor.tui.widgets.code_panel import code_panel, with_editing
from tui_tutor.tui.widgets.folding import folded
from tui_tutor.tui.widgets.run_rows import NO_ROWS, input_rows, run_rows, slot_rows


def code_rows(cell: CodeCell, view: View) -> tuple[CellRow, ...]:
    """`In  [7]`, the panel, then what the run printed."""
    frame, state = view.frame, view.state(cell)
    # What is to be guessed is not given away by the author's output.
    is_riddle = cell.ask_first and state.is_recorded and state.guess is None
    output = NO_ROWS if is_riddle else run_rows(cell, view)
    right = () if output else view.words(cell)
    right = (frame.piece("F5 asks what it prints", "muted"),) if is_riddle else right
    is_untouched = state.source == starter_of(cell)
    named = frozenset(note.line for note in cell.callout) if is_untouched else frozenset[int]()
    panel = code_panel(state.source, cell.language, view, right, named)
    rows = labelled(panel, view.main_label(cell))
    number = view.study.number_of(cell.id)
    place = frame.label(f"{'':4}[{number}]") if number else ()
    if len(rows) > 1 and place and not rows[1].label:
        rows[1] = replace(rows[1], label=place)
    rows = with_editing(rows, view)
    if cell is SCRATCH:
        rows += note_rows("scratch", "Yours to try things in; it counts for nothing.", frame)
    if view.ui.slot is None:
        rows += [row for note in cell.callout for row in note_rows(f"line {note.line}", note.text, frame)]
    return (*rows, *guess_rows(cell, view), *output, *input_rows(cell, view))


def guess_rows(cell: CodeCell, view: View) -> list[CellRow]:
    """What the learner thinks it prints: asked for before the run, shown beside its output."""
    guess, frame = view.state(cell).guess, view.frame
    if view.ui.slot == "guess":
        asked = "What do you think it prints? Enter runs it."
        return [CellRow(pieces=(frame.piece(asked, "bright"),)), *slot_rows(view, "guess")]
    if not guess:
        return []
    rows = [CellRow(pieces=row) for row in folded((frame.piece(safe_line(guess)),), frame.text_width)]
    return labelled(rows, frame.label("guess"))
