"""Looking closer at the plot of the focused cell: its keys, and the picture of the point looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from textual import events

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.widgets.cell_ui import CellUi


class PlotInspector:
    """Moves a cursor from point to point, zooms and pans; does nothing while nothing is looked at."""

    def __init__(self, face: LessonFace) -> None:
        self._face = face
        self._keys: dict[str, Callable[[], None]] = {
            "left": partial(self.move, -1, 0),
            "right": partial(self.move, 1, 0),
            "plus": partial(self._zoom, 0.5),
            "minus": partial(self._zoom, 2.0),
            "0": self._show_whole,
            "shift_left": partial(self._pan, -0.25, 0),
            "shift_right": partial(self._pan, 0.25, 0),
            "shift_up": partial(self._pan, 0, 0.25),
            "shift_down": partial(self._pan, 0, -0.25),
        }

    @property
    def is_open(self) -> bool:
        """Whether the focused cell is looked at."""
        return self._ui.cursor is not None

    def take_key(self, event: events.Key) -> None:
        """Do what the key means to a plot."""
        for name in event.name_aliases:
            if self.is_open and name in self._keys:
                self._keys[name]()

    # --- looking --------------------------------------------------------------------------------

    def open(self, cell: VizCell) -> bool:
        """Begin in the middle; False for a plot that has no points to look at."""
        from tui_tutor.tui.screens.inspecting import first_cursor

        plot = self._face.study.state(cell.id).plot
        if plot is None or plot.error:
            self._face.say("There is nothing to look at yet: run the cells above.")
            return True
        started = first_cursor(cell, plot, self._face.page.ui_of(cell.id))
        if started.cursor is None:
            return False
        self._set(started)
        self._face.page.focus_cell(cell.id)
        self._face.draw()
        self._show_picked()
        return True

    def close(self) -> None:
        self._set(replace(self._ui, cursor=None, said="", picked=None, view=None))
        self._face.draw()

    def move(self, across: int, up: int) -> None:
        """Go to the next point in a direction."""
        from tui_tutor.tui.screens.inspecting import moved

        looked_at = self._looked_at()
        if looked_at is not None:
            self._set(moved(*looked_at, self._ui, across, up))
            self._face.page.focus_cell(self._face.cell.id)
            self._show_picked()

    def _zoom(self, factor: float) -> None:
        from tui_tutor.tui.screens.inspecting import zoomed

        looked_at = self._looked_at()
        if looked_at is not None:
            self._set(zoomed(*looked_at, self._ui, factor))

    def _pan(self, dx: float, dy: float) -> None:
        from tui_tutor.tui.screens.inspecting import panned

        looked_at = self._looked_at()
        if looked_at is not None:
            self._set(panned(*looked_at, self._ui, dx, dy))

    def _show_whole(self) -> None:
        self._set(replace(self._ui, view=None))

    def _looked_at(self) -> tuple[VizCell, PlotData] | None:
        cell = self._face.cell
        plot = self._face.study.state(cell.id).plot
        return (cell, plot) if isinstance(cell, VizCell) and plot is not None else None

    @property
    def _ui(self) -> CellUi:
        return self._face.page.ui_of(self._face.cell.id)

    def _set(self, ui: CellUi) -> None:
        self._face.page.set_ui(self._face.cell.id, ui)

    # --- the picture of a point -----------------------------------------------------------------

    def _show_picked(self) -> None:
        cell = self._face.cell
        if isinstance(cell, VizCell) and cell.pick:
            self._face.run_worker(self._pick(cell), group="pick", exclusive=True)

    async def _pick(self, cell: VizCell) -> None:
        page = self._face.page
        cursor = page.ui_of(cell.id).cursor
        if cursor is None:
            return
        picked = await self._face.performer.picked(cell.id, *cursor)
        ui = page.ui_of(cell.id)
        if ui.cursor is not None:
            page.set_ui(cell.id, replace(ui, picked=picked))
