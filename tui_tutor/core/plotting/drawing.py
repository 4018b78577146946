"""The door to plotting: plot data and a size -> lines of text, pure and the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.axis import View
from tui_tutor.core.plotting.bars import category_names, draw_bars, draw_histogram
from tui_tutor.core.plotting.canvas import Canvas, Cell, Run, cut_text
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.core.plotting.groups import Group, PlotStyle, point_groups
from tui_tutor.core.plotting.layout import Layout, draw_axes, lay_out
from tui_tutor.core.plotting.legend import Entry, draw_legend, legend_entries, legend_rows
from tui_tutor.core.plotting.marks import draw_ghosts, draw_lines, draw_points, draw_rules
from tui_tutor.core.plotting.shades import draw_heatmap, draw_images, fitting_grid, heat_scale, value_range
from tui_tutor.core.plotting.viewing import initial_view, lines_at

__all__ = ["Drawing", "PlotStyle", "Run", "View", "draw", "preferred_height"]

_MOST_LEGEND_ROWS = 3
_BARS = ("bar", "hist")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Exactly `height` lines of `width` columns; `view` and `layout` say where data stands, if anywhere."""

    lines: tuple[tuple[Run, ...], ...]
    view: View | None = None
    layout: Layout | None = None

    @property
    def text(self) -> str:
        """The characters without their looks."""
        return "\n".join("".join(run.text for run in line) for line in self.lines)


def draw(
    cell: VizCell,
    data: PlotData,
    *,
    width: int,
    height: int,
    style: PlotStyle,
    ghost: PlotData | None = None,
    view: View | None = None,
    cursor: tuple[float, float] | None = None,
    note: str = "",
) -> Drawing:
    """Draw the data at this size; never raises, whatever the data and the size.

    `ghost` is the run before; `view` the part shown (default: `initial_view`); `cursor` a point in data
    units, shown reversed; `note` stands at the right end of the legend ("drawn after ex [4]").
    """
    canvas = Canvas(max(width, 0), max(height, 0), style.is_ascii)
    if not canvas.width or not canvas.height:
        return Drawing(())
    if message := _message(data):
        _write_message(canvas, message)
        return Drawing(canvas.lines())
    if data.images:
        draw_images(canvas, data, cell.columns, style)
        return Drawing(canvas.lines())
    picture = _Picture.of(cell, data, ghost if cell.ghost else None, view, style)
    layout = picture.paint(canvas, note)
    if cursor is not None:
        _draw_cursor(canvas, layout, cursor)
    return Drawing(canvas.lines(), picture.view, layout)


def preferred_height(cell: VizCell, data: PlotData, width: int, rows: int) -> int:
    """The lines a plot of this width looks best in, at most `rows`; an odd number of rows of plot area."""
    if data.error or _message(data):
        return 1
    if data.images:
        images = data.images if data.kind == "image-grid" else data.images[:1]
        return max(1, min(rows, fitting_grid(images, cell.columns, width, rows).rows))
    extra = 3 + bool(cell.xlabel) + bool(cell.ylabel)
    area = rows - extra
    return rows if area < 3 else extra + area - (area % 2 == 0)


def _message(data: PlotData) -> str:
    if data.error:
        return data.error
    plots = (data, *data.layers)
    has_points = any(y is not None for plot in plots for one in plot.series for y in one.y)
    if has_points or data.images or any(plot.matrix for plot in plots):
        return ""
    return "There is nothing to draw: no value is a finite number." if data.series else "No data."


def _write_message(canvas: Canvas, message: str) -> None:
    line, row = "", 0
    for word in message.split():
        longer = f"{line} {word}".strip()
        if len(longer) > canvas.width and line:
            canvas.write(0, row, line, "muted")
            longer, row = word, row + 1
        line = longer
    canvas.write(0, row, cut_text(line, canvas.width), "muted")


def _draw_cursor(canvas: Canvas, layout: Layout, cursor: tuple[float, float]) -> None:
    place = layout.place(*cursor)
    if place is not None and place[1] <= layout.bottom:
        column, row = place
        here = canvas.rows[row][column]
        canvas.put(column, row, Cell(here.char or " ", "cursor", here.fg, here.bg))


