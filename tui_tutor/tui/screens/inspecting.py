"""Looking closer at a plot with the keyboard: points one by one, zoom and pan. Pure: facts in, facts out."""

from __future__ import annotations

from dataclasses import replace

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.core.plotting.inspecting import Direction, describe_point, nearest
from tui_tutor.core.plotting.viewing import initial_view, pan, zoom
from tui_tutor.tui.widgets.cell_ui import CellUi


def first_cursor(cell: VizCell, data: PlotData, ui: CellUi) -> CellUi:
    """The point nearest to the middle; unchanged where a plot has no points."""
    if data.images:
        return ui
    found = nearest(data, ui.view or initial_view(cell, data), None, None)
    if found is None:
        return ui
    return replace(ui, cursor=(found.x, found.y), said=describe_point(cell, found))


def moved(cell: VizCell, data: PlotData, ui: CellUi, across: int, up: int) -> CellUi:
    """The nearest point in a direction; at the last one nothing changes."""
    if ui.cursor is None:
        return ui
    view = ui.view or initial_view(cell, data)
    found = nearest(data, view, *ui.cursor, _direction(across, up))
    if found is None:
        return ui
    return replace(ui, cursor=(found.x, found.y), said=describe_point(cell, found))


def _direction(across: int, up: int) -> Direction:
    if across:
        return "right" if across > 0 else "left"
    return "up" if up > 0 else "down"


def zoomed(cell: VizCell, data: PlotData, ui: CellUi, factor: float) -> CellUi:
    """Both axes `factor` times as long, round the point that is looked at."""
    view = ui.view or initial_view(cell, data)
    return replace(ui, view=zoom(view, factor, ui.cursor))


def panned(cell: VizCell, data: PlotData, ui: CellUi, dx: float, dy: float) -> CellUi:
    """The view moved by shares of its size."""
    view = ui.view or initial_view(cell, data)
    return replace(ui, view=pan(view, dx, dy))
