"""Source on its panel, or room for the editor."""

from __future__ import annotations

from dataclasses import replace

from tui_tutor.tui.widgets.cell_row import CellRow, Piece, pieces_width
from tui_tutor.tui.widgets.cell_view import View
from tui_tutor.tui.widgets.code_text import highlighted
from tui_tutor.tui.widgets.folding import folded_code


def code_panel(
    source: str,
    language: str,
    view: View,
    right: tuple[Piece, ...] = (),
    named: frozenset[int] = frozenset(),
) -> list[CellRow]:
    """The source on its panel, or room for the editor; `right` stands on the first line if it fits.

    Lines in `named` (from 1) have their number in the gutter: notes below speak of them.
    """
    frame, ui = view.frame, view.ui
    if ui.slot == "source":
        return [CellRow(ground="raised", is_slot=True, is_code=True) for _ in range(max(1, ui.slot_rows))]
    rows: list[CellRow] = []
    for number, spans in enumerate(highlighted(source, language), 1):
        label = frame.label(f"line {number}") if number in named else ()
        for place, pieces in enumerate(folded_code(frame.pieces(spans), frame.text_width)):
            row = CellRow(pieces=pieces, ground="panel", is_code=True, target="source")
            rows.append(replace(row, label=label) if place == 0 else row)
    if right and pieces_width(rows[0].pieces) + pieces_width(right) + 2 <= frame.text_width:
        rows[0] = replace(rows[0], right=right)
    return rows


def with_editing(rows: list[CellRow], view: View) -> list[CellRow]:
    """`editing` in the gutter while the editor stands in the cell."""
    if view.ui.slot == "source":
        place = min(2, len(rows) - 1)
        if place > 0:
            rows[place] = replace(rows[place], label=view.frame.label("editing", is_main=True))
    return rows
