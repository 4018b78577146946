"""Each level reads as easily as it promises, and easier towards beginners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
