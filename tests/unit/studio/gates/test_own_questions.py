"""The author's own questions are asked as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.studio.gates.building import built, good_cells
from tui_tutor.core.course import ChoiceQuiz
from tui_tutor.studio.brief import Brief, Question
from tui_tutor.studio.gates.own_questions import findings_about_own_questions


def the_choice() -> ChoiceQuiz:
    return next(cell for cell in good_cells() if isinstance(cell, ChoiceQuiz))


def of(quiz: ChoiceQuiz, **more) -> Question:
    """The question that a cell asks, as an author's brief has it."""
    texts = [one.text for one in quiz.option]
    key = next(number for number, one in enumerate(quiz.option, 1) if one.correct)
    return Question(**{"question": quiz.question, "options": texts, "correct": key, **more})


def found(question: Question) -> list[str]:
    brief = Brief(topic="Means", question=(question,))
    return [one.gate for one in findings_about_own_questions(replace(built(), brief=brief))]


def test_a_question_that_is_asked_as_it_is_is_silent_whatever_the_order_of_its_options():
    quiz = the_choice()
    turned = quiz.model_copy(update={"option": tuple(reversed(quiz.option))})
    assert [found(of(quiz)), found(of(turned))] == [[], []]


@pytest.mark.parametrize(
    "more", [{"question": "Is it another one?"}, {"options": ("A", "B", "C"), "correct": 1}]
)
def test_other_words_or_options_are_found(more):
    assert found(of(the_choice(), **more)) == ["own-question"]


def test_a_question_may_name_its_lesson():
    assert found(of(the_choice(), lesson="means")) == []


def test_another_key_is_found():
    quiz = the_choice()
    other = next(number for number, one in enumerate(quiz.option, 1) if not one.correct)
    assert found(of(quiz, correct=other)) == ["own-question"]
