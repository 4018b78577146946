"""Plot data from JSON and back: bounded, and nothing a kernel says can raise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast, get_args

from tui_tutor.core.plotting.data import Image, Matrix, PlotData, PlotKind, Series
from tui_tutor.core.safe_text import safe_line

MOST_POINTS: Final = 50_000  # of one plot with its layers; the kernel thins to fewer
MOST_SERIES: Final = 64
MOST_IMAGES: Final = 1_000
MOST_PIXELS: Final = 1_000_000
MOST_CELLS: Final = 250_000  # of one matrix
MOST_LAYERS: Final = 8
_TEXT: Final = 200
_KINDS: Final = frozenset(get_args(PlotKind))


class _Refused(Exception):
    """The JSON is not plot data; the message says why."""


def decode_plot(value: Any) -> PlotData:
    """`plot_data_from_json`: malformed or oversized JSON gives a PlotData with `error`."""
    try:
        return _plot(value, depth=0)
    except _Refused as refusal:
        kind = value.get("kind") if isinstance(value, Mapping) else None
        shown = kind if isinstance(kind, str) and kind in _KINDS else "scatter"
        return PlotData(kind=cast(PlotKind, shown), error=f"This plot cannot be drawn: {refusal}.")


def _plot(value: Any, depth: int) -> PlotData:
    if not isinstance(value, Mapping):
        raise _Refused("it is not a JSON object")
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise _Refused("its kind is unknown")
    series = tuple(_series(item) for item in _items(value, "series", MOST_SERIES))
    if sum(len(one.x) for one in series) > MOST_POINTS:
        raise _Refused(f"it has more than {MOST_POINTS:,} points")
    layers = _items(value, "layers", MOST_LAYERS if depth == 0 else 0)
    matrix = value.get("matrix")
    return PlotData(
        kind=cast(PlotKind, kind),
        series=series,
        images=_images(value),
        matrix=None if matrix is None else _matrix(matrix),
        layers=tuple(_plot(layer, depth + 1) for layer in layers),
        total=_count(value.get("total", 0)),
        facts=_text(value.get("facts", "")),
        error=_text(value.get("error", "")),
    )


def _items(value: Mapping[str, Any], name: str, most: int) -> Sequence[Any]:
    items = value.get(name, ())
    if not isinstance(items, list | tuple):
        raise _Refused(f"{name} is not a list")
    if len(items) > most:
        raise _Refused(f"it has more than {most:,} {name}")
    return items


def _series(value: Any) -> Series:
    if not isinstance(value, Mapping):
        raise _Refused("a series is not an object")
    x, y = (tuple(map(_number, _items(value, name, MOST_POINTS))) for name in ("x", "y"))
    texts = [tuple(map(_text, _items(value, name, MOST_POINTS))) for name in ("classes", "labels")]
    categories = tuple(map(_text, _items(value, "categories", MOST_POINTS)))
    if len(x) != len(y) or any(column and len(column) != len(x) for column in texts):
        raise _Refused("a series has columns of different lengths")
    return Series(x, y, _text(value.get("name", "")), texts[0], texts[1], categories)


def _images(value: Mapping[str, Any]) -> tuple[Image, ...]:
    found, pixels = [], 0
    for item in _items(value, "images", MOST_IMAGES):
        image = _image(item)
        pixels += len(image.pixels)
        if pixels > MOST_PIXELS:
            raise _Refused(f"its images have more than {MOST_PIXELS:,} pixels")
        found.append(image)
    return tuple(found)


def _image(value: Any) -> Image:
    if not isinstance(value, Mapping):
        raise _Refused("an image is not an object")
    width, height = _count(value.get("width")), _count(value.get("height"))
    pixels = _items(value, "pixels", MOST_PIXELS)
    is_color = value.get("is_color") is True
    if len(pixels) != width * height or not pixels:
        raise _Refused("an image has not width x height pixels")
    top = 0xFFFFFF if is_color else 0xFF
    if not all(type(pixel) is int and 0 <= pixel <= top for pixel in pixels):
        raise _Refused("an image has pixels out of range")
    return Image(width, height, tuple(pixels), is_color, _text(value.get("label", "")))


def _matrix(value: Any) -> Matrix:
    if not isinstance(value, Mapping):
        raise _Refused("the matrix is not an object")
    rows = _items(value, "rows", MOST_CELLS)
    if not rows or not all(isinstance(row, list | tuple) and len(row) == len(rows[0]) for row in rows):
        raise _Refused("the matrix is empty or its rows differ in length")
    if not 0 < len(rows) * len(rows[0]) <= MOST_CELLS:
        raise _Refused(f"the matrix has no values, or more than {MOST_CELLS:,}")
    numbers = tuple(tuple(map(_number, row)) for row in rows)
    return Matrix(numbers, _range(value.get("x_range")), _range(value.get("y_range")))


def _range(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    low, high = map(_number, value)
    return None if low is None or high is None else (low, high)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Refused("a coordinate is not a number")
    try:
        plain = float(value)
    except OverflowError:
        return None
    return plain if math.isfinite(plain) else None


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 10**15:
        raise _Refused("a count is not a whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Refused("a name is not text")
    return safe_line(value[: 4 * _TEXT], limit=_TEXT)


def encode_plot(data: PlotData) -> dict[str, Any]:
    """`plot_data_as_json`; empty parts are left out."""
    value: dict[str, Any] = {
        "kind": data.kind,
        "series": [_encode_series(one) for one in data.series],
        "images": [_encode_image(image) for image in data.images],
        "matrix": None if data.matrix is None else _encode_matrix(data.matrix),
        "layers": [encode_plot(layer) for layer in data.layers],
        "total": data.total,
        "facts": data.facts,
        "error": data.error,
    }
    return {name: part for name, part in value.items() if part}


def _encode_series(series: Series) -> dict[str, Any]:
    columns = ("x", "y", "classes", "labels", "categories")
    value: dict[str, Any] = {name: list(getattr(series, name)) for name in columns}
    return {name: part for name, part in (*value.items(), ("name", series.name)) if part}


def _encode_image(image: Image) -> dict[str, Any]:
    return {
        "width": image.width,
        "height": image.height,
        "pixels": list(image.pixels),
        "is_color": image.is_color,
        "label": image.label,
    }


def _encode_matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "rows": [list(row) for row in matrix.rows],
        "x_range": None if matrix.x_range is None else list(matrix.x_range),
        "y_range": None if matrix.y_range is None else list(matrix.y_range),
    }
