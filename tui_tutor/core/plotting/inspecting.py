"""Looking at single points with the keyboard: the next point in a direction, and a sentence about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.axis import Axis, View, number
from tui_tutor.core.plotting.data import Matrix, PlotData
from tui_tutor.core.plotting.viewing import matrix_edges

Direction = Literal["left", "right", "up", "down", "any"]
_STEPS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
_CELLS: Final = 1001  # both axes as long, so that distances across and up weigh alike


@dataclass(frozen=True, slots=True)
class Found:
    """A point, bar or heatmap cell: where it is and what is known of it. `number` counts from 1."""

    x: float
    y: float
    series: str = ""
    class_name: str = ""
    label: str = ""
    category: str = ""
    value: float | None = None  # of a heatmap's cell
    number: int = 0
    count: int = 0


def nearest(
    data: PlotData, view: View, x: float | None, y: float | None, direction: Direction = "any"
) -> Found | None:
    """The nearest point within the view in this direction from (x, y); None if there is none.

    From None, "any" starts in the middle of the view. Of points on one spot the first is found.
    """
    across, up = _axes(view)
    start = _start(across, up, x, y)
    best: tuple[float, Found] | None = None
    for found in _all_points(data):
        if not (across.contains(found.x) and up.contains(found.y)):
            continue
        place = across.position(found.x), up.position(found.y)
        if place[0] is None or place[1] is None:
            continue
        cost = _cost(place[0] - start[0], place[1] - start[1], direction)
        if cost is not None and (best is None or cost < best[0]):
            best = (cost, found)
    return None if best is None else best[1]


def move(view: View, x: float, y: float, direction: Direction, *, share: float = 0.02) -> tuple[float, float]:
    """The free cursor moved by a share of the view, held inside it (for `pick` where no point is)."""
    across, up = _axes(view)
    step = _STEPS.get(direction, (0, 0))
    start = _start(across, up, x, y)
    size = share * (_CELLS - 1)
    return (
        across.value(min(max(start[0] + step[0] * size, 0), _CELLS - 1)),
        up.value(min(max(start[1] + step[1] * size, 0), _CELLS - 1)),
    )


def _axes(view: View) -> tuple[Axis, Axis]:
    return (
        Axis(*view.xlim, _CELLS, view.xscale == "log"),
        Axis(*view.ylim, _CELLS, view.yscale == "log"),
    )


def _start(across: Axis, up: Axis, x: float | None, y: float | None) -> tuple[float, float]:
    places = across.position(x), up.position(y)
    middle = (_CELLS - 1) / 2
    return (
        middle if places[0] is None else places[0],
        middle if places[1] is None else places[1],
    )


def _cost(dx: float, dy: float, direction: Direction) -> float | None:
    """How far a point is; going aside costs twice; None if it lies the other way."""
    if direction == "any":
        return dx * dx + dy * dy
    step = _STEPS[direction]
    along, aside = (dx * step[0], abs(dy)) if step[0] else (dy * step[1], abs(dx))
    return along + 2 * aside if along > 1e-6 * _CELLS else None


def _all_points(data: PlotData) -> Iterator[Found]:
    for plot in (*data.layers, data):
        if plot.matrix is not None:
            yield from _matrix_points(plot.matrix)
        for series in plot.series:
            count = len(series.x)
            for n, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
                if x is not None and y is not None:
                    yield Found(
                        x,
                        y,
                        series.name,
                        series.classes[n] if series.classes else "",
                        series.labels[n] if series.labels else "",
                        series.categories[n] if n < len(series.categories) else "",
                        None,
                        n + 1,
                        count,
                    )


def _matrix_points(matrix: Matrix) -> Iterator[Found]:
    (left, right), (low, high) = matrix_edges(matrix)
    height, width = len(matrix.rows), len(matrix.rows[0])
    for n, row in enumerate(matrix.rows):
        y = low + (high - low) * (n + 0.5) / height
        for k, value in enumerate(row):
            yield Found(left + (right - left) * (k + 0.5) / width, y, value=value, number=n * width + k + 1)


def describe_point(cell: VizCell, found: Found) -> str:
    """One sentence: where the point is, its class and its label."""
    names = (cell.xlabel or "x", cell.ylabel or "y")
    where = f"{names[0]} {found.category or number(found.x)}, {names[1]} {number(found.y)}"
    facts = [where, found.series, found.class_name, found.label]
    if found.value is not None:
        facts.append(f"value {number(found.value)}")
    elif found.count:
        facts.append(f"point {found.number:,} of {found.count:,}")
    return " · ".join(dict.fromkeys(fact for fact in facts if fact))
