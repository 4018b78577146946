"""Plot data: what a kernel hands over to be drawn, as plain frozen values with a bounded JSON form.

Points are finite or None (a gap: NaN and infinities in the kernel). Shapes: a series has equally long
`x` and `y`; `classes` and `labels` have that length too or are empty; a matrix is rows x columns; an
image is `height` rows of `width` grey levels 0..255 (8 bits) or RGB (24 bits, packed 0xRRGGBB).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

PlotKind = Literal["scatter", "line", "bar", "hist", "heatmap", "image", "image-grid"]


@dataclass(frozen=True, slots=True)
class Series:
    """One set of points. `classes`: the class of each point as text; `labels`: what to say of each point."""

    x: tuple[float | None, ...]
    y: tuple[float | None, ...]
    name: str = ""
    classes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # names along x where x is not numeric (bars); x is then 0, 1, 2 ...


@dataclass(frozen=True, slots=True)
class Image:
    """Row-major pixels: grey 0..255, or 0xRRGGBB if `is_color`."""

    width: int
    height: int
    pixels: tuple[int, ...]
    is_color: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Values of a heatmap, row 0 at the bottom (y grows upward), with the axes' extent."""

    rows: tuple[tuple[float | None, ...], ...]
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PlotData:
    """All that one evaluation of a viz cell gave. `layers` are further plots over the same axes.

    `total` counts the points before thinning; `facts` are short words for the caption's right end
    ("2-d projection · 200 samples"); `error` is one line that says why there is nothing to draw.
    """

    kind: PlotKind
    series: tuple[Series, ...] = ()
    images: tuple[Image, ...] = ()
    matrix: Matrix | None = None
    layers: tuple[PlotData, ...] = ()
    total: int = 0
    facts: str = ""
    error: str = ""


def plot_data_from_json(value: Mapping[str, Any]) -> PlotData:
    """Decode what the kernel (or a lock) says; anything malformed or beyond the limits gives `error`, never
    an exception.

    JSON: {"kind", "series": [{"x", "y", "name", "classes", "labels", "categories"}], "images": [{"width",
    "height", "pixels", "is_color", "label"}], "matrix": {"rows", "x_range", "y_range"}, "layers": [...],
    "total", "facts", "error"}; every key but kind may be absent. A NaN is null.
    """
    from tui_tutor.core.plotting.decoding import decode_plot

    return decode_plot(value)


def plot_data_as_json(data: PlotData) -> dict[str, Any]:
    """The JSON form of `plot_data_from_json`, for the lock and the store."""
    from tui_tutor.core.plotting.decoding import encode_plot

    return encode_plot(data)
