"""What every kind of cell is shown with: the study, the frame, the time; labels and notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tui_tutor.core.course import Cell
from tui_tutor.core.prose import inline_spans, wrap
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.study import CellState, Study
from tui_tutor.core.wording.labels import gutter_label
from tui_tutor.core.wording.states import state_words
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece
from tui_tutor.tui.widgets.cell_ui import CellUi
from tui_tutor.tui.widgets.cell_words import words_pieces

Asset = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class View:
    """Everything a builder needs besides the cell: the study, the frame, the face's own facts, the time."""

    study: Study
    frame: Frame
    ui: CellUi
    now: datetime
    asset: Asset
    view_rows: int = 20

    def state(self, cell: Cell) -> CellState:
        return self.study.state(cell.id)

    def words(self, cell: Cell) -> tuple[Piece, ...]:
        words = state_words(self.study, cell, self.now, is_focused=self.frame.is_focused)
        return words_pieces(words, self.frame)

    def main_label(self, cell: Cell) -> tuple[Span, ...]:
        count = self.state(cell).count
        return self.frame.label(gutter_label(cell, self.study.number_of(cell.id), count), is_main=True)


def labelled(rows: list[CellRow], label: tuple[Span, ...]) -> list[CellRow]:
    """The label stands on the first row; a sub-label of that row gives way to it."""
    first = rows[0] if rows else CellRow()
    return [replace(first, label=label), *rows[1:]]


def wrapped(spans: tuple[Span, ...], frame: Frame, *, width: int = 0) -> list[CellRow]:
    return [CellRow(pieces=frame.pieces(row)) for row in wrap(spans, width or frame.text_width)]


def note_rows(label: str, markdown: str, frame: Frame) -> list[CellRow]:
    """`hint 1  ...`: a sub-label and a text."""
    rows = wrapped(inline_spans(markdown), frame)
    return labelled(rows, frame.label(label))


def without_slot(view: View) -> View:
    return replace(view, ui=replace(view.ui, slot=None))
