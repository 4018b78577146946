"""Every form of a question behind four doors: read a typed line, write it, grade it, and the right answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never

from tui_tutor.core.course import (
    ChoiceQuiz,
    ClozeQuiz,
    MatchQuiz,
    NumberBlank,
    NumberQuiz,
    OrderQuiz,
    PredictQuiz,
    QuizCell,
    ReflectQuiz,
    TextQuiz,
)
from tui_tutor.core.grading.choices import grade_choice, read_choice, right_keys, typed_choice
from tui_tutor.core.grading.clozes import grade_cloze, read_cloze, right_cloze, typed_cloze
from tui_tutor.core.grading.comparing import grade_predicted
from tui_tutor.core.grading.numbers import judge_number, key_value, read_number
from tui_tutor.core.grading.orders import grade_order, read_order, right_order, typed_order
from tui_tutor.core.grading.pairs import grade_match, read_match, right_match, typed_match
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import Shown
from tui_tutor.core.grading.texts import judge_text
from tui_tutor.core.grading.verdict import Answer, Mark, Verdict

NOTHING_DERIVED: Final[Mapping[str, object]] = MappingProxyType({})
ASK_SOMETHING: Final = "Type an answer first."


def parse_typed(quiz: QuizCell, view: Shown, line: str) -> Answer | Rejected:
    """What a learner typed, as an answer; nonsense gives a sentence and changes nothing."""
    if not line.strip():
        return Rejected(ASK_SOMETHING)
    match quiz:
        case ChoiceQuiz():
            return read_choice(quiz, view.items, line)
        case TextQuiz():
            return (line.strip(),)
        case NumberQuiz():
            number = read_number(line)
            return Rejected(number) if isinstance(number, str) else (line.strip(),)
        case ClozeQuiz():
            return read_cloze(quiz, view, line)
        case OrderQuiz():
            return read_order(quiz, view.items, line)
        case MatchQuiz():
            return read_match(view, line)
        case PredictQuiz() | ReflectQuiz():
            return (line,)
        case _:
            assert_never(quiz)


def typed_of(quiz: QuizCell, view: Shown, answer: Answer) -> str:
    """The line that `parse_typed` reads as this answer."""
    match quiz:
        case ChoiceQuiz():
            return typed_choice(view.items, answer)
        case ClozeQuiz():
            return typed_cloze(quiz, view, answer)
        case OrderQuiz():
            return typed_order(view.items, answer)
        case MatchQuiz():
            return typed_match(view, answer)
        case TextQuiz() | NumberQuiz() | PredictQuiz() | ReflectQuiz():
            return "\n".join(answer)
        case _:
            assert_never(quiz)


def right_answer(quiz: QuizCell, *, derived: Mapping[str, object] = NOTHING_DERIVED) -> Answer | None:
    """A right answer; None where a pattern describes it or nothing is right or wrong."""
    match quiz:
        case ChoiceQuiz():
            return right_keys(quiz.option)
        case TextQuiz():
            return None if quiz.match == "regex" else (quiz.accept[0],)
        case NumberQuiz():
            return (_right_number(quiz, derived),)
        case ClozeQuiz():
            return right_cloze(quiz, derived)
        case OrderQuiz():
            return right_order(quiz)
        case MatchQuiz():
            return right_match(quiz)
        case PredictQuiz():
            return (quiz.stdout,)
        case ReflectQuiz():
            return None
        case _:
            assert_never(quiz)


def _right_number(quiz: NumberQuiz, derived: Mapping[str, object]) -> str:
    value = key_value(quiz, derived)
    if value is None:
        low, high = quiz.range or (0.0, 0.0)
        value = low + (high - low) / 2
    return f"{value!r} {quiz.unit}".strip()


def derived_expressions(quiz: QuizCell) -> tuple[str, ...]:
    """The expressions whose values `derived` must hold, keyed by the expression."""
    keys = quiz.blank if isinstance(quiz, ClozeQuiz) else (quiz,)
    return tuple(key.value_py for key in keys if isinstance(key, NumberQuiz | NumberBlank) and key.value_py)


def grade_quiz(
    quiz: QuizCell,
    answer: Answer,
    *,
    derived: Mapping[str, object] = NOTHING_DERIVED,
    reveal: bool = False,
) -> Verdict:
    """What an answer is worth. `reveal`: tries are used up, so right parts and all feedback are marked too.

    An order question with checks is graded by running `orders.program_of`; this grades its lines alone.
    TutorError if an expression of `derived_expressions` has no value.
    """
    match quiz:
        case ChoiceQuiz():
            return grade_choice(quiz, answer, reveal=reveal)
        case TextQuiz():
            return _grade_text(quiz, _only(answer), reveal=reveal)
        case NumberQuiz():
            return _grade_number(quiz, _only(answer), derived, reveal=reveal)
        case ClozeQuiz():
            return grade_cloze(quiz, answer, derived, reveal=reveal)
        case OrderQuiz():
            return grade_order(quiz, answer, reveal=reveal)
        case MatchQuiz():
            return grade_match(quiz, answer, reveal=reveal)
        case PredictQuiz():
            return grade_predicted(quiz, _only(answer), reveal=reveal)
        case ReflectQuiz():
            return Verdict(True, 1.0, messages=("Saved.",))
        case _:
            assert_never(quiz)


def _only(answer: Answer) -> str:
    return answer[0] if len(answer) == 1 else ""


def _grade_text(quiz: TextQuiz, text: str, *, reveal: bool) -> Verdict:
    judged = judge_text(text, quiz.accept, quiz.match, quiz.near)
    right = quiz.accept[0] if quiz.match != "regex" else ""
    return _single(judged.is_right, judged.feedback, right if reveal else "")


def _grade_number(quiz: NumberQuiz, text: str, derived: Mapping[str, object], *, reveal: bool) -> Verdict:
    judged = judge_number(text, quiz, derived)
    right = _right_number(quiz, derived) if reveal else ""
    return _single(judged.is_right, judged.feedback, right)


def _single(is_right: bool, feedback: str, right: str) -> Verdict:
    said = [feedback] if feedback else []
    if right and not is_right:
        said.append(f"Right here: {right}")
    marks = (Mark("answer", is_right, is_chosen=True, feedback=feedback),)
    return Verdict(is_right, 1.0 if is_right else 0.0, marks=marks, messages=tuple(said))
