"""A cell and its state -> the rows of the page: one builder for each kind."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    MarkdownCell,
    ShellCell,
)
from tui_tutor.core.prose import inline_spans, prose, wrap
from tui_tutor.core.prose.lines import Line, Role, Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.study import CellState, Study
from tui_tutor.core.study.state import SCRATCH, starter_of
from tui_tutor.core.wording.explaining import meaning_in
from tui_tutor.core.wording.labels import gutter_label, output_label
from tui_tutor.core.wording.solutions import shown_solution
from tui_tutor.core.wording.states import StateWords, check_words, state_words
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece, pieces_width
from tui_tutor.tui.widgets.cell_ui import CellUi
from tui_tutor.tui.widgets.cell_words import words_pieces
from tui_tutor.tui.widgets.code_text import highlighted
from tui_tutor.tui.widgets.folding import folded, folded_code
from tui_tutor.tui.widgets.output_rows import OutputSetting, output_rows
from tui_tutor.tui.widgets.pictures import picture_of_bytes

Asset = Callable[[str], bytes | None]
NO_ROWS: Final[tuple[CellRow, ...]] = ()


@dataclass(frozen=True, slots=True)
class View:
    """Everything a builder needs besides the cell: the study, the frame, the face's own facts, the time."""

    study: Study
    frame: Frame
    ui: CellUi
    now: datetime
    asset: Asset
    view_rows: int = 20

    def state(self, cell: Cell) -> CellState:
        return self.study.state(cell.id)

    def words(self, cell: Cell) -> tuple[Piece, ...]:
        words = state_words(self.study, cell, self.now, is_focused=self.frame.is_focused)
        return words_pieces(words, self.frame)

    def main_label(self, cell: Cell) -> tuple[Span, ...]:
        count = self.state(cell).count
        return self.frame.label(gutter_label(cell, self.study.number_of(cell.id), count), is_main=True)


# --- prose ------------------------------------------------------------------------------------------


def md_rows(cell: MarkdownCell, view: View) -> tuple[CellRow, ...]:
    """Prose, the label on its first row; pictures of the course where they stand."""
    return tuple(_labelled(_prose_rows(cell.text, view), view.main_label(cell)))


def _prose_rows(text: str, view: View) -> list[CellRow]:
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


def _labelled(rows: list[CellRow], label: tuple[Span, ...]) -> list[CellRow]:
    """The label stands on the first row; a sub-label of that row gives way to it."""
    first = rows[0] if rows else CellRow()
    return [replace(first, label=label), *rows[1:]]


def _wrapped(spans: tuple[Span, ...], frame: Frame, *, width: int = 0) -> list[CellRow]:
    return [CellRow(pieces=frame.pieces(row)) for row in wrap(spans, width or frame.text_width)]


def note_rows(label: str, markdown: str, frame: Frame) -> list[CellRow]:
    """`hint 1  ...`: a sub-label and a text."""
    rows = _wrapped(inline_spans(markdown), frame)
    return _labelled(rows, frame.label(label))


# --- code -------------------------------------------------------------------------------------------


def code_panel(
    source: str,
    language: str,
    view: View,
    right: tuple[Piece, ...] = (),
    named: frozenset[int] = frozenset(),
) -> list[CellRow]:
    """The source on its panel, or room for the editor; `right` stands on the first line if it fits.

    Lines in `named` (from 1) have their number in the gutter: notes below speak of them.
    """
    frame, ui = view.frame, view.ui
    if ui.slot == "source":
        return [CellRow(ground="raised", is_slot=True, is_code=True) for _ in range(max(1, ui.slot_rows))]
    rows: list[CellRow] = []
    for number, spans in enumerate(highlighted(source, language), 1):
        label = frame.label(f"line {number}") if number in named else ()
        for place, pieces in enumerate(folded_code(frame.pieces(spans), frame.text_width)):
            row = CellRow(pieces=pieces, ground="panel", is_code=True, target="source")
            rows.append(replace(row, label=label) if place == 0 else row)
    if right and pieces_width(rows[0].pieces) + pieces_width(right) + 2 <= frame.text_width:
        rows[0] = replace(rows[0], right=right)
    return rows


