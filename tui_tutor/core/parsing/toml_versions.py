"""What TOML 1.1 allows and 1.0 does not: found in the text, with the 1.0 way to write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document

_NEW_ESCAPE: Final = re.compile(r"\\(?:e|x[0-9A-Fa-f]{2})")
_SHORT_TIME: Final = re.compile(r"(?<![\d:])\d{2}:\d{2}(?![\d:])")


def newer_toml(document: Document) -> Iterator[Diagnostic]:
    """What only readers of TOML 1.1 understand; nothing for a text that is TOML 1.0."""
    if document.is_toml_1_0:
        return
    for (line, column, length), written in document.places.error_places():
        span = Span(document.file, line, column, length)
        if escape := _NEW_ESCAPE.search(written):
            yield _escape(document, line, column, written, escape)
        elif written.strip() not in (",", "") and (time := _short_time(span, document)):
            full = f"{document.line(line)[time.column - 1 :][: time.length]}:00"
            help = f"add the seconds: {full}"
            yield _said("a time without seconds is TOML 1.1", help, time, document, full)
        elif "\n" in written or written.strip() in (",", ""):
            instead = None if written.strip(", \t\n") else "" if "," in written else " "
            yield _said(
                "a line break or a last comma inside { } is TOML 1.1", _ONE_LINE, span, document, instead
            )


_ONE_LINE: Final = "write the inline table on one line without a last comma, or as a table of its own"


def _said(message: str, help: str, span: Span, document: Document, instead: str | None) -> Diagnostic:
    return document.diagnostic("toml-1-1", message, span, help=help, instead=instead)


def _short_time(span: Span, document: Document) -> Span | None:
    """The time without seconds that reaches into what the grammar refuses."""
    start, end = span.column - 1, span.column - 1 + span.length
    for time in _SHORT_TIME.finditer(document.line(span.line)):
        if time.start() < end and start < time.end():
            return Span(span.file, span.line, time.start() + 1, len(time[0]))
    return None


def _escape(document: Document, line: int, column: int, written: str, escape: re.Match[str]) -> Diagnostic:
    number = 0x1B if escape[0] == "\\e" else int(escape[0][2:], 16)
    above = written.count("\n", 0, escape.start())
    start = escape.start() - (written.rfind("\n", 0, escape.start()) + 1)
    span = Span(document.file, line + above, start + (1 if above else column), len(escape[0]))
    message = f"`{escape[0]}` is an escape of TOML 1.1"
    instead = f"\\u{number:04X}"
    return document.diagnostic("toml-1-1", message, span, help=f"write {instead}", instead=instead)
