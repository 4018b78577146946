"""Span and Line, and wrapping spans to a width measured in terminal cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, chop_cells

Role = Literal[
    "text",
    "muted",
    "bright",
    "title",  # bold: the name of what is looked at
    "heading",
    "strong",
    "emphasis",
    "code",
    "math",
    "link",
    "panel",  # a line of a fenced block, not highlighted
    "keyword",
    "literal",
    "comment",
    "rule",
    "accent",
    "accent-bold",
    "alarm",
    "alarm-bold",
    "key",  # bold: a key that can be pressed
    "recorded",  # muted italic: what the author's machine printed
]


@dataclass(frozen=True, slots=True)
class Span:
    """Some text of one role; the text has passed `safe_text`."""

    text: str
    role: Role = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `label` belongs in the label column; `image` names a picture of the course to draw here."""

    spans: tuple[Span, ...] = ()
    label: str = ""
    is_panel: bool = False
    language: str = ""
    image: str = ""

    @property
    def text(self) -> str:
        """The row without its roles."""
        return "".join(span.text for span in self.spans)


def width_of(spans: Iterable[Span]) -> int:
    """Terminal cells that the spans take."""
    return sum(cells_in(span.text) for span in spans)


def cells_in(text: str) -> int:
    """Terminal cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def wrap(spans: Sequence[Span], width: int, *, hanging: int = 0) -> tuple[tuple[Span, ...], ...]:
    """Break at blanks, and inside a word only when it is wider than the line; a line feed always breaks.

    Lines after the first are `hanging` cells narrower. There is always at least one line.
    """
    rows: list[tuple[Span, ...]] = []
    row: list[Span] = []
    used = 0
    room = max(1, width)
    for word, blank in _words(spans):
        if word is None:
            rows.append(merged(row))
            row, used, room = [], 0, max(1, width - hanging)
            continue
        needed = width_of(word) + (cells_in(blank.text) if row else 0)
        if row and used + needed > room:
            rows.append(merged(row))
            row, used, room = [], 0, max(1, width - hanging)
        if row:
            row.append(blank)
            used += cells_in(blank.text)
        for piece in _pieces(word, room):
            size = width_of(piece)
            if row and used + size > room:
                rows.append(merged(row))
                row, used, room = [], 0, max(1, width - hanging)
            row.extend(piece)
            used += size
    rows.append(merged(row))
    return tuple(rows)


def _words(spans: Sequence[Span]) -> Iterator[tuple[list[Span] | None, Span]]:
    """Each word with the blank before it; None stands for a forced break."""
    word: list[Span] = []
    blank = Span("")
    for span in spans:
        for number, part in enumerate(span.text.split("\n")):
            if number:
                if word:
                    yield word, blank
                word, blank = [], Span("")
                yield None, blank
            for place, piece in enumerate(part.split(" ")):
                if place:
                    if word:
                        yield word, blank
                        word = []
                    blank = Span(" ", span.role)
                if piece:
                    word.append(Span(piece, span.role))
    if word:
        yield word, blank


def _pieces(word: list[Span], room: int) -> Iterator[list[Span]]:
    if width_of(word) <= room:
        yield word
        return
    for span in word:
        for piece in chop_cells(span.text, room):
            yield [Span(piece, span.role)]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same text with neighbours of one role joined."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].role == span.role:
            joined[-1] = Span(joined[-1].text + span.text, span.role)
        elif span.text:
            joined.append(span)
    return tuple(joined)


def cut(spans: Sequence[Span], width: int, *, mark: str = "…") -> tuple[Span, ...]:
    """At most `width` cells; what was cut ends with `mark`."""
    if width_of(spans) <= width:
        return tuple(spans)
    room = max(0, width - cells_in(mark))
    kept: list[Span] = []
    for span in spans:
        text = _fitting(span.text, room)
        kept.append(Span(text, span.role))
        room -= cells_in(text)
        if text != span.text:
            break
    text = "".join(span.text for span in kept).rstrip()
    return (*_first_characters(kept, len(text)), Span(mark[:width], kept[-1].role if kept else "text"))


def _fitting(text: str, room: int) -> str:
    if text.isascii():
        return text[:room]
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > room:
            return text[:index]
    return text


def _first_characters(spans: Iterable[Span], count: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        if count <= 0:
            break
        kept.append(Span(span.text[:count], span.role))
        count -= len(span.text)
    return tuple(kept)
