"""The rows above a lesson, and the course at its left on wide windows."""

from __future__ import annotations

from collections.abc import Sequence

from tui_tutor.core.progress import CourseState, LessonState
from tui_tutor.core.prose.lines import Span, width_of
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.study import Study
from tui_tutor.core.wording.labels import gutter_label, milliseconds
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.lesson_rows import aside_rows
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, said


def header_rows(study: Study, width: int, told: str = "") -> tuple[Row, ...]:
    """`lesson 3 / 6 · title  ▰▰▰▱▱▱      15 min · Bloom's apply`, the objective, a rule.

    `told`: the level and language that the lesson is read in, where there is a choice.
    """
    lesson = study.lesson
    place = f"lesson {study.number} / {study.lesson_count} · "
    title = (Span(place, "muted"), Span(safe_line(lesson.title), "title"))
    steps = (Span("  "), *glyphs.steps(study.number, study.lesson_count))
    # What goes first when space is short: Bloom level, minutes, steps; never the title.
    room = width - 3 - width_of(title)
    has_steps = width_of(steps) <= room
    right = _facts(study, told, room - (width_of(steps) if has_steps else 0) - 2)
    text = (*title, *steps) if has_steps else title
    head = Row(text=text, start=1, right=said(right, "muted"))
    objective = safe_line(lesson.objective)
    if not objective:
        return (head, RULE, BLANK)
    return (head, Row(label=said("objective", "muted"), text=said(objective)), RULE)


def _facts(study: Study, told: str, room: int) -> str:
    """How it is told, minutes and Bloom level, the longest that fits; the last go first."""
    lesson = study.lesson
    minutes = f"{lesson.minutes:g} min" if lesson.minutes else ""
    levels = (f"Bloom's {lesson.bloom}", lesson.bloom) if lesson.bloom else ()
    wanted = (*((told, minutes, level) for level in levels), (told, minutes), (told,))
    facts = (" · ".join(filter(None, parts)) for parts in wanted)
    return next((text for text in facts if len(text) <= room), "")


def next_words(study: Study, lessons: Sequence[LessonState]) -> str:
    """What comes after this lesson, and how to get there."""
    if study.number >= len(lessons):
        return "That was the last lesson."
    following = lessons[study.number]
    if following.mark in ("draft", "broken"):
        return f"Next: {safe_line(following.title)}, not written yet."
    minutes = f", {following.minutes:g} min" if following.minutes else ""
    return f"Next: {safe_line(following.title)}{minutes} (n)"


def aside(study: Study, lessons: Sequence[LessonState], focused: str, width: int) -> Sheetful:
    """The course's lessons with their marks, then the cells of this one."""
    del width
    state = CourseState(tuple(lessons))
    rows = [*aside_rows(study.course.title, state, here=study.lesson.id), BLANK]
    rows.append(Row(text=said("this lesson", "muted"), start=1))
    rows += [_cell_row(study, cell.id, is_here=cell.id == focused) for cell in study.visible]
    return Sheetful(blocks=(Block(tuple(rows)),))


def _cell_row(study: Study, cell_id: str, *, is_here: bool) -> Row:
    cell, state = study.cell(cell_id), study.state(cell_id)
    label = gutter_label(cell, study.number_of(cell_id), state.count)
    glyph = glyphs.DONE if state.is_done else glyphs.HERE if is_here else glyphs.OPEN
    mark = Span(glyph, "accent" if state.is_done or is_here else "text")
    return Row(
        label=(mark,),
        text=said(label, "title" if is_here else "text"),
        start=6,
        right=said(_fact(study, cell_id), "muted"),
    )


def _fact(study: Study, cell_id: str) -> str:
    state = study.state(cell_id)
    if state.status == "running":
        return "running"
    if state.verdict is not None and state.verdict.total:
        return f"{state.verdict.passed} of {state.verdict.total}"
    if state.status == "ok" and state.count is not None:
        return milliseconds(state.elapsed_ms)
    return ""
