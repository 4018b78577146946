"""What attempts add up to: right and asked, by lesson, by Bloom level, by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from tui_tutor.core.ports import Record

BLOOM_LEVELS: Final = ("remember", "understand", "apply", "analyse", "evaluate", "create")
DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Tally:
    """`right` of `asked` cells; `first` of them were right at the first try."""

    asked: int = 0
    right: int = 0
    first: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.asked + other.asked, self.right + other.right, self.first + other.first)


@dataclass(frozen=True, slots=True)
class LessonResults:
    """What was answered in one lesson."""

    exercises: Tally = Tally()
    questions: Tally = Tally()


@dataclass(frozen=True, slots=True)
class CourseResults:
    """What was answered in a course. `days` are the last 14 days with their attempts, oldest first."""

    attempts: int = 0
    lessons: Mapping[str, LessonResults] = field(default_factory=dict)
    bloom: Mapping[str, Tally] = field(default_factory=dict)
    days: tuple[tuple[date, int], ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def exercises(self) -> Tally:
        """Exercises (and commands with checks) of all lessons."""
        return sum((lesson.exercises for lesson in self.lessons.values()), Tally())

    @property
    def questions(self) -> Tally:
        """Questions of all lessons; reflections are not graded and not counted."""
        return sum((lesson.questions for lesson in self.lessons.values()), Tally())


def results_of(
    attempts: Sequence[Record],
    bloom_of: Mapping[str, str],
    *,
    today: date,
    day_of: Callable[[datetime], date],
) -> CourseResults:
    """Fold attempts, oldest first. `bloom_of` gives a lesson's Bloom level, `day_of` a moment's local day."""
    graded = [record for record in attempts if record.data.get("form") != "reflect"]
    cells: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in graded:
        cells[record.lesson, record.cell].append(record)
    lessons: dict[str, LessonResults] = defaultdict(LessonResults)
    bloom: dict[str, Tally] = defaultdict(Tally)
    for (lesson, _), records in cells.items():
        tally = _tally(records)
        lessons[lesson] = _added(lessons[lesson], tally, is_question=_is_question(records[0]))
        bloom[bloom_of.get(lesson, "")] += tally
    return CourseResults(
        attempts=len(attempts),
        lessons=dict(lessons),
        bloom=dict(bloom),
        days=_days(attempts, today, day_of),
        first_at=attempts[0].at if attempts else None,
        last_at=attempts[-1].at if attempts else None,
    )


def _is_question(record: Record) -> bool:
    return bool(record.data.get("form")) or record.data.get("kind") == "quiz"


def _tally(records: Sequence[Record]) -> Tally:
    right = any(record.data.get("correct") for record in records)
    return Tally(1, int(right), int(bool(records[0].data.get("correct"))))


def _added(lesson: LessonResults, tally: Tally, *, is_question: bool) -> LessonResults:
    if is_question:
        return LessonResults(lesson.exercises, lesson.questions + tally)
    return LessonResults(lesson.exercises + tally, lesson.questions)


def _days(
    attempts: Sequence[Record], today: date, day_of: Callable[[datetime], date]
) -> tuple[tuple[date, int], ...]:
    counts: dict[date, int] = defaultdict(int)
    for record in attempts:
        counts[day_of(record.at)] += 1
    days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    return tuple((day, counts[day]) for day in days)
