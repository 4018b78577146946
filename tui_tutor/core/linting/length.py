"""A lesson's minutes against its length: reading at 200 words a minute, 1 a question, 3 an exercise.

Source: M. Brysbaert, "How many words do we read per minute?" (2019): 238 words of English non-fiction on
average; technical text with formulas and code is read more slowly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.linting.doubt import Doubt, ReadLesson
from tui_tutor.core.linting.words import texts_of, word_count

WORDS_A_MINUTE: Final = 200
MINUTES_A_QUESTION: Final = 1
MINUTES_AN_EXERCISE: Final = 3
MOST_TIMES_OFF: Final = 2


def measured_minutes(read: ReadLesson) -> float:
    """How long a lesson takes by its length; at least a minute."""
    visible = [cell for cell, _ in read.cells if not cell.hidden]
    words = sum(word_count(text) for cell in visible for text in texts_of(cell))
    questions = sum(isinstance(cell, models.QuizBase) for cell in visible)
    exercises = sum(isinstance(cell, models.ExerciseCell) for cell in visible)
    minutes = words / WORDS_A_MINUTE + MINUTES_A_QUESTION * questions + MINUTES_AN_EXERCISE * exercises
    return max(1.0, minutes)


def doubts_of_minutes(read: ReadLesson) -> Iterator[Doubt]:
    """A lesson that takes more than twice, or less than half, of what it says."""
    said = read.lesson.minutes
    if said is None or read.lesson.draft:
        return
    measured = measured_minutes(read)
    if not said / MOST_TIMES_OFF <= measured <= said * MOST_TIMES_OFF:
        message = f"the lesson says {said:g} minutes; by its length it takes about {measured:.0f}"
        help = (
            f"{WORDS_A_MINUTE} words a minute, {MINUTES_A_QUESTION} a question, {MINUTES_AN_EXERCISE} an "
            "exercise: change `minutes`, or silence the rule with what else takes the time"
        )
        yield Doubt("minutes-off", message, ("minutes",), help, "value")
