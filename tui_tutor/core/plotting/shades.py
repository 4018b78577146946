"""Heatmaps and pictures: two pixels to a cell, half-blocks in colour, else shade characters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tui_tutor.core.plotting.axis import View, number
from tui_tutor.core.plotting.canvas import Canvas, Cell
from tui_tutor.core.plotting.data import Image, Matrix, PlotData
from tui_tutor.core.plotting.groups import PlotStyle
from tui_tutor.core.plotting.layout import Layout
from tui_tutor.core.plotting.viewing import matrix_edges

Pixel = int | None
_SHADES: Final = " ░▒▓█"
_ASCII_SHADES: Final = " .:-=+*#%@"
# cividis, made for colour-blind eyes: Nunez, Anderton, Renslow, PLOS ONE 2018
_RAMP: Final = (
    *(0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173),
    *(0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55, 0xFEE838),
)
_LEAST_PIXELS: Final = 4  # an image smaller than this shows nothing


@dataclass(frozen=True, slots=True)
class ValueRange:
    """What the darkest and the brightest shade of a heatmap stand for."""

    lo: float
    hi: float

    def share(self, value: float) -> float:
        """0 for the darkest shade to 1 for the brightest."""
        span = self.hi / 2 - self.lo / 2  # halves, because the whole may be infinite
        return min(max((value / 2 - self.lo / 2) / span, 0.0), 1.0) if span > 0 else 0.5


def value_range(matrix: Matrix, vmin: float | None, vmax: float | None) -> ValueRange:
    """The author's range where given, else that of the values."""
    values = [value for row in matrix.rows for value in row if value is not None]
    lo = vmin if vmin is not None and math.isfinite(vmin) else min(values, default=0.0)
    hi = vmax if vmax is not None and math.isfinite(vmax) else max(values, default=1.0)
    return ValueRange(lo, hi)


def ramp_color(share: float) -> int:
    """The colour (0xRRGGBB) of a share between 0 and 1, in 256 steps."""
    return _ramp_step(round(share * 255))


@lru_cache(maxsize=256)
def _ramp_step(level: int) -> int:
    place = level / 255 * (len(_RAMP) - 1)
    step = min(int(place), len(_RAMP) - 2)
    low, high, part = _RAMP[step], _RAMP[step + 1], place - step
    channels = ((low >> bits & 255, high >> bits & 255) for bits in (16, 8, 0))
    red, green, blue = (round(a + (b - a) * part) for a, b in channels)
    return red << 16 | green << 8 | blue


def shade(share: float, style: PlotStyle) -> str:
    """The character for a share between 0 and 1 where there are no colours."""
    ramp = _ASCII_SHADES if style.is_ascii else _SHADES
    return ramp[min(int(share * len(ramp)), len(ramp) - 1)]


def draw_heatmap(
    canvas: Canvas, layout: Layout, matrix: Matrix, view: View, *, shown: ValueRange, style: PlotStyle
) -> None:
    """Fill the area with the matrix, as far as it reaches."""
    x_edges, y_edges = matrix_edges(matrix)
    columns = [
        _index(view.xlim, (n + 0.5) / layout.width, x_edges, len(matrix.rows[0])) for n in range(layout.width)
    ]
    count = layout.height * 2
    rows = [_index(view.ylim, 1 - (n + 0.5) / count, y_edges, len(matrix.rows)) for n in range(count)]
    shares = {row: [_share(shown, value) for value in matrix.rows[row]] for row in {*rows} if row is not None}
    for y in range(layout.height):
        upper, lower = ([] if row is None else shares[row] for row in rows[2 * y : 2 * y + 2])
        for x, column in enumerate(columns):
            if column is not None:
                cell = _heat_cell(upper[column] if upper else None, lower[column] if lower else None, style)
                canvas.put(layout.left + x, layout.top + y, cell)


def _share(shown: ValueRange, value: float | None) -> float | None:
    return None if value is None else shown.share(value)


def _index(limits: tuple[float, float], part: float, edges: tuple[float, float], count: int) -> int | None:
    value = limits[0] + (limits[1] - limits[0]) * part
    place = (value - edges[0]) / (edges[1] - edges[0])
    return min(int(place * count), count - 1) if 0 <= place <= 1 else None


def _heat_cell(upper: float | None, lower: float | None, style: PlotStyle) -> Cell:
    if style.has_color:
        colors = [None if share is None else ramp_color(share) for share in (upper, lower)]
        return pixel_cell(colors[0], colors[1], style)
    both = [share for share in (upper, lower) if share is not None]
    return Cell(shade(sum(both) / len(both), style), "image") if both else Cell()


def pixel_cell(upper: Pixel, lower: Pixel, style: PlotStyle) -> Cell:
    """One cell that shows two colours; None leaves the page as it is."""
    if style.is_ascii and (upper if upper is not None else lower) is not None:
        color = upper if upper is not None else lower
        return Cell(" ", "image", None, color)
    if upper is None:
        return Cell() if lower is None else Cell("▄", "image", lower)
    return Cell("▀", "image", upper, lower)


