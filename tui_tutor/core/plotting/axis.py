"""Limits, scales, ticks and views: where a number stands on an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

Limits = tuple[float, float]
Kind = Literal["linear", "log"]

_HUGE: Final = 1e300  # differences of two such numbers are still finite
_STEPS: Final = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class View:
    """The part of the plane that is shown, in data units."""

    xlim: Limits
    ylim: Limits
    xscale: Kind = "linear"
    yscale: Kind = "linear"


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps values to cells: `lo` on the middle of the first of `cells`, `hi` on that of the last."""

    lo: float
    hi: float
    cells: int
    is_log: bool = False

    def position(self, value: float | None) -> float | None:
        """0 at the first cell, cells - 1 at the last; None for gaps and what a log scale cannot show."""
        if value is None or (self.is_log and value <= 0):
            return None
        place = math.log10(value) if self.is_log else value
        return (place - self._lo) / (self._hi - self._lo) * (self.cells - 1)

    def cell(self, value: float | None) -> int | None:
        """The cell a value falls in, or None outside the axis."""
        if value is None or not self.contains(value):
            return None
        place = self.position(value)
        return None if place is None else math.floor(place + 0.5)

    def contains(self, value: float) -> bool:
        """Whether the value lies between the limits, ends included."""
        low, high = sorted((self.lo, self.hi))
        return low <= value <= high

    def value(self, position: float) -> float:
        """The value at a position: the inverse of `position`."""
        part = position / (self.cells - 1) if self.cells > 1 else 0.5
        place = self._lo + part * (self._hi - self._lo)
        return float(10.0**place) if self.is_log else place

    @property
    def _lo(self) -> float:
        return math.log10(self.lo) if self.is_log else self.lo

    @property
    def _hi(self) -> float:
        return math.log10(self.hi) if self.is_log else self.hi

    def slope(self) -> tuple[float, float]:
        """(a, b) so that position = a * value + b, for a linear axis."""
        factor = (self.cells - 1) / (self.hi - self.lo)
        return factor, -self.lo * factor


def is_usable(limits: Limits | None, kind: Kind) -> bool:
    """Whether an axis can span these limits: finite, apart, positive on a log scale."""
    if limits is None or not all(math.isfinite(end) and abs(end) <= _HUGE for end in limits):
        return False
    lo, hi = sorted(limits)
    if kind == "log":
        return lo > 0 and math.log10(hi) - math.log10(lo) > 1e-9
    return hi - lo > max(abs(lo), abs(hi)) * 1e-12 and hi - lo > 1e-290


def fitting_limits(values: Iterable[float | None], kind: Kind, margin: float = 0.0) -> Limits:
    """Limits around the values with a margin (a share of the span) on both sides; (0, 1) for no values."""
    shown = [v for v in values if v is not None and abs(v) <= _HUGE and (kind == "linear" or v > 0)]
    if not shown:
        return (0.0, 1.0) if kind == "linear" else (1.0, 10.0)
    lo, hi = min(shown), max(shown)
    if not is_usable((lo, hi), kind):
        return _around(lo, kind)
    if kind == "log":
        factor = (hi / lo) ** margin if hi / lo < _HUGE else 1.0
        return (lo / factor, hi * factor)
    room = (hi - lo) * margin
    return (max(lo - room, -_HUGE), min(hi + room, _HUGE))


def _around(value: float, kind: Kind) -> Limits:
    if kind == "log":
        return (max(value / 10, 1e-300), min(max(value, 1e-300) * 10, _HUGE))
    half = abs(value) * 0.5 if abs(value) > 1e-280 else 0.5
    return (max(value - half, -_HUGE), min(value + half, _HUGE))


def ticks(axis: Axis, most: int) -> tuple[float, ...]:
    """At most `most` round values along the axis, evenly apart, the ends among them where they are round."""
    lo, hi = sorted((axis.lo, axis.hi))
    if most < 2:
        return ()
    if axis.is_log:
        return _log_ticks(lo, hi, most) or _linear_ticks(lo, hi, most)
    return _linear_ticks(lo, hi, most)


def _linear_ticks(lo: float, hi: float, most: int) -> tuple[float, ...]:
    power = math.floor(math.log10(hi - lo)) - 1
    choices = []
    for shift in range(4):
        for step in _STEPS[:-1]:
            found = _multiples(lo, hi, step * 10.0 ** (power + shift), most)
            if found:
                choices.append((_plainness(found, lo, hi, step), found))
    return min(choices, key=lambda choice: choice[0])[1] if choices else ()


def _multiples(lo: float, hi: float, step: float, most: int) -> tuple[float, ...]:
    if not 0 < step < math.inf or (hi - lo) / step > most + 1:
        return ()
    first = math.ceil(lo / step - 1e-9)
    last = math.floor(hi / step + 1e-9)
    found = tuple(min(max(n * step, lo), hi) for n in range(first, last + 1))
    return found if 2 <= len(found) <= most else ()


def _plainness(found: tuple[float, ...], lo: float, hi: float, step: float) -> tuple[bool, bool, int]:
    room = (hi - lo) * 1e-6
    reaches_ends = found[0] - lo <= room and hi - found[-1] <= room
    return (not reaches_ends, step == 2.5 and not reaches_ends, -len(found))


def _log_ticks(lo: float, hi: float, most: int) -> tuple[float, ...]:
    first, last = math.ceil(math.log10(lo) - 1e-9), math.floor(math.log10(hi) + 1e-9)
    stride = max(1, math.ceil((last - first + 1) / most))
    found = tuple(10.0**power for power in range(first, last + 1, stride))
    return found if len(found) >= 2 else ()


def _are_powers(values: tuple[float, ...]) -> bool:
    return values[0] > 0 and values[1] / values[0] > 9 and all(math.log10(v) % 1 == 0 for v in values)


def number(value: float, digits: int = 4) -> str:
    """A number in at most this many significant digits."""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    return text


def tick_texts(values: tuple[float, ...]) -> tuple[str, ...]:
    """The values' labels, with as many digits as tell them apart."""
    if len(values) < 2 or _are_powers(values):
        return tuple(map(number, values))
    step = min(abs(b - a) for a, b in pairwise(values))
    biggest = max(map(abs, values))
    cleaned = [0.0 if abs(v) < step * 1e-9 else v for v in values]
    if step < 1e-6 or biggest >= 1e6:
        ratio = biggest / step if step > biggest * 1e-11 else 1e11
        digits = max(4, math.ceil(math.log10(ratio)) + 1)
        return tuple(number(value, digits) for value in cleaned)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, places) != round(step, 10):
        places += 1
    return tuple(f"{v:.{min(places, 8)}f}" for v in cleaned)
