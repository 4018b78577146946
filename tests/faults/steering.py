"""Strings that attack a terminal, through every gate that text passes on its way to one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_tutor.core.execution import StreamText
from tui_tutor.core.output import Transcript
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text
from tui_tutor.tui.terminal.cells import cells_of

STEERING: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
PIECES: Final = (
    *map(chr, range(0xA0)),
    *"\u202a\u202e\u2066\u2069\u200e\u061c\u2028\ufeff\ud800\udfff\u0301\u200d\ufe0f你é",
    *("\U000e0001", "\U0001f600", "\U0001f469\u200d\U0001f52c", "abc", " ", "\n", "\r\n", "\t"),
    *("\x1b[", "\x1b]", "\x1b]0;", "\x1b]52;c;", "\x1b]8;;http://x\x1b\\", "\x1b[?1049l", "\x1b[2J", "\x1bP"),
    *("\x1b(0", "\x1bc", "\x05", "\x9b31m", "\x9d0;x\x9c", "\x1b[6n", "\x1b_G", "\x1b\\", "\x07", "31m", "H"),
    *("[red]", "[/]", "[@click=app.quit]", "\x1b\x1b[", "\x1b[\x1b", "8;;", "\u009b", "\ufffd"),
)
# How many strings pass each gate for one that passes the first.
EVERY: Final = {"text": 1, "line": 1, "JSON": 10, "output": 20, "screen": 20}


@dataclass(frozen=True, slots=True)
class Steered:
    """How many strings were sent through, and which came out steering a terminal."""

    strings: int
    leaks: tuple[str, ...]

    def line(self) -> str:
        """For the report."""
        return f"steering  {self.strings:,} strings through {len(EVERY)} gates, {len(self.leaks)} leaks"


def steered(strings: int, *, seed: int = 0) -> Steered:
    """Send so many through; the same for the same seed."""
    choose, leaks = random.Random(seed), []
    for number in range(strings):
        pieces = choose.choices(PIECES, k=choose.randrange(1, 12))
        for name, gate in GATES.items():
            if number % EVERY[name] == 0 and STEERING.search(gate(pieces)):
                leaks.append(f"{name}: {''.join(pieces)!a}")
    return Steered(strings, tuple(leaks[:20]))


def _output(pieces: list[str]) -> str:
    """As a program prints it, cut anywhere, and shown as lines."""
    transcript = Transcript()
    for piece in pieces:
        transcript = transcript.after(StreamText("stdout", piece))
    return transcript.text()


def _screen(pieces: list[str]) -> str:
    """As the app would draw it if nobody had made it safe before."""
    strip = Strip([Segment("".join(pieces).replace("\n", " "), Style(link="http://x\x1b\\"))])
    return "".join(text + pen.link for text, pen in cells_of(strip, ColorSystem.TRUECOLOR, colourless=False))


GATES: Final[dict[str, Callable[[list[str]], str]]] = {
    "text": lambda pieces: safe_text("".join(pieces)),
    "line": lambda pieces: safe_line("".join(pieces)),
    "JSON": lambda pieces: safe_json({"".join(pieces): pieces}),
    "output": _output,
    "screen": _screen,
}
