"""Lines between points, drawn by plotext: the only module that imports it.

plotext 5 is one global figure, so it is used under a lock, and only as a rasteriser: it gets positions in
cells, clipped to the area, and gives back rows of characters.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final

from tui_tutor.core.plotting.axis import Axis
from tui_tutor.core.plotting.inking import draw_strokes, ink

Point = tuple[float, float]
_LOCK: Final = threading.Lock()
_MOST_POINTS: Final = 1_000  # of one curve; a terminal has fewer places for them
_MOST_INK: Final = 600  # dots; plotext takes about 5 ms for them, and more than in proportion beyond
_FARTHEST: Final = 1e150
_BRAILLE: Final = (2, 4)  # dots of one cell across and down


def draw_curve(
    x: tuple[float | None, ...], y: tuple[float | None, ...], across: Axis, up: Axis, marker: str
) -> list[str]:
    """`up.cells` rows, the top one first, of `across.cells` characters; blanks where the curve is not.

    `marker` is `braille` or the one character to draw with; None in x or y interrupts the curve.
    """
    dots = _BRAILLE if marker == "braille" else (1, 1)
    strokes = [
        [_share(point, (across.cells, up.cells), dots) for point in stroke]
        for whole in _strokes(x, y, across, up)
        for stroke in _clipped(_thinned(whole, dots), across.cells - 0.5, up.cells - 0.5)
    ]
    if not strokes:
        return []
    if ink(strokes, across.cells, up.cells) > _MOST_INK:
        return draw_strokes(strokes, across.cells, up.cells, dots, marker)
    return _raster(strokes, across.cells, up.cells, marker)


def _strokes(
    x: tuple[float | None, ...], y: tuple[float | None, ...], across: Axis, up: Axis
) -> Iterator[list[Point]]:
    stroke: list[Point] = []
    for px, py in zip(map(across.position, x), map(up.position, y), strict=True):
        if px is not None and py is not None:
            stroke.append((_within_reach(px), _within_reach(py)))
        elif stroke:
            yield stroke
            stroke = []
    if stroke:
        yield stroke


def _within_reach(place: float) -> float:
    """A position whose differences and products are still finite."""
    return min(max(place, -_FARTHEST), _FARTHEST)


def _thinned(stroke: list[Point], dots: tuple[int, int]) -> list[Point]:
    """As many of the points as make a difference: of those over one dot the lowest and the highest."""
    if len(stroke) > _MOST_POINTS and _goes_right(stroke):
        return _extremes(stroke, dots[0])
    kept = [stroke[0]]
    for point in stroke[1:]:
        last = kept[-1]
        if abs(point[0] - last[0]) * dots[0] >= 0.5 or abs(point[1] - last[1]) * dots[1] >= 0.5:
            kept.append(point)
    if len(kept) > _MOST_POINTS:
        stride = -(-len(kept) // _MOST_POINTS)
        kept = [*kept[::stride], kept[-1]]
    return kept


def _goes_right(stroke: list[Point]) -> bool:
    return all(a[0] <= b[0] for a, b in pairwise(stroke))


def _extremes(stroke: list[Point], dots: int) -> list[Point]:
    kept: list[Point] = []
    for _, over in groupby(stroke, key=lambda point: round(min(max(point[0], -1e6), 1e6) * dots)):
        points = list(over)
        ends = (points[0], min(points, key=_height), max(points, key=_height), points[-1])
        kept.extend(sorted(dict.fromkeys(ends)))
    return kept


def _height(point: Point) -> float:
    return point[1]


def _clipped(stroke: list[Point], right: float, top: float) -> Iterator[list[Point]]:
    """The parts of a stroke inside the area (from -0.5 to right and top): far ends take for ever to draw."""
    if len(stroke) == 1:
        px, py = stroke[0]
        if -0.5 <= px <= right and -0.5 <= py <= top:
            yield stroke
        return
    part: list[Point] = []
    for start, end in pairwise(stroke):
        inside = _clip_segment(start, end, right, top)
        if inside is None:
            continue
        if part and part[-1] == inside[0]:
            part.append(inside[1])
            continue
        if part:
            yield part
        part = list(inside)
    if part:
        yield part


def _clip_segment(start: Point, end: Point, right: float, top: float) -> tuple[Point, Point] | None:
    """Liang and Barsky 1984."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    first, last = 0.0, 1.0
    for step, room in ((-dx, x0 + 0.5), (dx, right - x0), (-dy, y0 + 0.5), (dy, top - y0)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first > last:
        return None
    begin = start if first == 0 else (x0 + first * dx, y0 + first * dy)
    finish = end if last == 1 else (x0 + last * dx, y0 + last * dy)
    return begin, finish


def _share(point: Point, cells: tuple[int, int], dots: tuple[int, int]) -> Point:
    """A position in cells as a share of the canvas, whose first and last dots are 0 and 1."""
    first, second = (
        (place * n + (n - 1) / 2) / (count * n - 1) if count * n > 1 else 0.5
        for place, count, n in zip(point, cells, dots, strict=True)
    )
    return (min(max(first, 0.0), 1.0), min(max(second, 0.0), 1.0))


def _raster(strokes: list[list[Point]], width: int, height: int, marker: str) -> list[str]:
    import plotext

    with _LOCK:
        plotext.clear_figure()
        plotext.limit_size(False, False)  # else the size is cut to the terminal's
        plotext.plot_size(width, height)
        plotext.theme("clear")
        plotext.frame(False)
        plotext.xaxes(False, False)
        plotext.yaxes(False, False)
        plotext.xticks([])
        plotext.yticks([])
        plotext.xlim(0, 1)
        plotext.ylim(0, 1)
        for stroke in strokes:
            xs, ys = ([point[n] for point in stroke] for n in (0, 1))
            (plotext.plot if len(stroke) > 1 else plotext.scatter)(xs, ys, marker=marker)
        text: str = plotext.uncolorize(plotext.build())
        plotext.clear_figure()
    return text.split("\n")[:height]
