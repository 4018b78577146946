"""Breaking pieces of code and output to a width, at characters: what is long is never hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tui_tutor.core.output import StyledText
from tui_tutor.core.sgr import PLAIN, TextStyle
from tui_tutor.tui.theme import PALETTES
from tui_tutor.tui.widgets.cell_row import Frame, Piece

MOST_ROWS: Final = 12
_WORD: Final = re.compile(r"\S+\s*|\s+")


def folded(pieces: Iterable[Piece], width: int, *, first: int | None = None) -> tuple[tuple[Piece, ...], ...]:
    """Rows of at most `width` columns (the first at most `first`); at least one, at most MOST_ROWS."""
    rows: list[list[Piece]] = [[]]
    room = width if first is None else max(1, first)
    for text, style in pieces:
        for chunk, is_end in _chunks(text, room, width):
            rows[-1].append((chunk, style))
            room -= cell_len(chunk)
            if is_end:
                if len(rows) == MOST_ROWS:
                    rows[-1][-1] = (chunk[:-1] + "…", style)
                    return tuple(tuple(row) for row in rows)
                rows.append([])
                room = width
    return tuple(tuple(row) for row in rows if row) or ((),)


def folded_code(pieces: tuple[Piece, ...], width: int) -> tuple[tuple[Piece, ...], ...]:
    """Rows of a line of code, broken where the editor breaks it: entering the editor moves nothing."""
    text = "".join(text for text, _ in pieces)
    breaks = word_breaks(text, width)
    if not breaks:
        return (pieces,)
    ends = [*breaks[1:], len(text)]
    return tuple(
        _part_of(pieces, start, end) for start, end in zip([0, *breaks], [breaks[0], *ends], strict=True)
    )


def _part_of(pieces: Iterable[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """The pieces between two places of their text."""
    part: list[Piece] = []
    at = 0
    for text, style in pieces:
        if at < end and start < at + len(text):
            part.append((text[max(0, start - at) : end - at], style))
        at += len(text)
    return tuple(part)


def word_breaks(text: str, width: int) -> list[int]:
    """Where a line is broken between words, or within a word that is wider than a row."""
    if len(text) <= width and text.isascii():
        return []
    breaks: list[int] = []
    used = 0
    for match in _WORD.finditer(text):
        start, chunk = match.start(), match[0]
        columns = cell_len(chunk)
        if used + columns <= width:
            used += columns
        elif columns <= width:
            breaks += [start] if start else []
            used = columns
        else:
            for piece, _ in _chunks(chunk, width, width):
                breaks += [start] if start else []
                start += len(piece)
                used = cell_len(piece)
    return breaks


def _chunks(text: str, room: int, width: int) -> Iterator[tuple[str, bool]]:
    """Pieces of a text that fill what is left of a row; the flag says that the row is full and more comes."""
    while text:
        if len(text) <= room and (text.isascii() or cell_len(text) <= room):
            yield text, False
            return
        fitting = _fitting(text, room)
        text = text[len(fitting) :]
        yield fitting, True
        room = width


def _fitting(text: str, room: int) -> str:
    if text.isascii():
        return text[:room]
    used = 0
    for index, char in enumerate(text):
        used += cell_len(char)
        if used > room:
            return text[:index]
    return text


def output_style(
    style: TextStyle, frame: Frame, *, is_muted: bool = False, is_recorded: bool = False
) -> Style:
    """A program's colours in ours: the sixteen basic ones follow the theme's contrast, others stay."""
    palette = PALETTES.get(frame.look.theme)
    base = (
        Style(color=palette.muted if is_muted else palette.text, italic=is_recorded or None)
        if palette
        else Style()
    )
    if style is PLAIN or style == PLAIN:
        return base
    flags = Style(
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
    )
    if palette is None or is_muted:
        return base + flags
    foreground, background = _color(style.fg), _color(style.bg)
    return base + flags + Style(color=foreground, bgcolor=background)


def _color(color: int | tuple[int, int, int] | None) -> str | None:
    if color is None:
        return None
    if isinstance(color, int):
        return f"color({color})"
    red, green, blue = color
    return f"#{red:02x}{green:02x}{blue:02x}"


def styled_pieces(
    line: Iterable[StyledText], frame: Frame, *, is_muted: bool = False, is_recorded: bool = False
) -> tuple[Piece, ...]:
    """A line of a transcript as pieces."""
    return tuple(
        (part.text, output_style(part.style, frame, is_muted=is_muted, is_recorded=is_recorded))
        for part in line
    )
