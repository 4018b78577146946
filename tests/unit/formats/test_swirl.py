"""swirl lessons: every class of unit, what lies beside a lesson, and files that are none."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import cell_of, cells_of, read, reasons
from tui_tutor.core.course import TextQuiz
from tui_tutor.core.errors import TutorError
from tui_tutor.core.grading.texts import judge_text

META = "- Class: meta\n  Course: First steps\n  Lesson: Vectors\n  Author: An Author\n"


def lesson(text: str, **files: str):
    return read("swirl", {"Vectors/lesson.yaml": META + text, **files}, name="First_Steps")


def unit(kind: str, **keys: str):
    return lesson(yaml.safe_dump([{"Class": kind, **keys}]))


def test_the_meta_unit_names_course_lesson_and_author_and_the_kernel_is_r():
    imported = unit("text", Output="Hello.")
    assert imported.course == {
        "format": 1,
        "id": "first-steps",
        "title": "First steps",
        "version": "0.1.0",
        "authors": ["An Author"],
        "lessons": ["vectors"],
        "kernel": {"name": "ir"},
    }
    assert imported.lessons["vectors"] == {"title": "Vectors", "cell": [{"kind": "md", "text": "Hello."}]}


def test_a_choice_has_the_texts_between_semicolons_and_its_hint():
    imported = unit(
        "mult_question", Output="Which?", AnswerChoices="Yes; No ;", CorrectAnswer="Yes", Hint="Not no."
    )
    assert cell_of(imported) == {
        "kind": "quiz",
        "id": "which",
        "form": "choice",
        "question": "Which?",
        "hints": ["Not no."],
        "shuffle": True,
        "option": [{"text": "Yes", "correct": True}, {"text": "No"}],
    }


def test_what_swirl_prints_as_it_stands_is_no_markdown_and_no_mathematics():
    imported = unit("text", Output="df$a * df$b * 2 and x_1, y_1")
    assert cell_of(imported)["text"] == r"df\$a \* df\$b \* 2 and x\_1, y\_1"


@pytest.mark.parametrize("key", ["Yes", "TRUE", "1.10", "010", "2e3", "null", "~"])
def test_no_key_becomes_a_number_or_a_truth_on_its_way(key):
    imported = lesson(
        f"- Class: mult_question\n  Output: Which?\n  AnswerChoices: {key};other\n  CorrectAnswer: {key}\n"
    )
    assert cell_of(imported)["option"][0] == {"text": key, "correct": True}


def test_a_key_that_is_no_choice_is_added_and_named():
    imported = unit("mult_question", Output="Which?", AnswerChoices="a;b", CorrectAnswer="c")
    assert [option["text"] for option in cell_of(imported)["option"]] == ["a", "b", "c"]
    assert reasons(imported) == ["its key 'c' is none of the choices; it was added to them"]


def test_a_choice_that_its_test_knows_better_than_its_key_keeps_the_test():
    imported = unit(
        "mult_question",
        Output="Which?",
        AnswerChoices="a;b",
        CorrectAnswer="B",
        AnswerTests="omnitest(correctVal='b')",
    )
    assert [option.get("correct") for option in cell_of(imported)["option"]] == [None, True]
    assert reasons(imported) == []


def test_a_question_whose_every_answer_is_right_is_an_open_question():
    imported = unit("mult_question", Output="And you?", AnswerChoices="a;b", CorrectAnswer="NULL")
    assert cell_of(imported)["form"] == "reflect"


def test_a_command_is_asked_by_a_pattern_and_run_unseen():
    imported = unit(
        "cmd_question",
        Output="Put 5 into x.",
        CorrectAnswer="x <- c(5, 'a')",
        AnswerTests="any_of_exprs('x <- c(5, \"a\")', 'x <- c(5,\"a\",NULL)')",
        Hint="Use c().",
    )
    asked, run = cells_of(imported)
    assert run == {
        "kind": "code",
        "id": "run-x-c-5-a",
        "language": "r",
        "source": "x <- c(5, 'a')",
        "hidden": True,
    }
    quiz = TextQuiz.model_validate(asked)
    for typed in ("x <- c(5, 'a')", 'x<-c(5,"a")', " x = c( 5 , 'a') ;", 'x <- c(5, "a", NULL)'):
        assert judge_text(typed, quiz.accept, quiz.match, quiz.near).is_right, typed
    for typed in ("x < - c(5, 'a')", "y <- c(5, 'a')", "x <- c(5)"):
        assert not judge_text(typed, quiz.accept, quiz.match, quiz.near).is_right, typed


@pytest.mark.parametrize(
    ("kind", "key", "cell"),
    [
        ("exact_question", "12L", {"form": "number", "value": 12}),
        ("exact_question", "2.50", {"form": "number", "value": 2.5}),
        ("exact_question", "blue", {"form": "text", "accept": ["blue"]}),
        ("range_question", "1.5-2.5", {"form": "number", "range": [1.5, 2.5]}),
        ("text_question", "mean", {"form": "text", "accept": ["mean"]}),
        ("text_order_question", "a, b", {"form": "text", "accept": ["a, b", "a,b", "a b"]}),
        (
            "text_many_question",
            "a,b",
            {"form": "text", "accept": ["a, b", "a,b", "a b", "b, a", "b,a", "b a"]},
        ),
    ],
)
def test_questions_that_are_typed(kind, key, cell):
    imported = unit(kind, Output="What?", CorrectAnswer=key)
    assert cell_of(imported) == {"kind": "quiz", "id": "what", "question": "What?", **cell}


def test_a_script_is_an_exercise_with_its_file():
    text = "- Class: script\n  Output: Mend it.\n  Script: mean.R\n  AnswerTests: check()\n  Hint: Look.\n"
    imported = lesson(
        text,
        **{"Vectors/scripts/mean.R": "mean(\n", "Vectors/scripts/mean-correct.R": "mean(1)\n"},
    )
    assert cell_of(imported) == {
        "kind": "ex",
        "id": "mean",
        "language": "sh",
        "task": "Mend it.",
        "run": "Rscript mean.R",
        "hints": ["Look."],
        "check": [{"kind": "status", "says": "the script runs to its end", "is": 0}],
        "file": [{"path": "mean.R", "starter": "mean(\n", "solution": "mean(1)\n"}],
    }
    assert len(imported.lost) == 1


def test_a_figure_is_a_program_and_a_video_a_link():
    text = "- Class: figure\n  Output: See.\n  Figure: plot.R\n- Class: video\n  Output: Watch?\n  VideoLink: http://x.example\n"
    cells = cells_of(lesson(text, **{"Vectors/plot.R": "plot(1)\n"}))
    assert cells == [
        {"kind": "md", "text": "See."},
        {"kind": "code", "id": "plot", "language": "r", "source": "plot(1)"},
        {"kind": "md", "text": "Watch?\n\n<http://x.example>"},
    ]


def test_what_runs_before_a_lesson_is_a_hidden_cell_and_tests_in_r_are_named_as_lost():
    imported = lesson(
        "- Class: text\n  Output: Hi.\n",
        **{
            "Vectors/initLesson.R": "x <- 1\n",
            "Vectors/customTests.R": "f <- 1\n",
            "Vectors/data.csv": "a\n",
        },
    )
    assert cells_of(imported)[0] == {
        "kind": "code", "id": "init-lesson", "language": "r", "source": "x <- 1", "hidden": True
    }  # fmt: skip
    assert [lost.what for lost in imported.lost] == ["customTests.R"]
    assert imported.files == {"files/Vectors/data.csv": b"a\n"}


def test_lessons_stand_in_the_order_of_the_manifest():
    files = {f"C/{name}/lesson.yaml": META.replace("Vectors", name) for name in ("Alpha", "Beta")}
    imported = read("swirl", {**files, "C/MANIFEST": "Beta\nAlpha\n"}, name="C")
    assert list(imported.lessons) == ["beta", "alpha"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- Class: text\n  Output: a: b\n", 6),
        ("x: 1\n", 5),
        ("- plain\n", 1),
        ("- &a [1]\n" + "- &b [*a,*a]\n" * 1 + "- *nobody\n", 7),
        ("- Class: " + "[" * 60, 5),
        ("- Class: text\n  Output: \x1d\n", 6),
    ],
)
def test_a_file_that_is_no_lesson_is_refused_with_the_line(text, line):
    with pytest.raises(TutorError, match=f"lesson.yaml, line {line}:"):
        lesson(text)


def test_aliases_that_would_fill_the_memory_are_refused_before_they_do():
    levels = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(TutorError, match="with its aliases the file has more than 200,000 values"):
        read("swirl", {"lesson.yaml": "\n".join(levels)})


# --- whatever is written ----------------------------------------------------------------------------

WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffe\uffff"), max_size=40
)
KINDS = ["text", "cmd_question", "mult_question", "text_question", "exact_question", "range_question"]
KINDS += ["text_many_question", "text_order_question", "video", "figure", "script", "multi_question", "other"]
UNITS = st.fixed_dictionaries(
    {"Class": st.sampled_from(KINDS)},
    optional={
        "Output": WORDS,
        "AnswerChoices": st.lists(WORDS, max_size=4).map(";".join),
        "CorrectAnswer": WORDS | st.integers().map(str) | st.sampled_from(["x <- 5", "NULL", "1-2"]),
        "AnswerTests": WORDS
        | st.sampled_from(["omnitest(correctExpr='y', correctVal=1)", "any_of_exprs('a','b')"]),
        "Hint": WORDS,
        "Script": WORDS,
        "Figure": WORDS,
        "VideoLink": WORDS,
    },
)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.lists(UNITS, max_size=6))
def test_every_question_is_asked_or_named_as_lost(units):
    imported = lesson("") if not units else lesson(yaml.safe_dump(units, allow_unicode=True))
    questions = sum(unit["Class"].endswith("question") for unit in units)
    assert sum(imported.counted_in.values()) == len(units)
    assert sum(cell["kind"] == "quiz" for cell in cells_of(imported)) >= questions
