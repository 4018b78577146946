"""What a window shows that is too small for the app: one sentence, and nothing else."""

from __future__ import annotations

import textwrap
from typing import Final

MINIMUM_WIDTH: Final = 60
MINIMUM_HEIGHT: Final = 18


def is_too_small(width: int, height: int) -> bool:
    """Whether a window of this many columns and rows is below 60x18."""
    return width < MINIMUM_WIDTH or height < MINIMUM_HEIGHT


def too_small_message(width: int, height: int) -> str:
    """The sentence to show instead of the app."""
    needed = f"{MINIMUM_WIDTH}x{MINIMUM_HEIGHT}"
    return f"This window is {width}x{height}. TUI Tutor needs {needed}, or start it with --plain."


def draw_too_small(width: int, height: int) -> str:
    """The sequence that clears the window and shows the sentence, cut where it does not fit."""
    lines = textwrap.wrap(too_small_message(width, height), max(1, width))[:height]
    return "\x1b[m\x1b[2J" + "".join(f"\x1b[{row}H{line}" for row, line in enumerate(lines, 1))
