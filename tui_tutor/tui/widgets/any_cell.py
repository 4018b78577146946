"""The rows of any cell: one builder for each kind."""

from __future__ import annotations

from typing import assert_never

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    MarkdownCell,
    QuizBase,
    QuizCell,
    ShellCell,
    VizCell,
)
from tui_tutor.tui.widgets.cell_row import CellRow
from tui_tutor.tui.widgets.cell_view import View
from tui_tutor.tui.widgets.code_cell import code_rows
from tui_tutor.tui.widgets.exercise_cell import ex_rows
from tui_tutor.tui.widgets.md_cell import md_rows
from tui_tutor.tui.widgets.quiz_cell import quiz_rows
from tui_tutor.tui.widgets.shell_cell import sh_rows
from tui_tutor.tui.widgets.viz_cell import viz_rows


def rows_of(cell: Cell, view: View) -> tuple[CellRow, ...]:
    """The rows of any cell."""
    match cell:
        case MarkdownCell():
            return md_rows(cell, view)
        case CodeCell():
            return code_rows(cell, view)
        case VizCell():
            return viz_rows(cell, view)
        case ExerciseCell():
            return ex_rows(cell, view)
        case ShellCell():
            return sh_rows(cell, view)
        case _:
            return _question_rows(cell, view)


def _question_rows(cell: QuizCell, view: View) -> tuple[CellRow, ...]:
    if not isinstance(cell, QuizBase):
        assert_never(cell)
    return quiz_rows(cell, view)