@dataclass(frozen=True, slots=True)
class _Picture:
    """A plot over axes, ready to be painted."""

    cell: VizCell
    plots: tuple[PlotData, ...]
    groups: tuple[Group, ...]
    ghosts: tuple[Group, ...]
    view: View
    style: PlotStyle

    @classmethod
    def of(
        cls, cell: VizCell, data: PlotData, ghost: PlotData | None, view: View | None, style: PlotStyle
    ) -> _Picture:
        data = replace(data, kind=cell.plot) if _is_alike(cell.plot, data.kind) else data
        groups = point_groups(data, style)
        ghosts = () if ghost is None or ghost.error else point_groups(ghost, style)
        shown = view or initial_view(cell, data, ghost)
        return cls(cell, (data, *data.layers), groups, ghosts, shown, style)

    def paint(self, canvas: Canvas, note: str) -> Layout:
        """Everything from the ground up: the area, then axes and legend."""
        rows = self._legend(canvas, note)
        names = (self.cell.xlabel, self.cell.ylabel) if canvas.height >= 10 else ("", "")
        top = 1 if names[1] else 0
        height = canvas.height - len(rows) - top - (1 if names[0] else 0)
        stands = self.cell.plot in _BARS
        layout = lay_out(self.view, canvas.width, height, top=top, stands_on_axis=stands)
        self._paint_area(canvas, layout)
        bars = self._of_kind(self.groups, ("bar",))
        slots = category_names(bars, layout, ".." if self.style.is_ascii else "…")
        draw_axes(canvas, layout, self.style, names=slots)
        _write_names(canvas, layout, names)
        draw_legend(canvas, canvas.height - len(rows), rows, note)
        return layout

    def _legend(self, canvas: Canvas, note: str) -> list[list[Entry]]:
        entries = list(legend_entries(self.groups, self.style, has_ghost=bool(self.ghosts)))
        for plot in self.plots:
            if plot.matrix is not None:
                shown = value_range(plot.matrix, self.cell.vmin, self.cell.vmax)
                entries.append(Entry("", "image", "", tuple(heat_scale(shown, self.style))))
        most = min(_MOST_LEGEND_ROWS, max(0, canvas.height - 5))
        return legend_rows(entries, canvas.width, note, most)

    def _paint_area(self, canvas: Canvas, layout: Layout) -> None:
        if layout.width <= 0 or layout.height <= 0:
            return
        for plot in self.plots:
            if plot.matrix is not None:
                shown = value_range(plot.matrix, self.cell.vmin, self.cell.vmax)
                draw_heatmap(canvas, layout, plot.matrix, self.view, shown=shown, style=self.style)
        draw_rules(canvas, layout, (lines_at(self.cell.hline), lines_at(self.cell.vline)), self.style)
        draw_ghosts(canvas, layout, self._of_kind(self.ghosts, ("scatter", "line")), self.style)
        for kind, draw_them in (("bar", draw_bars), ("hist", draw_histogram)):
            if bars := self._of_kind(self.groups, (kind,)):
                draw_them(canvas, layout, bars, self._of_kind(self.ghosts, (kind,)), self.style)
        draw_lines(canvas, layout, self._of_kind(self.groups, ("line",)), self.style)
        draw_points(canvas, layout, self._of_kind(self.groups, ("scatter",)), self.style)

    def _of_kind(self, groups: Sequence[Group], kinds: tuple[str, ...]) -> list[Group]:
        return [group for group in groups if group.kind in kinds]


def _is_alike(wanted: str, given: str) -> bool:
    """Whether data of the kind `given` (sent from a running cell, which knows no kinds) fits the cell."""
    return wanted != given and {wanted, given} <= {"scatter", "line", "bar"}


def _write_names(canvas: Canvas, layout: Layout, names: tuple[str, str]) -> None:
    if names[1]:
        canvas.write(0, layout.top - 1, cut_text(names[1], canvas.width), "muted")
    if names[0]:
        text = cut_text(names[0], canvas.width)
        canvas.write(max(0, canvas.width - len(text)), layout.bottom + 3, text, "muted")
