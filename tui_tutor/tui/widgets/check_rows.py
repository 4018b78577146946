"""The verdict of an exercise or a shell cell: what was meant, expected and found."""

from __future__ import annotations

from tui_tutor.core.course import ExerciseCell, ShellCell
from tui_tutor.core.prose import inline_spans, wrap
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.wording.states import StateWords, check_words, older_words
from tui_tutor.tui.widgets.cell_row import CellRow, pieces_width
from tui_tutor.tui.widgets.cell_view import View, note_rows, wrapped
from tui_tutor.tui.widgets.cell_words import words_pieces


def check_rows(cell: ExerciseCell | ShellCell, view: View) -> list[CellRow]:
    """`checks  ✗ not yet  what was meant      1 of 3 pass`, then expected and found."""
    state, frame = view.state(cell), view.frame
    words = check_words(cell, state)
    verdict = state.verdict
    if older := older_words(cell, state):
        return wrapped((Span(older, "muted"),), frame)
    if verdict is None or not words.word:
        return []
    label = frame.label("checks")
    if verdict.correct:
        rows = [CellRow(label, words_pieces(words, frame))]
    else:
        rows = _failure_rows(cell, words, view, label)
    if verdict.note:
        rows += wrapped((Span(verdict.note, "muted"),), frame)
    return rows


def _failure_rows(
    cell: ExerciseCell | ShellCell, words: StateWords, view: View, label: tuple[Span, ...]
) -> list[CellRow]:
    frame, failure = view.frame, view.state(cell).verdict.failure  # type: ignore[union-attr]
    head = words_pieces(StateWords(words.mark, words.word, "", words.role), frame)
    indent = pieces_width(head) + 2
    right = (frame.piece(words.fact, "muted"),)
    says = inline_spans(failure.says, role="bright") if failure else ()
    said = wrap(says, max(16, frame.text_width - indent - pieces_width(right) - 2))
    rows = [CellRow(label, (*head, frame.piece("  "), *frame.pieces(said[0])), right)]
    lines = [frame.pieces(row) for row in said[1:]]
    for text in failure.lines if failure else ():
        lines += [frame.pieces(row) for row in wrap((Span(text),), max(16, frame.text_width - indent))]
    rows += [CellRow(pieces=(frame.piece(" " * indent), *pieces)) for pieces in lines]
    if failure and failure.hint:
        rows += note_rows("hint", failure.hint, frame)
    return rows
