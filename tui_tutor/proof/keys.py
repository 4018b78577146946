"""Whether a question's key fits its form: answered as a learner would, right is right and wrong is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, assert_never

from tui_tutor.core.course import (
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    MatchQuiz,
    NumberBlank,
    NumberKey,
    NumberQuiz,
    Option,
    OrderQuiz,
    PredictQuiz,
    QuizCell,
    ReflectQuiz,
    TextBlank,
    TextQuiz,
)
from tui_tutor.core.errors import TutorError
from tui_tutor.core.grading.numbers import key_value
from tui_tutor.core.grading.quizzes import grade_quiz, parse_typed, right_answer, typed_of
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import option_key, shown
from tui_tutor.core.grading.verdict import Answer

NONSENSE: Final = "no such answer 7f3a9c"
Derived = Mapping[str, object]


def key_doubts(quiz: QuizCell, derived: Derived) -> tuple[str, ...]:
    """What is inconsistent about a key, in plain words; `derived` are the values of its expressions."""
    try:
        return (*_right_ones(quiz, derived), *_wrong_ones(quiz, derived))
    except TutorError as error:  # an expression without a value: said elsewhere
        del error
        return ()


def _is_right(quiz: QuizCell, answer: Answer, derived: Derived) -> bool:
    return grade_quiz(quiz, answer, derived=derived).correct


# --- what must be right -----------------------------------------------------------------------------


def _right_ones(quiz: QuizCell, derived: Derived) -> Iterator[str]:
    right = right_answer(quiz, derived=derived)
    if right is None:
        return
    if not _is_right(quiz, right, derived):
        yield "its own key is not graded as right"
    elif not isinstance(quiz, PredictQuiz) and not _can_be_typed(quiz, right, derived):
        yield "its key, typed as a learner types it, is not graded as right"
    for words, answer in _further_right(quiz):
        if not _is_right(quiz, answer, derived):
            yield f"{words} is not graded as right"


def _can_be_typed(quiz: QuizCell, right: Answer, derived: Derived) -> bool:
    view = shown(quiz, seed=0)
    read = parse_typed(quiz, view, typed_of(quiz, view, right))
    return not isinstance(read, Rejected) and _is_right(quiz, read, derived)


def _further_right(quiz: QuizCell) -> Iterator[tuple[str, Answer]]:
    if isinstance(quiz, TextQuiz) and quiz.match != "regex":
        for text in quiz.accept:
            yield f"the accepted answer {text!r}", (text,)


# --- what must be wrong -----------------------------------------------------------------------------


def _wrong_ones(quiz: QuizCell, derived: Derived) -> Iterator[str]:
    for words, answer in _wrong_answers(quiz, derived):
        if _is_right(quiz, answer, derived):
            yield f"{words} is graded as right"


def _wrong_answers(quiz: QuizCell, derived: Derived) -> Iterator[tuple[str, Answer]]:
    match quiz:
        case ChoiceQuiz():
            yield from (
                (words, tuple(option_key(one) for one in chosen)) for words, chosen in _choices(quiz.option)
            )
        case TextQuiz():
            yield from ((words, (text,)) for words, text in _texts(quiz))
        case NumberQuiz():
            yield from ((words, (text,)) for words, text in _numbers(quiz, derived))
        case ClozeQuiz():
            yield from _clozes(quiz, derived)
        case OrderQuiz():
            yield from _orders(quiz)
        case MatchQuiz():
            yield from _matches(quiz)
        case PredictQuiz():
            yield "a text that has nothing to do with it", (NONSENSE,)
        case ReflectQuiz():
            return
        case _:
            assert_never(quiz)


def _choices(options: Sequence[Option]) -> Iterator[tuple[str, Sequence[Option]]]:
    """Every single option that is not the key by itself, and all of them at once."""
    key = [option for option in options if option.correct]
    for option in options:
        if [option] != key:
            yield f"the option {option.text!r} alone", [option]
    if len(key) < len(options):
        yield "choosing every option", list(options)


def _texts(quiz: TextQuiz | TextBlank) -> Iterator[tuple[str, str]]:
    for near in quiz.near:
        yield f"the answer {near.answer!r}, which is only near,", near.answer
    yield "a text that has nothing to do with it", NONSENSE


def _numbers(key: NumberKey, derived: Derived) -> Iterator[tuple[str, str]]:
    value = key_value(key, derived)
    if key.range is not None:
        low, high = key.range
        beyond = (low - 1 - abs(low), high + 1 + abs(high))
    elif value is not None:
        allowed = key.tolerance or abs(value) * (key.rel_tolerance or 0.0)
        step = 2 * allowed + 1 + abs(value)
        beyond = (value - step, value + step)
    else:
        return
    for number in beyond:
        yield f"the number {number:g}, far from the key,", f"{number!r} {key.unit}".strip()


def _clozes(quiz: ClozeQuiz, derived: Derived) -> Iterator[tuple[str, Answer]]:
    right = right_answer(quiz, derived=derived)
    if right is None:
        return
    for place, blank in enumerate(quiz.blank):
        for words, text in _blank_answers(blank, derived):
            yield f"blank {place + 1}: {words}", (*right[:place], text, *right[place + 1 :])


def _blank_answers(
    blank: ChoiceBlank | TextBlank | NumberBlank, derived: Derived
) -> Iterator[tuple[str, str]]:
    match blank:
        case ChoiceBlank():
            for option in blank.option:
                if not option.correct:
                    yield f"the option {option.text!r}", option_key(option)
        case TextBlank():
            yield from _texts(blank)
        case NumberBlank():
            yield from _numbers(blank, derived)
        case _:
            assert_never(blank)


def _orders(quiz: OrderQuiz) -> Iterator[tuple[str, Answer]]:
    """The lines backwards; with checks the assembled program decides, which is run elsewhere."""
    right = right_answer(quiz)
    backwards = right[::-1] if right else ()
    orders = [tuple(quiz.items[n - 1] for n in order) for order in quiz.orders]
    if backwards and not quiz.check and tuple(quiz.items[::-1]) not in (quiz.items, *orders):
        yield "the lines backwards", backwards


def _matches(quiz: MatchQuiz) -> Iterator[tuple[str, Answer]]:
    right = right_answer(quiz)
    if right is None:
        return
    sides = [entry.partition("=") for entry in right]
    rights = [side[2] for side in sides]
    turned = [*rights[1:], *rights[:1]]
    if turned != rights:
        yield (
            "every pair shifted by one",
            tuple(f"{left}={other}" for (left, _, _), other in zip(sides, turned, strict=True)),
        )
