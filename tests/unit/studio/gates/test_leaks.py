"""What a model thought or was told does not stand in a lesson, and plain lessons are left alone."""

from __future__ import annotations

import pytest

from tests.builders import a_code, a_markdown
from tests.unit.studio.gates.building import (
    PROSE,
    a_choice,
    an_answerable_exercise,
    built,
    good_cells,
    hard_gates,
    said_by,
    with_text,
)
from tui_tutor.studio.gates.leaks import steers

LEAKS = [
    ("scratchpad", "<think>They want a short text.</think> A mean is a number."),
    ("scratchpad", "Let me draft the section first. A mean is a number."),
    ("scratchpad", "I'm within the word budget. A mean is a number."),
    ("scratchpad", "As an AI language model I find means easy."),
    ("scratchpad", "Certainly! A mean is a number."),
    ("scratchpad", "Here is the revised version: a mean is a number."),
    ("scratchpad", "I'll keep it short. A mean is a number."),
    ("scratchpad", "A mean is a number.<|im_end|>"),
    ("scratchpad", "Lass mich zuerst entwerfen. Ein Mittelwert ist eine Zahl."),
    ("placeholder", "A mean is a number. TODO: an example."),
    ("placeholder", "Lorem ipsum dolor sit amet."),
    ("placeholder", "[Insert an example here]"),
    ("placeholder", "The mean of {{numbers}} is five."),
    ("raw-markup", '{"kind": "md", "text": "A mean is a number."}'),
    ("raw-markup", 'A mean:\n\n"kind": "quiz",\n"form": "choice"'),
    ("prompt-echo", "The brief asks for a text about means."),
    ("prompt-echo", "Respond only in JSON."),
    ("not-for-learners", "Note to the instructor: show this on the board."),
    ("not-for-learners", "This cell should introduce means."),
]
PLAIN = [
    PROSE,
    "Let me know what you think of means. You should write the mean down.",
    "A to-do list holds what is to be done; its word count is small. Count words first.",
    "Write `TODO` into the file, then run `git grep TODO`.",
    'A record in JSON looks like this:\n\n```json\n{"kind": "md", "text": "x"}\n```\n',
    "Use `[name]` for an index and [a link](https://example.com).",
    "Sure-footed goats climb. Of course they do.",
    "The token limits of a bus ticket. Okay.",
    "A template has `{{` and `}}`.",
    "Here is the sum of the numbers: 15.",
]


@pytest.mark.parametrize(("gate", "text"), LEAKS)
def test_what_leaks_into_prose_is_stopped(gate: str, text: str):
    assert gate in hard_gates(with_text(text))


@pytest.mark.parametrize("text", PLAIN)
def test_plain_prose_is_left_alone(text: str):
    assert hard_gates(with_text(text)) - {"path-dangling"} == set()


def test_feedback_hints_and_checks_are_read_too():
    feedback = "Let me think: the sum is what is pulled upwards by a very large number."
    options = [dict(one) for one in a_choice().model_dump()["option"]]
    options[0]["feedback"] = feedback
    cells = [a_choice(option=options) if one.id == "pulls" else one for one in good_cells()]
    (finding,) = said_by("scratchpad", built(cells))
    assert (finding.cell, "option 1 feedback" in finding.message) == ("pulls", True)
    hinted = an_answerable_exercise(hints=("TODO", "There is a function for each."))
    assert hard_gates(built([*good_cells()[:2], hinted, *good_cells()[3:]])) == {"placeholder"}


@pytest.mark.parametrize(
    ("gate", "source"),
    [
        ("raw-markup", "```python\nprint(4.0)\n```"),
        ("scratchpad", "# Let me think about the output\nprint(4.0)"),
        ("placeholder", "print(4.0)  # TODO: a better example"),
    ],
)
def test_programs_are_read_too(gate: str, source: str):
    cells = good_cells()
    assert gate in hard_gates(built([cells[0], a_code(source, id="mean"), *cells[2:]], diagnostics=()))


def test_a_starter_may_say_what_is_to_be_done():
    cells = good_cells()
    cells[2] = an_answerable_exercise(starter="numbers = [2, 4, 9]\nmiddle = 0  # TODO: the mean\n")
    assert hard_gates(built(cells)) == set()


def test_instructions_to_an_agent_do_not_come_back_in_a_lesson():
    prompt = "You write for people who learn alone, in a terminal, and want to see what they do at once."
    echo = "Remember: people who learn alone, in a terminal, and want to see what they do at once."
    cells = [a_markdown(echo, id="words"), *good_cells()[1:]]
    assert hard_gates(built(cells, prompts=(prompt,))) == {"prompt-echo"}
    assert hard_gates(built(cells, prompts=("You write for people.",))) == set()


@pytest.mark.parametrize(
    "words", ["red \x1b[31m", "title \x9b", "turned \u202e around", "a bell \x07", "nothing \x00"]
)
def test_characters_that_steer_a_terminal_are_stopped(words: str):
    assert steers(words)


@pytest.mark.parametrize("words", ["two\r\nlines", "a\ttab", "π ≈ 3, é, 日本, 👩‍💻", "print('\\x1b[31m')"])
def test_other_characters_are_left_alone(words: str):
    assert not steers(words)
