"""What the studio's screens say of money, marks and cells; and text of a file as rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.prose.lines import Role, Span, wrap
from tui_tutor.core.safe_text import safe_line, safe_text
from tui_tutor.core.studio_desk import CellMark, DeskCell, DeskState, LessonState
from tui_tutor.core.wording.labels import KIND_LABELS
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.folding import word_breaks
from tui_tutor.tui.widgets.row import Row, Spans, said

MARKS: Final[dict[CellMark, tuple[str, Role]]] = {
    "": ("", "muted"),
    "accepted": (f"{glyphs.DONE} accepted", "accent"),
    "locked": (f"{glyphs.LOCKED} locked", "bright"),
}
LESSON_STATES: Final[dict[LessonState, tuple[str, str, Role]]] = {
    "outline": (glyphs.OPEN, "not written", "text"),
    "written": (glyphs.DONE, "written", "accent"),
    "left": (glyphs.FAILED, "left for you", "alarm"),
}
_MOST_LINES: Final = 5_000  # of a text that is shown


def sentence_of(error: TutorError) -> str:
    """An error and what to do about it, on one line."""
    return safe_line(f"{error.message} {error.help}".strip(), limit=2_000)


def money(dollars: float) -> str:
    """`$0.42`; what is less than a cent and not nothing is said so."""
    return "less than $0.01" if 0 < dollars < 0.005 else f"${dollars:.2f}"


def spent_words(state: DeskState) -> str:
    """`spent $0.42 of $5.00`."""
    return f"spent {money(state.spent_usd)} of {money(state.cap_usd)}"


def short_place(folder: str, *, most: int = 44) -> str:
    """The end of a folder's name, where it is long."""
    return folder if len(folder) <= most else f"{glyphs.CUT}{folder[1 - most :]}"


def price_words(price: float | None) -> str:
    """What going on costs, as far as anybody knows."""
    if price is None:
        return "nobody knows the price"
    return "costs nothing" if price == 0 else f"about {money(price)}"


def cell_label(cell: DeskCell) -> str:
    """`md  [1]`; a hidden cell has no number."""
    kind = KIND_LABELS.get(cell.kind, safe_line(cell.kind)[:3])
    return f"{kind:<3} [{cell.number or '-'}]"


def first_words(cell: DeskCell) -> str:
    """The title of a cell, or the first words of what stands in it."""
    if cell.title:
        return safe_line(cell.title)
    lines = iter(cell.text.split("\n"))
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip() in ("text", "task", "question", "source", "caption", "command"):
            words = value.strip().strip("'\"").strip()
            return safe_line((words or next((one for one in lines if one.strip()), "")).strip("# "))
    return safe_line(cell.id)


def source_rows(text: str, width: int, *, start: int = 1) -> Iterator[Row]:
    """A text as it stands in its file, line by line; long lines are broken, nothing is hidden."""
    lines = safe_text(text).rstrip("\n").split("\n")
    for line in lines[:_MOST_LINES]:
        breaks = word_breaks(line, max(10, width))
        for first, last in pairwise([0, *breaks, len(line)]):
            yield Row(text=_tinted(line[first:last]) if first == 0 else said(line[first:last]), start=start)
    if len(lines) > _MOST_LINES:
        yield Row(text=said(f"… {len(lines)} lines in all", "muted"), start=start)


def _tinted(line: str) -> Spans:
    """A table's head or a key in the tint of keywords."""
    key, equals, value = line.partition(" = ")
    if line.startswith("["):
        return said(line, "keyword")
    if equals and key.replace("_", "").replace("-", "").isalnum():
        return (Span(key, "keyword"), Span(equals + value))
    return said(line)


def label_rows(label: Spans, text: str, width: int, role: Role = "text") -> Iterator[Row]:
    """A label in the gutter, and a text of ours or one that passed the gate, wrapped beside it."""
    for number, spans in enumerate(wrap(said(text, role), width)):
        yield Row(label if number == 0 else (), spans)
