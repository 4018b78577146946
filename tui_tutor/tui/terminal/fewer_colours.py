"""Turns the colours of a session that began on a better terminal into those this one has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, TypeAlias

Depth: TypeAlias = Literal["truecolor", "256", "16", "none"]

_SGR: Final = re.compile(rb"\x1b\[([\d;]*)m")
_UNFINISHED: Final = re.compile(rb"\x1b(\[[\d;]{0,200})?\Z")
# The 16 colours as xterm has them.
_SIXTEEN: Final = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
    (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255),
    (255, 0, 255), (0, 255, 255), (255, 255, 255),
)  # fmt: skip
_LEVELS: Final = (0, 95, 135, 175, 215, 255)


def colour_depth(environ: Mapping[str, str]) -> Depth:
    """How many colours the terminal of this environment has, judged as the app judges its first one."""
    if environ.get("NO_COLOR"):
        return "none"
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "truecolor"
    kind = environ.get("TERM", "").strip().lower().rpartition("-")[2]
    return "256" if kind in ("256color", "kitty") else "16"


class FewerColours:
    """Rewrites colours in a stream; `feed` takes pieces that may be cut anywhere."""

    def __init__(self, depth: Depth) -> None:
        self._depth = depth
        self._tail = b""

    def feed(self, data: bytes) -> bytes:
        """What can be shown of it by now."""
        if self._depth == "truecolor":
            return data
        data = self._tail + data
        cut = _UNFINISHED.search(data)
        at = cut.start() if cut else len(data)
        self._tail = data[at:]
        return _SGR.sub(lambda found: _rewritten(found[1], self._depth), data[:at])


@lru_cache(4096)
def _rewritten(codes: bytes, depth: Depth) -> bytes:
    if not codes:
        return b"\x1b[m"
    rest = codes.decode().split(";")
    kept: list[str] = []
    while rest:
        code = rest.pop(0)
        if code in ("38", "48"):
            count = 4 if rest[:1] == ["2"] else 2
            kept += _colour(code, rest[:count], depth)
            del rest[:count]
        elif depth != "none" or not _is_colour(code):
            kept.append(code)
    return f"\x1b[{';'.join(kept)}m".encode() if kept else b""


def _is_colour(code: str) -> bool:
    number = int(code or 0)
    return 30 <= number <= 49 or 90 <= number <= 107


def _colour(ground: str, codes: list[str], depth: Depth) -> list[str]:
    if depth == "none":
        return []
    if depth == "256" and codes[0] == "5":
        return [ground, *codes]
    if len(codes) < 2:
        return []
    red, green, blue = _of_256(int(codes[1] or 0)) if codes[0] == "5" else _channels(codes)
    if depth == "256":
        return [ground, "5", str(_nearest_256(red, green, blue))]
    number = _nearest_16(red, green, blue)
    base = (30 if ground == "38" else 40) + (number if number < 8 else number - 8 + 60)
    return [str(base)]


def _channels(codes: list[str]) -> tuple[int, int, int]:
    red, green, blue = ([int(code or 0) for code in codes[1:4]] + [0, 0, 0])[:3]
    return red, green, blue


def _of_256(number: int) -> tuple[int, int, int]:
    if number < 16:
        return _SIXTEEN[number]
    if number >= 232:
        grey = 8 + 10 * (min(number, 255) - 232)
        return grey, grey, grey
    number -= 16
    return _LEVELS[number // 36], _LEVELS[number // 6 % 6], _LEVELS[number % 6]


def _nearest_256(red: int, green: int, blue: int) -> int:
    return min(range(16, 256), key=lambda number: _distance(_of_256(number), (red, green, blue)))


def _nearest_16(red: int, green: int, blue: int) -> int:
    return min(range(16), key=lambda number: _distance(_SIXTEEN[number], (red, green, blue)))


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
