"""How easy each level reads: within its bound, and easier the nearer it is to beginners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, Protocol

from tui_tutor.core.course import Lesson, Level
from tui_tutor.studio.gates.built import LEVELS, Built
from tui_tutor.studio.gates.finding import Finding

HIGHEST_GRADE: Final[Mapping[Level, float]] = {"beginner": 9.0, "intermediate": 12.0}
LEAST_APART: Final = 1.5  # grades between beginner and advanced
LEAST_WORDS: Final = 100  # fewer say nothing
_MEASURED: Final = frozenset({"en"})  # the bounds are grades of Flesch and Kincaid, which is about English


class Ease(Protocol):
    """What core.reading_ease says of a text."""

    @property
    def words(self) -> int: ...
    @property
    def grade(self) -> float: ...


EaseOf = Callable[[str, str], Ease]
ProseOf = Callable[[Lesson], str]


def findings_about_reading(built: Built, *, ease_of: EaseOf, prose_of: ProseOf) -> Iterator[Finding]:
    """Whether each level keeps its bound and reads easier than the next."""
    language = built.course.language.partition("-")[0]
    if language not in _MEASURED:
        message = (
            f"how easy the texts read was not measured: bounds are known for English, not for {language}"
        )
        yield Finding("reading-ease", "", "", message, is_hard=False)
        return
    grades: dict[Level, float] = {}
    for level, eases in _eases(built, ease_of, prose_of).items():
        if (grade := _grade(eases)) is not None:
            grades[level] = grade
            yield from _beyond(level, grade, eases)
    yield from _not_falling(grades)


def grades_of(built: Built, *, ease_of: EaseOf, prose_of: ProseOf) -> Mapping[Level, float]:
    """The grade that each level reads at, weighted by words; levels with too little text are left out."""
    found = {level: _grade(eases) for level, eases in _eases(built, ease_of, prose_of).items()}
    return {level: grade for level, grade in found.items() if grade is not None}


def _eases(built: Built, ease_of: EaseOf, prose_of: ProseOf) -> Mapping[Level, Sequence[tuple[Lesson, Ease]]]:
    language = built.course.language
    return {
        level: [(lesson, ease_of(prose_of(lesson), language)) for lesson in lessons]
        for level, lessons in levels_of(built).items()
    }


def _grade(eases: Sequence[tuple[Lesson, Ease]]) -> float | None:
    words = sum(ease.words for _, ease in eases)
    if words < LEAST_WORDS:
        return None
    return sum(ease.grade * ease.words for _, ease in eases) / words


def levels_of(built: Built) -> Mapping[Level, Sequence[Lesson]]:
    """The lessons as each level reads them, the easiest first; as written they are of the course's level."""
    own = built.course.level or built.brief.level
    known: dict[Level, Sequence[Lesson]] = {own: built.lessons, **built.levels}
    return {level: known[level] for level in LEVELS if level in known}


def _beyond(level: Level, grade: float, eases: Sequence[tuple[Lesson, Ease]]) -> Iterator[Finding]:
    bound = HIGHEST_GRADE.get(level)
    help = "shorter sentences, and shorter words where there are any"
    if bound is None:
        return
    if grade > bound:
        message = f"for {level}s it reads at grade {grade:.1f}; at most {bound:g}"
        yield Finding("reading-ease", "", "", message, help)
    for lesson, ease in eases:
        if ease.words >= LEAST_WORDS and ease.grade > bound:
            message = f"for {level}s it reads at grade {ease.grade:.1f}; at most {bound:g}"
            yield Finding("reading-ease", lesson.id, "", message, help, is_hard=False)


def _not_falling(grades: Mapping[Level, float]) -> Iterator[Finding]:
    for (easier, low), (harder, high) in pairwise(grades.items()):
        if low >= high:
            message = (
                f"{easier} reads at grade {low:.1f}, {harder} at {high:.1f}: it must fall towards beginners"
            )
            yield Finding("reading-ease", "", "", message, f"write the {easier} texts more simply")
    if "beginner" in grades and "advanced" in grades:
        apart = grades["advanced"] - grades["beginner"]
        if 0 < apart < LEAST_APART:
            message = f"beginner and advanced are {apart:.1f} grades apart; at least {LEAST_APART}"
            yield Finding("reading-ease", "", "", message, "write the beginner texts more simply")
