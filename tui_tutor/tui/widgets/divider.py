"""The upright rule between two panes."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui_tutor.tui.theme import ground_of, style_of
from tui_tutor.tui.widgets.drawing import look_of


class Divider(Widget):
    """One column of `│`."""

    DEFAULT_CSS = "Divider { width: 1; height: 1fr; background: $background; color: $foreground; }"

    def render_line(self, y: int) -> Strip:
        """The same everywhere."""
        look = look_of(self)
        style = style_of("rule", look.theme) + ground_of("page", look.theme)
        return Strip([Segment("|" if look.is_ascii else "│", style)], 1)
