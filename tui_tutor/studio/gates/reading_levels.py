"""How easy each level reads: within its bound, and easier the nearer it is to beginners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, Protocol

from tui_tutor.core.course import Lesson, Level
from tui_tutor.core.reading_ease import prose_of as prose_of_lesson
from tui_tutor.core.reading_ease import reading_ease
from tui_tutor.studio.gates.built import LEVELS, Built, is_retold
from tui_tutor.studio.gates.finding import Finding

HIGHEST_GRADE: Final[Mapping[Level, float]] = {"beginner": 9.0, "intermediate": 12.0}
LEAST_APART: Final = 1.5  # grades between beginner and advanced
LEAST_WORDS: Final = 100  # fewer say nothing


class Ease(Protocol):
    """What core.reading_ease says of a text: `grade` where there is a formula for the language."""

    @property
    def words(self) -> int: ...
    @property
    def grade(self) -> float | None: ...
    @property
    def ease(self) -> float | None: ...


EaseOf = Callable[[str, str], Ease]
ProseOf = Callable[[Lesson], str]
Eases = Sequence[tuple[Lesson, Ease]]


def findings_about_reading(
    built: Built, *, ease_of: EaseOf = reading_ease, prose_of: ProseOf = prose_of_lesson
) -> Iterator[Finding]:
    """Whether each level keeps its bound and reads easier than the next.

    A lesson that a level has no words for is shown as written: that is told, and no fault of its words.
    """
    read = _eases(built, ease_of, prose_of)
    worded = {level: _worded(level, eases, built) for level, eases in read.items()}
    measured = {level: eases for level, eases in worded.items() if _is_enough(eases)}
    grades = _averages(measured, _grade)
    if measured and not grades:
        language = built.course.language
        message = f"no grades are known for {language}: levels are only compared with each other"
        yield Finding("reading-ease", "", "", message, is_hard=False)
        yield from _not_rising(measured)
    for level, grade in grades.items():
        yield from _beyond(level, grade, read[level])
    yield from _not_falling({level: measured[level] for level in grades})


def _worded(level: Level, eases: Eases, built: Built) -> Eases:
    """Of what a level reads the lessons that have words of their own there."""
    is_own = level == own_level(built)
    return [(lesson, ease) for lesson, ease in eases if is_own or is_retold(lesson, built.lessons)]


def _grade(ease: Ease) -> float | None:
    return ease.grade


def grades_of(
    built: Built, *, ease_of: EaseOf = reading_ease, prose_of: ProseOf = prose_of_lesson
) -> Mapping[Level, float]:
    """The grade that each level reads at, weighted by words; levels with too little text are left out."""
    measured = {
        level: eases for level, eases in _eases(built, ease_of, prose_of).items() if _is_enough(eases)
    }
    return _averages(measured, _grade)


def _eases(built: Built, ease_of: EaseOf, prose_of: ProseOf) -> Mapping[Level, Eases]:
    language = built.course.language
    return {
        level: [(lesson, ease_of(prose_of(lesson), language)) for lesson in lessons]
        for level, lessons in levels_of(built).items()
    }


def _is_enough(eases: Eases) -> bool:
    return sum(ease.words for _, ease in eases) >= LEAST_WORDS


def _averages(measured: Mapping[Level, Eases], value: Callable[[Ease], float | None]) -> dict[Level, float]:
    """One value of each level, weighted by words; none where a lesson has none."""
    found: dict[Level, float] = {}
    for level, eases in measured.items():
        pairs = [(known, ease.words) for _, ease in eases if (known := value(ease)) is not None]
        if words := sum(count for _, count in pairs):
            found[level] = sum(known * count for known, count in pairs) / words
    return found


def _compared(
    measured: Mapping[Level, Eases], value: Callable[[Ease], float | None], one: Level, other: Level
) -> tuple[float, float] | None:
    """The values of two levels in the lessons that both have words for, None where those say nothing."""
    there = {level: {lesson.id for lesson, _ in measured[level]} for level in (one, other)}
    both = {
        level: [(lesson, ease) for lesson, ease in measured[level] if lesson.id in there[one] & there[other]]
        for level in (one, other)
    }
    averages = _averages({level: eases for level, eases in both.items() if _is_enough(eases)}, value)
    return (averages[one], averages[other]) if len(averages) == len(both) else None


def levels_of(built: Built) -> Mapping[Level, Sequence[Lesson]]:
    """The lessons as each level reads them, the easiest first; as written they are of the course's level."""
    known: dict[Level, Sequence[Lesson]] = {own_level(built): built.lessons, **built.levels}
    return {level: known[level] for level in LEVELS if level in known}


def own_level(built: Built) -> Level:
    """Whom the course is written for."""
    return built.course.level or built.brief.level


def _beyond(level: Level, grade: float, eases: Eases) -> Iterator[Finding]:
    bound = HIGHEST_GRADE.get(level)
    help = "shorter sentences, and shorter words where there are any"
    if bound is None:
        return
    if grade > bound:
        message = f"for {level}s it reads at grade {grade:.1f}; at most {bound:g}"
        yield Finding("reading-ease", "", "", message, help)
    for lesson, ease in eases:
        if ease.words >= LEAST_WORDS and ease.grade is not None and ease.grade > bound:
            message = f"for {level}s it reads at grade {ease.grade:.1f}; at most {bound:g}"
            yield Finding("reading-ease", lesson.id, "", message, help, is_hard=False)


def _not_falling(measured: Mapping[Level, Eases]) -> Iterator[Finding]:
    for easier, harder in pairwise(measured):
        if (grades := _compared(measured, _grade, easier, harder)) and grades[0] >= grades[1]:
            low, high = grades
            message = (
                f"{easier} reads at grade {low:.1f}, {harder} at {high:.1f}: it must fall towards beginners"
            )
            yield Finding("reading-ease", "", "", message, f"write the {easier} texts more simply")
    if "beginner" in measured and "advanced" in measured:
        grades = _compared(measured, _grade, "beginner", "advanced")
        apart = grades[1] - grades[0] if grades else LEAST_APART
        if 0 < apart < LEAST_APART:
            message = f"beginner and advanced are {apart:.1f} grades apart; at least {LEAST_APART}"
            yield Finding("reading-ease", "", "", message, "write the beginner texts more simply")


def _not_rising(measured: Mapping[Level, Eases]) -> Iterator[Finding]:
    for easier, harder in pairwise(measured):
        eases = _compared(measured, lambda ease: ease.ease, easier, harder)
        if eases and eases[0] <= eases[1]:
            high, low = eases
            message = (
                f"{easier} reads at ease {high:.0f}, {harder} at {low:.0f}: it must rise towards beginners"
            )
            yield Finding("reading-ease", "", "", message, f"write the {easier} texts more simply")
