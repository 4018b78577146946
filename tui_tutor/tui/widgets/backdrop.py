"""What stands above a sheet: the page under it, faint and deaf."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import set_cell_size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui_tutor.core.prose.lines import Span
from tui_tutor.tui.widgets.drawing import look_of, strip_of


def rows_seen(screen: Screen[object]) -> tuple[str, ...]:
    """The rows a screen shows, without colours."""
    # Textual has no public way to read a screen; `export_screenshot` reads the compositor as well.
    return tuple(strip.text for strip in screen._compositor.render_strips())


class Backdrop(Widget):
    """Rows of text in the colour of rules."""

    DEFAULT_CSS = "Backdrop { width: 1fr; height: 1fr; background: $background; color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[str] = ()

    def show(self, rows: Sequence[str]) -> None:
        """Rows from the top."""
        self._rows = rows
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Row y, cut or filled to the width."""
        text = self._rows[y] if y < len(self._rows) else ""
        return strip_of((Span(set_cell_size(text, self.size.width), "rule"),), look_of(self))
