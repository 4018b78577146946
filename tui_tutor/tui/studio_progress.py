"""News of the desk as rows: what is done, a bar with its figures, who is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui_tutor.core.prose.lines import Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import DeskNews
from tui_tutor.core.wording.labels import duration
from tui_tutor.tui import glyphs
from tui_tutor.tui.studio_words import label_rows
from tui_tutor.tui.widgets.row import Row, said
from tui_tutor.tui.words import counted

BAR_CELLS: Final = 36


def stage_words(news: DeskNews) -> str:
    """`writing: code for sums`, as far as it is known."""
    what = safe_line(news.what)
    return ": ".join(filter(None, (safe_line(news.stage), what)))


def asked_words(news: DeskNews) -> str:
    """`writer, 312 tokens` while an answer comes."""
    if not news.agent:
        return ""
    tokens = f", {counted(news.tokens, 'token')}" if news.tokens else ""
    return f"{safe_line(news.agent)}{tokens}"


def bar_row(fraction: float, seconds_left: float | None) -> Row:
    """How much is done, with its number."""
    done = round(max(0.0, min(1.0, fraction)) * BAR_CELLS)
    bar = (Span(glyphs.STEP_DONE * done, "accent"), Span(glyphs.STEP_LEFT * (BAR_CELLS - done), "muted"))
    left = f"  about {duration(seconds_left)} left" if seconds_left is not None else ""
    return Row(text=bar, right=said(f"{fraction * 100:.0f} %{left}", "muted"))


def progress_rows(news: DeskNews | None, width: int) -> Iterator[Row]:
    """What goes on now."""
    label = said(f"{glyphs.RUNNING} working", "bright")
    if news is None:
        yield Row(label, said("asking"))
        return
    yield from label_rows(label, stage_words(news), width)
    if news.agent:
        yield Row(text=said(asked_words(news), "muted"))
    if news.fraction is not None:
        yield bar_row(news.fraction, news.seconds_left)
