"""Moodle GIFT: every kind of question, every escape, and files that are none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import cell_of, cells_of, read, reasons
from tui_tutor.core.errors import TutorError


def gift(text: str):
    return read("gift", {"quiz.gift": text})


EXAMPLES = {
    "multiple choice": (
        "::Colour::Which colour has the longest waves?{~green#No, that is in the middle. =red#Yes. ~blue}",
        {
            "kind": "quiz",
            "id": "colour",
            "form": "choice",
            "title": "Colour",
            "question": "Which colour has the longest waves?",
            "shuffle": True,
            "option": [
                {"text": "green", "feedback": "No, that is in the middle."},
                {"text": "red", "correct": True, "feedback": "Yes."},
                {"text": "blue"},
            ],
        },
    ),
    "several right answers by weight": (
        "Which of these are prime?{~%50%2 ~%50%7 ~%-50%9 ~%-50%1}",
        {
            "kind": "quiz",
            "id": "which-of-these-are-prime",
            "form": "choice",
            "question": "Which of these are prime?",
            "shuffle": True,
            "option": [
                {"text": "2", "correct": True},
                {"text": "7", "correct": True},
                {"text": "9"},
                {"text": "1"},
            ],
        },
    ),
    "true or false": (
        "A list can hold itself.{T#It can: a.append(a).#Right.####Lists hold references.}",
        {
            "kind": "quiz",
            "id": "a-list-can-hold-itself",
            "form": "choice",
            "question": "A list can hold itself.",
            "explain": "Lists hold references.",
            "option": [
                {"text": "True", "correct": True, "feedback": "Right."},
                {"text": "False", "feedback": "It can: a.append(a)."},
            ],
        },
    ),
    "short answer with a nearly right one": (
        "The word that defines a function?{=def =%50%function#That is JavaScript.}",
        {
            "kind": "quiz",
            "id": "the-word-that-defines-a-function",
            "form": "text",
            "question": "The word that defines a function?",
            "accept": ["def"],
            "near": [{"answer": "function", "feedback": "That is JavaScript."}],
        },
    ),
    "a single answer without its sign": (
        "The capital of Peru?{Lima#Yes.}",
        {
            "kind": "quiz",
            "id": "the-capital-of-peru",
            "form": "text",
            "question": "The capital of Peru?",
            "explain": "Yes.",
            "accept": ["Lima"],
        },
    ),
    "matching with an answer too many": (
        "Match.{=one->1 =two->2 =->3}",
        {
            "kind": "quiz",
            "id": "match",
            "form": "match",
            "question": "Match.",
            "shuffle": True,
            "pairs": [["one", "1"], ["two", "2"]],
            "extra": ["3"],
        },
    ),
    "a number and how far one may be off": (
        "g in m/s²?{#9.81:0.02}",
        {
            "kind": "quiz",
            "id": "g-in-m-s2",
            "form": "number",
            "question": "g in m/s²?",
            "value": 9.81,
            "tolerance": 0.02,
        },
    ),
    "a range of numbers": (
        "Between one and three?{#1..3}",
        {
            "kind": "quiz",
            "id": "between-one-and-three",
            "form": "number",
            "question": "Between one and three?",
            "range": [1, 3],
        },
    ),
    "a missing word": (
        "A tuple is {=immutable ~mutable} in Python.",
        {
            "kind": "quiz",
            "id": "a-tuple-is",
            "form": "cloze",
            "question": "A tuple is {{1}} in Python.",
            "blank": [
                {
                    "form": "choice",
                    "option": [{"text": "immutable", "correct": True}, {"text": "mutable"}],
                }
            ],
        },
    ),
    "an essay": (
        "Explain recursion.{####Say where it ends.}",
        {
            "kind": "quiz",
            "id": "explain-recursion",
            "form": "reflect",
            "question": "Explain recursion.",
            "explain": "Say where it ends.",
        },
    ),
    "a description": ("Read this before you begin.", {"kind": "md", "text": "Read this before you begin."}),
    "escapes": (
        r"What is \{1\: 2\} \= \#\~?{=a\=b ~\\n is no escape ~two\nlines}",
        {
            "kind": "quiz",
            "id": "what-is-1-2",
            "form": "choice",
            "question": "What is {1: 2} = #~?",
            "shuffle": True,
            "option": [
                {"text": "a=b", "correct": True},
                {"text": r"\n is no escape"},
                {"text": "two\nlines"},
            ],
        },
    ),
    "a wildcard": (
        "Any word with cat?{=*cat*}",
        {
            "kind": "quiz",
            "id": "any-word-with-cat",
            "form": "text",
            "question": "Any word with cat?",
            "accept": ["(?i).*cat.*"],
            "match": "regex",
        },
    ),
    "HTML": (
        "[html]<p>Is <b>x</b> &lt; <i>y</i>?</p>{T}",
        {
            "kind": "quiz",
            "id": "is-x-y",
            "form": "choice",
            "question": "Is **x** < *y*?",
            "option": [{"text": "True", "correct": True}, {"text": "False"}],
        },
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_kind_of_question_becomes_the_cell_that_asks_it(name):
    text, cell = EXAMPLES[name]
    assert cell_of(gift(text)) == cell


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Paris is in {=France}.", "Paris is in {{1}}."),
        ("Paris is in {=France}, not in Italy.", "Paris is in {{1}}, not in Italy."),
        ("Where is Paris? {=France}.", "Where is Paris?"),
    ],
)
def test_an_answer_inside_its_sentence_is_a_gap(text: str, question: str):
    assert cell_of(gift(text))["question"] == question


def test_texts_beside_gift_files_are_left_alone():
    imported = read("gift", {"a.gift": "x{T}", "b.gift": "y{F}", "notes.txt": "a } b"}, name="quizzes")
    assert list(imported.lessons) == ["a", "b"]


def test_a_blank_line_before_a_title_may_be_left_out():
    assert [cell["id"] for cell in cells_of(gift("::a::x{T}\n::b::y{F}"))] == ["a", "b"]


def test_an_indent_within_a_text_is_no_block_of_code():
    assert cell_of(gift("One\n      two{T}"))["question"] == "One\ntwo"
    assert cell_of(gift("[html]<p>One\n      two</p>{T}"))["question"] == "One\ntwo"


def test_a_question_that_begins_with_its_answer_is_named_by_what_follows():
    assert cell_of(gift("{=Asia} is the largest continent."))["id"] == "is-the-largest-continent"


@pytest.mark.parametrize("piece", ["<!--", "<a ", "<a href='", "</a", "&#x", "<script>", "<pre>", "<ul>"])
def test_html_that_never_ends_takes_no_longer_than_its_length(piece):
    text = (piece * 3_000).replace("#", "\\#").replace("=", "\\=")
    assert cell_of(gift(f"[html]{text}{{T}}"))["form"] == "choice"


def test_an_id_in_a_comment_is_the_cells_id_and_tags_are_named_as_lost():
    imported = gift("// question [id:sum-1] [tag:easy]\n1+1?{#2}")
    assert cell_of(imported)["id"] == "sum-1"
    assert [lost.what for lost in imported.lost] == ["tags easy"]


def test_each_category_is_a_lesson():
    imported = gift("$CATEGORY: $course$/top/Maths\n\n1+1?{#2}\n\n$CATEGORY: Words\n\nHi?{T}\n")
    assert {name: len(lesson["cell"]) for name, lesson in imported.lessons.items()} == {
        "maths": 1,
        "words": 1,
    }


def test_a_blank_line_inside_braces_does_not_end_a_question():
    assert len(cell_of(gift("Which?{\n=a\n\n~b\n}"))["option"]) == 2


def test_parts_of_a_mark_and_further_numbers_are_named_as_lost():
    imported = gift("When?{#=1822:0#Good. =%50%1822:2#Close.}")
    assert cell_of(imported)["value"] == 1822
    assert reasons(imported) == ["what is said of 1822:2 (50 per cent) has no place: a number has one key"]


def test_a_survey_without_a_right_option_is_kept_as_an_open_question():
    imported = gift("How was it?{~good ~bad}")
    assert cell_of(imported)["form"] == "reflect"
    assert cell_of(imported)["question"] == "How was it?\n\n- good\n- bad"
    assert reasons(imported) == ["no option is marked as right: it is kept as an open question"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("Fine.{T}\n\nBroken {=a ~b", 3), ("No } partner", 1), ("Two {T} pairs {F}", 1), ("{ { }", 1)],
)
def test_a_file_that_is_not_gift_is_refused_with_the_line(text, line):
    with pytest.raises(TutorError, match=f"quiz.gift, line {line}:"):
        gift(text)


def test_a_description_of_which_nothing_is_left_is_named_as_lost():
    imported = gift("[html]<p> </p>")
    assert (cells_of(imported), reasons(imported)) == ([], ["it has no text"])


def test_an_empty_file_is_a_course_without_cells():
    assert cells_of(gift("\n// nothing yet\n")) == []


# --- whatever is written ----------------------------------------------------------------------------

WORDS = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\r"), min_size=1, max_size=30
)


def escaped(text: str) -> str:
    text = "".join(f"\\{char}" if char in "~=#{}:\\" else char for char in " ".join(text.split()))
    return text.replace("->", "→").strip() or "x"


ANSWERS = st.one_of(
    st.just(""),
    st.sampled_from(["T", "F#no#yes", "TRUE"]),
    st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from("=~"),
            st.sampled_from(["", "%50%", "%-33.3%", "%100%"]),
            WORDS.map(escaped),
            st.one_of(st.just(""), WORDS.map(lambda text: "#" + escaped(text))),
        ),
        min_size=1,
        max_size=5,
    ).map(" ".join),
    st.lists(st.builds("={}->{}".format, WORDS.map(escaped), WORDS.map(escaped)), min_size=2, max_size=4).map(
        "\n".join
    ),
    st.builds("#{}:{}".format, st.integers(-(10**20), 10**20), st.floats(0, 1e9)),
    st.builds("#={}..{} ~#no".format, st.floats(-1e12, 1e12), st.integers(-9, 9)),
    WORDS.map(escaped),
)
QUESTIONS = st.builds(
    "{}{}{}{{{}}}{}".format,
    st.one_of(st.just(""), WORDS.map(lambda text: f"::{escaped(text)}::")),
    st.sampled_from(["", "[html]", "[markdown]", "[plain]"]),
    WORDS.map(escaped),
    ANSWERS,
    st.one_of(st.just(""), WORDS.map(escaped)),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.lists(QUESTIONS, min_size=1, max_size=6))
def test_every_question_is_asked_or_named_as_lost(questions):
    imported = gift("\n\n".join(questions))
    assert sum(imported.counted_in.values()) == len(questions) == len(cells_of(imported))


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=200))
def test_any_text_is_imported_or_refused_with_a_sentence(text):
    with contextlib.suppress(TutorError):
        gift(text)
