"""jupyterquiz JSON: every type of question, and files that are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import cell_of, cells_of, read, reasons
from tui_tutor.core.errors import TutorError


def quiz(*questions: dict):
    return read("jupyterquiz", {"week 1.json": json.dumps(questions)})


def answer(text: object, correct: bool, **more: object) -> dict:
    return {"answer": text, "correct": correct, **more}


CHOICE = {
    "question": "Which are sequences?",
    "type": "many_choice",
    "answers": [
        answer("`list`", True, feedback="Yes."),
        answer("`tuple`", True),
        answer("`set`", False, feedback="A set has no order."),
    ],
}


def test_a_choice_keeps_its_feedback_and_is_shuffled():
    assert cell_of(quiz(CHOICE)) == {
        "kind": "quiz",
        "id": "which-are-sequences",
        "form": "choice",
        "question": "Which are sequences?",
        "shuffle": True,
        "option": [
            {"text": "`list`", "correct": True, "feedback": "Yes."},
            {"text": "`tuple`", "correct": True},
            {"text": "`set`", "feedback": "A set has no order."},
        ],
    }


def test_one_right_answer_of_several_is_named_as_lost_where_one_was_enough():
    assert reasons(quiz({**CHOICE, "type": "multiple_choice"})) == [
        "one of its right answers was enough; here all of them are to be chosen"
    ]


def test_code_of_a_question_is_a_fence_and_code_of_an_answer_stands_in_its_line():
    cell = cell_of(
        quiz(
            {
                "question": "What is printed?",
                "code": 'a = "1"\nprint(a + a)',
                "type": "multiple_choice",
                "answers": [answer(11, True), {"code": "x += [3]\nx", "correct": False}],
            }
        )
    )
    assert cell["question"] == 'What is printed?\n\n```python\na = "1"\nprint(a + a)\n```'
    assert [option["text"] for option in cell["option"]] == ["11", "`x += [3]; x`"]


def number(*answers: dict, **more: object) -> dict:
    return {"question": "Pi?", "type": "numeric", "answers": answers, **more}


@pytest.mark.parametrize(
    ("question", "key"),
    [
        (number({"type": "value", "value": 3.14, "correct": True}), {"value": 3.14}),
        (number({"type": "value", "value": 3, "correct": True}), {"value": 3}),
        (
            number({"type": "value", "value": 3.14, "correct": True}, precision=3),
            {"value": 3.14, "tolerance": 0.005},
        ),
        (number({"type": "range", "range": [3.1, 3.2], "correct": True}), {"range": [3.1, 3.2]}),
        (number({"type": "range", "range": [4, 3], "correct": True}), {"range": [3, 4]}),
    ],
)
def test_a_number_has_a_value_with_its_precision_or_a_range(question, key):
    assert cell_of(quiz(question)) == {
        "kind": "quiz", "id": "pi", "form": "number", "question": "Pi?", **key
    }  # fmt: skip


def test_what_is_said_of_other_numbers_is_named_as_lost():
    imported = quiz(
        number(
            {"type": "value", "value": 1, "correct": True, "feedback": "Yes."},
            {"type": "range", "range": [-5, 0], "correct": False, "feedback": "Too small."},
            {"type": "default", "feedback": "No."},
        )
    )
    assert cell_of(imported)["explain"] == "Yes."
    assert reasons(imported) == [
        "what is said of some wrong numbers has no place: a number has one key",
        "what is said of any other number has no place: a number has one key",
    ]


def test_a_string_accepts_its_right_answers_and_answers_the_wrong_ones():
    imported = quiz(
        {
            "question": "The first letter of Greek?",
            "type": "string",
            "answers": [
                answer("alpha", True, feedback="Right.", match_case=False),
                answer("omega", False, feedback="That is the last."),
                {"type": "default", "feedback": "Not that."},
            ],
        }
    )
    assert cell_of(imported) == {
        "kind": "quiz",
        "id": "the-first-letter-of-greek",
        "form": "text",
        "question": "The first letter of Greek?",
        "explain": "Right.",
        "accept": ["alpha"],
        "near": [{"answer": "omega", "feedback": "That is the last."}],
    }
    assert reasons(imported) == ["what is said of any other answer has no place"]


def test_capitals_count_where_all_right_answers_say_so():
    cell = cell_of(
        quiz({"question": "x", "type": "string", "answers": [answer("Ab", True, match_case=True)]})
    )
    assert cell["match"] == "exact"


def test_matching_has_pairs_and_options_that_belong_to_nothing():
    cell = cell_of(
        quiz(
            {
                "question": "Match.",
                "type": "match",
                "pairs": [{"label": "1", "answer": "one"}, {"label": "2", "answer": "two"}],
                "options": ["one", "two", "three"],
            }
        )
    )
    assert (cell["pairs"], cell["extra"]) == ([["1", "one"], ["2", "two"]], ["three"])


def test_HTML_is_shown_as_markdown():
    cell = cell_of(
        quiz({"question": "Is <b>this</b> <code>x</code> &lt; 1?", "type": "many_choice", "answers": []})
    )
    assert cell["question"] == "Is **this** `x` < 1?"


def test_a_question_of_an_unknown_type_is_an_open_question():
    imported = quiz({"question": "Draw.", "type": "sketch"})
    assert cell_of(imported)["form"] == "reflect"
    assert reasons(imported) == ["questions of this type are not known: it is kept as an open question"]


@pytest.mark.parametrize("text", ["[", "[1]", '"x"', "[" * 100_000, "1" * 5000, '{"question": NaN,}'])
def test_a_file_that_is_no_quiz_is_refused_with_the_line(text):
    with pytest.raises(TutorError, match=r"q\.json, line 1:"):
        read("jupyterquiz", {"q.json": text})


def test_other_json_beside_a_quiz_is_left_alone():
    imported = read("jupyterquiz", {"q.json": json.dumps([CHOICE]), "package.json": "{}"}, name="quizzes")
    assert list(imported.lessons) == ["q"]


def test_a_number_that_no_float_holds_is_no_key():
    assert cell_of(quiz(number({"type": "value", "value": 10**400, "correct": True})))["form"] == "reflect"


# --- whatever is written ----------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.text(max_size=30)
FIELDS = {"answer": WORDS | JSON, "code": WORDS, "correct": st.booleans(), "feedback": WORDS}
NUMBERS = {
    "type": st.sampled_from(["value", "range", "default"]),
    "value": st.floats() | st.integers(),
    "range": st.lists(st.floats() | st.integers(), min_size=2, max_size=2),
}
QUESTIONS = st.fixed_dictionaries(
    {
        "question": WORDS | JSON,
        "type": st.sampled_from(["many_choice", "multiple_choice", "numeric", "string", "match", "other"]),
        "answers": st.lists(st.fixed_dictionaries({}, optional={**FIELDS, **NUMBERS}), max_size=4) | JSON,
    },
    optional={
        "code": WORDS,
        "precision": st.integers(-2, 20) | JSON,
        "pairs": st.lists(st.fixed_dictionaries({"label": WORDS, "answer": WORDS}), max_size=3),
        "options": st.lists(WORDS, max_size=3) | JSON,
        "hints": JSON,
    },
)


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(st.lists(QUESTIONS, max_size=5))
def test_every_question_is_asked(questions):
    imported = quiz(*questions)
    assert sum(imported.counted_in.values()) == len(questions) == len(cells_of(imported))
