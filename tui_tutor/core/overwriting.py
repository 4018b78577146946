"""A line that a program writes over: carriage returns, backspaces and erasing, as a terminal shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tui_tutor.core.sgr import PLAIN, SGR, TextStyle, applied, sequence

ERASE: Final = r"\x1b\[0{0,8}[012]?K"
"""Erase in line (ECMA-48 EL): from the cursor to the end (0), to the cursor (1), all (2)."""

_ERASE: Final = re.compile(ERASE)
_MOVE: Final = re.compile(rf"(\r|\x08|{SGR.pattern.replace('(', '(?:')}|{ERASE})")
# A terminal does at once what stands within a sequence; here the sequence ends there.
_BROKEN: Final = re.compile(
    r"\x1b(?:\[[0-?]{0,256}[ -/]{0,16}|[\]PX^_][^\x07\x1b\r\x08]{0,4096}\x1b?|[ -/]{0,4})?(?=[\r\x08]|\Z)"
)


def overwrites(line: str) -> bool:
    """Whether anything in the line moves the cursor back or erases."""
    return "\r" in line or "\b" in line or ("\x1b" in line and _ERASE.search(line) is not None)


def settled(line: str, style: TextStyle, limit: int) -> str:
    """What a terminal would leave visible of a line that begins in this style, with its colours.

    The text is at most `limit` characters long, without its colours.
    """
    if "\b" not in line and "\x1b" not in line:
        return _rewritten(line)[:limit]
    row = _painted(line, style, limit)
    return _coloured(row.cells, row.looks, style, row.style)


def collapsed(line: str, style: TextStyle, limit: int) -> str:
    """A shorter line that leaves the same visible, and the cursor in the same place."""
    row = _painted(line, style, limit)
    if row.at == len(row.cells):
        return _coloured(row.cells, row.looks, style, row.style)
    if not row.cells:  # all is erased, and the cursor stayed
        return f"{' ' * row.at}\x1b[2K{_coloured([], [], style, row.style)}"
    first = row.looks[0] if row.at else row.style
    whole = _coloured(row.cells, row.looks, style, first)
    return f"{whole}\r{_coloured(row.cells[: row.at], row.looks[: row.at], first, row.style)}"


def _rewritten(line: str) -> str:
    """The same without colours and backspaces, as most progress bars are."""
    shown = ""
    for piece in line.split("\r"):
        if piece:
            shown = piece + shown[len(piece) :]
    return shown


@dataclass
class _Row:
    """A row of a screen as wide as it needs to be; `at` is the column of the cursor."""

    style: TextStyle
    limit: int
    cells: list[str] = field(default_factory=list)
    looks: list[TextStyle] = field(default_factory=list)
    at: int = 0
    erased: int = 0  # so many cells at the start are blank, and need not be erased again

    def write(self, text: str) -> None:
        text = text[: self.limit - self.at]
        missing = self.at - len(self.cells)
        if missing > 0:
            self.cells += " " * missing
            self.looks += [PLAIN] * missing
        end = self.at + len(text)
        self.cells[self.at : end] = text
        self.looks[self.at : end] = [self.style] * len(text)
        self.erased = min(self.erased, self.at)
        self.at = end

    def erase(self, how: str) -> None:
        if how == "1":
            end = min(self.at + 1, len(self.cells))
            self.cells[self.erased : end] = " " * (end - self.erased)
            self.looks[self.erased : end] = [PLAIN] * (end - self.erased)
            self.erased = max(self.erased, end)
        else:
            start = 0 if how == "2" else self.at
            del self.cells[start:], self.looks[start:]
            self.erased = min(self.erased, start)


def _painted(line: str, style: TextStyle, limit: int) -> _Row:
    row = _Row(style, limit)
    if "\x1b" in line:
        line = _BROKEN.sub("", line)
    for number, part in enumerate(_MOVE.split(line)):
        if number % 2 == 0:
            if part:
                row.write(part.replace("\x1b", "\u241b"))
        elif part == "\r":
            row.at = 0
        elif part == "\b":
            row.at = max(0, row.at - 1)
        elif part.endswith("m"):
            row.style = applied(row.style, part[2:-1])
        else:
            row.erase(part[-2])
    return row


def _coloured(cells: list[str], looks: list[TextStyle], style: TextStyle, last: TextStyle) -> str:
    """Cells as text that begins in a style and leads to the last one."""
    parts: list[str] = []
    start = 0
    for at in range(1, len(cells) + 1):
        if at < len(cells) and looks[at] == looks[start]:
            continue
        if looks[start] != style:
            style = looks[start]
            parts.append(sequence(style))
        parts += cells[start:at]
        start = at
    return "".join(parts) if style == last else "".join([*parts, sequence(last)])
