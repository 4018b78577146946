"""A shell cell: the command, what it prints, its checks."""

from __future__ import annotations

from tui_tutor.core.course import ShellCell
from tui_tutor.core.study import CellState
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece, pieces_width
from tui_tutor.tui.widgets.cell_view import View, labelled
from tui_tutor.tui.widgets.check_rows import check_rows
from tui_tutor.tui.widgets.code_panel import code_panel, with_editing
from tui_tutor.tui.widgets.folding import folded
from tui_tutor.tui.widgets.output_rows import OutputSetting, output_rows
from tui_tutor.tui.widgets.run_rows import input_rows, is_old


def sh_rows(cell: ShellCell, view: View) -> tuple[CellRow, ...]:
    """`$ command` with the state at its right end, then the output as it comes."""
    frame, state = view.frame, view.state(cell)
    if view.ui.slot == "source":
        rows = labelled(code_panel(state.source, "sh", view), view.main_label(cell))
        rows = with_editing(rows, view)
        words: tuple[Piece, ...] = ()
    else:
        words = view.words(cell)
        rows = labelled(_command(state.source, frame, words), view.main_label(cell))
    output = output_rows(state, frame, _shell_setting(view, state)) if not state.transcript.is_empty else ()
    return (*rows, *output, *input_rows(cell, view), *check_rows(cell, view))


def _shell_setting(view: View, state: CellState) -> OutputSetting:
    return OutputSetting(
        (), (), is_muted=is_old(state), is_recorded=state.is_recorded, is_unfolded=view.ui.is_unfolded
    )


def _command(source: str, frame: Frame, words: tuple[Piece, ...]) -> list[CellRow]:
    rows: list[CellRow] = []
    for number, line in enumerate(source.split("\n")):
        prompt = frame.piece("$ " if number == 0 else "  ", "muted")
        room = frame.text_width - (pieces_width(words) + 2 if number == 0 else 0)
        for place, row in enumerate(
            folded((prompt, frame.piece(line, "bright")), frame.text_width, first=room)
        ):
            right = words if number == place == 0 else ()
            rows.append(CellRow(pieces=row, right=right, target="source"))
    return rows
