"""Cutting a source into passages that an agent can be shown, at the ends of paragraphs where possible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui_tutor.studio.grounding.source import Chunk, Source

CHUNK_BYTES: Final = 1_200  # that a passage has about; a longer paragraph is cut
_PARAGRAPH: Final = re.compile(rb"(?:[^\n]|\n(?![ \t]*\r?\n))+\n?")
_SENTENCE_END: Final = re.compile(rb"[.!?]\s|\n")
_HEADING: Final = re.compile(rb"\s*#{1,6} ")


def chunks_of(source: Source) -> tuple[Chunk, ...]:
    """The passages of a source, in order; together they hold all but its blanks."""
    return tuple(_chunk(source, start, end) for start, end in _spans(source.content) if start < end)


def _chunk(source: Source, start: int, end: int) -> Chunk:
    text = source.content[start:end].decode("utf-8", "replace")
    return Chunk(source.file, start, end, source.sha256, text)


def _spans(content: bytes) -> Iterator[tuple[int, int]]:
    """Whole paragraphs, gathered up to the usual size; a heading begins a passage of its own."""
    begun: tuple[int, int] | None = None
    for start, end in _pieces(content):
        is_full = begun is not None and end - begun[0] > CHUNK_BYTES
        if begun is not None and (is_full or _HEADING.match(content, start, end)):
            yield begun
            begun = None
        begun = (begun[0] if begun else start, end)
    if begun is not None:
        yield begun


def _pieces(content: bytes) -> Iterator[tuple[int, int]]:
    for found in _PARAGRAPH.finditer(content):
        start, end = _without_blanks(content, *found.span())
        while end - start > CHUNK_BYTES:
            cut = _cut(content, start, start + CHUNK_BYTES)
            yield _without_blanks(content, start, cut)
            start, end = _without_blanks(content, cut, end)
        if start < end:
            yield start, end


def _cut(content: bytes, start: int, limit: int) -> int:
    """After the last sentence before the limit, else at a blank, else between two characters."""
    ends = [found.end() for found in _SENTENCE_END.finditer(content, start + CHUNK_BYTES // 3, limit)]
    if ends:
        return ends[-1]
    blank = content.rfind(b" ", start + CHUNK_BYTES // 3, limit)
    if blank > 0:
        return blank
    while content[limit] & 0xC0 == 0x80:  # inside a character of several bytes
        limit -= 1
    return limit


def _without_blanks(content: bytes, start: int, end: int) -> tuple[int, int]:
    piece = content[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return left, max(left, end - (len(piece) - len(piece.rstrip())))
