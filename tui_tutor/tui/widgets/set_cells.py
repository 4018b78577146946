"""The rows of each cell, kept until what they were set from has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from textual.strip import Strip

from tui_tutor.core.course import Cell
from tui_tutor.core.study import CellState, Study
from tui_tutor.tui.widgets.any_cell import rows_of
from tui_tutor.tui.widgets.cell_row import CellRow, Frame
from tui_tutor.tui.widgets.cell_ui import CellUi
from tui_tutor.tui.widgets.cell_view import Asset, View


@dataclass(frozen=True, slots=True)
class SetCell:
    """The rows of one cell and what they were set from; `strips` holds those that were painted."""

    state: CellState
    ui: CellUi
    frame: Frame
    second: int
    after: str
    rows: tuple[CellRow, ...]
    strips: dict[int, Strip]

    def is_of(self, state: CellState, ui: CellUi, frame: Frame, second: int, after: str) -> bool:
        """Whether setting the cell again would give the same rows."""
        return (
            self.state is state
            and self.ui is ui
            and self.frame == frame
            and self.second == second
            and self.after == after
        )


class SetCells:
    """Sets a cell when its rows are asked for, and again only when it changed."""

    def __init__(self, clock: Callable[[], datetime], asset: Asset) -> None:
        self._clock = clock
        self._asset = asset
        self._cells: dict[str, SetCell] = {}

    def of(self, cell: Cell, study: Study, frame: Frame, ui: CellUi, *, view_rows: int) -> SetCell:
        state, now = study.state(cell.id), self._clock()
        second = int(now.timestamp()) if state.status == "running" else 0
        after = study.running if state.status == "queued" else ""
        old = self._cells.get(cell.id)
        if old is not None and old.is_of(state, ui, frame, second, after):
            return old
        rows = rows_of(cell, View(study, frame, ui, now, self._asset, view_rows))
        made = SetCell(state, ui, frame, second, after, rows or (CellRow(),), {})
        self._cells[cell.id] = made
        return made

    def forget(self) -> None:
        """The lesson has another form: cells of the same name may say something else."""
        self._cells.clear()
