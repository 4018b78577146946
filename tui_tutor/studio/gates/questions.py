"""Questions: how many options, what each says when chosen, nothing asked twice, keys at no telling place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Lesson, Option
from tui_tutor.core.linting.words import plain
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding

LEAST_FEEDBACK: Final = 40  # characters
LEAST_OPTIONS: Final = 3
MOST_OPTIONS: Final = 5
ALIKE: Final = 0.7  # Jaccard, of all words and of those that are left without the small ones
LEAST_CHANCE: Final = 0.01
_WORD: Final = re.compile(r"\w+")
_SMALL_WORDS: Final = (
    "a an the of in on at to for from by with and or if is are was be do does did has have will would can "
    "could may it its this that these those which what when where who why how one here you your there not "
    "ein eine einer eines der die das den dem des und oder ist sind wird was welche welcher welches wie wo "
    "warum wer hier man nicht zu von im in auf mit für"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())


def findings_about_questions(built: Built) -> Iterator[Finding]:
    """Everything that is wrong with questions and that `check` does not say."""
    asked = [(lesson, cell) for lesson, cell in built.cells() if isinstance(cell, models.QuizBase)]
    for lesson in built.all_lessons():
        for cell in lesson.cells:
            yield from _about_options(lesson.id, cell)
    yield from _repeated(asked)
    yield from _key_places([cell for _, cell in asked])


# --- options ----------------------------------------------------------------------------------------


def _about_options(lesson: str, cell: object) -> Iterator[Finding]:
    if isinstance(cell, models.ChoiceQuiz):
        if not LEAST_OPTIONS <= len(cell.option) <= MOST_OPTIONS:
            message, help = f"it has {len(cell.option)} options", "give three to five that could be right"
            yield Finding("option-count", lesson, cell.id, message, help)
        yield from _about_feedback(lesson, cell.id, cell.option)
    elif isinstance(cell, models.ClozeQuiz):
        for blank in cell.blank:
            if isinstance(blank, models.ChoiceBlank):
                yield from _about_feedback(lesson, cell.id, blank.option)


def _about_feedback(lesson: str, cell: str, options: Sequence[Option]) -> Iterator[Finding]:
    said: dict[str, int] = {}
    help = f"say why this option is right or wrong, in at least {LEAST_FEEDBACK} characters"
    for number, option in enumerate(options, 1):
        words = plain(option.feedback)
        if len(" ".join(option.feedback.split())) < LEAST_FEEDBACK:
            message = f"option {number} says {option.feedback.strip()!r} when it is chosen"
            yield Finding("feedback", lesson, cell, message, help)
        elif words in said:
            message = f"options {said[words]} and {number} say the same when they are chosen"
            yield Finding("feedback", lesson, cell, message, help)
        said.setdefault(words, number)


# --- nearly the same question -----------------------------------------------------------------------


def _repeated(asked: Sequence[tuple[Lesson, models.QuizBase]]) -> Iterator[Finding]:
    words = [_words_of(cell) for _, cell in asked]
    for later, (lesson, cell) in enumerate(asked):
        for earlier in range(later):
            if are_alike(words[earlier], words[later]):
                where = f"{asked[earlier][0].id}/{asked[earlier][1].id}"
                message, help = f"it asks nearly what {where} asks", "ask for something else"
                yield Finding("stem-repeated", lesson.id, cell.id, message, help)
                break


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two stems, as sets of words, ask nearly the same."""
    return jaccard(one, other) >= ALIKE and jaccard(one - _SMALL or one, other - _SMALL or other) >= ALIKE


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of all words that both have."""
    return len(one & other) / len(one | other) if one | other else 0.0


def _words_of(cell: models.QuizBase) -> frozenset[str]:
    """A stem's words, and those of what it is about where the stem alone says little."""
    match cell:
        case models.PredictQuiz():
            about = cell.program
        case models.OrderQuiz():
            about = " ".join(cell.items)
        case models.MatchQuiz():
            about = " ".join(side for pair in cell.pairs for side in pair)
        case models.ChoiceQuiz() if len(set(_WORD.findall(plain(cell.question))) - _SMALL) <= 2:
            about = " ".join(option.text for option in cell.option)
        case _:
            about = ""
    return frozenset(_WORD.findall(f"{plain(cell.question)} {about.casefold()}"))


# --- where keys stand -------------------------------------------------------------------------------


def _key_places(asked: Sequence[models.QuizBase]) -> Iterator[Finding]:
    """Keys of single choices that are not shuffled must stand where chance could have put them."""
    fixed = [cell for cell in asked if isinstance(cell, models.ChoiceQuiz) and not cell.shuffle]
    keys = [[n for n, option in enumerate(cell.option) if option.correct] for cell in fixed]
    places = Counter(found[0] for found in keys if len(found) == 1)
    if not places:
        return
    place, count = places.most_common(1)[0]
    options = sum(len(cell.option) for cell in fixed) / len(fixed)
    total = sum(places.values())
    if chance_of_at_least(count, total, 1 / options) * options < LEAST_CHANCE:
        message = f"in {count} of {total} questions that are not shuffled option {place + 1} is the right one"
        yield Finding("key-position", "", "", message, "add `shuffle = true`")


def chance_of_at_least(count: int, total: int, chance: float) -> float:
    """The binomial chance of `count` or more hits in `total` tries."""
    return sum(math.comb(total, n) * chance**n * (1 - chance) ** (total - n) for n in range(count, total + 1))
