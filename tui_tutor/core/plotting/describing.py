"""A plot in words, for plain mode and screen readers: what it holds, and its points as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.axis import number
from tui_tutor.core.plotting.canvas import cut_text, shown_width
from tui_tutor.core.plotting.data import Image, Matrix, PlotData
from tui_tutor.core.plotting.groups import Group, PlotStyle, point_groups
from tui_tutor.core.safe_text import safe_line

WIDTH: Final = 76
_MOST_ROWS: Final = 12
_INDENT: Final = 2
_STYLE: Final = PlotStyle()

Row = tuple[str, ...]


def describe(cell: VizCell, data: PlotData, ghost: PlotData | None = None) -> tuple[str, ...]:
    """What there is to see: one row for each class, series or run, at most 76 columns wide."""
    if data.error:
        return _wrapped(data.error)
    if data.images:
        return tuple(_image_lines(data.images, data.total))
    before = ghost if cell.ghost and ghost is not None and not ghost.error else None
    lines: list[str] = []
    for plot in (data, *data.layers):
        if plot.matrix is not None:
            lines.extend(_matrix_lines(plot.matrix))
    groups = point_groups(data, _STYLE)
    old = () if before is None else point_groups(before, _STYLE)
    for kind in ("bar", "hist", "line", "scatter"):
        mine = [group for group in groups if group.kind == kind]
        if mine:
            lines.extend(_group_lines(mine, [group for group in old if group.kind == kind]))
    return tuple(lines) or ("No data.",)


def _group_lines(groups: list[Group], ghosts: list[Group]) -> Iterator[str]:
    match groups[0].kind:
        case "bar":
            yield from _table(_value_rows(groups))
        case "hist":
            yield from _table(_bin_rows(groups))
        case "line":
            rows = [_line_row(name, group) for name, group in _named(groups, ghosts)]
            yield from _table([("", "points", "lowest", "highest", "last"), *rows])
        case _:
            rows = [_cloud_row(name, group) for name, group in _named(groups, ghosts)]
            yield from _table([("", "points", "centre", "spread"), *rows])


def _named(groups: list[Group], ghosts: list[Group]) -> list[tuple[str, Group]]:
    named = [
        (group.name or ("this run" if len(groups) == 1 else f"{n}"), group) for n, group in _from_1(groups)
    ]
    if len(groups) == 1 and groups[0].name and ghosts:
        named = [(f"{groups[0].name}, this run", groups[0])]
    before = [
        ("the run before" if len(ghosts) == 1 else f"{group.name or n}, before", group)
        for n, group in _from_1(ghosts)
    ]
    return named + before


def _from_1(groups: Sequence[Group]) -> Iterator[tuple[int, Group]]:
    return enumerate(groups, start=1)


def _points_of(group: Group) -> list[tuple[float, float]]:
    pairs = zip(group.x, group.y, strict=True)
    return [(x, y) for x, y in pairs if x is not None and y is not None]


def _cloud_row(name: str, group: Group) -> Row:
    points = _points_of(group)
    if not points:
        return (name, "0", "", "")
    columns = [[point[n] for point in points] for n in (0, 1)]
    middles = [_mean(column) for column in columns]
    spreads = [_spread(column, middle) for column, middle in zip(columns, middles, strict=True)]
    return (name, f"{len(points):,}", _pair(middles), _pair(spreads))


def _pair(values: Sequence[float]) -> str:
    return ", ".join(_short(value) for value in values)


def _short(value: float) -> str:
    """Two decimals where that says something, else four significant digits."""
    if not 0.01 <= abs(value) < 1000 and value != 0:
        return "0.00" if abs(value) < 0.005 and abs(value) > 1e-12 else number(value)
    return f"{value:.2f}".replace("-0.00", "0.00")


def _mean(values: Sequence[float]) -> float:
    count = len(values)
    return sum(value / count for value in values)  # parts first: the sum of huge values is infinite


def _spread(values: Sequence[float], middle: float) -> float:
    """Standard deviation (of the sample), by hypot so that huge values do not overflow."""
    if len(values) < 2:
        return 0.0
    return math.hypot(*(value - middle for value in values)) / math.sqrt(len(values) - 1)


def _line_row(name: str, group: Group) -> Row:
    values = [y for y in group.y if y is not None]
    if not values:
        return (name, "0", "", "", "")
    ends = (min(values), max(values), values[-1])
    return (name, f"{len(values):,}", *(number(value) for value in ends))


def _value_rows(groups: list[Group]) -> list[Row]:
    names = [group.name or ("value" if len(groups) == 1 else str(n)) for n, group in _from_1(groups)]
    words = groups[0].categories or tuple(number(x) if x is not None else "" for x in groups[0].x)
    rows: list[Row] = [("", *names)]
    for n, word in enumerate(words[:_MOST_ROWS]):
        rows.append((word, *(_at(group.y, n) for group in groups)))
    if len(words) > _MOST_ROWS:
        rows.append((f"and {len(words) - _MOST_ROWS:,} more",))
    return rows


def _at(values: Sequence[float | None], position: int) -> str:
    value = values[position] if position < len(values) else None
    return "" if value is None else number(value)


def _bin_rows(groups: list[Group]) -> list[Row]:
    """At most twelve rows: neighbouring bins are counted together."""
    centres = [x for x in groups[0].x if x is not None]
    names = [group.name or ("count" if len(groups) == 1 else str(n)) for n, group in _from_1(groups)]
    rows: list[Row] = [("", *names)]
    if not centres:
        return rows
    half = (centres[1] - centres[0]) / 2 if len(centres) > 1 else 0.5
    stride = -(-len(centres) // _MOST_ROWS)
    for first in range(0, len(centres), stride):
        last = min(first + stride, len(centres)) - 1
        span = f"{number(centres[first] - half)} to {number(centres[last] + half)}"
        counts = [sum(y or 0.0 for y in group.y[first : last + 1]) for group in groups]
        rows.append((span, *map(number, counts)))
    return rows


def _matrix_lines(matrix: Matrix) -> Iterator[str]:
    values = [value for row in matrix.rows for value in row if value is not None]
    size = f"{len(matrix.rows):,} rows x {len(matrix.rows[0]):,} columns"
    if not values:
        yield f"{size}, no finite value."
        return
    low, high = min(values), max(values)
    yield f"{size}, values {number(low)} to {number(high)}, mean {number(_mean(values))}."
    yield f"Lowest at {_place(matrix, low)}, highest at {_place(matrix, high)}."
    yield "Row 1 is at the bottom."


def _place(matrix: Matrix, wanted: float) -> str:
    for n, row in enumerate(matrix.rows, start=1):
        if wanted in row:
            return f"row {n}, column {row.index(wanted) + 1}"
    return "no place"


def _image_lines(images: tuple[Image, ...], total: int) -> Iterator[str]:
    if len(images) == 1 and total <= 1:
        yield _image_line(images[0]) + "."
        return
    yield f"{max(total, len(images)):,} images of {images[0].width} x {images[0].height} pixels."
    for n, image in enumerate(images[:_MOST_ROWS], start=1):
        yield cut_text(f"  {image.label or f'image {n}'}: mean {_grey(image):.0%} bright", WIDTH)
    if len(images) > _MOST_ROWS:
        yield f"  and {len(images) - _MOST_ROWS:,} more"


def _image_line(image: Image) -> str:
    name = f"{image.label}: " if image.label else ""
    kind = "colour" if image.is_color else "grey"
    text = f"{name}{kind} image of {image.width} x {image.height} pixels, mean {_grey(image):.0%} bright"
    return cut_text(text, WIDTH - 1)


def _grey(image: Image) -> float:
    if not image.is_color:
        return sum(image.pixels) / len(image.pixels) / 255
    parts = (sum(p >> bits & 255 for p in image.pixels) / len(image.pixels) / 255 for bits in (16, 8, 0))
    red, green, blue = parts
    return 0.299 * red + 0.587 * green + 0.114 * blue


# --- tables -----------------------------------------------------------------------------------------


def table(cell: VizCell, data: PlotData, limit: int = 50) -> tuple[str, ...]:
    """The points one by one, at most `limit` of them, then how many more there are."""
    if data.error:
        return _wrapped(data.error)
    if data.images:
        return tuple(_image_lines(data.images, data.total))
    rows: list[Row] = []
    for plot in (data, *data.layers):
        if plot.matrix is not None:
            rows += _matrix_rows(plot.matrix)
    groups = point_groups(data, _STYLE)
    rows += [row for group in groups for row in _point_rows(group)]
    if not rows:
        return ("No data.",)
    head = ("", safe_line(cell.xlabel) or "x", safe_line(cell.ylabel) or "y")
    if any(plot.matrix is not None for plot in (data, *data.layers)):
        head = ("", "x or column", "y or row")
    lines = [*_table([head, *rows[:limit]])]
    total = max(len(rows), data.total if not data.layers and not data.matrix else 0)
    if total > limit:
        lines.append(f"{_INDENT * ' '}and {total - min(limit, len(rows)):,} more")
    return tuple(lines)


def _point_rows(group: Group) -> Iterator[Row]:
    for n, (x, y) in enumerate(zip(group.x, group.y, strict=True)):
        label = group.labels[n] if group.labels else ""
        name = " ".join(part for part in (group.name, label) if part)
        along = group.categories[n] if n < len(group.categories) else _value(x)
        yield (name, along, _value(y))


def _matrix_rows(matrix: Matrix) -> list[Row]:
    return [
        (f"value {_value(value)}", str(k), str(n))
        for n, row in enumerate(matrix.rows, start=1)
        for k, value in enumerate(row, start=1)
    ]


def _value(value: float | None) -> str:
    return "none" if value is None else number(value)


def _table(rows: Sequence[Row]) -> Iterator[str]:
    """Rows in columns two blanks apart: names left, numbers right unless they are pairs."""
    count = max(map(len, rows))
    filled = [row + ("",) * (count - len(row)) for row in rows]
    widths = [max(shown_width(row[n]) for row in filled) for n in range(count)]
    widths[0] = min(widths[0], 30)
    for row in filled:
        cells = [_left(cut_text(row[0], widths[0]), widths[0])]
        cells += [_placed(row[n], widths[n], filled, n) for n in range(1, count)]
        yield cut_text((" " * _INDENT + "   ".join(cells)).rstrip(), WIDTH)


def _placed(text: str, width: int, rows: Sequence[Row], column: int) -> str:
    has_pairs = any(", " in row[column] for row in rows[1:])
    room = " " * max(0, width - shown_width(text))
    return text + room if has_pairs else room + text


def _left(text: str, width: int) -> str:
    return text + " " * max(0, width - shown_width(text))


def _wrapped(text: str) -> tuple[str, ...]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if shown_width(longer) > WIDTH and lines[-1]:
            lines.append(cut_text(word, WIDTH))
        else:
            lines[-1] = cut_text(longer, WIDTH)
    return tuple(lines)
