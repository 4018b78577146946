"""A diagnostic as rows: what is wrong, where, the line with a caret, and the cure."""

from __future__ import annotations

from collections.abc import Iterator

from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.prose.lines import Span, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.row import Row, Spans, said, text_width

GUTTER = 4  # cells for a line number


def diagnostic_rows(diagnostic: Diagnostic, width: int, *, x0: int = 0) -> tuple[Row, ...]:
    """The rows of one diagnostic on a page of this width."""
    return tuple(_rows(diagnostic, text_width(width, x0=x0)))


def _rows(diagnostic: Diagnostic, width: int) -> Iterator[Row]:
    is_error = diagnostic.severity == "error"
    mark = glyphs.FAILED if is_error else glyphs.WARNING
    label = said(f"{mark} {diagnostic.severity}", "alarm-bold" if is_error else "title")
    code = safe_line(diagnostic.code)
    lines = wrap(said(safe_line(diagnostic.message), "bright"), max(10, width - len(code) - 3))
    for number, spans in enumerate(lines):
        yield Row(label if number == 0 else (), spans, said(code, "muted") if number == 0 else ())
    place = f"{safe_line(diagnostic.span.file)}:{diagnostic.span.line}:{diagnostic.span.column}"
    yield Row(text=said(place, "link"))
    yield from _excerpt(diagnostic, width)


def _excerpt(diagnostic: Diagnostic, width: int) -> Iterator[Row]:
    help_text = safe_line(diagnostic.help)
    source = diagnostic.source_line.rstrip("\n")
    if not source.strip():
        for spans in wrap(said(help_text), width) if help_text else ():
            yield Row(text=spans)
        return
    room = width - GUTTER - 3
    before = safe_line(source[: diagnostic.span.column - 1], limit=10_000)
    line = safe_line(source, limit=10_000)
    start = max(0, len(before) - room // 2) if len(line) > room else 0
    shown = ("…" + line[start + 1 :]) if start else line
    yield Row(text=(*_gutter(str(diagnostic.span.line)), Span(shown)))
    column = len(before) - start
    caret = "^" * max(1, min(diagnostic.span.length, len(line) - len(before), room - column))
    yield from _cure(" " * column, caret, help_text, room)


def _cure(blank: str, caret: str, help_text: str, room: int) -> Iterator[Row]:
    """The help stands after the caret if it fits there, else under it."""
    first: Spans = (*_gutter(""), Span(blank), Span(caret, "alarm-bold"))
    if help_text and len(blank) + len(caret) + 1 + len(help_text) <= room:
        yield Row(text=(*first, Span(f" {help_text}")))
        return
    yield Row(text=first)
    for line in wrap(said(help_text), room) if help_text else ():
        yield Row(text=(*_gutter(""), *line))


def _gutter(number: str) -> Spans:
    return (Span(f"{number:>{GUTTER - 1}} ", "muted"), Span("│ ", "rule"))
