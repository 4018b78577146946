"""Progress: folds over a course, its lessons and what the log says."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import NOON, a_course
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.ports import LessonFile, LessonProgress
from tui_tutor.core.progress import LessonOutline, outline_of, state_of

COURSE = a_course(["a", "b", "c"])


def outlines(**fields: tuple[str, ...]) -> dict[str, LessonOutline]:
    """Lessons of two cells and ten minutes; `b=("a",)` gives b's prerequisites."""
    return {
        name: LessonOutline(name, name.upper(), 10, requires=fields.get(name, ()), counting=("x", "y"))
        for name in COURSE.lessons
    }


def seen(lesson: str, *cells: str, minutes_ago: int = 0) -> LessonProgress:
    return LessonProgress(lesson, frozenset(cells), 5, NOON - timedelta(minutes=minutes_ago))


def test_a_course_never_opened_has_no_place_and_nothing_done():
    state = state_of(COURSE, {}, outlines(), {})
    assert [lesson.mark for lesson in state.lessons] == ["open", "open", "open"]
    assert (state.done, state.is_begun, state.minutes_left) == (0, False, 30)


def test_a_lesson_is_done_when_all_its_counting_cells_are():
    state = state_of(COURSE, {"a": seen("a", "x", "y")}, outlines(), {})
    assert [lesson.mark for lesson in state.lessons] == ["done", "here", "open"]
    assert (state.done, state.minutes_left) == (1, 20)


def test_minutes_left_shrink_with_every_cell():
    state = state_of(COURSE, {"a": seen("a", "x")}, outlines(), {})
    assert state.lessons[0].minutes_left == 5


def test_the_place_is_the_lesson_opened_last():
    progress = {"a": seen("a", "x", minutes_ago=9), "b": seen("b", minutes_ago=1)}
    assert state_of(COURSE, progress, outlines(), {}).next.lesson_id == "b"


def test_a_lesson_is_locked_until_what_it_requires_is_begun():
    state = state_of(COURSE, {"a": seen("a", "x")}, outlines(b=("a",), c=("b",)), {})
    assert [lesson.mark for lesson in state.lessons] == ["here", "open", "locked"]
    assert state.lessons[2].missing == (2,)


def test_titles_stand_in_until_a_lesson_is_read():
    state = state_of(COURSE, {}, {}, {"a": "First"})
    assert [lesson.title for lesson in state.lessons] == ["First", "b", "c"]


def test_a_lesson_with_errors_is_broken_and_a_silent_one_a_draft():
    error = Diagnostic("unknown-key", "no such key", Span("lessons/a.toml"))
    assert outline_of(LessonFile("a", None, (error,))).is_broken
    assert outline_of(LessonFile("a", None)).is_draft


def test_drafts_and_broken_lessons_are_never_next():
    known = outlines() | {
        "a": LessonOutline("a", "A", is_draft=True),
        "b": LessonOutline("b", "B", is_broken=True),
    }
    state = state_of(COURSE, {"a": seen("a")}, known, {})
    assert state.next.lesson_id == "c"


def test_a_course_whose_lessons_are_all_done_is_done():
    progress = {name: seen(name, "x", "y") for name in COURSE.lessons}
    state = state_of(COURSE, progress, outlines(), {})
    assert (state.is_done, state.next, state.minutes_left, state.minutes_spent) == (True, None, 0, 15)