def code_rows(cell: CodeCell, view: View) -> tuple[CellRow, ...]:
    """`In  [7]`, the panel, then what the run printed."""
    frame, state = view.frame, view.state(cell)
    # What is to be guessed is not given away by the author's output.
    is_riddle = cell.ask_first and state.is_recorded and state.guess is None
    output = NO_ROWS if is_riddle else _output(cell, view)
    right = () if output else view.words(cell)
    right = (frame.piece("F5 asks what it prints", "muted"),) if is_riddle else right
    is_untouched = state.source == starter_of(cell)
    named = frozenset(note.line for note in cell.callout) if is_untouched else frozenset[int]()
    panel = code_panel(state.source, cell.language, view, right, named)
    rows = _labelled(panel, view.main_label(cell))
    number = view.study.number_of(cell.id)
    place = frame.label(f"{'':4}[{number}]") if number else ()
    if len(rows) > 1 and place and not rows[1].label:
        rows[1] = replace(rows[1], label=place)
    rows = _with_editing(rows, view)
    if cell is SCRATCH:
        rows += note_rows("scratch", "Yours to try things in; it counts for nothing.", frame)
    if view.ui.slot is None:
        rows += [row for note in cell.callout for row in note_rows(f"line {note.line}", note.text, frame)]
    return (*rows, *guess_rows(cell, view), *output, *input_rows(cell, view))


def _with_editing(rows: list[CellRow], view: View) -> list[CellRow]:
    """`editing` in the gutter while the editor stands in the cell."""
    if view.ui.slot == "source":
        place = min(2, len(rows) - 1)
        if place > 0:
            rows[place] = replace(rows[place], label=view.frame.label("editing", is_main=True))
    return rows


def input_rows(cell: Cell, view: View) -> list[CellRow]:
    """What a program asks, and room for the line that it waits for."""
    prompt, frame = view.state(cell).prompt, view.frame
    if prompt is None:
        return []
    asked = safe_line(prompt.prompt).strip()
    rows = _labelled(_wrapped((Span(asked, "bright"),), frame), frame.label("asks")) if asked else []
    if view.ui.slot == "input":
        return [*rows, *slot_rows(view, "input")]
    return [
        *rows,
        CellRow(frame.label("input"), (frame.piece("Enter gives the line it waits for", "muted"),)),
    ]


def slot_rows(view: View, purpose: str) -> list[CellRow]:
    """Room for the editor under the output: a program's question, or the learner's guess."""
    if view.ui.slot != purpose or purpose == "source":
        return []
    label = {"input": "input", "guess": "guess", "answer": "answer"}[purpose]
    rows = [CellRow(ground="raised", is_slot=True, is_code=True) for _ in range(max(1, view.ui.slot_rows))]
    return _labelled(rows, view.frame.label(label, is_main=True))


def guess_rows(cell: CodeCell, view: View) -> list[CellRow]:
    """What the learner thinks it prints: asked for before the run, shown beside its output."""
    guess, frame = view.state(cell).guess, view.frame
    if view.ui.slot == "guess":
        asked = "What do you think it prints? Enter runs it."
        return [CellRow(pieces=(frame.piece(asked, "bright"),)), *slot_rows(view, "guess")]
    if not guess:
        return []
    rows = [CellRow(pieces=row) for row in folded((frame.piece(safe_line(guess)),), frame.text_width)]
    return _labelled(rows, frame.label("guess"))


def _is_old(state: CellState) -> bool:
    """Whether what stands there may not fit any more, or is of a run whose first output is still to come."""
    return bool(state.stale) or state.is_recorded or state.status == "queued"


def _end_words(state: CellState) -> str:
    if state.status != "died" or state.stale:
        return ""
    why = state.reason.rstrip(".") or "The kernel died"
    return f"{why}. Your work is kept; F5 runs this again in a new kernel."


def _output(cell: Cell, view: View) -> tuple[CellRow, ...]:
    state, frame = view.state(cell), view.frame
    has_run = state.status in ("ok", "failed", "stopped", "timeout", "died") or state.is_recorded
    if state.transcript.is_empty and not has_run and state.status != "running":
        return NO_ROWS
    if isinstance(cell, CodeCell):
        label = frame.label(output_label(state.count), is_main=True)
    else:
        label = frame.label("output") if isinstance(cell, ExerciseCell) else ()
    setting = OutputSetting(
        label=label,
        right=view.words(cell),
        meaning=meaning_in(state),
        is_muted=_is_old(state),
        is_recorded=state.is_recorded,
        reason=_end_words(state),
        is_unfolded=view.ui.is_unfolded,
    )
    return output_rows(state, frame, setting)


# --- exercises and shell cells ----------------------------------------------------------------------


