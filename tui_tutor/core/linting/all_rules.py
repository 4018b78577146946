"""Every rule about the quality of a course, asked in turn; what they say is sorted and silenced elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tui_tutor.core.linting.bloom import doubts_of_cell_level, doubts_of_level
from tui_tutor.core.linting.doubt import Doubt, LessonDoubt, PlacedCell, Raw, ReadLesson
from tui_tutor.core.linting.hints import doubts_of_hints
from tui_tutor.core.linting.length import doubts_of_minutes
from tui_tutor.core.linting.objectives import unassessed_lesson, unassessed_of_course
from tui_tutor.core.linting.pictures import changed_programs, images_without_alt
from tui_tutor.core.linting.questions import doubts_of_question
from tui_tutor.core.linting.repeating import keys_at_one_place, repeated_stems
from tui_tutor.core.linting.teaching_order import TeachingOrder, names_bound_in, used_before_taught


@dataclass
class CourseRead:
    """A course as the rules read it; `words` and `requires` are of every lesson, with mistakes or without."""

    raw: Raw
    setup: str = ""
    has_python: bool = True
    language: str = "en"
    lessons: list[ReadLesson] = field(default_factory=list)
    words: dict[str, set[str]] = field(default_factory=dict)
    requires: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_whole: bool = True  # whether every lesson could be read


def doubts_about(course: CourseRead) -> Iterator[LessonDoubt]:
    """Everything that is doubtful; a doubt about course.toml has no lesson."""
    for read in course.lessons:
        yield from _about_lesson(read)
    yield from repeated_stems(course.lessons)
    yield from keys_at_one_place(course.lessons)
    if course.has_python:
        yield from _about_order(course)
    yield from (LessonDoubt("", "", doubt) for doubt in changed_programs(course.raw))
    if course.is_whole:
        yield from (LessonDoubt("", "", doubt) for doubt in unassessed_of_course(course.raw, course.lessons))


def _about_lesson(read: ReadLesson) -> Iterator[LessonDoubt]:
    lesson = read.lesson.id
    for rule in (doubts_of_level, unassessed_lesson, doubts_of_minutes):
        yield from (LessonDoubt(lesson, "", doubt) for doubt in rule(read))
    for placed in read.cells:
        yield from (
            LessonDoubt(lesson, placed.cell.id, doubt) for doubt in _about_cell(placed, read.language)
        )


def _about_cell(placed: PlacedCell, language: str) -> Iterator[Doubt]:
    cell, path = placed
    yield from doubts_of_cell_level(placed, language)
    yield from doubts_of_question(cell, path, language)
    yield from doubts_of_hints(cell, path)
    yield from images_without_alt(cell, path)


def _about_order(course: CourseRead) -> Iterator[LessonDoubt]:
    order = TeachingOrder(course.words, course.requires)
    bound = frozenset(name for read in course.lessons for name in names_bound_in(read))
    for read in course.lessons:
        yield from used_before_taught(read, order, course.setup, bound)
