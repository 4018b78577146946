"""A terminal just big enough to check our own drawing: it understands what Textual and we send."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from rich.cells import split_graphemes

from tui_tutor.tui.terminal.pen import PLAIN, Pen, blank_pen, parse_pen

Shown: TypeAlias = list[list[tuple[str, Pen]]]

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<private>[?<>=]?)(?P<numbers>[\d;]*)(?P<final>[@-~])"
    r"|\x1b\]8;[^;]*;(?P<link>[^\x1b]*)\x1b\\"
    r"|(?P<control>[\r\n\b])"
    r"|(?P<text>[^\x1b\r\n\b]+)"
)


class Emulator:
    """A screen of cells that takes characters and escape sequences; lines do not wrap."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._rows: Shown = [self._blank_row(PLAIN) for _ in range(height)]
        self._x = self._y = 0
        self._pen = PLAIN
        self._codes: list[str] = []
        self._link = ""
        self._margins = (0, height - 1)

    def feed(self, data: str) -> None:
        """Take what a program sends; ValueError for a sequence neither we nor Textual should send."""
        at = 0
        while at < len(data):
            token = _TOKEN.match(data, at)
            if token is None:
                raise ValueError(f"unexpected sequence {data[at : at + 12]!r}")
            at = token.end()
            self._take(token)

    def shown(self) -> Shown:
        """Every cell's text and pen; blanks that look alike are equal."""
        return [[(text, blank_pen(pen) if text == " " else pen) for text, pen in row] for row in self._rows]

    def _take(self, token: re.Match[str]) -> None:
        if token["text"] is not None:
            self._write(token["text"])
        elif token["control"] is not None:
            self._control(token["control"])
        elif token["final"] is None:
            self._link = token["link"]
            self._set_pen()
        elif not token["private"]:
            self._sequence(token["numbers"], token["final"])

    def _control(self, control: str) -> None:
        if control == "\b":
            self._x = max(0, self._x - 1)
            return
        # The line discipline turns a line feed into carriage return and line feed.
        self._x = 0
        if control == "\n":
            self._y = min(self._height - 1, self._y + 1)

    def _sequence(self, numbers: str, final: str) -> None:
        if final == "m":
            self._codes = _after_codes(self._codes, numbers)
            self._set_pen()
            return
        given = [int(number or 0) for number in numbers.split(";")]
        count = max(1, given[0])
        if final in "HG":
            self._place(given, final)
        elif final in "ABCD":
            self._step(count, final)
        elif final in "KX":
            self._erase(self._width if final == "K" else count)
        elif final in "LMr":
            self._shift_rows(given, count, final)
        else:
            raise ValueError(f"unexpected sequence ending in {final!r}")

    def _place(self, given: list[int], final: str) -> None:
        x = given[-1] if final == "G" or len(given) > 1 else 1
        self._x = min(self._width, max(1, x)) - 1
        if final == "H":
            self._y = min(self._height, max(1, given[0])) - 1

    def _step(self, count: int, final: str) -> None:
        dx, dy = {"A": (0, -count), "B": (0, count), "C": (count, 0), "D": (-count, 0)}[final]
        self._x = min(self._width - 1, max(0, self._x + dx))
        self._y = min(self._height - 1, max(0, self._y + dy))

    def _erase(self, count: int) -> None:
        for x in range(self._x, min(self._width, self._x + count)):
            self._rows[self._y][x] = (" ", Pen(background=self._pen.background))

    def _shift_rows(self, given: list[int], count: int, final: str) -> None:
        if final == "r":
            self._margins = (given[0] - 1, given[1] - 1) if len(given) > 1 else (0, self._height - 1)
            self._x = self._y = 0
            return
        bottom = self._margins[1]
        for _ in range(count):
            removed, added = (self._y, bottom) if final == "M" else (bottom, self._y)
            del self._rows[removed]
            self._rows.insert(added, self._blank_row(self._pen))

    def _blank_row(self, pen: Pen) -> list[tuple[str, Pen]]:
        return [(" ", Pen(background=pen.background))] * self._width

    def _set_pen(self) -> None:
        self._pen = parse_pen(";".join(self._codes), self._link, colourless=False)

    def _write(self, text: str) -> None:
        for start, end, width in split_graphemes(text)[0]:
            row = self._rows[self._y]
            for offset in range(width):
                if self._x + offset < self._width:
                    row[self._x + offset] = ("" if offset else text[start:end], self._pen)
            self._x = min(self._width - 1, self._x + width)


def _after_codes(held: list[str], numbers: str) -> list[str]:
    """The codes in force after one more SGR sequence."""
    rest = numbers.split(";")
    while rest:
        code = rest.pop(0) or "0"
        if code == "0":
            held = []
        elif code in _ENDED:
            held = [kept for kept in held if kept not in _ENDED[code]]
        elif code in ("38", "48"):
            count = 4 if rest[:1] == ["2"] else 2
            held = [*held, ";".join([code, *rest[:count]])]
            del rest[:count]
        else:
            held = [*held, code]
    return held


_ENDED: Final = {
    "22": ("1", "2"),
    "23": ("3",),
    "24": ("4", "21"),
    "25": ("5", "6"),
    "27": ("7",),
    "28": ("8",),
    "29": ("9",),
    "55": ("53",),
}
