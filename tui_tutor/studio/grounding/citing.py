"""Citations in Markdown: a link whose address names bytes of a source and whose title is what stands there.

    Names stay until the process ends [notes.md:3].

    [notes.md:3]: source:notes.md#120-164 "names live as long as the process"

Agents cannot count bytes: they write `[cite: notes.md "exact words"]`, and `with_citations` finds the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.studio.grounding.marks import links_of
from tui_tutor.studio.grounding.source import Source, source_named

SCHEME: Final = "source:"
LONGEST_QUOTE: Final = 600  # characters
LEAST_QUOTE: Final = 15
_ADDRESS: Final = re.compile(r"source:(?P<file>[\w./-]+)#(?P<start>\d{1,9})-(?P<end>\d{1,9})")
_MARK: Final = re.compile(
    r"""\[cite:\s*(?P<file>[\w./-]+)\s*[,:|]?\s*["“](?P<words>.{1,700}?)["”]\s*\]""", re.DOTALL
)
_ESCAPED: Final = re.compile(r'([\\"&])')


@dataclass(frozen=True, slots=True)
class Citation:
    """What a text says stands at the bytes [start, end) of a source."""

    file: str
    start: int
    end: int
    quote: str

    @property
    def address(self) -> str:
        """As links name it."""
        return f"{SCHEME}{self.file}#{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Cited:
    """A text with its citations written out, and the marks whose words stand in no source."""

    text: str
    missing: tuple[str, ...]


def citations_in(markdown: str) -> tuple[Citation, ...]:
    """Every citation of a text; an address that is none gives one of no bytes."""
    return tuple(
        _read(link.address, link.title) for link in links_of(markdown) if link.address.startswith(SCHEME)
    )


def _read(address: str, title: str) -> Citation:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return Citation(address.removeprefix(SCHEME), 0, 0, title)
    return Citation(found["file"], int(found["start"]), int(found["end"]), title)


def is_founded(citation: Citation, sources: Sequence[Source]) -> bool:
    """Whether the quotation stands in its source at these bytes, to the last of them."""
    source = source_named(sources, citation.file)
    if source is None or not citation.start < citation.end <= len(source.content):
        return False
    return source.content[citation.start : citation.end] == citation.quote.encode()


# --- from marks to citations ------------------------------------------------------------------------


def with_citations(text: str, sources: Sequence[Source]) -> Cited:
    """`[cite: FILE "words"]` replaced by citations; a mark that cannot be kept stays and is listed."""
    written: dict[str, Citation] = {}
    missing: list[str] = []

    def replaced(mark: re.Match[str]) -> str:
        source = source_named(sources, mark["file"])
        citation = located(source, mark["words"]) if source else None
        if source is None or citation is None:
            missing.append(mark[0])
            return mark[0]
        label = _label(citation, source, written)
        written[label] = citation
        return f"[{label}]"

    marked = _MARK.sub(replaced, text)
    lines = [f'[{label}]: {one.address} "{_title(one.quote)}"' for label, one in written.items()]
    return Cited("\n".join((marked.rstrip("\n"), "", *lines, "")) if lines else text, tuple(missing))


def located(source: Source, words: str) -> Citation | None:
    """Where words stand in a source, whatever its blanks and line ends; None if they do not, or are few."""
    parts = words.split()
    if not parts or len(words) > LONGEST_QUOTE:
        return None
    pattern = re.compile(rb"\s+".join(re.escape(part.encode()) for part in parts))
    found = pattern.search(source.content)
    if found is None:
        return None
    start, end = _citable(source.content, *found.span())
    citation = Citation(source.file, start, end, source.content[start:end].decode("utf-8", "replace"))
    return citation if len(citation.quote) >= LEAST_QUOTE and is_founded(citation, (source,)) else None


def _citable(content: bytes, start: int, end: int) -> tuple[int, int]:
    """The longest part that a title can hold, none of blanks alone: Markdown takes indents and CR away."""
    if not re.search(rb"\n[ \t]|[ \t]\n|\n[ \t]*\n|\r|\t|\x00", content[start:end]):
        return start, end
    lines = re.finditer(rb"[^\r\n\t\0]+", content[start:end])
    stripped = [_stripped(content, line.start() + start, line.end() + start) for line in lines]
    return max(stripped, key=lambda line: line[1] - line[0], default=(start, start))


def _stripped(content: bytes, start: int, end: int) -> tuple[int, int]:
    line = content[start:end]
    return start + len(line) - len(line.lstrip()), end - (len(line) - len(line.rstrip()))


def _label(citation: Citation, source: Source, written: dict[str, Citation]) -> str:
    """`notes.md:3`, and `notes.md:3b` for another quotation of that line."""
    name = f"{citation.file.rpartition('/')[2]}:{source.line_of(citation.start)}"
    for suffix in ("", *"bcdefghijklmnopqrstuvwxyz", *(str(n) for n in range(1000))):
        label = f"{name}{suffix}"
        if written.get(label, citation) == citation:
            return label
    return name


def _title(quote: str) -> str:
    return _ESCAPED.sub(r"\\\1", quote)
