"""Strokes as dots of cells: Bresenham's lines, for curves with so much ink that plotext takes too long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

Point = tuple[float, float]  # as a share of the canvas: (0, 0) is the first dot of the last row
_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille cell, from above


def braille_bit(column: int, row: int) -> int:
    """The bit of a braille character's dot; row 0 is the upper one."""
    return _BITS[row][column]


def ink(strokes: list[list[Point]], width: int, height: int) -> float:
    """About how many dots the strokes take."""
    return sum(
        max(abs(b[0] - a[0]) * width * 2, abs(b[1] - a[1]) * height * 4)
        for stroke in strokes
        for a, b in pairwise(stroke)
    )


def draw_strokes(
    strokes: list[list[Point]], width: int, height: int, dots: tuple[int, int], marker: str
) -> list[str]:
    """`height` rows of `width` characters: braille where a cell has 2 x 4 dots, else the marker."""
    rows = [[0] * width for _ in range(height)]
    for column, row in _all_dots(strokes, width * dots[0] - 1, height * dots[1] - 1):
        bit = braille_bit(column % 2, row % 4) if dots == (2, 4) else 1
        rows[row // dots[1]][column // dots[0]] |= bit
    base = 0x2800 if dots == (2, 4) else ord(marker) - 1
    return ["".join(chr(base + bits) if bits else " " for bits in row) for row in rows]


def _all_dots(strokes: list[list[Point]], right: int, low: int) -> Iterator[tuple[int, int]]:
    for stroke in strokes:
        points = [(round(x * right), low - round(y * low)) for x, y in stroke]
        yield points[0]
        for start, end in pairwise(points):
            yield from _dots_between(start, end)


def _dots_between(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Bresenham 1965."""
    (x, y), (dx, dy) = start, (abs(end[0] - start[0]), -abs(end[1] - start[1]))
    step_x, step_y = (1 if end[0] > x else -1), (1 if end[1] > y else -1)
    error = dx + dy
    while (x, y) != end:
        double = 2 * error
        if double >= dy:
            error += dy
            x += step_x
        if double <= dx:
            error += dx
            y += step_y
        yield x, y
