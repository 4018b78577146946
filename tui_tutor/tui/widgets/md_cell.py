"""A cell of prose."""

from __future__ import annotations

from tui_tutor.core.course import MarkdownCell
from tui_tutor.tui.widgets.cell_row import CellRow
from tui_tutor.tui.widgets.cell_view import View, labelled
from tui_tutor.tui.widgets.prose_rows import prose_rows


def md_rows(cell: MarkdownCell, view: View) -> tuple[CellRow, ...]:
    """Prose, the label on its first row; pictures of the course where they stand."""
    return tuple(labelled(prose_rows(cell.text, view), view.main_label(cell)))
