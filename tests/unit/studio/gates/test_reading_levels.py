"""Each level reads as easily as it promises, and easier towards beginners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from tests.unit.studio.gates.building import a_good_lesson, built
from tui_tutor.core.course import Lesson, Level
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.reading_levels import findings_about_reading, grades_of


@dataclass(frozen=True)
class Measured:
    """A text that was measured."""

    grade: float | None
    words: int = 200
    ease: float | None = None


def said(grades: Mapping[Level, float], *, language: str = "en", words: int = 200) -> list[Finding]:
    """What the gate says of a course whose levels read at these grades."""
    levels: dict[Level, tuple[Lesson, ...]] = {level: (a_good_lesson(title=level),) for level in grades}
    course = built(levels=levels, course={"language": language})
    is_known = language == "en"
    by_title = {
        level: Measured(grade if is_known else None, words, 100 - grade) for level, grade in grades.items()
    }

    def ease_of(text: str, _: str) -> Measured:
        return by_title.get(text, by_title["beginner"])  # type: ignore[call-overload, no-any-return]

    return list(findings_about_reading(course, ease_of=ease_of, prose_of=lambda lesson: lesson.title))


@pytest.mark.parametrize(
    "grades",
    [
        {"beginner": 9.0},
        {"beginner": 6.0, "advanced": 7.5},
        {"beginner": 6.0, "intermediate": 8.0, "advanced": 14.0},
    ],
)
def test_levels_within_their_bounds_and_in_order_pass(grades: dict[Level, float]):
    assert said(grades) == []


@pytest.mark.parametrize(
    "grades",
    [
        {"beginner": 9.1},
        {"beginner": 6.0, "intermediate": 12.1},
        {"beginner": 8.0, "intermediate": 7.0},
        {"beginner": 6.0, "intermediate": 6.0, "advanced": 9.0},
        {"beginner": 8.0, "advanced": 9.4},
    ],
)
def test_levels_out_of_bounds_or_order_are_stopped(grades: dict[Level, float]):
    assert [one.gate for one in said(grades) if one.is_hard] == ["reading-ease"]


def test_very_short_texts_say_nothing():
    assert said({"beginner": 20.0}, words=99) == []


def test_where_no_grades_are_known_levels_are_compared_with_each_other():
    assert [one.is_hard for one in said({"beginner": 20.0, "advanced": 30.0}, language="de")] == [False]
    assert [one.is_hard for one in said({"beginner": 20.0, "advanced": 10.0}, language="de")] == [False, True]


def test_a_grade_is_weighted_by_words():
    lessons = [a_good_lesson(id="means", title="10"), a_good_lesson(id="spread", title="90")]
    course = built(lessons=lessons, diagnostics=())

    def ease_of(text: str, _: str) -> Measured:
        return Measured(float(text) / 10, int(text))

    grades = grades_of(course, ease_of=ease_of, prose_of=lambda lesson: lesson.title)
    assert grades == {"beginner": pytest.approx((1 * 10 + 9 * 90) / 100)}


def of_two_lessons(*grades: float, levels: Mapping[Level, tuple[float, ...]]) -> list[Finding]:
    """What the gate says of two lessons for intermediate readers, and as further levels read them."""
    lessons = [a_good_lesson(id=name, title=f"{grade}") for name, grade in zip("ab", grades, strict=True)]
    told: dict[Level, tuple[Lesson, ...]] = {
        level: tuple(one.model_copy(update={"title": f"{n}"}) for one, n in zip(lessons, read, strict=True))
        for level, read in levels.items()
    }
    course = built(lessons=lessons, diagnostics=(), levels=told)
    course = replace(course, course=course.course.model_copy(update={"level": "intermediate"}))

    def ease_of(text: str, _: str) -> Measured:
        return Measured(float(text))

    return list(findings_about_reading(course, ease_of=ease_of, prose_of=lambda lesson: lesson.title))


def test_a_lesson_that_a_level_has_no_words_for_does_not_stop_the_course():
    """Its words were taken back; who reads at that level is shown the lesson as written."""
    found = of_two_lessons(11.0, 11.5, levels={"beginner": (8.0, 11.5)})
    assert [(one.lesson, one.is_hard) for one in found] == [("b", False)]
    assert of_two_lessons(9.0, 7.0, levels={"beginner": (8.5, 7.0)}) == []


def test_a_level_without_words_of_its_own_is_not_compared():
    assert of_two_lessons(8.0, 8.0, levels={"beginner": (8.0, 8.0)}) == []


def test_levels_are_compared_in_the_lessons_that_both_have_words_for():
    found = of_two_lessons(9.0, 5.0, levels={"beginner": (8.0, 5.0), "advanced": (9.4, 5.0)})
    assert [one.message for one in found] == ["beginner and advanced are 1.4 grades apart; at least 1.5"]
