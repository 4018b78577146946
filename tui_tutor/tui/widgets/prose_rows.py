"""Prose as rows: labels in the gutter, code on its panel, pictures of the course where they stand."""

from __future__ import annotations

from tui_tutor.core.prose import prose
from tui_tutor.core.prose.lines import Line
from tui_tutor.tui.widgets.cell_row import CellRow
from tui_tutor.tui.widgets.cell_view import View
from tui_tutor.tui.widgets.code_text import highlighted
from tui_tutor.tui.widgets.pictures import picture_of_bytes


def prose_rows(text: str, view: View) -> list[CellRow]:
    rows: list[CellRow] = []
    for line in prose(text, width=view.frame.text_width):
        rows += _prose_line(line, view)
    return rows


def _prose_line(line: Line, view: View) -> list[CellRow]:
    frame = view.frame
    label = frame.label(line.label) if line.label else ()
    if line.image and (data := view.asset(line.image)) is not None:
        return picture_of_bytes(data, frame, line.text)
    if line.is_panel:
        language = line.language if line.language in ("python", "sh", "bash") else ""
        spans = highlighted(line.text, language)[0] if language else line.spans
        return [CellRow(label, frame.pieces(spans), ground="panel", is_code=True)]
    return [CellRow(label, frame.pieces(line.spans))]
