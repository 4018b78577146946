"""Real pictures where the terminal can show them: the kitty graphics protocol with Unicode placeholders.

A picture is sent once; the cells it covers hold U+10EEEE with two combining marks that name the cell's row
and column, in a colour that names the picture. So it is text like any other: it scrolls, is cut and is drawn
frugally. Source: the protocol's page "Unicode placeholders" (sw.kovidgoyal.net/kitty/graphics-protocol) and
its table of marks.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Final

from rich.style import Style

PLACEHOLDER: Final = "\U0010eeee"
CHUNK: Final = 4096
MOST_KEPT: Final = 64
MOST_BYTES: Final = 3_000_000
# The n-th mark says n, for rows and columns from 0.
_MARKS: Final = (
    "0305 030D 030E 0310 0312 033D 033E 033F 0346 034A 034B 034C 0350 0351 0352 0357 035B 0363 0364 0365 "
    "0366 0367 0368 0369 036A 036B 036C 036D 036E 036F 0483 0484 0485 0486 0487 0592 0593 0594 0595 0597 "
    "0598 0599 059C 059D 059E 059F 05A0 05A1 05A8 05A9 05AB 05AC 05AF 05C4 0610 0611 0612 0613 0614 0615 "
    "0616 0617 0657 0658 0659 065A 065B 065D 065E 06D6 06D7 06D8 06D9 06DA 06DB 06DC 06DF 06E0 06E1 06E2"
)
MARKS: Final = tuple(chr(int(code, 16)) for code in _MARKS.split())


def is_capable(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is one that is known to draw placeholders (kitty, Ghostty), and is not nested."""
    if environ.get("TMUX") or environ.get("STY") or environ.get("NO_COLOR"):
        return False
    if environ.get("TUI_TUTOR_PICTURES") == "blocks" or environ.get("COLORTERM") not in (
        "truecolor",
        "24bit",
    ):
        return False  # a picture's number is a colour, which must arrive as it is
    is_kitty = environ.get("TERM") == "xterm-kitty" or bool(environ.get("KITTY_WINDOW_ID"))
    return is_kitty or environ.get("TERM_PROGRAM", "").lower() == "ghostty"


class PictureCase:
    """The pictures the terminal holds. `write` sends bytes to it as they are, in order with what is drawn."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._next = 1

    def placed(self, png: bytes, columns: int, rows: int) -> tuple[tuple[str, ...], Style] | None:
        """The rows of cells that show a PNG in columns x rows, and their style; None if it is too large."""
        if len(png) > MOST_BYTES or not (0 < columns <= len(MARKS) and 0 < rows <= len(MARKS)):
            return None
        key = (hash(png), columns, rows)
        if key not in self._numbers:
            self._numbers[key] = self._sent(png, columns, rows)
        number = self._numbers[key]
        cells = tuple(
            "".join(f"{PLACEHOLDER}{MARKS[row]}{MARKS[column]}" for column in range(columns))
            for row in range(rows)
        )
        return cells, Style(color=f"#{number:06x}")

    def _sent(self, png: bytes, columns: int, rows: int) -> int:
        if len(self._numbers) >= MOST_KEPT:
            oldest = next(iter(self._numbers))
            self._write(f"\x1b_Ga=d,d=I,i={self._numbers.pop(oldest)},q=2\x1b\\")
        number, self._next = self._next, self._next + 1
        for part in transmission(number, png, columns, rows):
            self._write(part)
        return number


def transmission(number: int, png: bytes, columns: int, rows: int) -> tuple[str, ...]:
    """The sequences that send a PNG and make a virtual placement of columns x rows cells for it."""
    text = base64.b64encode(png).decode("ascii")
    chunks = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    head = f"a=T,U=1,f=100,t=d,i={number},c={columns},r={rows},q=2"
    parts = []
    for place, chunk in enumerate(chunks):
        more = int(place < len(chunks) - 1)
        control = f"{head},m={more}" if place == 0 else f"m={more}"
        parts.append(f"\x1b_G{control};{chunk}\x1b\\")
    return tuple(parts)
