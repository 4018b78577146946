"""Soft measures of a lesson: reported and compared over time, never a reason not to publish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.core.linting.doubt import PlacedCell, ReadLesson
from tui_tutor.core.linting.length import measured_minutes
from tui_tutor.core.linting.words import word_count
from tui_tutor.studio.gates.built import Built, CellWork
from tui_tutor.studio.gates.finding import Finding

LEAST_MINUTES: Final = 8
MOST_MINUTES: Final = 20
MINUTES_AN_INTERACTION: Final = 3
MOST_WORDS: Final = 150  # of the median text
MOST_REPAIRS: Final = 2
LEAST_SCORE: Final = 3


@dataclass(frozen=True, slots=True)
class LessonMeasures:
    """A lesson in figures. `first_pass` is the part of its cells that were right at once, None if unknown."""

    lesson: str
    minutes: float
    interactions: int
    median_words: float
    code: int
    exercises: int
    questions: int
    plots: int
    first_pass: float | None
    repairs: int
    dropped: int

    @property
    def interactions_per_3_minutes(self) -> float:
        """How often there is something to do."""
        return self.interactions / max(self.minutes, 1.0) * MINUTES_AN_INTERACTION


def measures_of(built: Built) -> tuple[LessonMeasures, ...]:
    """The figures of every lesson."""
    return tuple(
        _measured(lesson, [one for one in built.work if one.lesson == lesson.id]) for lesson in built.lessons
    )


def _measured(lesson: Lesson, work: list[CellWork]) -> LessonMeasures:
    visible = lesson.visible_cells
    placed = tuple(PlacedCell(cell, ("cell", n)) for n, cell in enumerate(lesson.cells))
    words = [word_count(cell.text) for cell in visible if isinstance(cell, models.MarkdownCell)]
    kept = [one for one in work if not one.dropped]
    return LessonMeasures(
        lesson.id,
        round(measured_minutes(ReadLesson(lesson, placed, {})), 1),
        sum(_is_interaction(cell) for cell in visible),
        float(median(words)) if words else 0.0,
        sum(isinstance(cell, models.CodeCell | models.ShellCell) for cell in visible),
        sum(isinstance(cell, models.ExerciseCell) for cell in visible),
        sum(isinstance(cell, models.QuizBase) for cell in visible),
        sum(isinstance(cell, models.VizCell) for cell in visible),
        sum(one.tries <= 1 for one in kept) / len(work) if work else None,
        sum(max(0, one.tries - 1) for one in work),
        len(work) - len(kept),
    )


def _is_interaction(cell: Cell) -> bool:
    return isinstance(cell, models.CodeCell | models.ShellCell | models.ExerciseCell | models.QuizBase)


def findings_of_measures(built: Built) -> Iterator[Finding]:
    """Figures outside of what is usual; all of them soft."""
    for one in measures_of(built):
        for gate, message in _unusual(one):
            yield Finding(gate, one.lesson, "", message, is_hard=False)
    for judged in built.judgements:
        if judged.score is not None and judged.score < LEAST_SCORE:
            message = (
                f"{judged.judge} gives {judged.criterion} {judged.score} of 5: {judged.evidence[:200]!r}"
            )
            yield Finding("judged-low", judged.lesson, "", message, is_hard=False)


def _unusual(one: LessonMeasures) -> Iterator[tuple[str, str]]:
    if not LEAST_MINUTES <= one.minutes <= MOST_MINUTES:
        yield "lesson-length", f"it takes about {one.minutes:.0f} minutes"
    if one.interactions_per_3_minutes < 1:
        yield "interactions", f"{one.interactions} things to do in {one.minutes:.0f} minutes"
    if one.median_words > MOST_WORDS:
        yield "long-prose", f"half of its texts have more than {one.median_words:.0f} words"
    lacking = [
        name
        for name, count in (("code", one.code), ("exercise", one.exercises), ("question", one.questions))
        if not count
    ]
    if lacking:
        yield "kinds", f"it has no {' and no '.join(lacking)}"
    if one.repairs > MOST_REPAIRS:
        yield "repairs", f"{one.repairs} repairs were needed"
