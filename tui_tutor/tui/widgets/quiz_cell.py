"""A question: stem, what there is to choose from, verdict beside each part, then why."""

from __future__ import annotations

import re
from typing import Final, assert_never

from tui_tutor.core.course import (
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    MatchQuiz,
    NumberQuiz,
    OrderQuiz,
    PredictQuiz,
    QuizCell,
    ReflectQuiz,
    TextQuiz,
)
from tui_tutor.core.grading.quizzes import typed_of
from tui_tutor.core.grading.showing import Shown, letter_of, shown
from tui_tutor.core.grading.verdict import Mark
from tui_tutor.core.prose import inline_spans, prose, wrap
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.wording.blanks import drawn, with_blanks
from tui_tutor.core.wording.states import older_words, state_words
from tui_tutor.tui import glyphs
from tui_tutor.tui.theme import Ground
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece, pieces_width
from tui_tutor.tui.widgets.cell_view import View, note_rows, without_slot, wrapped
from tui_tutor.tui.widgets.cell_words import words_pieces
from tui_tutor.tui.widgets.code_panel import code_panel
from tui_tutor.tui.widgets.folding import folded

_BLANK: Final = re.compile(r"(\[[0-9]{1,9} ____\])")
WIDEST_MARK: Final = len("  your answer")
"""Kept free beside every option, so that none is set anew when it is chosen."""
HOW: Final = {
    "choice": "",
    "text": "Enter types the answer",
    "number": "Enter types the number",
    "cloze": "Enter fills the blanks in order, such as 0.37; 2",
    "order": "Enter types the order, such as 3 1 2",
    "match": "Enter matches them, such as 1b 2a",
    "predict": "Enter types what it prints",
    "reflect": "Enter writes",
}

EXAMPLES: Final = {
    "cloze": "the blanks in order, such as 0.37; 2",
    "order": "the numbers in their order, such as 3 1 2",
    "match": "pairs, such as 1b 2a",
}


def quiz_rows(cell: QuizCell, view: View) -> tuple[CellRow, ...]:
    """All rows of a question as it stands."""
    state, frame = view.state(cell), view.frame
    rows = [_head(cell, view), *_stem(cell, view)]
    body = _body(cell, view)
    rows += body
    rows += _answer_rows(cell, view)
    for number, hint in enumerate(cell.hints[: state.hints_shown], 1):
        rows += note_rows(f"hint {number}", hint, frame)
    rows += _feedback(cell, view)
    if state.verdict is not None and cell.explain and (state.is_closed or state.verdict.correct):
        rows += note_rows("why", cell.explain, frame)
    return tuple(rows[:-1] if rows[-1] == CellRow() else rows)


def _head(cell: QuizCell, view: View) -> CellRow:
    several = "  choose all that apply" if isinstance(cell, ChoiceQuiz) and multiple(cell) else ""
    title = view.frame.piece((cell.title or "check your understanding") + several, "muted")
    words = state_words(view.study, cell, view.now, is_focused=view.frame.is_focused)
    return CellRow(view.main_label(cell), (title,), words_pieces(words, view.frame))


def _stem(cell: QuizCell, view: View) -> list[CellRow]:
    text = with_blanks(cell, "[{number} {line}]") if isinstance(cell, ClozeQuiz) else cell.question
    rows: list[CellRow] = []
    for line in prose(text, width=view.frame.text_width):
        spans = [Span(s.text, "bright" if s.role == "text" else s.role) for s in line.spans]
        spans = _with_drawn_blanks(spans) if isinstance(cell, ClozeQuiz) else spans
        ground: Ground = "panel" if line.is_panel else "page"
        rows.append(CellRow(pieces=view.frame.pieces(spans), ground=ground, is_code=line.is_panel))
    return rows


def _with_drawn_blanks(spans: list[Span]) -> list[Span]:
    """Blanks stand out in a sentence as code does."""
    parts = (
        (number, part, span) for span in spans for number, part in enumerate(_BLANK.split(drawn(span.text)))
    )
    return [Span(part, "code" if number % 2 else span.role) for number, part, span in parts if part]


def _body(cell: QuizCell, view: View) -> list[CellRow]:
    frame = view.frame
    seen = shown(cell, seed=view.study.question_seed(cell.id))
    match cell:
        case ChoiceQuiz():
            return _options(cell, seen, view)
        case OrderQuiz():
            lines = [_numbered(str(n), item.text, frame) for n, item in enumerate(seen.items, 1)]
            return [CellRow(), *(row for rows in lines for row in rows)]
        case MatchQuiz():
            return [CellRow(), *_match_rows(seen, frame)]
        case ClozeQuiz():
            return _blank_rows(cell, seen, frame)
        case PredictQuiz():
            return [CellRow(), *code_panel(cell.program.rstrip("\n"), cell.language, without_slot(view))]
        case NumberQuiz():
            return [CellRow(pieces=(frame.piece(f"in {cell.unit}", "muted"),))] if cell.unit else []
        case TextQuiz() | ReflectQuiz():
            return []
        case _:
            assert_never(cell)


# --- choice -----------------------------------------------------------------------------------------


def _options(cell: ChoiceQuiz, seen: Shown, view: View) -> list[CellRow]:
    """Options `1`-`9`; one blank row between them if the cell fits the view."""
    state = view.state(cell)
    marks = {mark.key: mark for mark in state.verdict.marks} if state.verdict is not None else {}
    blocks = [
        _option(str(number), item.key, item.text, marks.get(item.key), view, is_closed=state.is_closed)
        for number, item in enumerate(seen.items, 1)
    ]
    used = sum(len(block) for block in blocks) + len(blocks) + 6
    is_airy = used <= view.view_rows
    rows: list[CellRow] = [CellRow()]
    for number, block in enumerate(blocks):
        rows += [CellRow()] if number and is_airy else []
        rows += block
    return [*rows, CellRow()] if is_airy else rows


