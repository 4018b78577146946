"""Which points of a plot belong together, and the glyph and role each group is drawn with."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.plotting.data import PlotData, PlotKind, Series

GLYPHS: Final = "•+×▴▪◇"
ASCII_GLYPHS: Final = "o+x^#%"
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True, slots=True)
class PlotStyle:
    """What the terminal can show: ASCII only or all glyphs, with colours or without."""

    is_ascii: bool = False
    has_color: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Points drawn alike, in the order of the data."""

    kind: PlotKind
    name: str
    glyph: str
    role: str
    x: tuple[float | None, ...]
    y: tuple[float | None, ...]
    labels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def point_groups(data: PlotData, style: PlotStyle) -> tuple[Group, ...]:
    """The groups of a plot and its layers: one for each class, else one for each series."""
    parts = [part for plot in (data, *data.layers) for part in _parts(plot)]
    glyphs = _glyphs([part.name for _, part in parts], style)
    return tuple(
        Group(kind, part.name, glyphs[n], _role(kind, n), part.x, part.y, part.labels, part.categories)
        for n, (kind, part) in enumerate(parts)
    )


def _role(kind: PlotKind, position: int) -> str:
    return f"{'line' if kind == 'line' else 'class'}-{position % len(GLYPHS)}"


def _parts(plot: PlotData) -> Iterator[tuple[PlotKind, Series]]:
    by_class: dict[str, list[tuple[Series, int]]] = {}
    for series in plot.series:
        if plot.kind != "scatter" or not series.classes:
            yield plot.kind, series
            continue
        for index, name in enumerate(series.classes):
            by_class.setdefault(name, []).append((series, index))
    for name in sorted(by_class, key=class_order):
        yield plot.kind, _class_series(name, by_class[name])


def _class_series(name: str, points: list[tuple[Series, int]]) -> Series:
    return Series(
        tuple(series.x[index] for series, index in points),
        tuple(series.y[index] for series, index in points),
        name,
        labels=tuple(series.labels[index] if series.labels else "" for series, index in points),
    )


def class_order(name: str) -> tuple[bool, float, str]:
    """Sorts classes: numbers by size, then words by alphabet, whatever order the points come in."""
    found = _NUMBER.match(name)
    return (found is None, float(found.group()) if found else 0.0, name)


def _glyphs(names: list[str], style: PlotStyle) -> list[str]:
    plain = ASCII_GLYPHS if style.is_ascii else GLYPHS
    if len(names) <= len(plain):
        return list(plain[: len(names)])
    return _own_letters(names)


def _own_letters(names: list[str]) -> list[str]:
    """Each name's own digit or letter if no name before has taken it, else any that is free."""
    letters: list[str] = []
    ends = Counter(name[-1:] for name in names)
    for name in names:
        end = name[-1:] if ends[name[-1:]] == 1 and name[-1:].isdigit() else ""
        wished = (*end, *name, *string.ascii_letters, *string.digits)
        letters.append(next((c for c in wished if c.isascii() and c.isalnum() and c not in letters), "?"))
    return letters
