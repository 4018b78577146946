"""Plot data as an SVG picture: axes, marks that differ in shape and colour, legend."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.axis import Axis, View, number, tick_texts, ticks
from tui_tutor.core.plotting.data import Image, PlotData
from tui_tutor.core.plotting.groups import GLYPHS, Group, PlotStyle, point_groups
from tui_tutor.core.plotting.shades import ValueRange, ramp_color, value_range
from tui_tutor.core.plotting.viewing import initial_view, lines_at, matrix_edges, slot_width
from tui_tutor.formats.html.prose import escaped

WIDTH, HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 22, 44
_LEGEND_ROW = 20
# Okabe and Ito 2008, for colour-blind eyes; on white, so that the last two are dark.
_COLORS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#585858")
_DASHES: Final = ("", "7 4", "2 3", "9 3 2 3", "4 4", "1 4")
_STYLE: Final = PlotStyle()


def plot_svg(cell: VizCell, data: PlotData) -> str:
    """The drawing of a viz cell, its alternative text in it; a sentence where there is nothing to draw."""
    if data.error:
        return f'<p class="error">{escaped(data.error)}</p>'
    if data.images:
        return _pictures(cell, data)
    groups = point_groups(data, _STYLE)
    if not groups and data.matrix is None and not any(layer.matrix for layer in data.layers):
        return '<p class="muted">nothing to draw</p>'
    return _Chart.of(cell, data, groups).svg()


@dataclass(frozen=True, slots=True)
class _Chart:
    cell: VizCell
    plots: tuple[PlotData, ...]
    groups: tuple[Group, ...]
    view: View

    @classmethod
    def of(cls, cell: VizCell, data: PlotData, groups: tuple[Group, ...]) -> _Chart:
        return cls(cell, (data, *data.layers), groups, initial_view(cell, data))

    @property
    def across(self) -> Axis:
        return Axis(*self.view.xlim, WIDTH - _LEFT - _RIGHT + 1, self.view.xscale == "log")

    @property
    def up(self) -> Axis:
        return Axis(*self.view.ylim, HEIGHT - _TOP - _BOTTOM + 1, self.view.yscale == "log")

    def x(self, value: float | None) -> float | None:
        place = self.across.position(value)
        return None if place is None else _LEFT + place

    def y(self, value: float | None) -> float | None:
        place = self.up.position(value)
        return None if place is None else HEIGHT - _BOTTOM - place

    def svg(self) -> str:
        legend = list(_legend(self.groups, self._scale()))
        height = HEIGHT + _LEGEND_ROW * math.ceil(len(legend) / 4)
        parts = [*self._ground(), *self._axes(), *self._rules(), *self._marks()]
        for n, entry in enumerate(legend):
            left, top = _LEFT + n % 4 * 145, HEIGHT + _LEGEND_ROW * (n // 4) + 8
            parts.append(f'<g transform="translate({left} {top})">{entry}</g>')
        title = f"<title>{escaped(self.cell.alt or self.cell.caption)}</title>"
        area = f'<clipPath id="area-{self.cell.id}"><rect {self._area()}/></clipPath>'
        body = "\n".join(parts)
        box = f"0 0 {WIDTH} {height}"
        return f'<svg viewBox="{box}" role="img" class="plot">{title}<defs>{area}</defs>\n{body}\n</svg>'

    def _area(self) -> str:
        return f'x="{_LEFT}" y="{_TOP}" width="{WIDTH - _LEFT - _RIGHT}" height="{HEIGHT - _TOP - _BOTTOM}"'

    def _scale(self) -> ValueRange | None:
        matrix = next((plot.matrix for plot in self.plots if plot.matrix is not None), None)
        return None if matrix is None else value_range(matrix, self.cell.vmin, self.cell.vmax)

    # --- from the ground up ---------------------------------------------------------------------

    def _ground(self) -> Iterator[str]:
        for plot in self.plots:
            if plot.matrix is None or not plot.matrix.rows:
                continue
            shown = value_range(plot.matrix, self.cell.vmin, self.cell.vmax)
            rows = [
                [None if v is None else ramp_color(shown.share(v)) for v in row] for row in plot.matrix.rows
            ]
            (x0, x1), (y0, y1) = matrix_edges(plot.matrix)
            left, right, low, high = self.x(x0), self.x(x1), self.y(y0), self.y(y1)
            if left is None or right is None or low is None or high is None:
                continue
            size = f'x="{left:.1f}" y="{high:.1f}" width="{right - left:.1f}" height="{low - high:.1f}"'
            yield self._clipped(f'<image {size} preserveAspectRatio="none" href="{_png(rows[::-1])}"/>')

    def _clipped(self, body: str) -> str:
        return f'<g clip-path="url(#area-{self.cell.id})">{body}</g>'

    def _axes(self) -> Iterator[str]:
        yield f'<rect class="frame" {self._area()}/>'
        names = next((group.categories for group in self.groups if group.categories), ())
        for place, text in self._x_ticks(names):
            at = f'x="{place:.1f}" y="{HEIGHT - _BOTTOM + 16}"'
            yield f'<text class="tick" {at} text-anchor="middle">{text}</text>'
            yield f'<path class="frame" d="M{place:.1f} {HEIGHT - _BOTTOM}v4"/>'
        values = ticks(self.up, 6)
        for value, text in zip(values, tick_texts(values), strict=True):
            level = self.y(value)
            if level is not None:
                at = f'x="{_LEFT - 7}" y="{level + 4:.1f}"'
                yield f'<text class="tick" {at} text-anchor="end">{text}</text>'
                yield f'<path class="frame" d="M{_LEFT} {level:.1f}h-4"/>'
        at = f'x="{WIDTH - _RIGHT}" y="{HEIGHT - 8}"'
        yield f'<text class="tick" {at} text-anchor="end">{escaped(self.cell.xlabel)}</text>'
        yield f'<text class="tick" x="4" y="14">{escaped(self.cell.ylabel)}</text>'

    def _x_ticks(self, names: Sequence[str]) -> Iterator[tuple[float, str]]:
        if names:
            stride = max(1, math.ceil(len(names) / 12))
            found = [(float(n), escaped(name)) for n, name in enumerate(names)][::stride]
        else:
            values = ticks(self.across, 8)
            found = list(zip(values, tick_texts(values), strict=True))
        for value, text in found:
            place = self.x(value)
            if place is not None:
                yield place, text

    def _rules(self) -> Iterator[str]:
        for value in lines_at(self.cell.hline):
            if self.up.contains(value) and (level := self.y(value)) is not None:
                yield f'<path class="rule" d="M{_LEFT} {level:.1f}H{WIDTH - _RIGHT}"/>'
        for value in lines_at(self.cell.vline):
            if self.across.contains(value) and (place := self.x(value)) is not None:
                yield f'<path class="rule" d="M{place:.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>'

    def _marks(self) -> Iterator[str]:
        bars = [group for group in self.groups if group.kind in ("bar", "hist")]
        for n, group in enumerate(bars):
            yield self._clipped("".join(self._bars(group, n, len(bars))))
        for n, group in enumerate(self.groups):
            if group.kind == "line":
                yield self._clipped(self._line(group, n))
            elif group.kind == "scatter":
                yield self._clipped("".join(self._points(group, n)))

    def _bars(self, group: Group, place: int, count: int) -> Iterator[str]:
        slot = slot_width(plot for plots in self.plots for plot in plots.series)
        is_side_by_side = group.kind == "bar"
        width = slot * (0.84 if is_side_by_side else 1.0) / (count if is_side_by_side else 1)
        base = self.y(max(self.view.ylim[0], 0.0)) or float(HEIGHT - _BOTTOM)
        for x, y in zip(group.x, group.y, strict=True):
            if x is None or y is None:
                continue
            start = x - slot * 0.42 + place * width if is_side_by_side else x - slot / 2
            left, right, tip = self.x(start), self.x(start + width), self.y(y)
            if left is not None and right is not None and tip is not None:
                look = f'fill="{_COLORS[place % 6]}" fill-opacity="{1 if count == 1 else 0.75}"'
                yield f"<rect {_box(left, right - 0.6, sorted((tip, base)))} {look}/>"

    def _line(self, group: Group, order: int) -> str:
        path, is_pen_down = [], False
        for x, y in zip(group.x, group.y, strict=True):
            place, level = self.x(x), self.y(y)
            if place is None or level is None:
                is_pen_down = False
                continue
            path.append(f"{'L' if is_pen_down else 'M'}{place:.1f} {min(max(level, -9e4), 9e4):.1f}")
            is_pen_down = True
        return f'<path class="line" {_stroke(order)} d="{" ".join(path)}"/>'

    def _points(self, group: Group, order: int) -> Iterator[str]:
        size = 3.2 if len(group.x) <= 400 else 2.0
        for index, (x, y) in enumerate(zip(group.x, group.y, strict=True)):
            place, level = self.x(x), self.y(y)
            if place is None or level is None or not (x is not None and self.across.contains(x)):
                continue
            label = group.labels[index] if index < len(group.labels) else ""
            yield _mark(group, order, (place, level), size, label)


def _box(left: float, right: float, levels: Sequence[float]) -> str:
    width, height = max(right - left, 0.5), levels[1] - levels[0]
    return f'x="{left:.1f}" y="{levels[0]:.1f}" width="{width:.1f}" height="{height:.1f}"'


def _stroke(order: int) -> str:
    dash = _DASHES[order % len(_DASHES)]
    return f'stroke="{_COLORS[order % 6]}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _mark(group: Group, order: int, place: tuple[float, float], size: float, label: str = "") -> str:
    """A mark whose shape tells its class apart where colours do not; beyond six classes a letter."""
    (x, y), color = place, _COLORS[order % 6]
    title = f"<title>{escaped(label)}</title>" if label else ""
    if group.glyph not in GLYPHS:
        letter = escaped(group.glyph)
        return f'<text class="letter" x="{x:.1f}" y="{y + 4:.1f}" fill="{color}">{letter}{title}</text>'
    if group.glyph == GLYPHS[0]:
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{color}" fill-opacity=".7">{title}</circle>'
        )
    lines = _SHAPES[group.glyph].format(s=size, d=2 * size, n=-size, e=-2 * size)
    path = f'<path d="{lines}" fill="none" stroke="{color}" stroke-width="1.3"'
    return f'{path} transform="translate({x:.1f} {y:.1f})">{title}</path>'


_SHAPES: Final = {  # s: half the size, d: the size, n and e: the same with a minus
    "+": "M{n} 0h{d}M0 {n}v{d}",
    "×": "M{n} {n}l{d} {d}M{n} {s}l{d} {e}",
    "▴": "M0 {n}l{s} {d}h{e}z",
    "▪": "M{n} {n}h{d}v{d}h{e}z",
    "◇": "M0 {n}l{s} {s}l{n} {s}l{n} {n}z",
}


def _legend(groups: Sequence[Group], shown: ValueRange | None) -> Iterator[str]:
    for n, group in enumerate(groups):
        if not group.name:
            continue
        if group.kind == "line":
            sign = f'<path class="line" {_stroke(n)} d="M-10 0h18"/>'
        elif group.kind == "scatter":
            sign = _mark(group, n, (0, 0), 4)
        else:
            sign = f'<rect x="-6" y="-6" width="12" height="12" fill="{_COLORS[n % 6]}"/>'
        yield f'{sign}<text class="tick" x="14" y="4">{escaped(group.name[:20])}</text>'
    if shown is not None:
        yield _scale_svg(shown)


def _scale_svg(shown: ValueRange) -> str:
    """The legend of a heatmap: lowest value, shades, highest value."""
    steps = "".join(
        f'<rect x="{46 + n * 7}" y="-6" width="7" height="12" fill="#{ramp_color(n / 9):06x}"/>'
        for n in range(10)
    )
    low = f'<text class="tick" x="42" y="4" text-anchor="end">{number(shown.lo)}</text>'
    return f'{low}{steps}<text class="tick" x="120" y="4">{number(shown.hi)}</text>'


# --- pictures ---------------------------------------------------------------------------------------


def _pictures(cell: VizCell, data: PlotData) -> str:
    images = data.images if data.kind == "image-grid" else data.images[:1]
    alt = escaped(cell.alt or cell.caption)
    columns = cell.columns or min(len(images), 8)
    figures = "".join(
        f'<div><img class="pixels" src="{_png(_rows(image))}" alt="{escaped(image.label) or alt}"/>'
        f"<small>{escaped(image.label)}</small></div>"
        for image in images
    )
    size = f"grid-template-columns:repeat({columns},1fr);max-width:{min(40, 14 * columns)}rem"
    return f'<div class="grid" style="{size}">{figures}</div>'


def _rows(image: Image) -> list[list[int | None]]:
    colors = [pixel if image.is_color else pixel * 0x010101 for pixel in image.pixels]
    return [list(colors[n * image.width : (n + 1) * image.width]) for n in range(image.height)]


def _png(rows: Sequence[Sequence[int | None]]) -> str:
    """Rows of colours (0xRRGGBB, None: clear), the top one first, as the `data:` address of a PNG."""
    from PIL import Image as Pillow

    pixels = bytearray()
    for row in rows:
        for color in row:
            pixels += bytes((0, 0, 0, 0)) if color is None else (color << 8 | 0xFF).to_bytes(4, "big")
    picture = Pillow.frombytes("RGBA", (len(rows[0]) if rows else 0, len(rows)), bytes(pixels))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