def ex_rows(cell: ExerciseCell, view: View) -> tuple[CellRow, ...]:
    """Task, panel, output, checks, hints, the solution beside the learner's."""
    state, frame = view.state(cell), view.frame
    rows = _labelled(_prose_rows(cell.task, view), view.main_label(cell))
    language = "python" if cell.language == "python" else "sh"
    output = _output(cell, view)
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
    """The files of an exercise, one after another; the editor stands in the chosen one."""
    rows: list[CellRow] = []
    state, frame = view.state(cell), view.frame
    for number, file in enumerate(cell.file):
        rows.append(CellRow(frame.label("file"), (frame.piece(file.path, "bright"),)))
        is_edited = view.ui.slot == "source" and view.ui.file == number
        language = "python" if file.path.endswith(".py") else ""
        text = state.files.get(file.path, "").rstrip("\n")
        if is_edited:
            rows += code_panel(text, language, view)
        else:
            rows += code_panel(text, language, without_slot(view))
    return rows


def without_slot(view: View) -> View:
    return replace(view, ui=replace(view.ui, slot=None))


def check_rows(cell: ExerciseCell | ShellCell, view: View) -> list[CellRow]:
    """`checks  ✗ not yet  what was meant      1 of 3 pass`, then expected and found."""
    state, frame = view.state(cell), view.frame
    words = check_words(cell, state)
    verdict = state.verdict
    if verdict is None or not words.word:
        return []
    label = frame.label("checks")
    if verdict.correct:
        rows = [CellRow(label, words_pieces(words, frame))]
    else:
        rows = _failure_rows(cell, words, view, label)
    if verdict.note:
        rows += _wrapped((Span(verdict.note, "muted"),), frame)
    return rows


def _failure_rows(
    cell: ExerciseCell | ShellCell, words: StateWords, view: View, label: tuple[Span, ...]
) -> list[CellRow]:
    frame, failure = view.frame, view.state(cell).verdict.failure  # type: ignore[union-attr]
    head = words_pieces(StateWords(words.mark, words.word, "", words.role), frame)
    indent = pieces_width(head) + 2
    right = (frame.piece(words.fact, "muted"),)
    says = inline_spans(failure.says, role="bright") if failure else ()
    wrapped = wrap(says, max(16, frame.text_width - indent - pieces_width(right) - 2))
    rows = [CellRow(label, (*head, frame.piece("  "), *frame.pieces(wrapped[0])), right)]
    lines = [frame.pieces(row) for row in wrapped[1:]]
    for text in failure.lines if failure else ():
        lines += [frame.pieces(row) for row in wrap((Span(text),), max(16, frame.text_width - indent))]
    rows += [CellRow(pieces=(frame.piece(" " * indent), *pieces)) for pieces in lines]
    if failure and failure.hint:
        rows += note_rows("hint", failure.hint, frame)
    return rows


def _hint_rows(hints: tuple[str, ...], state: CellState, frame: Frame) -> list[CellRow]:
    rows: list[CellRow] = []
    for number, hint in enumerate(hints[: state.hints_shown], 1):
        rows += note_rows(f"hint {number}", hint, frame)
    return rows


def _solution_rows(cell: ExerciseCell, state: CellState, view: View) -> list[CellRow]:
    """The solution with the learner's lines that differ: `-` mine, `+` the author's."""
    pairs = [(state.source, cell.solution)] if cell.solution else []
    pairs += [(state.files.get(f.path, ""), f.solution) for f in cell.file if f.solution]
    rows: list[CellRow] = []
    for mine, solution in pairs:
        rows += _difference_rows(mine, shown_solution(solution), view.frame)
    legend = view.frame.piece("- yours   + the solution", "muted")
    return [*_labelled(rows, view.frame.label("solution")), CellRow(pieces=(legend,))]


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


def sh_rows(cell: ShellCell, view: View) -> tuple[CellRow, ...]:
    """`$ command` with the state at its right end, then the output as it comes."""
    frame, state = view.frame, view.state(cell)
    if view.ui.slot == "source":
        rows = _labelled(code_panel(state.source, "sh", view), view.main_label(cell))
        rows = _with_editing(rows, view)
        words: tuple[Piece, ...] = ()
    else:
        words = view.words(cell)
        rows = _labelled(_command(state.source, frame, words), view.main_label(cell))
    output = output_rows(state, frame, _shell_setting(view, state)) if not state.transcript.is_empty else ()
    return (*rows, *output, *input_rows(cell, view), *check_rows(cell, view))


def _shell_setting(view: View, state: CellState) -> OutputSetting:
    return OutputSetting(
        (), (), is_muted=_is_old(state), is_recorded=state.is_recorded, is_unfolded=view.ui.is_unfolded
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
