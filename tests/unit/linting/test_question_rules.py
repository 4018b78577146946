"""Rules about single questions and their hints: what makes them speak, and what must not."""

from __future__ import annotations

import pytest

from tests.unit.linting.examples import (
    a_choice,
    a_quiz,
    an_exercise,
    codes,
    files_of,
)

LONG = "It carries all of the randomness and has no parameters of its own"


def said(cells: str, language: str = "en") -> set[str]:
    """What is said of the cells, their length and level left aside."""
    found = codes(files_of(cells, course=f'language = "{language}"\n'))
    return set(found) - {"minutes-off", "bloom-mismatch"}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (a_quiz("How much?", form="number", value="0.1353352832366127"), "key-unreachable"),
        (a_quiz("Which word?", accept='["^[Mm]elon$"]'), "key-unreachable"),
        (a_quiz("Which word?", accept=r"['\d+ melons']"), "key-unreachable"),
        (a_quiz("Which lines?", accept='["a\\nb"]', match='"exact"'), "key-unreachable"),
        (
            a_quiz(
                "Colour?", accept='["gr[ae]y"]', match='"regex"', near='[{answer = "grey", feedback = "f"}]'
            ),
            "near-accepted",
        ),
        (a_quiz("Sure?", accept='["yes"]', near='[{answer = "yes.", feedback = "f"}]'), "near-accepted"),
        (a_choice("What for?", LONG, "It is learned", "It adds variance"), "longest-option-is-key"),
        (
            a_quiz("{{1}}", form="cloze")
            + "[[cell.blank]]\nform='choice'\n[[cell.blank.option]]\ntext='a'\nfeedback='f'\n"
            + f"[[cell.blank.option]]\ntext='{LONG}'\ncorrect=true\nfeedback='f'\n"
            + "[[cell.blank.option]]\ntext='b'\nfeedback='f'\n",
            "longest-option-is-key",
        ),
        (a_choice("Which of these is not a prior?", "a", "b"), "negated-stem"),
        (a_choice("All of these are layers except", "a", "b"), "negated-stem"),
        (a_choice("All of these are true except one. Which?", "a", "b"), "negated-stem"),
        (a_choice("Which of these can learn, except for the bias?", "a", "b"), "negated-stem"),
        (a_choice("All of these are layers EXCEPT", "a", "b"), "negated-stem"),
        (a_choice("Which of these is NOT a prior?", "a", "b"), "negated-stem"),
        (a_choice("Which loss doesn't fall?", "a", "b"), "negated-stem"),
        (a_choice("Which can never be zero?", "a", "b"), "negated-stem"),
        (a_choice("Which of the statements is false?", "a", "b"), "negated-stem"),
        (a_choice("Which layer cannot learn?", "a", "b"), "negated-stem"),
        (a_choice("What helps?", "Sleep", "Practice", "All of the above"), "above-with-shuffle"),
        (a_choice("What helps?", "Sleep", "Practice", "None of the above."), "above-with-shuffle"),
        (a_choice("What helps?", "Sleep", "Practice", "Both of the answers above"), "above-with-shuffle"),
    ],
)
def test_a_flaw_of_a_question_is_found(cells: str, code: str) -> None:
    assert said(cells) == {code}


@pytest.mark.parametrize(
    "cells",
    [
        a_quiz("How much?", form="number", value="0.1353352832366127", tolerance="0.001"),
        a_quiz("How much?", form="number", value="0.125"),
        a_quiz("How much?", form="number", value="-1000000"),
        a_quiz("Write a regular expression.", accept='["^[Mm]elon$"]'),
        a_quiz("Which call?", accept='["print(1)"]'),
        a_quiz(
            "Which one is the posterior?", accept=r"['p(z|x)', '[0]*5', 'a[n-1]', '\beta', 'C:\data', '2.5']"
        ),
        a_quiz("Colour?", accept='["gr[ae]y"]', match='"regex"', near='[{answer = "green", feedback = "f"}]'),
        a_choice(
            "What for?", LONG, "It is learned, and it has parameters like any layer", "It adds variance"
        ),
        a_choice("What for?", LONG, "It is learned"),  # two options
        a_choice("What for?", "It is learned", LONG, "It adds variance"),  # the longest is wrong
        a_choice("Which line?", f"`{LONG}`", "`x`", "`y`"),  # code
        a_choice("What does `not True` print?", "a", "b"),
        a_choice("Why does the loss not fall?", "a", "b"),
        a_choice("What happens when a kernel does not answer?", "a", "b"),
        a_choice("The kernel does not answer. What do you press?", "a", "b"),
        a_choice("Does the sum converge or not?", "a", "b"),
        a_choice("Which key do you press so as not to lose your work?", "a", "b"),
        a_choice("What does the word 'not' do to a truth?", "a", "b"),
        a_choice("Which errors does an except clause without a name catch?", "a", "b"),
        a_choice("Which is not only fast but also exact?", "a", "b"),
        a_choice("Which knot is noted? Nothing else.", "a", "b"),
        a_choice("What is wrong with this line?", "a", "b"),
        a_choice("Which of these is `False`?", "a", "b"),
        a_choice("Which of these is False?", "a", "b"),  # a value of Python
        a_quiz("{{1}} is not {{2}}.", form="cloze")
        + "[[cell.blank]]\nform='text'\naccept=['x']\n[[cell.blank]]\nform='text'\naccept=['y']\n",
        a_choice("What helps?", "Sleep", "Practice", "All of the above", shuffle=False),
        a_choice("Where is the mark?", "All values lie in it", "It stands above the axis", "On the line"),
        a_choice("What helps?", "Sleep", "Practice", "All of them"),
    ],
)
def test_what_only_looks_like_a_flaw_is_left_alone(cells: str) -> None:
    assert said(cells) == set()