def heat_scale(shown: ValueRange, style: PlotStyle, cells: int = 10) -> list[Cell]:
    """The legend of a heatmap: lowest value, shades, highest value."""
    steps = [n / (cells - 1) for n in range(cells)]
    if style.has_color:
        shades = [Cell(" ", "image", None, ramp_color(step)) for step in steps]
    else:
        shades = [Cell(shade(step, style), "image") for step in steps]
    low = [Cell(char, "muted") for char in f"{number(shown.lo)} "]
    return [*low, *shades, *(Cell(char, "muted") for char in f" {number(shown.hi)}")]


# --- pictures ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """How images stand: `across` of them side by side, each `width` x `height` pixels."""

    count: int
    across: int
    width: int
    height: int
    has_labels: bool

    @property
    def rows(self) -> int:
        """The cells the grid is high."""
        lines = -(-self.count // self.across)
        return lines * (-(-self.height // 2) + 1) - (not self.has_labels)


def draw_images(canvas: Canvas, data: PlotData, columns: int | None, style: PlotStyle) -> None:
    """The images in rows, shrunk or enlarged to fit; says so where not all of them fit."""
    images = data.images if data.kind == "image-grid" else data.images[:1]
    rows = canvas.height
    grid = fitting_grid(images, columns, canvas.width, rows)
    if grid.count < len(images) and rows > 1:
        grid = fitting_grid(images, columns, canvas.width, rows - 1)
        canvas.write(0, rows - 1, f"first {grid.count} of {len(images)} images", "muted")
    for n, image in enumerate(images[: grid.count]):
        left = n % grid.across * (grid.width + 1)
        top = n // grid.across * (-(-grid.height // 2) + 1)
        _draw_image(canvas, left, top, resized(image, grid.width, grid.height), style)
        if grid.has_labels:
            canvas.write(left, top + -(-grid.height // 2), image.label[: grid.width], "muted")


def fitting_grid(images: tuple[Image, ...], columns: int | None, width: int, rows: int) -> Grid:
    """The grid that shows the images largest; the first of them where not all can be seen."""
    count = len(images)
    while True:
        grid = _largest_grid(images[:count], columns, width, rows)
        seen = min(grid.width, grid.height)
        largest = min(max(i.width for i in images), max(i.height for i in images))
        if count == 1 or (grid.rows <= rows and seen >= min(_LEAST_PIXELS, largest)):
            return grid
        count = max(1, count * 3 // 4)


def _largest_grid(images: tuple[Image, ...], columns: int | None, width: int, rows: int) -> Grid:
    has_labels = any(image.label for image in images) and rows > 2
    size = max(i.width for i in images), max(i.height for i in images)
    wanted = [min(columns, len(images))] if columns else range(1, min(len(images), max(width // 2, 1)) + 1)
    grids = [_grid_of(len(images), across, size, (width, rows), has_labels) for across in wanted]
    return max(grids, key=lambda grid: (grid.rows <= rows, grid.width, grid.across))


def _grid_of(count: int, across: int, size: tuple[int, int], room: tuple[int, int], has_labels: bool) -> Grid:
    lines = -(-count // across)
    wide = (room[0] + 1) / across - 1
    high = ((room[1] + (not has_labels)) // lines - 1) * 2
    scale = max(min(wide / size[0], high / size[1]), 0.0)
    if scale >= 1:
        scale = min(int(scale), 4 if count == 1 else 2)
    return Grid(count, across, max(1, int(size[0] * scale)), max(1, int(size[1] * scale)), has_labels)


def resized(image: Image, width: int, height: int) -> list[list[int]]:
    """Rows of 0xRRGGBB: pixels repeated when larger, averaged when smaller."""
    x_spans = [_span(n, width, image.width) for n in range(width)]
    rows = []
    for y in range(height):
        lines = _span(y, height, image.height)
        rows.append([_mean_color(image, columns, lines) for columns in x_spans])
    return rows


def _span(place: int, count: int, source: int) -> range:
    first = place * source // count
    return range(first, max(first + 1, (place + 1) * source // count))


def _mean_color(image: Image, columns: range, lines: range) -> int:
    pixels = [image.pixels[y * image.width + x] for y in lines for x in columns]
    if not image.is_color:
        return sum(pixels) // len(pixels) * 0x010101
    if len(pixels) == 1:
        return pixels[0]
    red, green, blue = (sum(p >> bits & 255 for p in pixels) // len(pixels) for bits in (16, 8, 0))
    return red << 16 | green << 8 | blue


def _draw_image(canvas: Canvas, left: int, top: int, rows: list[list[int]], style: PlotStyle) -> None:
    for y in range(0, len(rows), 2):
        below = rows[y + 1] if y + 1 < len(rows) else [None] * len(rows[y])
        for x, pair in enumerate(zip(rows[y], below, strict=True)):
            canvas.put(left + x, top + y // 2, _image_cell(pair[0], pair[1], style))


def _image_cell(upper: int, lower: Pixel, style: PlotStyle) -> Cell:
    if style.has_color:
        return pixel_cell(upper, lower, style)
    both = [upper] if lower is None else [upper, lower]
    return Cell(shade(sum(map(_brightness, both)) / len(both), style), "image")


def _brightness(color: int) -> float:
    return ((color >> 16) * 299 + (color >> 8 & 255) * 587 + (color & 255) * 114) / 255_000
