"""Lessons as rows: the outline's table, the narrow list at the left, and the cells of one lesson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_tutor.core.progress import CourseState, LessonMark, LessonOutline, LessonState
from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.labels import KIND_LABELS
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.row import BLANK, Row, Spans, Stop, said
from tui_tutor.tui.words import left_words

MARKS: Final[dict[LessonMark, tuple[str, Role]]] = {
    "done": (glyphs.DONE, "accent"),
    "here": (glyphs.HERE, "accent"),
    "open": (glyphs.OPEN, "text"),
    "locked": (glyphs.LOCKED, "text"),
    "draft": (glyphs.BETWEEN, "muted"),
    "broken": (glyphs.FAILED, "alarm"),
}
NARROW: Final = 72


def lesson_title(lesson: LessonState, *, is_chosen: bool = False) -> Spans:
    """The title in the role its mark asks for."""
    is_quiet = lesson.mark in ("locked", "draft")
    role: Role = "title" if is_chosen else "muted" if is_quiet else "text"
    return said(safe_line(lesson.title), role)


def cells_words(lesson: LessonState) -> str:
    """`3/6`, or why there is nothing to count."""
    match lesson.mark:
        case "draft":
            return "not written yet"
        case "broken":
            return "has errors"
        case "locked":
            return "locked"
        case _:
            return "" if lesson.cells is None else f"{lesson.cells_done}/{lesson.cells}"


def _label(lesson: LessonState, *, gap: int) -> Spans:
    glyph, role = MARKS[lesson.mark]
    return (Span(glyph, role), Span(" " * gap + str(lesson.number), "muted"))


def _minutes(lesson: LessonState) -> Spans:
    role: Role = "muted" if lesson.mark in ("locked", "draft") else "text"
    return said(f"{lesson.minutes:g}" if lesson.minutes else "", role)


def table_head(width: int) -> Row:
    """The names of the outline's columns."""
    return _columns(said("lesson", "muted"), said("min", "muted"), ("Bloom", "needs", "cells"), width)


def table_row(lesson: LessonState, width: int, *, is_chosen: bool) -> Row:
    """One lesson of the outline: mark, number, title, minutes, Bloom, needs, cells."""
    needs = ", ".join(map(str, lesson.needs)) or "–"
    words = (lesson.bloom, "" if lesson.mark == "draft" else needs, cells_words(lesson))
    row = _columns(lesson_title(lesson, is_chosen=is_chosen), _minutes(lesson), words, width, lesson=lesson)
    return Row(label=_label(lesson, gap=2), text=row.text, right=row.right, stops=row.stops)


def _columns(
    title: Spans,
    minutes: Spans,
    words: tuple[str, str, str],
    width: int,
    *,
    lesson: LessonState | None = None,
) -> Row:
    bloom, needs, cells = words
    role: Role = "text" if lesson and lesson.mark not in ("locked", "draft") else "muted"
    if width < NARROW:
        return Row(text=title, right=said(cells, "muted"))
    stops = [Stop(28, minutes, ends_here=True), Stop(24, said(bloom, role))]
    if len(cells) <= 8:
        stops.append(Stop(12, said(needs, "muted")))
    return Row(text=title, right=said(cells, "muted"), stops=tuple(stops))


def detail_head() -> Row:
    """The names of the columns beside the wide library."""
    stops = (Stop(24, said("min", "muted"), ends_here=True), Stop(22, said("Bloom", "muted")))
    return Row(text=said("lesson", "muted"), start=6, right=said("cells", "muted"), stops=stops)


def detail_row(lesson: LessonState, *, is_next: bool) -> Row:
    """One lesson beside the wide library."""
    role: Role = "muted" if lesson.mark in ("locked", "draft") else "text"
    stops = (Stop(24, _minutes(lesson), ends_here=True), Stop(22, said(lesson.bloom, role)))
    return Row(
        label=_label(lesson, gap=1),
        text=lesson_title(lesson, is_chosen=is_next),
        start=6,
        right=said(cells_words(lesson), "muted"),
        stops=stops,
    )


def aside_rows(title: str, state: CourseState, *, here: str = "") -> tuple[Row, ...]:
    """The course at the left of a wide page; `here` is the id of the lesson that is open."""
    words = f"{state.done} of {len(state.lessons)}"
    left = left_words(state.minutes_left)
    counted = f"  {words} · {left}" if left and not state.is_done else f"  {words}"
    steps = glyphs.steps(state.done, len(state.lessons))
    return (
        Row(text=said(safe_line(title), "title"), start=1),
        Row(text=(*steps, Span(counted, "muted")), start=1),
        BLANK,
        *(aside_row(lesson, is_here=lesson.lesson_id == here) for lesson in state.lessons),
    )


def aside_row(lesson: LessonState, *, is_here: bool) -> Row:
    """One lesson at the left: mark, number, title, minutes."""
    return Row(
        label=_label(lesson, gap=1),
        text=lesson_title(lesson, is_chosen=is_here),
        start=6,
        stops=(Stop(0, _minutes(lesson), ends_here=True),),
    )


def cell_marks(
    outline: LessonOutline, done: Sequence[str] | frozenset[str], *, last_cell: str = ""
) -> tuple[Spans, ...]:
    """`✓ md [1]`, one for each visible cell, marked done, here or open."""
    marks: list[Spans] = []
    for number, (cell_id, kind) in enumerate(outline.cells, start=1):
        mark: LessonMark = "done" if cell_id in done else "here" if cell_id == last_cell else "open"
        glyph, role = MARKS[mark]
        marks.append((Span(glyph, role), Span(f" {KIND_LABELS[kind]} [{number}]", "text")))
    return tuple(marks)


def cell_place(outline: LessonOutline | None, cell_id: str) -> str:
    """`ex [4]` for a visible cell, else "" ."""
    cells = outline.cells if outline else ()
    places = (f"{KIND_LABELS[kind]} [{n}]" for n, (x, kind) in enumerate(cells, start=1) if x == cell_id)
    return next(places, "")
