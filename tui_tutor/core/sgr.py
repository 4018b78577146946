"""Colours and other attributes of printed text: what SGR sequences say, and the sequence for a style."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

Color = int | tuple[int, int, int] | None
"""An index of the xterm palette (0..255), 24-bit red, green, blue, or None: the text's own colour."""

SGR: Final = re.compile(r"\x1b\[([0-9;:]{0,64})m")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What SGR says of a piece of text."""

    fg: Color = None
    bg: Color = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN: Final = TextStyle()


_FLAGS: Final[dict[int, dict[str, bool]]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    21: {"bold": False},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
}


@lru_cache(maxsize=1024)
def applied(style: TextStyle, parameters: str) -> TextStyle:
    """The style after one SGR sequence (ECMA-48 and the xterm colour extensions)."""
    codes = [int(part[:6]) if part.isdigit() else 0 for part in re.split("[;:]", parameters)] or [0]
    index = 0
    while index < len(codes):
        code = codes[index]
        if code == 0:
            style = PLAIN
        elif code in _FLAGS:
            style = replace(style, **_FLAGS[code])
        elif code in (38, 48):
            color, index = _extended(codes, index)
            style = replace(style, fg=color) if code == 38 else replace(style, bg=color)
        else:
            style = _basic_color(style, code)
        index += 1
    return style


def _extended(codes: list[int], index: int) -> tuple[Color, int]:
    rest = codes[index + 1 :]
    if len(rest) >= 2 and rest[0] == 5:
        return min(rest[1], 255), index + 2
    if len(rest) >= 4 and rest[0] == 2:
        red, green, blue = (min(value, 255) for value in rest[1:4])
        return (red, green, blue), index + 4
    return None, len(codes)


def _basic_color(style: TextStyle, code: int) -> TextStyle:
    if 30 <= code <= 37:
        return replace(style, fg=code - 30)
    if 90 <= code <= 97:
        return replace(style, fg=code - 82)
    if code == 39:
        return replace(style, fg=None)
    if 40 <= code <= 47:
        return replace(style, bg=code - 40)
    if 100 <= code <= 107:
        return replace(style, bg=code - 92)
    if code == 49:
        return replace(style, bg=None)
    return style


def style_after(line: str, style: TextStyle) -> TextStyle:
    """The style in force behind a text that begins in this one."""
    for match in SGR.finditer(line):
        style = applied(style, match[1])
    return style


@lru_cache(maxsize=1024)
def sequence(style: TextStyle) -> str:
    """The sequence that leads from any style to this one."""
    flags = (style.bold, style.dim, style.italic, style.underline, style.reverse)
    codes = [code for code, is_set in zip("12347", flags, strict=True) if is_set]
    codes += [*_color_codes("38", style.fg), *_color_codes("48", style.bg)]
    return f"\x1b[{';'.join(['0', *codes])}m"


def _color_codes(ground: str, color: Color) -> list[str]:
    if color is None:
        return []
    if isinstance(color, int):
        return [ground, "5", str(color)]
    return [ground, "2", *map(str, color)]
