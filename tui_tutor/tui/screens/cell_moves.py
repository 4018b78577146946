"""Moving from cell to cell."""

from __future__ import annotations

from functools import partial

from tui_tutor.core.course import VizCell
from tui_tutor.core.study.events import CellEntered
from tui_tutor.core.study.state import SCRATCH
from tui_tutor.tui.screens.editing_desk import EditingDesk
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.screens.plot_inspector import PlotInspector


class CellMoves:
    """Leaves a cell tidily and enters another one."""

    def __init__(self, face: LessonFace, desk: EditingDesk, inspector: PlotInspector) -> None:
        self._face = face
        self._desk = desk
        self._inspector = inspector

    def go_after_typing(self, count: int) -> None:
        """Go when the editor has taken in what was typed before."""
        self._desk.after_typing(partial(self.go, count))

    def go(self, count: int) -> None:
        """Go `count` cells on; going on is what makes prose read."""
        self._desk.close()
        if isinstance(self._face.cell, VizCell) and self._inspector.is_open:
            self._inspector.close()
        left, target = self._face.cell.id, self._face.page.focus_beside(count)
        self._enter(target, left if count > 0 else "")

    def jump(self, cell_id: str) -> None:
        """Go to a cell somewhere else."""
        self._desk.close()
        self._enter(cell_id)

    def _enter(self, cell_id: str, left: str = "") -> None:
        face = self._face
        face.page.focus_cell(cell_id)
        face.read_notice()
        if cell_id != SCRATCH.id:
            face.dispatch(CellEntered(cell_id, face.now(), left=left))
        face.draw()
