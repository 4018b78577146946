"""Where the parts of a plot stand: plot area, axes with their numbers, legend."""

from __future__ import annotations

from dataclasses import dataclass

from tui_tutor.core.plotting.axis import Axis, View, tick_texts, ticks
from tui_tutor.core.plotting.canvas import Canvas, Cell
from tui_tutor.core.plotting.groups import PlotStyle

_LEAST_WIDTH = 14  # below, and below the height, axes would leave no plot
_LEAST_HEIGHT = 5
_COLUMNS_PER_TICK = 12
_MOST_Y_TICKS = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """The plot area in cells of the canvas and the axes that map data onto it.

    `base_row` is the row on which the first cell of the y axis stands: the area's last one, or the axis
    line itself for bars, which grow from it.
    """

    left: int
    top: int
    width: int
    height: int
    across: Axis
    up: Axis
    base_row: int
    has_axes: bool
    y_ticks: tuple[float, ...] = ()

    def place(self, x: float | None, y: float | None) -> tuple[int, int] | None:
        """The column and row of a point, or None outside the area."""
        column, level = self.across.cell(x), self.up.cell(y)
        if column is None or level is None:
            return None
        return self.left + column, max(self.top, self.base_row - level)

    @property
    def bottom(self) -> int:
        """The area's last row."""
        return self.top + self.height - 1


def lay_out(view: View, width: int, height: int, *, top: int, stands_on_axis: bool) -> Layout:
    """Divide `height` rows from `top` on between the area and its axes; none where they leave no room."""
    has_axes = width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT
    rows = height - 2 if has_axes else height
    levels = rows + 1 if stands_on_axis and rows > 0 else rows
    up = Axis(*view.ylim, levels, view.yscale == "log")
    marks = ticks(up, min(_MOST_Y_TICKS, (levels - 1) // 2 + 1)) if has_axes else ()
    left = max(map(len, tick_texts(marks)), default=1) + 1 if has_axes else 0
    if left > width // 2:
        marks, left = (), 1
    across = Axis(*view.xlim, width - left, view.xscale == "log")
    base_row = top + levels - 1
    return Layout(left, top, width - left, rows, across, up, base_row, has_axes, marks)


def draw_axes(
    canvas: Canvas, layout: Layout, style: PlotStyle, *, names: tuple[tuple[int, str], ...]
) -> None:
    """The left and bottom axes with their numbers; `names` (column, text) stand under the axis instead."""
    if not layout.has_axes:
        return
    column, row = layout.left - 1, layout.bottom + 1
    line, tick, corner, floor, drop = "|+++-" if style.is_ascii else "│┤└─┬"
    if style.is_ascii:
        corner, floor, drop = "+", "-", "+"
    for y in range(layout.top, row):
        canvas.put(column, y, Cell(line, "axis"))
    canvas.put(column, row, Cell(corner, "axis"))
    for x in range(layout.left, canvas.width):
        canvas.put(x, row, Cell(floor, "axis"))
    _number_y_axis(canvas, layout, tick)
    if names:
        for x, text in names:
            canvas.write(x, row + 1, text, "muted")
    else:
        _number_x_axis(canvas, layout, drop)


def _number_y_axis(canvas: Canvas, layout: Layout, tick: str) -> None:
    column = layout.left - 1
    for value, text in zip(layout.y_ticks, tick_texts(layout.y_ticks), strict=True):
        level = layout.up.cell(value)
        if level is None:
            continue
        row = layout.base_row - level
        canvas.write(column - len(text), row, text, "muted")
        if row <= layout.bottom:
            canvas.put(column, row, Cell(tick, "axis"))


def _number_x_axis(canvas: Canvas, layout: Layout, drop: str) -> None:
    marks = ticks(layout.across, layout.width // _COLUMNS_PER_TICK + 1)
    row, free = layout.bottom + 1, 0
    for value, text in zip(marks, tick_texts(marks), strict=True):
        cell = layout.across.cell(value)
        if cell is None:
            continue
        column = layout.left + cell
        start = max(0, min(column - len(text) // 2, canvas.width - len(text)))
        canvas.put(column, row, Cell(drop, "axis"))
        if start >= free:
            canvas.write(start, row + 1, text, "muted")
            free = start + len(text) + 1
