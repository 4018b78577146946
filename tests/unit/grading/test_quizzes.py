"""What every form of a question keeps to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.grading.quizzes import SORTING, a_choice, a_number, a_quiz, every_form
from tui_tutor.core.course import QuizCell
from tui_tutor.core.errors import TutorError
from tui_tutor.core.grading.orders import program_of
from tui_tutor.core.grading.quizzes import (
    derived_expressions,
    grade_quiz,
    parse_typed,
    right_answer,
    typed_of,
)
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import key_of, shown
from tui_tutor.core.grading.verdict import Mark

FORMS = st.sampled_from(every_form())
SEEDS = st.integers(0, 2**32)


def keys(*texts: str) -> tuple[str, ...]:
    return tuple(key_of(text) for text in texts)


@given(FORMS)
def test_the_right_answer_is_right(quiz: QuizCell) -> None:
    verdict = grade_quiz(quiz, right_answer(quiz) or ())
    assert (verdict.correct, verdict.score) == (True, 1.0)


@given(FORMS, SEEDS)
def test_an_answer_survives_being_written_and_read(quiz: QuizCell, seed: int) -> None:
    view, answer = shown(quiz, seed=seed), right_answer(quiz) or ()
    read = parse_typed(quiz, view, typed_of(quiz, view, answer))
    assert isinstance(read, tuple)
    assert sorted(read) == sorted(answer)
    assert grade_quiz(quiz, read).correct


@given(FORMS, SEEDS, st.text(max_size=40))
@settings(max_examples=300)
def test_any_typed_line_is_an_answer_or_a_sentence(quiz: QuizCell, seed: int, line: str) -> None:
    read = parse_typed(quiz, shown(quiz, seed=seed), line)
    if isinstance(read, Rejected):
        assert read.sentence.endswith((".", "..."))
    else:
        assert 0 <= grade_quiz(quiz, read).score <= 1


@given(FORMS, st.lists(st.sampled_from([*keys("right 1", "wrong 1", "}"), "x=y", "", "1"]), max_size=6))
def test_correct_means_a_score_of_one_and_nothing_else_does(quiz: QuizCell, answer: list[str]) -> None:
    verdict = grade_quiz(quiz, tuple(answer))
    assert verdict.correct is (verdict.score == 1)


@given(FORMS, SEEDS)
def test_shuffling_is_a_permutation_and_stable_by_seed(quiz: QuizCell, seed: int) -> None:
    view = shown(quiz, seed=seed)
    again, other = shown(quiz, seed=seed), shown(quiz, seed=seed + 1)
    assert view == again
    assert sorted(item.text for item in view.items) == sorted(item.text for item in other.items)
    assert sorted(item.text for item in view.rights) == sorted(item.text for item in other.rights)


@given(SEEDS)
def test_lines_never_stand_in_a_right_order(seed: int) -> None:
    quiz = a_quiz("order", items=["a", "b", "c"], orders=[[2, 1, 3]])
    texts = [item.text for item in shown(quiz, seed=seed).items]
    assert texts not in (["a", "b", "c"], ["b", "a", "c"])


def test_options_keep_the_authors_order_unless_shuffled() -> None:
    texts = [item.text for item in shown(a_choice(), seed=1).items]
    assert texts == ["right 1", "wrong 1", "wrong 2"]


# --- choice


def test_feedback_is_shown_for_chosen_options_only() -> None:
    verdict = grade_quiz(a_choice(), keys("wrong 1"))
    assert verdict.marks == (
        Mark(key_of("right 1")),
        Mark(key_of("wrong 1"), False, is_chosen=True, feedback="no 1"),
        Mark(key_of("wrong 2")),
    )


def test_when_tries_are_used_up_the_right_option_and_all_feedback_are_shown() -> None:
    verdict = grade_quiz(a_choice(), keys("wrong 1"), reveal=True)
    assert verdict.marks == (
        Mark(key_of("right 1"), True, feedback="yes 1"),
        Mark(key_of("wrong 1"), False, is_chosen=True, feedback="no 1"),
        Mark(key_of("wrong 2"), None, feedback="no 2"),
    )


@pytest.mark.parametrize(
    ("chosen", "score"),
    [
        (("right 1", "right 2"), 1.0),
        (("right 1",), 0.5),
        (("right 1", "wrong 1"), 0.0),
        (("right 1", "right 2", "wrong 1"), 0.5),
        (("wrong 1", "wrong 2"), 0.0),
        ((), 0.0),
    ],
)
def test_a_wrong_option_takes_back_a_right_one(chosen: tuple[str, ...], score: float) -> None:
    assert grade_quiz(a_choice(right=2), keys(*chosen)).score == score


def test_an_option_is_known_by_its_id_where_it_has_one() -> None:
    quiz = a_quiz("choice", option=[{"text": "a", "id": "first", "correct": True}, {"text": "b"}])
    assert parse_typed(quiz, shown(quiz, seed=0), "1") == ("first",)


@pytest.mark.parametrize("line", ["", "0", "4", "one", "1 2", "-1", "9999999999", "1.5"])
def test_what_names_no_single_option_is_no_answer(line: str) -> None:
    quiz = a_choice()
    assert isinstance(parse_typed(quiz, shown(quiz, seed=0), line), Rejected)


# --- text


@pytest.mark.parametrize(
    "text", ["latent space", "  LATENT   Space. ", '"latent space"', "ｌａｔｅｎｔ space"]
)
def test_folding_forgives_case_width_blanks_and_marks_around(text: str) -> None:
    assert grade_quiz(a_quiz("text", accept=["Latent space"]), (text,)).correct


@pytest.mark.parametrize(("key", "text"), [("C++", "C"), ("!", "?"), ("-1", "1"), ("a b", "ab"), ("x", "")])
def test_folding_keeps_what_makes_a_difference(key: str, text: str) -> None:
    assert not grade_quiz(a_quiz("text", accept=[key]), (text,)).correct


def test_an_exact_answer_differs_by_case_and_says_so() -> None:
    verdict = grade_quiz(a_quiz("text", accept=["torch.Size"], match="exact"), ("torch.size",))
    assert (verdict.correct, verdict.messages) == (
        False,
        ("The words are right; capitals, blanks and signs count here too.",),
    )


def test_a_near_answer_gets_its_own_feedback() -> None:
    quiz = a_quiz("text", accept=["mean"], near=[{"answer": "median", "feedback": "Close: the middle one."}])
    assert grade_quiz(quiz, ("Median",)).messages == ("Close: the middle one.",)


def test_a_pattern_describes_the_whole_answer() -> None:
    quiz = a_quiz("text", accept=[r"(?i)gr[ae]y|0x[0-9a-f]{2}"], match="regex")
    right = [
        text
        for text in ("gray", "GREY", "0x1f", "greyish", "a grey", "0x1")
        if grade_quiz(quiz, (text,)).correct
    ]
    assert right == ["gray", "GREY", "0x1f"]


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(.*a){25}b", "(a?){30}a{30}b", r"(\w+\s?)*b"])
def test_a_catastrophic_pattern_is_answered_all_the_same(pattern: str) -> None:
    assert not grade_quiz(a_quiz("text", accept=[pattern], match="regex"), ("a" * 1500,)).correct


# --- cloze, order, match, predict, reflect


def test_each_blank_is_judged_alone() -> None:
    quiz = a_quiz(
        "cloze",
        question="{{1}} {{2}}",
        blank=[{"form": "text", "accept": ["mean"]}, {"form": "number", "value": 2}],
    )
    verdict = grade_quiz(quiz, ("mean", "-2"))
    assert (verdict.score, verdict.messages) == (0.5, ("1 of 2 blanks are right.",))
    assert verdict.marks == (
        Mark("1", True, is_chosen=True),
        Mark("2", False, is_chosen=True, feedback="The number is right; look at its sign."),
    )


@pytest.mark.parametrize("line", ["a", "a; b; c", "a;", ";1", "a; two"])
def test_every_blank_wants_an_answer_of_its_kind(line: str) -> None:
    quiz = a_quiz(
        "cloze",
        question="{{1}} {{2}}",
        blank=[{"form": "text", "accept": ["a"]}, {"form": "number", "value": 2}],
    )
    assert isinstance(parse_typed(quiz, shown(quiz, seed=0), line), Rejected)


def in_order(*lines: tuple[str, int]) -> tuple[str, ...]:
    return tuple(key_of(text) + ">" * level for text, level in lines)


def test_the_indent_counts_where_it_is_asked() -> None:
    quiz = a_quiz("order", items=["if x:", "    pass"], indent=True)
    verdict = grade_quiz(quiz, in_order(("if x:", 0), ("pass", 0)))
    assert (verdict.score, verdict.messages) == (0.5, ("The order is right; look at the indent.",))


def test_lines_in_their_longest_right_run_count() -> None:
    quiz = a_quiz("order", items=["a", "b", "c", "d"])
    verdict = grade_quiz(quiz, keys("b", "c", "d", "a"))
    assert (verdict.score, [mark.is_right for mark in verdict.marks]) == (0.75, [True, True, True, False])


def test_a_further_order_is_as_right_as_the_authors() -> None:
    quiz = a_quiz("order", items=["a", "b", "c"], orders=[[2, 1, 3]])
    assert grade_quiz(quiz, keys("b", "a", "c")).correct


def test_a_distractor_must_be_left_out() -> None:
    quiz = a_quiz("order", items=["a", "b"], distractors=["z"])
    verdict = grade_quiz(quiz, keys("a", "b", "z"))
    assert (verdict.correct, verdict.messages[-1]) == (False, "One line does not belong.")


def test_lines_that_look_the_same_may_change_places() -> None:
    quiz = a_quiz("order", items=["}", "a", "}"])
    view = shown(quiz, seed=4)
    first = [str(number) for number, item in enumerate(view.items, 1) if item.text == "}"]
    middle = next(str(number) for number, item in enumerate(view.items, 1) if item.text == "a")
    answer = parse_typed(quiz, view, f"{first[1]} {middle} {first[0]}")
    assert isinstance(answer, tuple)
    assert grade_quiz(quiz, answer).correct


def test_the_assembled_program_has_four_blanks_for_each_level() -> None:
    quiz = a_quiz("order", items=SORTING, indent=True)
    assert program_of(quiz, right_answer(quiz) or ()) == "\n".join(SORTING) + "\n"


@pytest.mark.parametrize("line", ["1", "1 1 2", "1 2 9", "1> 2 3", "a b c", ">"])
def test_an_order_wants_every_line_once(line: str) -> None:
    quiz = a_quiz("order", items=["a", "b", "c"])
    assert isinstance(parse_typed(quiz, shown(quiz, seed=0), line), Rejected)


@pytest.mark.parametrize("line", ["1a 2b", "1b, 2a 3c", "1=a 2=b 3=c", "1 a 2 b 3 c", "1A 2B 3C"])
def test_pairs_may_be_typed_in_many_ways_but_all_of_them(line: str) -> None:
    quiz = a_quiz("match", pairs=[("x", "1"), ("y", "2"), ("z", "3")])
    read = parse_typed(quiz, shown(quiz, seed=0), line)
    assert isinstance(read, Rejected) == (line == "1a 2b")


def test_each_right_pair_counts() -> None:
    quiz = a_quiz("match", pairs=[("x", "1"), ("y", "2"), ("z", "3")])
    answer = tuple(f"{key_of(left)}={key_of(right)}" for left, right in [("x", "1"), ("y", "3"), ("z", "2")])
    assert grade_quiz(quiz, answer).score == pytest.approx(1 / 3)


def test_two_left_sides_may_share_a_right_side() -> None:
    quiz = a_quiz("match", pairs=[("x", "1"), ("y", "1")], extra=["2"])
    view = shown(quiz, seed=0)
    assert sorted(item.text for item in view.rights) == ["1", "2"]
    assert grade_quiz(quiz, right_answer(quiz) or ()).correct


def test_a_prediction_names_the_first_line_that_differs_and_not_what_it_is() -> None:
    quiz = a_quiz("predict", program="...", stdout="0\n1\n4\n")
    assert grade_quiz(quiz, ("0\n2\n4",)).messages == ("Line 2 is not what the program prints.",)
    assert grade_quiz(quiz, ("0\n1",)).messages == ("The program prints more: line 3 is missing.",)
    assert grade_quiz(quiz, ("0  \n1\n4\n\n",)).correct


def test_once_tries_are_used_up_the_line_itself_is_named() -> None:
    quiz = a_quiz("predict", program="...", stdout="A\nB\n")
    assert grade_quiz(quiz, ("A\nb",), reveal=True).messages == ('Line 2: expected "B"',)


def test_dots_in_a_prediction_are_dots() -> None:
    assert not grade_quiz(a_quiz("predict", program="...", stdout="a...\n"), ("abc",)).correct


def test_a_reflection_is_saved_whatever_it_says() -> None:
    verdict = grade_quiz(a_quiz("reflect"), ("I see now.",))
    assert (verdict.correct, verdict.score, verdict.messages) == (True, 1.0, ("Saved.",))


# --- derived keys


def test_a_derived_key_is_taken_by_its_expression() -> None:
    quiz = a_number(value_py="z.numel()")
    assert derived_expressions(quiz) == ("z.numel()",)
    assert grade_quiz(quiz, ("32",), derived={"z.numel()": 32}).correct


@pytest.mark.parametrize("derived", [{}, {"x": float("nan")}, {"x": "1"}, {"x": True}, {"x": 10**400}])
def test_without_a_key_nothing_is_graded(derived: dict[str, object]) -> None:
    with pytest.raises(TutorError, match="could not be worked out"):
        grade_quiz(a_number(value_py="x"), ("1",), derived=derived)
