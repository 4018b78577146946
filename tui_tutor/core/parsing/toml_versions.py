"""What TOML 1.1 allows and 1.0 does not: found in the text, with the 1.0 way to write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document

_NEW_ESCAPE: Final = re.compile(r"\\(?:e|x[0-9A-Fa-f]{2})")
_SHORT_TIME: Final = re.compile(r"\b\d{2}:\d{2}\b(?!:)")


def newer_toml(document: Document) -> Iterator[Diagnostic]:
    """What only readers of TOML 1.1 understand; nothing for a text that is TOML 1.0."""
    if document.is_toml_1_0:
        return
    for (line, column, length), written in document.places.error_places():
        if escape := _NEW_ESCAPE.search(written):
            yield _escape(document, line, column, written, escape)
        elif said := _explain(written, document.line(line)):
            yield document.diagnostic(
                "toml-1-1", said[0], Span(document.file, line, column, length), help=said[1]
            )


def _escape(document: Document, line: int, column: int, written: str, escape: re.Match[str]) -> Diagnostic:
    number = 0x1B if escape[0] == "\\e" else int(escape[0][2:], 16)
    above = written.count("\n", 0, escape.start())
    start = escape.start() - (written.rfind("\n", 0, escape.start()) + 1)
    span = Span(document.file, line + above, start + (1 if above else column), len(escape[0]))
    message = f"`{escape[0]}` is an escape of TOML 1.1"
    return document.diagnostic("toml-1-1", message, span, help=f"write \\u{number:04X}")


def _explain(written: str, line: str) -> tuple[str, str] | None:
    if "\n" in written or written.strip() in (",", ""):
        return (
            "a line break or a last comma inside { } is TOML 1.1",
            "write the inline table on one line without a last comma, or as a table of its own",
        )
    if _SHORT_TIME.search(line):
        return "a time without seconds is TOML 1.1", "add the seconds: 07:32:00"
    return None
