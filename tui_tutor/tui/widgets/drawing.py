"""Spans -> strips: the only place of the page furniture that knows styles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui_tutor.core.prose.lines import Span, merged
from tui_tutor.tui.terminal.graphics import PictureCase
from tui_tutor.tui.theme import DARK, Ground, ground_of, style_of

SMALLEST: Final = (60, 18)


@dataclass(frozen=True, slots=True)
class Look:
    """How everything is drawn now: the theme's name, and whether only ASCII may be sent.

    `pictures` shows real pictures, where the terminal can; else they are drawn in half-blocks.
    """

    theme: str = DARK.name
    is_ascii: bool = False
    pictures: PictureCase | None = None


def look_of(widget: Widget) -> Look:
    """The look of the app a widget lives in."""
    look = getattr(widget.app, "look", None)
    return look if isinstance(look, Look) else Look(widget.app.theme)


def strip_of(spans: Iterable[Span], look: Look, ground: Ground = "page") -> Strip:
    """A strip of these spans, on a ground."""
    under = ground_of(ground, look.theme)
    return Strip([Segment(span.text, style_of(span.role, look.theme) + under) for span in merged(spans)])


def with_bar(strip: Strip, look: Look, ground: Ground, *, column: int = 0) -> Strip:
    """The strip with the focus bar in one column."""
    bar = Segment(
        ">" if look.is_ascii else "▌", style_of("accent", look.theme) + ground_of(ground, look.theme)
    )
    return with_segment(strip, bar, column)


def with_segment(strip: Strip, segment: Segment, column: int) -> Strip:
    """The strip with one column replaced."""
    width = strip.cell_length
    if column >= width:
        return strip
    return Strip.join([strip.crop(0, column), Strip([segment], 1), strip.crop(column + 1, width)])