@pytest.mark.parametrize(
    ("question", "option", "language", "expected"),
    [
        ("Welche Aussage ist nicht richtig?", "a", "de", {"negated-stem"}),
        ("Welche Schicht hat keine Gewichte?", "a", "de-CH", {"negated-stem"}),
        ("Welche dieser Aussagen sind falsch?", "a", "de", {"negated-stem"}),
        ("Was geschieht, wenn der Kernel nicht antwortet?", "a", "de", set()),
        ("Was hilft?", "Alle der oben genannten", "de", {"above-with-shuffle"}),
        ("Lequel de ces choix ne convient pas?", "a", "fr", set()),
        ("Note: which is not said in English?", "a", "fr", set()),
    ],
)
def test_words_are_read_in_the_language_of_the_course(
    question: str, option: str, language: str, expected: set[str]
) -> None:
    assert said(a_choice(question, option, "b"), language) == expected


def test_an_overlay_is_not_read_for_flaws() -> None:
    files = files_of(a_choice("Which is a prior?", "a", "b"))
    over = b"[[cell]]\nid = 'q'\nquestion = 'Which is not a prior?'\n"
    files["lessons/one.beginner.toml"] = over
    assert "negated-stem" not in codes(files)


# --- hints ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        a_choice(
            "Which part maps x to z?", "The decoder", "The encoder", right=2, hints="It is the encoder."
        ),
        a_quiz("Which fruit is it?", hints="A **melon** is large and green."),
        a_quiz("Which word begins a loop?", accept='["for"]', hints="It is `for`."),
        a_quiz("How many?", form="number", value="784", hints="28 times 28 gives 784."),
        a_quiz("How many?", form="number", value="7", hints="The answer is 7."),
        a_quiz("How many?", form="number", value="7", hints="3 + 4 = 7"),
        a_quiz("How many?", form="number", value="0.5", hints="Try 0.5."),
        a_quiz(
            "What is printed?",
            form="predict",
            program="'print(0.25 * 2)'",
            stdout="'0.5'",
            hints="It prints 0.5.",
        ),
        a_quiz("{{1}} starts a new kernel.", form="cloze", hints="Look for restart.")
        + "[[cell.blank]]\nform='text'\naccept = ['restart']\n",
        an_exercise("y = x * 2 + 1", starter="y = 0", hints="Write `y = x * 2 + 1`."),
        an_exercise("y = x * 2 + 1", starter="y = 0", hints="What about `x*2 + 1`?"),
        an_exercise(
            "def f(x):\n    return x * 2 + 1", starter="def f(x):\n    ...", hints="f has to return x * 2 + 1"
        ),
    ],
)
def test_a_hint_that_contains_the_answer_is_found(cells: str) -> None:
    assert "hint-gives-answer" in said(cells)


@pytest.mark.parametrize(
    "cells",
    [
        a_choice("Which part maps x to z?", "The decoder", "The encoder", right=2, hints="Its name says it."),
        a_choice(
            "Which part?", "The decoder", "The encoder", hints="The decoder or the encoder: which goes back?"
        ),
        a_choice(
            "Is the encoder right?", "The encoder", "No", hints="What does an encoder do? The encoder ..."
        ),
        a_choice("How many?", "2", "3", hints="Count from 2 on."),
        a_choice("Does it grow?", "Yes", "No", hints="yes and no are near"),
        a_quiz("Which word begins a loop?", accept='["for"]', hints="Look for the word before `in`."),
        a_quiz("Which fruit is it?", hints="It grows with water and is no watermelon-like thing."),
        a_quiz("Which melon is it?", hints="A melon it is, but which?", accept='["melon"]'),
        a_quiz("How many?", form="number", value="784", hints="It is 28 times 28."),
        a_quiz("How many?", form="number", value="3", hints="Count from 3 and add 0."),
        a_quiz("How many?", form="number", value="2", hints="2 = 1 + 1, so go on."),
        a_quiz(
            "Half of 784 and half of it again?", form="number", value="784", hints="784 is there already."
        ),
        a_quiz("How many?", form="number", value="784", hints="Not 7840, not 784.5."),
        a_quiz(
            "What is printed?", form="predict", program="'print(10)'", stdout="'10'", hints="Only 10 counts."
        ),
        an_exercise("y = x * 2 + 1", starter="y = 0", hints="Double x first."),
        an_exercise("y = x * 2 + 1", starter="y = x * 2 + 1", hints="y = x * 2 + 1"),
        an_exercise("total = 0", starter="", hints="total starts at 0"),
        an_exercise(
            "a = 10001\nb = 20002\nc = 30003\nd = 40004", starter="", hints="a = 10001 is the first of four."
        ),
        an_exercise("import numpy\nx = 1", starter="", hints="You need `import numpy`."),
        an_exercise("k = first_of(share)", starter="", hints="`first_of(shares)` is another thing."),
    ],
)
def test_a_hint_that_leads_to_the_answer_is_left_alone(cells: str) -> None:
    assert "hint-gives-answer" not in said(cells)
