"""Source and Chunk: an author's file as it was read, and a passage of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Source:
    """A file to ground on. `content` is UTF-8 text; citations count its bytes.

    `file` is its name in citations: letters, digits, `.`, `_`, `-` and `/` only. Of a notebook or PDF the
    content is the text taken out of it, and `origin_sha256` that of the file itself.
    """

    file: str
    content: bytes
    origin: str = ""  # as the author names it
    origin_sha256: str = ""

    @cached_property
    def sha256(self) -> str:
        """Of the content, 64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8", "replace")

    def line_of(self, offset: int) -> int:
        """The line, from 1, that the byte at `offset` stands in."""
        return self.content.count(b"\n", 0, offset) + 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """The bytes [start, end) of a source; `sha256` is that of the whole source."""

    file: str
    start: int
    end: int
    sha256: str
    text: str


def source_named(sources: Sequence[Source], file: str) -> Source | None:
    """The source of this name, None if there is none."""
    return next((one for one in sources if one.file == file), None)
