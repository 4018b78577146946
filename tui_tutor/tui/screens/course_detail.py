"""A course beside the wide library: its lessons, and what is worth knowing before opening it."""

from __future__ import annotations

from collections.abc import Iterator

from tui_tutor.core.course import Course
from tui_tutor.core.ports import CourseEntry
from tui_tutor.core.progress import CourseState
from tui_tutor.core.prose.lines import Span, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.diagnostic_rows import diagnostic_rows
from tui_tutor.tui.widgets.lesson_rows import cell_place, detail_head, detail_row
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, said, text_width
from tui_tutor.tui.words import length_words, minutes_words

MOST_LESSONS = 24


def detail(entry: CourseEntry, catalogue: Catalogue, width: int) -> Sheetful:
    """Everything the right pane of the library shows of one course."""
    course = entry.course
    if course is None:
        mistakes = [row for one in entry.diagnostics for row in (*diagnostic_rows(one, width, x0=1), BLANK)]
        return Sheetful(course_head(entry, CourseState()), (Block(tuple(mistakes)),))
    state = catalogue.state(entry)
    rows = (*_lessons(state), BLANK, RULE, BLANK, *_facts(entry, course, state, catalogue, width))
    return Sheetful(course_head(entry, state), (Block(rows),))


def course_head(entry: CourseEntry, state: CourseState, *, steps: tuple[Span, ...] = ()) -> tuple[Row, ...]:
    """Title, level and time; the summary; the rule."""
    course = entry.course
    facts = [course.level or "" if course else "", length_words(state.minutes) if state.minutes else ""]
    title = (Span(safe_line(entry.title), "title"), *((Span("  "), *steps) if steps else ()))
    head = Row(text=title, start=1, right=said(" · ".join(filter(None, facts)), "muted"))
    summary = safe_line(course.summary) if course else "cannot be opened yet"
    return (head, Row(label=said("about", "muted"), text=said(summary)), RULE, BLANK)


def _lessons(state: CourseState) -> Iterator[Row]:
    yield detail_head()
    here = state.next
    at = here.number - 1 if here else 0
    first = max(0, min(at - MOST_LESSONS // 2, len(state.lessons) - MOST_LESSONS))
    shown = state.lessons[first : first + MOST_LESSONS]
    yield from (detail_row(lesson, is_next=lesson == here and lesson.mark == "here") for lesson in shown)
    if len(shown) < len(state.lessons):
        yield Row(text=said(f"… {len(state.lessons)} lessons in all; o shows them", "muted"), start=6)


def _facts(
    entry: CourseEntry, course: Course, state: CourseState, catalogue: Catalogue, width: int
) -> Iterator[Row]:
    spent = f", {minutes_words(state.minutes_spent)} so far" if state.minutes_spent else ""
    yield Row(said("you", "muted"), said(f"{state.done} of {len(state.lessons)} lessons done{spent}"))
    if lesson := state.next:
        seen = catalogue.progress(entry.course_id).get(lesson.lesson_id)
        outline = catalogue.outline(entry.ref, lesson.lesson_id)
        place = cell_place(outline, seen.last_cell if seen else "")
        at = f", at {place}" if place else ""
        yield Row(said("next", "muted"), said(f"{safe_line(lesson.title)}{at}"))
    yield from _listed("needs", ", ".join(course.kernel.packages), width)
    yield from _listed("by", ", ".join(course.authors), width)
    yield from _listed("licence", course.license, width)
    yield from _listed("from", entry.path, width)


def _listed(label: str, text: str, width: int) -> Iterator[Row]:
    if not text:
        return
    for number, spans in enumerate(wrap(said(safe_line(text)), text_width(width, x0=1))):
        yield Row(said(label, "muted") if number == 0 else (), spans)
