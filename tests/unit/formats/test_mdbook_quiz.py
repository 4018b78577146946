"""mdbook-quiz TOML: every type of question, pictures, shared contexts, and files that are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import cell_of, cells_of, read, reasons
from tui_tutor.core.errors import TutorError
from tui_tutor.core.toml_writing import toml_text


def quiz(text: str, **files: bytes):
    return read("mdbook_quiz", {"ownership.toml": text, **files}, name="ownership.toml")


CHOICE = """
[[questions]]
id = "moved"
type = "MultipleChoice"
prompt.prompt = "What happens to `s` in `let t = s;`?"
prompt.distractors = ["It is copied", "It is dropped"]
answer.answer = "It is moved"
context = "A `String` owns its memory."
"""


def test_a_multiple_choice_has_its_answer_among_shuffled_distractors():
    assert cell_of(quiz(CHOICE)) == {
        "kind": "quiz",
        "id": "moved",
        "form": "choice",
        "question": "What happens to `s` in `let t = s;`?",
        "explain": "A `String` owns its memory.",
        "shuffle": True,
        "option": [
            {"text": "It is moved", "correct": True},
            {"text": "It is copied"},
            {"text": "It is dropped"},
        ],
    }


def test_several_answers_are_all_right():
    text = CHOICE.replace('"It is moved"', '["It is moved", "`s` is invalid"]')
    assert [option.get("correct", False) for option in cell_of(quiz(text))["option"]] == [
        True,
        True,
        False,
        False,
    ]


def test_an_answer_with_a_place_is_put_there_and_not_shuffled():
    cell = cell_of(quiz(CHOICE + "prompt.answerIndex = 2\n"))
    assert [option["text"] for option in cell["option"]] == ["It is copied", "It is dropped", "It is moved"]
    assert "shuffle" not in cell


def test_sorted_answers_are_sorted_and_not_shuffled():
    cell = cell_of(quiz(CHOICE + "prompt.sortAnswers = true\n"))
    assert [option["text"] for option in cell["option"]] == ["It is copied", "It is dropped", "It is moved"]


def test_a_short_answer_accepts_its_alternatives():
    text = """
[[questions]]
type = "ShortAnswer"
prompt.prompt = "The keyword for a variable that may change?"
answer.answer = "mut"
answer.alternatives = ["`mut`", "let mut"]
"""
    assert cell_of(quiz(text)) == {
        "kind": "quiz",
        "id": "the-keyword-for-a-variable-that-may-change",
        "form": "text",
        "question": "The keyword for a variable that may change?",
        "accept": ["mut", "`mut`", "let mut"],
    }


def test_a_long_answer_field_is_named_as_lost():
    prompt = 'prompt = {prompt = "Why?", response = "long"}'
    text = f'[[questions]]\ntype = "ShortAnswer"\n{prompt}\nanswer.answer = "because"\n'
    assert reasons(quiz(text)) == ["its large answer field has no home: a text is one line"]


TRACING = '''
[[questions]]
type = "Tracing"
prompt.program = """
fn main() {
  println!("{}", 1 + 1);
}
"""
answer.doesCompile = true
answer.stdout = "2"
'''


def test_a_tracing_of_a_program_that_compiles_asks_what_it_prints():
    assert cell_of(quiz(TRACING)) == {
        "kind": "quiz",
        "id": "does-this-program-compile-if-it-does-what-does",
        "form": "predict",
        "question": "Does this program compile? If it does, what does it print?",
        "program": 'fn main() {\n  println!("{}", 1 + 1);\n}',
        "language": "rust",
        "stdout": "2",
    }


def test_a_tracing_of_a_program_that_does_not_compile_asks_whether_it_does():
    text = TRACING.replace("true", "false").replace('answer.stdout = "2"', "answer.lineNumber = 2")
    cell = cell_of(quiz(text))
    assert [option["text"] for option in cell["option"] if option.get("correct")] == ["It does not compile"]
    assert cell["explain"] == "The compiler refuses line 2."
    assert cell["question"].startswith("Does this program compile?\n\n```rust\nfn main() {")


def test_what_only_informs_is_text():
    text = '[[questions]]\ntype = "Informational"\nprompt.prompt = "The next questions are about *slices*."\n'
    assert cell_of(quiz(text)) == {"kind": "md", "text": "The next questions are about *slices*."}


def test_a_shared_context_stands_once_before_its_questions():
    part = 'multipart = "program"\n'
    text = f'multipart.program = "Given `let x = 1;`."\n{CHOICE}{part}{TRACING}{part}'
    cells = cells_of(quiz(text))
    assert [cell["kind"] for cell in cells] == ["md", "quiz", "quiz"]
    assert cells[0]["text"] == "Given `let x = 1;`."


def test_a_picture_beside_the_quiz_becomes_a_file_of_the_course():
    text = CHOICE.replace("A `String`", "![heap](img/heap.png) A `String`")
    imported = quiz(text, **{"img/heap.png": b"png"})
    assert cell_of(imported)["explain"] == "![heap](files/img/heap.png) A `String` owns its memory."
    assert imported.files == {"files/img/heap.png": b"png"}


def test_a_question_of_an_unknown_type_keeps_its_prompt_as_text():
    imported = quiz('[[questions]]\ntype = "Drawing"\nprompt.prompt = "Draw it."\n')
    assert cell_of(imported) == {"kind": "md", "text": "Draw it."}
    assert [lost.what for lost in imported.lost] == ["Drawing"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[questions]\n", 1),
        ("x = 1", 1),
        (CHOICE + '\n[[questions]]\ntype = "ShortAnswer"\nprompt = "x"\n', 10),
        ('[[questions]]\ntype = "MultipleChoice"\nprompt.prompt = "x"\n', 1),
        ("x = " + "[" * 5000, 1),
    ],
)
def test_a_file_that_is_no_quiz_is_refused_with_the_line(text, line):
    with pytest.raises(TutorError, match=f"ownership.toml, line {line}:"):
        quiz(text)


# --- whatever is written ----------------------------------------------------------------------------

WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
COMMON = {"id": WORDS, "context": WORDS, "promptExplanation": st.booleans()}
QUESTIONS = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("MultipleChoice"),
            "prompt": st.fixed_dictionaries(
                {"prompt": WORDS, "distractors": st.lists(WORDS, max_size=4)},
                optional={"answerIndex": st.integers(0, 9), "sortAnswers": st.booleans()},
            ),
            "answer": st.fixed_dictionaries({"answer": st.one_of(WORDS, st.lists(WORDS, max_size=3))}),
        },
        optional=COMMON,
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("ShortAnswer"),
            "prompt": st.fixed_dictionaries(
                {"prompt": WORDS}, optional={"response": st.sampled_from(["short", "code"])}
            ),
            "answer": st.fixed_dictionaries(
                {"answer": WORDS}, optional={"alternatives": st.lists(WORDS, max_size=3)}
            ),
        },
        optional=COMMON,
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("Tracing"),
            "prompt": st.fixed_dictionaries({"program": WORDS.filter(lambda text: text.strip())}),
            "answer": st.fixed_dictionaries(
                {"doesCompile": st.booleans()}, optional={"stdout": WORDS, "lineNumber": st.integers(1, 9)}
            ),
        },
        optional=COMMON,
    ),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(QUESTIONS, min_size=1, max_size=5))
def test_every_question_is_asked(questions):
    imported = quiz(toml_text({"questions": questions}))
    assert sum(imported.counted_in.values()) == len(questions) == len(cells_of(imported))
