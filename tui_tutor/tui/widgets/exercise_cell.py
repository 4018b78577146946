"""An exercise: task, panel or files, output, checks, hints, and the solution beside the learner's."""

from __future__ import annotations

import difflib
from dataclasses import replace

from tui_tutor.core.course import ExerciseCell, ExerciseFile
from tui_tutor.core.prose.lines import Role
from tui_tutor.core.study import CellState
from tui_tutor.core.wording.solutions import shown_solution
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, pieces_width
from tui_tutor.tui.widgets.cell_view import View, labelled, note_rows, without_slot
from tui_tutor.tui.widgets.check_rows import check_rows
from tui_tutor.tui.widgets.code_panel import code_panel
from tui_tutor.tui.widgets.folding import folded
from tui_tutor.tui.widgets.prose_rows import prose_rows
from tui_tutor.tui.widgets.run_rows import input_rows, run_rows


def ex_rows(cell: ExerciseCell, view: View) -> tuple[CellRow, ...]:
    """Task, panel, output, checks, hints, the solution beside the learner's."""
    state, frame = view.state(cell), view.frame
    rows = labelled(prose_rows(cell.task, view), view.main_label(cell))
    language = "python" if cell.language == "python" else "sh"
    output = run_rows(cell, view)
    is_plain = not output and state.verdict is None
    panel = _files(cell, view) if cell.file else code_panel(state.source, language, view)
    if is_plain and panel:
        first = panel[0]
        words = view.words(cell)
        if not first.is_slot and pieces_width(first.pieces) + pieces_width(words) + 2 <= frame.text_width:
            panel[0] = replace(first, right=words)
    if view.ui.slot == "source" and panel:
        panel[0] = replace(panel[0], label=frame.label("editing", is_main=True))
    rows += panel
    rows += output
    rows += input_rows(cell, view)
    rows += check_rows(cell, view)
    rows += _hint_rows(cell.hints, state, frame)
    if state.verdict is not None and state.verdict.correct and cell.explain:
        rows += note_rows("why", cell.explain, frame)
    if state.is_solution_shown:
        rows += _solution_rows(cell, state, view)
    return tuple(rows)


def _files(cell: ExerciseCell, view: View) -> list[CellRow]:
    """The names of an exercise's files, and the chosen one; the editor stands in it."""
    chosen = view.ui.file_of(cell)
    language = "python" if chosen.path.endswith(".py") else ""
    text = view.state(cell).files.get(chosen.path, "").rstrip("\n")
    is_edited = view.ui.slot == "source"
    panel = code_panel(text, language, view if is_edited else without_slot(view))
    return [*_file_names(cell, chosen, view.frame), *panel]


def _file_names(cell: ExerciseCell, chosen: ExerciseFile, frame: Frame) -> list[CellRow]:
    """One name a row, so that each can be pressed on; a mark stands before the chosen one of several."""
    if len(cell.file) == 1:
        return [CellRow(frame.label("file"), (frame.piece(chosen.path, "bright"),))]
    rows: list[CellRow] = []
    for number, file in enumerate(cell.file):
        is_chosen = file is chosen
        mark = frame.piece(f"{glyphs.HERE} " if is_chosen else "  ", "accent")
        name = frame.piece(file.path, "title" if is_chosen else "muted")
        rows.append(CellRow(pieces=(mark, name), target=f"file {number}"))
    return labelled(rows, frame.label("files"))


def _hint_rows(hints: tuple[str, ...], state: CellState, frame: Frame) -> list[CellRow]:
    rows: list[CellRow] = []
    for number, hint in enumerate(hints[: state.hints_shown], 1):
        rows += note_rows(f"hint {number}", hint, frame)
    return rows


def _solution_rows(cell: ExerciseCell, state: CellState, view: View) -> list[CellRow]:
    """The solution with the learner's lines that differ: `-` mine, `+` the author's."""
    pairs = [("", state.source, cell.solution)] if cell.solution else []
    pairs += [(f.path, state.files.get(f.path, ""), f.solution) for f in cell.file if f.solution]
    rows: list[CellRow] = []
    for path, mine, solution in pairs:
        if len(pairs) > 1:
            rows.append(CellRow(pieces=(view.frame.piece(path or "the cell", "bright"),)))
        rows += _difference_rows(mine, shown_solution(solution), view.frame)
    legend = view.frame.piece("- yours   + the solution", "muted")
    return [*labelled(rows, view.frame.label("solution")), CellRow(pieces=(legend,))]


def _difference_rows(mine: str, solution: str, frame: Frame) -> list[CellRow]:
    old, new = mine.rstrip("\n").split("\n"), solution.rstrip("\n").split("\n")
    rows: list[CellRow] = []
    for line in difflib.ndiff(old, new):
        sign, text = line[:2], line[2:]
        if sign == "? ":
            continue
        role: Role = "alarm" if sign == "- " else "accent" if sign == "+ " else "muted"
        body = frame.piece(text, "muted" if sign == "- " else "text")
        pieces = (frame.piece(sign, role), body)
        rows += [
            CellRow(pieces=row, ground="panel", is_code=True) for row in folded(pieces, frame.text_width)
        ]
    return rows
