"""Points on the canvas: one mark per cell, finer marks for many points, ghosts beneath."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tui_tutor.core.plotting.axis import Axis
from tui_tutor.core.plotting.canvas import Canvas, Cell
from tui_tutor.core.plotting.curves import draw_curve
from tui_tutor.core.plotting.groups import Group, PlotStyle
from tui_tutor.core.plotting.inking import braille_bit
from tui_tutor.core.plotting.layout import Layout

_MOST_GLYPHS: Final = 300  # more points of one kind are drawn as quarters of cells,
_MOST_QUARTERS: Final = 2_000  # and still more as braille dots
_QUARTERS: Final = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # bit 1 upper left, 2 upper right, 4 lower left, 8 lower right


def draw_points(canvas: Canvas, layout: Layout, groups: Iterable[Group], style: PlotStyle) -> None:
    """Mark every point inside the area; where groups share a cell the rarer one is seen."""
    shown = sorted(groups, key=lambda group: -len(group.x))
    is_single = len(shown) == 1
    for group in shown:
        if is_single and not style.is_ascii and len(group.x) > _MOST_GLYPHS:
            _draw_fine(canvas, layout, group)
        else:
            for column, row in cells_of(group, layout):
                mark(canvas, column, row, group.glyph, group.role)


def draw_ghosts(canvas: Canvas, layout: Layout, groups: Iterable[Group], style: PlotStyle) -> None:
    """The run before, as faint dots; drawn first, so that nothing is hidden by them."""
    dot = ghost_glyph(style)
    for group in groups:
        if group.kind == "line":
            draw_line(canvas, layout, group, marker=dot, role="ghost")
        else:
            for column, row in cells_of(group, layout):
                mark(canvas, column, row, dot, "ghost")


def ghost_glyph(style: PlotStyle) -> str:
    """The mark of the run before."""
    return "." if style.is_ascii else "·"


def mark(canvas: Canvas, column: int, row: int, glyph: str, role: str) -> None:
    """Put one mark; on a heatmap it keeps the ground, and is black or white to stand out from it."""
    if not (0 <= row < canvas.height and 0 <= column < canvas.width):
        return
    here = canvas.rows[row][column]
    ground = here.fg if here.bg is None else here.bg
    if ground is None:
        canvas.rows[row][column] = Cell(glyph, role)
        return
    ground = here.fg if here.char == "▀" and here.fg is not None else ground
    canvas.rows[row][column] = Cell(glyph, role, _ink_on(ground), ground)


def _ink_on(ground: int) -> int:
    red, green, blue = ground >> 16, ground >> 8 & 255, ground & 255
    return 0 if red * 299 + green * 587 + blue * 114 > 128_000 else 0xFFFFFF


def cells_of(group: Group, layout: Layout) -> Iterator[tuple[int, int]]:
    """The column and row of every point of the group that lies in the area."""
    across, up = layout.across, layout.up
    if across.is_log or up.is_log:
        for x, y in zip(group.x, group.y, strict=True):
            if (place := layout.place(x, y)) is not None:
                yield place
        return
    yield from _linear_cells(group, layout, (1, 1))


def _linear_cells(group: Group, layout: Layout, dots: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Like `cells_of`, in dots of which a cell has dots[0] x dots[1]; written out for speed."""
    (ax, bx), (ay, by) = _dot_slope(layout.across, dots[0]), _dot_slope(layout.up, dots[1])
    x_lo, x_hi = sorted((layout.across.lo, layout.across.hi))
    y_lo, y_hi = sorted((layout.up.lo, layout.up.hi))
    left, lowest = layout.left * dots[0], (layout.base_row + 1) * dots[1] - 1
    top = layout.top * dots[1]
    for x, y in zip(group.x, group.y, strict=True):
        if x is not None and y is not None and x_lo <= x <= x_hi and y_lo <= y <= y_hi:
            yield left + int(ax * x + bx + 0.5), max(top, lowest - int(ay * y + by + 0.5))


def _dot_slope(axis: Axis, dots: int) -> tuple[float, float]:
    factor, start = axis.slope()
    return factor * dots, start * dots + (dots - 1) / 2


def _draw_fine(canvas: Canvas, layout: Layout, group: Group) -> None:
    dots = (2, 2) if len(group.x) <= _MOST_QUARTERS else (2, 4)
    if layout.across.is_log or layout.up.is_log:
        group = _log_positions(group, layout)
        layout = _in_positions(layout)
    bits: dict[tuple[int, int], int] = {}
    for column, row in _linear_cells(group, layout, dots):
        cell = (column // 2, row // dots[1])
        bits[cell] = bits.get(cell, 0) | _bit(column % 2, row % dots[1], dots[1])
    for (column, row), pattern in bits.items():
        glyph = _QUARTERS[pattern] if dots[1] == 2 else chr(0x2800 + pattern)
        mark(canvas, column, row, glyph, group.role)


def _bit(column: int, row: int, rows: int) -> int:
    return 1 << (row * 2 + column) if rows == 2 else braille_bit(column, row)


def _log_positions(group: Group, layout: Layout) -> Group:
    return Group(
        group.kind,
        group.name,
        group.glyph,
        group.role,
        tuple(map(layout.across.position, group.x)),
        tuple(map(layout.up.position, group.y)),
    )


def _in_positions(layout: Layout) -> Layout:
    across = Axis(0, max(layout.across.cells - 1, 1), layout.across.cells)
    up = Axis(0, max(layout.up.cells - 1, 1), layout.up.cells)
    return Layout(
        layout.left, layout.top, layout.width, layout.height, across, up, layout.base_row, layout.has_axes
    )


def draw_line(canvas: Canvas, layout: Layout, group: Group, *, marker: str, role: str) -> None:
    """A curve through the group's points."""
    rows = draw_curve(group.x, group.y, layout.across, layout.up, marker)
    first = layout.base_row - layout.up.cells + 1
    for y, text in enumerate(rows):
        for x, char in enumerate(text[: layout.width]):
            if char not in " ⠀":
                mark(canvas, layout.left + x, first + y, char, role)


def draw_lines(canvas: Canvas, layout: Layout, groups: list[Group], style: PlotStyle) -> None:
    """All curves, each with its glyph on it now and then where there are several."""
    for group in groups:
        marker = group.glyph if style.is_ascii else "braille"
        draw_line(canvas, layout, group, marker=marker, role=group.role)
    if len(groups) < 2 or style.is_ascii:
        return
    for position, group in enumerate(groups):
        _draw_beads(canvas, layout, group, offset=position)


def _draw_beads(canvas: Canvas, layout: Layout, group: Group, *, offset: int) -> None:
    """Glyphs that tell curves apart without colour, at most one in twelve columns."""
    free = offset * 3
    for column, row in sorted(cells_of(group, layout)):
        if column - layout.left >= free:
            mark(canvas, column, row, group.glyph, group.role)
            free = column - layout.left + 12


def draw_rules(
    canvas: Canvas, layout: Layout, at: tuple[tuple[float, ...], tuple[float, ...]], style: PlotStyle
) -> None:
    """Lines across the area at these y values, and up at these x values."""
    across, up = ("-", "|") if style.is_ascii else ("─", "│")
    for y in at[0]:
        level = layout.up.cell(y)
        if level is not None and layout.top <= layout.base_row - level <= layout.bottom:
            for column in range(layout.left, layout.left + layout.width):
                mark(canvas, column, layout.base_row - level, across, "axis")
    for x in at[1]:
        cell = layout.across.cell(x)
        for row in range(layout.top, layout.bottom + 1) if cell is not None else ():
            mark(canvas, layout.left + (cell or 0), row, up, "axis")
