"""The header of a lesson once more, over an editor that is taller than the view."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip
from textual.widget import Widget


class HeaderCover(Widget):
    """Draws the first rows of the page over whatever floats above them; `line` draws a row of the page."""

    DEFAULT_CSS = """
    HeaderCover { layer: top; position: absolute; width: 100%; height: 1; display: none; }
    """

    def __init__(self, line: Callable[[int], Strip]) -> None:
        super().__init__()
        self._line = line

    def cover(self, rows: int) -> None:
        """Cover this many rows; none with 0."""
        self.display = rows > 0
        if rows:
            self.styles.height = rows
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return self._line(y)
