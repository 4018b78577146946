"""A key fits its form: right is right as a learner types it, and what is plainly wrong is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_cloze, a_quiz, a_text_quiz
from tui_tutor.core.course import (
    ChoiceQuiz,
    ClozeQuiz,
    MatchQuiz,
    Near,
    NumberQuiz,
    Option,
    OrderQuiz,
    PredictQuiz,
    QuizCell,
    ReflectQuiz,
)
from tui_tutor.proof.keys import key_doubts

BASE = {"kind": "quiz", "id": "q", "question": "?"}


def a_number(**fields: Any) -> NumberQuiz:
    return NumberQuiz(**BASE, form="number", **fields)


def several(*right: bool) -> ChoiceQuiz:
    options = tuple(Option(text=f"Option {n}", correct=one) for n, one in enumerate(right))
    return ChoiceQuiz(**BASE, form="choice", option=options)


def an_order(*items: str, **fields: Any) -> OrderQuiz:
    return OrderQuiz(**BASE, form="order", items=items, **fields)


SOUND: list[QuizCell] = [
    a_quiz(),
    several(True, True, False),
    several(True, True, True),
    a_text_quiz(("kernel", "the kernel"), near=(Near(answer="shell", feedback="No."),)),
    a_text_quiz((r"ker\w+",), match="regex"),
    a_number(value=3, tolerance=0.5),
    a_number(value=0),
    a_number(value=-2.5, rel_tolerance=0.1, unit="m"),
    a_number(range=[1, 2]),
    a_number(value=1e300, rel_tolerance=0.01),
    a_cloze("{{1}} and {{2}}", ["one", "two"]),
    ClozeQuiz(
        kind="quiz",
        id="q",
        form="cloze",
        question="{{1}}",
        blank=({"form": "choice", "option": [{"text": "a", "correct": True}, {"text": "b"}]},),
    ),
    an_order("a = 1", "b = 2"),
    an_order("a = 1", "b = 2", orders=((2, 1),)),
    an_order("same", "same"),
    an_order("for x in y:", "    print(x)", indent=True),
    MatchQuiz(**BASE, form="match", pairs=(("a", "1"), ("b", "2"), ("c", "3")), extra=("4",)),
    PredictQuiz(**BASE, form="predict", program="print(1)", stdout="1"),
    ReflectQuiz(**BASE, form="reflect"),
]


@pytest.mark.parametrize("quiz", SOUND, ids=lambda quiz: quiz.form)
def test_of_a_sound_key_there_is_nothing_to_say(quiz: QuizCell):
    assert key_doubts(quiz, {}) == ()


@pytest.mark.parametrize(
    ("quiz", "doubt"),
    [
        (a_text_quiz((".*",), match="regex"), "a text that has nothing to do with it is graded as right"),
        (
            a_text_quiz(("kern.*",), match="regex", near=(Near(answer="kernels", feedback="One."),)),
            "which is only near",
        ),
    ],
)
def test_a_key_that_lets_pass_what_it_should_not_is_told(quiz: QuizCell, doubt: str):
    assert doubt in "; ".join(key_doubts(quiz, {}))


def test_a_derived_key_is_looked_at_with_the_value_it_has():
    quiz = a_number(value_py="a + b", tolerance=0.1)
    assert key_doubts(quiz, {"a + b": 4.0}) == ()


def test_a_key_without_a_value_is_said_elsewhere():
    assert key_doubts(a_number(value_py="a + b"), {}) == ()
