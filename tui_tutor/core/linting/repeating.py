"""What shows only when all questions are seen together: a stem that comes twice, keys at one place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.linting.doubt import Doubt, LessonDoubt, PlacedCell, ReadLesson
from tui_tutor.core.linting.words import plain

MIN_QUESTIONS: Final = 4
# A stem of these words alone says nothing without its options: "Which of these is true?"
_EMPTY_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "above can cell code happen happens line now result results value will "
        "a all an and answer answers apply are be best choose complete correct describes do does each fits "
        "following for gap gaps in is it lines match mark matches of one option options order output pick "
        "print printed prints program put right select sentence statement statements term terms that the "
        "their them these this to true what when where which with you alle antwort antworten aussage "
        "aussagen ausgabe das der die dieser diese dieses folgenden gibt ist korrekt ordne programm richtig "
        "richtige sind stimmt trifft was welche welcher welches wähle zu ",
    )
)


def repeated_stems(lessons: Sequence[ReadLesson]) -> Iterator[LessonDoubt]:
    """A question asked twice in the course is asked once too often."""
    first: dict[object, tuple[str, str]] = {}
    for lesson in lessons:
        for cell, path in lesson.cells:
            if not isinstance(cell, models.QuizBase):
                continue
            earlier = first.setdefault(_identity(cell), (lesson.lesson.id, cell.id))
            if earlier != (lesson.lesson.id, cell.id):
                message = f"{earlier[0]}/{earlier[1]} asks the same question"
                help = "ask for something else, or give one of them a case of its own"
                doubt = Doubt("duplicate-stem", message, (*path, "question"), help, "value")
                yield LessonDoubt(lesson.lesson.id, cell.id, doubt)


def _identity(cell: models.QuizBase) -> object:
    """What makes a question this question: its words, and what it is about where they leave that open."""
    stem = plain(cell.question)
    match cell:
        case models.PredictQuiz():
            return stem, cell.program.strip()
        case models.OrderQuiz():
            return stem, cell.items
        case models.MatchQuiz():
            return stem, cell.pairs
        case models.ChoiceQuiz() if _is_empty(stem):
            return stem, frozenset(plain(option.text) for option in cell.option)
        case models.TextQuiz() if _is_empty(stem):
            return stem, cell.accept
        case models.NumberQuiz() if _is_empty(stem):
            return stem, cell.value, cell.value_py, cell.range
        case _:
            return stem


def _is_empty(stem: str) -> bool:
    return set(re.findall(r"\w+", stem)) <= _EMPTY_WORDS


def keys_at_one_place(lessons: Sequence[ReadLesson]) -> Iterator[LessonDoubt]:
    """Who answers "the first" everywhere must not be right everywhere."""
    unshuffled = [
        (lesson, placed, keys[0])
        for lesson in lessons
        for placed in lesson.cells
        if (keys := _fixed_keys(placed)) and len(keys) == 1
    ]
    places = {place for _, _, place in unshuffled}
    if len(unshuffled) >= MIN_QUESTIONS and len(places) == 1:
        lesson, placed, place = unshuffled[0]
        message = f"in all {len(unshuffled)} questions option {place + 1} is the right one"
        doubt = Doubt("key-position", message, (*placed.path, "option", place), "add `shuffle = true`")
        yield LessonDoubt(lesson.lesson.id, placed.cell.id, doubt)


def _fixed_keys(placed: PlacedCell) -> list[int]:
    """The places of the right options, where the learner sees them in the author's order."""
    if not isinstance(placed.cell, models.ChoiceQuiz) or placed.cell.shuffle:
        return []
    return [index for index, option in enumerate(placed.cell.option) if option.correct]
