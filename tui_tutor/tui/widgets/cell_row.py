"""One row of a lesson's page: label at column 1, text at column 11, words at the right end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.safe_text import safe_text
from tui_tutor.tui.glyphs import in_ascii
from tui_tutor.tui.theme import Ground, ground_of, style_of
from tui_tutor.tui.widgets.drawing import Look

LABEL_WIDTH: Final = 9
TEXT_COLUMN: Final = 11
WIDEST_TEXT: Final = 76
RIGHT_MARGIN: Final = 2

Piece = tuple[str, Style]
"""Text that has passed the gate, in a style without a ground of its own (or with one, for pixels)."""


@dataclass(frozen=True, slots=True)
class CellRow:
    """`target` names what a click on the row means; `is_slot` rows make room for the editor."""

    label: tuple[Span, ...] = ()
    pieces: tuple[Piece, ...] = ()
    right: tuple[Piece, ...] = ()
    ground: Ground = "page"
    target: str = ""
    is_slot: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What the row builders must know: widths, the look, and whether the cell is the focused one."""

    width: int
    look: Look
    is_focused: bool = False

    @property
    def text_width(self) -> int:
        """Columns for text."""
        return max(8, min(WIDEST_TEXT, self.width - RIGHT_MARGIN - TEXT_COLUMN))

    def pieces(self, spans: Iterable[Span]) -> tuple[Piece, ...]:
        """Spans in the look's styles; this is the gate for whatever a course wrote."""
        theme = self.look.theme
        if self.look.is_ascii:
            return tuple((in_ascii(_safe(span.text)), style_of(span.role, theme)) for span in spans)
        return tuple((_safe(span.text), style_of(span.role, theme)) for span in spans)

    def piece(self, text: str, role: Role = "text") -> Piece:
        return self.pieces((Span(text, role),))[0]

    def label(self, text: str, *, is_main: bool = False) -> tuple[Span, ...]:
        """The main label of the focused cell is bold in accent, everything else muted."""
        return (Span(text, "accent-bold" if is_main and self.is_focused else "muted"),)


def _safe(text: str) -> str:
    return text if text.isprintable() else safe_text(text).replace("\n", " ")


def pieces_width(pieces: Sequence[Piece]) -> int:
    """Columns the pieces take."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in pieces)


def paint(row: CellRow, frame: Frame) -> Strip:
    """The row on its ground, exactly `frame.width` columns wide."""
    theme = frame.look.theme
    page, under = ground_of("page", theme), ground_of(row.ground, theme)
    if row.is_code and not _has_colour(frame.look):
        edge = Segment("|" if frame.look.is_ascii else "│", style_of("rule", theme))
        start = [_bar(frame), *_label(row, frame, LABEL_WIDTH - 1), edge, Segment(" ", page)]
    else:
        start = [_bar(frame), *_label(row, frame, LABEL_WIDTH), Segment(" ", under)]
    return _filled(start, row, frame, page, under)


def _bar(frame: Frame) -> Segment:
    theme = frame.look.theme
    if not frame.is_focused:
        return Segment(" ", ground_of("page", theme))
    return Segment(">" if frame.look.is_ascii else "▌", style_of("accent", theme) + ground_of("page", theme))


def _has_colour(look: Look) -> bool:
    return ground_of("panel", look.theme).bgcolor is not None


def _label(row: CellRow, frame: Frame, width: int) -> list[Segment]:
    page = ground_of("page", frame.look.theme)
    segments = [Segment(text, style + page) for text, style in frame.pieces(row.label)]
    used = sum(segment.cell_length for segment in segments)
    return [*segments, Segment(" " * max(0, width - used), page)]


def _filled(segments: list[Segment], row: CellRow, frame: Frame, page: Style, under: Style) -> Strip:
    body = [Segment(text, under + style) for text, style in row.pieces]
    right = [Segment(text, under + style) for text, style in row.right]
    used = sum(segment.cell_length for segment in (*segments, *body))
    end = frame.width - RIGHT_MARGIN
    ending = sum(segment.cell_length for segment in right)
    gap = max(end - used - ending, 1 if right else 0)
    strip = Strip([*segments, *body, Segment(" " * gap, under), *right])
    strip = strip.crop(0, end) if strip.cell_length > end else strip
    tail = Segment(" ", under if row.ground != "page" else page)
    padded = Strip([*strip, tail]) if frame.width > end else strip
    return padded.extend_cell_length(frame.width, page).crop(0, frame.width)
