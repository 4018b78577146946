"""Bars and histograms: columns that grow from the axis in eighths of a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.plotting.axis import Axis
from tui_tutor.core.plotting.canvas import Canvas, Cell, cut_text, shown_width
from tui_tutor.core.plotting.groups import Group, PlotStyle
from tui_tutor.core.plotting.layout import Layout

_EIGHTHS: Final = "▁▂▃▄▅▆▇█"
_TEXTURES: Final = "█▓▒░"


@dataclass(frozen=True, slots=True)
class Slot:
    """The columns of one bar group: position along the axis, first column, width."""

    index: int
    column: int
    width: int


def slots(groups: list[Group], layout: Layout) -> tuple[Slot, ...]:
    """The slots of all positions in view; the same whole width for each, as wide as fits."""
    centres = sorted({x for group in groups for x in group.x if x is not None and layout.across.contains(x)})
    if not centres:
        return ()
    width = layout.width // len(centres)
    if width == 0:
        stride = -(-len(centres) // layout.width)
        centres, width = centres[::stride], 1
    return tuple(Slot(n, layout.left + n * width, width) for n in range(len(centres)))


def draw_bars(
    canvas: Canvas, layout: Layout, groups: list[Group], ghosts: list[Group], style: PlotStyle
) -> None:
    """Bars side by side within each slot; the run before as a faint dot at its height, beneath."""
    values = _values_by_position(groups, layout)
    before = _values_by_position(ghosts, layout)
    centres = sorted(values)[:: max(1, -(-len(values) // max(layout.width, 1)))]
    for slot, centre in zip(slots(groups, layout), centres, strict=False):
        width = max(1, (slot.width - (1 if slot.width > 2 else 0)) // len(groups))
        for n, group in enumerate(groups):
            start = slot.column + n * width
            if start >= slot.column + slot.width:
                break
            columns = range(start, start + width)
            _draw_dot(canvas, layout, columns, before.get(centre, {}).get(n), style)
            fill = bar_fill(group, style, is_single=len(groups) == 1)
            _draw_bar(canvas, layout, columns, values[centre].get(n), (fill, group.role))


def draw_histogram(
    canvas: Canvas, layout: Layout, groups: list[Group], ghosts: list[Group], style: PlotStyle
) -> None:
    """Bins side by side where the axis has them; of several histograms the lower one stands in front."""
    looks = [(bar_fill(group, style, is_single=len(groups) == 1), group.role) for group in groups]
    bins = [_bins(group) for group in groups]
    before = [_bins(group) for group in ghosts]
    for column in range(layout.width):
        here, columns = layout.across.value(column), range(layout.left + column, layout.left + column + 1)
        for ghost in before:
            _draw_dot(canvas, layout, columns, _bin_value(ghost, here), style)
        found = [(_bin_value(one, here), look) for one, look in zip(bins, looks, strict=True)]
        for value, look in sorted(found, key=lambda pair: -(pair[0] or 0.0)):
            if value:
                _draw_bar(canvas, layout, columns, value, look)


def _bins(group: Group) -> tuple[float, float, tuple[float | None, ...]]:
    """Left edge, width and heights of a histogram's bins, which are equally wide."""
    centres = [x for x in group.x if x is not None]
    if len(centres) != len(group.x) or not centres:
        return (0.0, 1.0, ())
    width = (centres[-1] / len(centres) - centres[0] / len(centres)) * len(centres) / max(len(centres) - 1, 1)
    width = width if width > 0 else 1.0
    return (centres[0] - width / 2, width, group.y)


def _bin_value(bins: tuple[float, float, tuple[float | None, ...]], x: float) -> float | None:
    start, width, heights = bins
    place = (x - start) / width
    if not heights or not -1e-9 <= place <= len(heights) + 1e-9:
        return None
    return heights[min(max(int(place), 0), len(heights) - 1)]


def _values_by_position(groups: list[Group], layout: Layout) -> dict[float, dict[int, float]]:
    found: dict[float, dict[int, float]] = {}
    for n, group in enumerate(groups):
        for x, y in zip(group.x, group.y, strict=True):
            if x is not None and layout.across.contains(x):
                found.setdefault(x, {})
                if y is not None:
                    found[x][n] = y
    return found


def bar_fill(group: Group, style: PlotStyle, *, is_single: bool) -> str:
    """What a bar is filled with: a texture of its own, so that bars differ without colour too."""
    if style.is_ascii:
        return "#" if is_single else group.glyph
    position = int(group.role.rpartition("-")[2])
    return "█" if is_single else _TEXTURES[position] if position < len(_TEXTURES) else group.glyph


def _draw_bar(
    canvas: Canvas, layout: Layout, columns: range, value: float | None, look: tuple[str, str]
) -> None:
    for row, char in _bar_cells(layout, value, look[0]):
        for column in columns:
            canvas.put(column, row, Cell(char, look[1]))


def _bar_cells(layout: Layout, value: float | None, fill: str) -> Iterator[tuple[int, str]]:
    """Row and character of each cell of a bar; whole cells only below the base line and of glyphs."""
    zero, tip = _level(layout.up, 0.0), _level(layout.up, value)
    if zero is None or tip is None:
        return
    base, eighths = round(zero), round((tip - round(zero)) * 8)
    if eighths < 0:
        for level in range(round(tip) + 1, base + 1):
            yield layout.base_row - level, fill
        return
    whole, rest = divmod(eighths, 8)
    if fill not in _TEXTURES:
        whole, rest = round(eighths / 8), 0
    for level in range(base + 1, base + whole + 1):
        yield layout.base_row - level, fill
    if rest:
        yield layout.base_row - base - whole - 1, _EIGHTHS[rest - 1]


def _level(axis: Axis, value: float | None) -> float | None:
    """The position of a value, held inside the axis: zero and tall bars may lie beyond its ends."""
    if value is None:
        return None
    low, high = sorted((axis.lo, axis.hi))
    return axis.position(min(max(value, low), high))


def _draw_dot(canvas: Canvas, layout: Layout, columns: range, value: float | None, style: PlotStyle) -> None:
    tip = _level(layout.up, value)
    if tip is None:
        return
    row = layout.base_row - round(tip)
    if layout.top <= row <= layout.bottom:
        for column in columns:
            canvas.put(column, row, Cell("." if style.is_ascii else "·", "ghost"))


def category_names(groups: list[Group], layout: Layout, mark: str) -> tuple[tuple[int, str], ...]:
    """The column and name under each slot, cut to fit; every n-th where slots are narrow."""
    names = _names_in_view(groups, layout)
    places = slots(groups, layout)
    if not names or not places:
        return ()
    widest = min(max(map(shown_width, names)), 8)
    stride = max(1, -(-(widest + 1) // places[0].width))
    found = []
    for slot, name in list(zip(places, names, strict=False))[::stride]:
        room = slot.width * stride - 1
        text = cut_text(name, max(room, 1), mark if room > len(mark) else "")
        bar = max(slot.width - 1, 1) if stride == 1 else shown_width(text)
        found.append((slot.column + max(0, (bar - shown_width(text)) // 2), text))
    return tuple(found)


def _names_in_view(groups: list[Group], layout: Layout) -> list[str]:
    for group in groups:
        if group.categories:
            pairs = zip(group.x, group.categories, strict=False)
            inside = [(x, name) for x, name in pairs if x is not None and layout.across.contains(x)]
            return [name for _, name in sorted(inside)]
    return []