def _option(
    number: str, key: str, text: str, mark: Mark | None, view: View, *, is_closed: bool
) -> list[CellRow]:
    frame = view.frame
    glyph, right = _option_marks(key, mark, view, is_closed=is_closed)
    head = (glyph, frame.piece(f"{number}  ", "muted"))
    indent = pieces_width(head)
    room = frame.text_width - indent - WIDEST_MARK
    lines = wrap(inline_spans(text, role="bright"), max(16, room))
    rows = [
        CellRow(
            pieces=((*head,) if n == 0 else (frame.piece(" " * indent),)) + frame.pieces(line),
            right=right if n == 0 else (),
            target=f"option {key}",
        )
        for n, line in enumerate(lines)
    ]
    if mark is not None and mark.feedback:
        said = wrap(inline_spans(mark.feedback, role="muted"), frame.text_width - indent)
        rows += [CellRow(pieces=(frame.piece(" " * indent), *frame.pieces(line))) for line in said]
    return rows


def _option_marks(
    key: str, mark: Mark | None, view: View, *, is_closed: bool
) -> tuple[Piece, tuple[Piece, ...]]:
    """The glyph before an option and the words at its right end."""
    frame = view.frame
    if mark is None:
        is_chosen = key in view.ui.chosen
        glyph = frame.piece(f"{glyphs.HERE} " if is_chosen else "  ", "accent")
        return glyph, (frame.piece("chosen", "muted"),) if is_chosen else ()
    if mark.is_chosen and mark.is_right is False:
        return frame.piece(f"{glyphs.FAILED} ", "alarm"), (frame.piece("your answer", "alarm"),)
    if mark.is_right and (mark.is_chosen or is_closed):
        return frame.piece(f"{glyphs.DONE} ", "accent"), (frame.piece("right", "accent"),)
    if mark.is_chosen:
        return frame.piece(f"{glyphs.HERE} ", "text"), (frame.piece("your answer", "text"),)
    return frame.piece("  "), ()


# --- the other forms --------------------------------------------------------------------------------


def _numbered(number: str, text: str, frame: Frame) -> list[CellRow]:
    head = frame.piece(f"  {number:<3}", "muted")
    rows = folded((frame.piece(text, "bright"),), frame.text_width - 5)
    return [CellRow(pieces=(head if n == 0 else frame.piece("     "), *row)) for n, row in enumerate(rows)]


def _match_rows(seen: Shown, frame: Frame) -> list[CellRow]:
    rows: list[CellRow] = []
    for number, item in enumerate(seen.items, 1):
        rows += _numbered(str(number), "".join(s.text for s in inline_spans(item.text)), frame)
    rows.append(CellRow())
    for number, item in enumerate(seen.rights):
        rows += _numbered(letter_of(number), "".join(s.text for s in inline_spans(item.text)), frame)
    return rows


def _blank_rows(cell: ClozeQuiz, seen: Shown, frame: Frame) -> list[CellRow]:
    rows: list[CellRow] = []
    for number, (blank, options) in enumerate(zip(cell.blank, seen.blanks, strict=True), 1):
        if isinstance(blank, ChoiceBlank):
            listed = " · ".join(f"{n} {item.text}" for n, item in enumerate(options, 1))
            rows += [
                CellRow(frame.label(f"blank {number}") if n == 0 else (), frame.pieces(line))
                for n, line in enumerate(wrap(inline_spans(listed), frame.text_width))
            ]
    return rows


def _answer_rows(cell: QuizCell, view: View) -> list[CellRow]:
    """Room for the editor, the learner's answer, or how to give one."""
    frame, state = view.frame, view.state(cell)
    if view.ui.slot == "answer":
        rows = [
            CellRow(ground="raised", is_slot=True, is_code=True) for _ in range(max(1, view.ui.slot_rows))
        ]
        rows[0] = CellRow(frame.label("answer", is_main=True), ground="raised", is_slot=True, is_code=True)
        example = EXAMPLES.get(cell.form)
        return [*rows, CellRow(pieces=(frame.piece(example, "muted"),))] if example else rows
    if isinstance(cell, ChoiceQuiz):
        return []
    if state.answer:
        seen = shown(cell, seed=view.study.question_seed(cell.id))
        return _typed_rows(typed_of(cell, seen, state.answer), frame)
    return [CellRow(pieces=(frame.piece(HOW[cell.form], "muted"),))] if frame.is_focused else []


def _typed_rows(typed: str, frame: Frame) -> list[CellRow]:
    rows: list[CellRow] = []
    for line in typed.split("\n")[:40]:
        for row in folded((frame.piece(line),), frame.text_width):
            label = frame.label("answer") if not rows else ()
            rows.append(CellRow(label, row, ground="panel", is_code=True))
    return rows


def _feedback(cell: QuizCell, view: View) -> list[CellRow]:
    """What is said of the answer as a whole, and of its parts where they have no rows of their own."""
    state, frame = view.state(cell), view.frame
    if older := older_words(cell, state):
        return wrapped((Span(older, "muted"),), frame)
    if state.verdict is None:
        return []
    said = list(state.verdict.messages)
    if not isinstance(cell, ChoiceQuiz):
        said += [mark.feedback for mark in state.verdict.marks if mark.feedback and mark.feedback not in said]
    rows: list[CellRow] = []
    for text in said:
        rows += [
            CellRow(pieces=frame.pieces(line))
            for line in wrap(inline_spans(text, role="muted"), frame.text_width)
        ]
    return rows


def multiple(cell: ChoiceQuiz) -> bool:
    """Whether several options are right: all that apply are to be chosen."""
    return sum(option.correct for option in cell.option) > 1
