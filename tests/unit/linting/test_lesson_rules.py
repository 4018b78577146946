"""Rules about lessons and courses: objectives, levels, minutes, repetition, files, settings, silences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.linting.examples import (
    COURSE,
    a_choice,
    a_code,
    a_lesson,
    a_quiz,
    an_exercise,
    an_md,
    codes,
    files_of,
)
from tui_tutor.core.linting.bloom import VERBS, levels_of
from tui_tutor.core.linting.doubt import RULES
from tui_tutor.core.parsing import check_course

PNG = b"\x89PNG\r\n\x1a\n\0\0\0"
RULES_PAGE = Path(__file__).parents[3] / "docs/rules.md"


def headed(objective: str, bloom: str, cells: str, *, minutes: float = 2, more: str = "") -> dict[str, bytes]:
    """A course of one lesson with this header."""
    header = f'title = "T"\nminutes = {minutes}\nbloom = "{bloom}"\nobjective = "{objective}"\n{more}'
    return files_of({"one": a_lesson(cells, header=header)})


# --- objectives -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        an_md("Read this."),
        an_md("Read this.") + a_code("print(1)"),
        a_quiz("Which?") + "optional = true\n",
        "[[cell]]\nkind = 'sh'\nrun = 'ls'\n",
    ],
)
def test_a_promise_that_nothing_comes_back_to_is_found(cells: str) -> None:
    assert "objective-unassessed" in codes(headed("Understand it", "understand", cells))


@pytest.mark.parametrize(
    "cells",
    [
        a_quiz("Which?"),
        an_exercise("x = 1"),
        "[[cell]]\nkind = 'sh'\nrun = 'ls'\n[[cell.check]]\nkind = 'status'\nsays = 's'\n",
    ],
)
def test_a_promise_that_is_asked_for_is_kept(cells: str) -> None:
    assert "objective-unassessed" not in codes(headed("Understand it", "understand", cells))


def test_an_objective_of_the_course_wants_a_lesson_that_asks() -> None:
    course = '[[objective]]\nid = "sums"\ntext = "Add"\n'
    lesson = 'title = "T"\nminutes = 1\nbloom = "understand"\n'
    asking = {"one": a_lesson(a_quiz("Which?"), header=f'{lesson}objective = "x"\nobjectives = ["sums"]\n')}
    reading = {"one": a_lesson(an_md("x"), header=f'{lesson}objectives = ["sums"]\n')}
    draft = {"one": f'{lesson}objective = "x"\nobjectives = ["sums"]\ndraft = true\n'}
    assert "objective-unassessed" not in codes(files_of(asking, course=course))
    assert "objective-unassessed" not in codes(files_of(draft, course=course))
    assert "objective-unassessed" in codes(files_of(reading, course=course))
    assert "objective-unassessed" in codes(files_of(a_quiz("Which?"), course=course))


def test_an_objective_is_not_missed_while_a_lesson_cannot_be_read() -> None:
    files = files_of(
        {"one": a_lesson(a_quiz("Q?")), "two": "title ="}, course='[[objective]]\nid = "a"\ntext = "b"\n'
    )
    assert set(codes(files)) == {"toml-syntax", "minutes-off"}


# --- levels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objective", "bloom", "cells"),
    [
        ("List the parts", "create", an_exercise("x = 1")),
        ("Explain the bound", "apply", an_exercise("x = 1")),
        ("You will be able to design a network", "remember", a_quiz("Which?")),
        ("Have fun", "apply", a_choice("Which?", "a", "b")),
        ("Have fun", "create", a_code("x = 1") + a_quiz("Which?")),
        ("Have fun", "create", a_quiz("How many?", form="number", value="2")),
        ("Have fun", "remember", a_quiz("Which?") + 'bloom = "create"\n'),
        ("Have fun", "remember", a_quiz("Which?") + an_md("x") + 'bloom = "apply"\n'),
    ],
)
def test_a_level_that_does_not_fit_is_found(objective: str, bloom: str, cells: str) -> None:
    assert "bloom-mismatch" in codes(headed(objective, bloom, cells))


@pytest.mark.parametrize(
    ("objective", "bloom", "cells"),
    [
        ("Design a network", "create", an_exercise("x = 1")),
        ("to explain, in words, the bound", "understand", a_choice("Which?", "a", "b")),
        ("Identify the parts", "analyse", a_choice("Which?", "a", "b")),
        ("Frobnicate the bound", "apply", a_code("x = 1") + a_quiz("Which?")),
        ("Compute a mean", "apply", a_quiz("How many?", form="number", value="2")),
        ("Compute a mean", "apply", a_quiz("What?", form="predict", program="'print(1)'", stdout="'1'")),
        ("Judge a model", "evaluate", a_choice("Which?", "a", "b")),
        ("Have fun", "create", a_quiz("What did you make?", form="reflect")),
    ],
)
def test_a_level_that_fits_is_left_alone(objective: str, bloom: str, cells: str) -> None:
    assert "bloom-mismatch" not in codes(headed(objective, bloom, cells))


def test_verbs_of_another_language_say_nothing() -> None:
    files = headed("List die Teile", "create", an_exercise("x = 1"))
    files["course.toml"] += b'language = "de"\n'
    assert "bloom-mismatch" not in codes(files)


def test_a_verb_is_found_behind_what_leads_to_it() -> None:
    assert levels_of("Learners can explain it") == VERBS["explain"] == {"understand"}
    assert levels_of("The explanation") == frozenset()
    assert levels_of("") == frozenset()


# --- minutes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "cells", "is_off"),
    [
        (2, an_md("word " * 200) + a_quiz("Which?"), False),
        (5, an_md("word " * 200) + a_quiz("Which?"), True),
        (4, an_md("word " * 1700), True),
        (5, an_md("word " * 1700), False),
        (1, an_exercise("x = 1"), True),
        (2, an_exercise("x = 1"), False),
        (6, an_exercise("x = 1"), False),
        (7, an_exercise("x = 1"), True),
        (2, an_md("short"), False),
        (1, a_code("x = 1\n" * 400) + "hidden = true\n", False),
    ],
)
def test_minutes_are_measured_by_words_questions_and_exercises(
    minutes: float, cells: str, is_off: bool
) -> None:
    assert ("minutes-off" in codes(headed("Have fun", "remember", cells, minutes=minutes))) is is_off


# --- repetition -------------------------------------------------------------------------------------


def two(first: str, second: str) -> dict[str, bytes]:
    """Two lessons with a question each."""
    return files_of({"one": a_lesson(first), "two": a_lesson(second)})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (a_quiz("What keeps names?"), a_quiz("What keeps  *names*")),
        (a_choice("What keeps names?", "a", "b"), a_choice("What keeps names?", "c", "d")),
        (a_choice("Which of these is true?", "a", "b"), a_choice("Which of these is true?", "b", "a")),
        (
            a_quiz("Output?", form="predict", program="'print(1)'", stdout="'1'"),
            a_quiz("Output?", form="predict", program="'print(1)'", stdout="'1'"),
        ),
    ],
)
def test_a_question_that_is_asked_twice_is_found(first: str, second: str) -> None:
    assert codes(two(first, second)).count("duplicate-stem") == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (a_choice("Which of these is true?", "a", "b"), a_choice("Which of these is true?", "c", "d")),
        (
            a_quiz("Output?", form="predict", program="'print(1)'", stdout="'1'"),
            a_quiz("Output?", form="predict", program="'print(2)'", stdout="'2'"),
        ),
        (a_quiz("How much is 1 + 1?"), a_quiz("How much is 1 - 1?")),
        (a_quiz("What is the result?", accept='["a"]'), a_quiz("What is the result?", accept='["b"]')),
        (
            a_quiz("What is the value now?", form="number", value="1"),
            a_quiz("What is the value now?", form="number", value="2"),
        ),
        (a_quiz("What keeps names?"), an_exercise("x = 1", task="What keeps names?")),
    ],
)
def test_questions_about_different_things_are_left_alone(first: str, second: str) -> None:
    assert "duplicate-stem" not in codes(two(first, second))


def test_keys_that_all_stand_at_one_place_are_found() -> None:
    def questions(*places: int, shuffle: bool = False) -> list[str]:
        cells = (
            a_choice(f"What about {place}{number}?", "a", "b", right=place, id=f"q{number}", shuffle=shuffle)
            for number, place in enumerate(places)
        )
        return [code for code in codes(files_of("".join(cells))) if code == "key-position"]

    assert questions(1, 1, 1, 1) == ["key-position"]
    assert questions(2, 2, 2, 2, 2) == ["key-position"]
    assert questions(1, 1, 1) == questions(1, 1, 1, 2) == questions(1, 1, 1, 1, shuffle=True) == []


# --- files and settings -----------------------------------------------------------------------------


def test_an_image_without_words_is_found_at_its_place() -> None:
    (found,) = [
        item
        for item in check_course(files_of(an_md("See\n  here: ![](a.png) and ![ ](b.png)")))
        if item.code == "alt-missing" and item.span.column == 9
    ]
    assert (found.span.line, found.source_line[8:20]) == (10, "![](a.png) a")


@pytest.mark.parametrize(
    "text", ["![a plot](a.png)", "`![](a.png)`", "```\n![](a.png)\n```", "[](a.png)!", "x![]"]
)
def test_an_image_with_words_or_in_code_is_left_alone(text: str) -> None:
    assert "alt-missing" not in codes(files_of(an_md(text)))


def test_a_binary_file_wants_an_asset() -> None:
    asset = '[[asset]]\npath = "files/a.png"\nlicense = "CC0-1.0"\nsource = "us"\n'
    silence = '[[silence]]\ncode = "asset-unlisted"\nwhere = "files/a.png"\nreason = "r"\n'
    quiz = a_quiz("Which?")
    assert "asset-unlisted" in codes(files_of(quiz, **{"files/a.png": PNG}))
    assert "asset-unlisted" not in codes(files_of(quiz, course=asset, **{"files/a.png": PNG}))
    assert "asset-unlisted" not in codes(files_of(quiz, **{"files/a.csv": "é,1\n".encode()}))
    unlicensed = asset.replace('license = "CC0-1.0"\n', "")
    assert "license-missing" in codes(files_of(quiz, course=unlicensed, **{"files/a.png": PNG}))
    assert "asset-unlisted" not in codes(files_of(quiz, course=silence, **{"files/a.png": PNG}))


@pytest.mark.parametrize("name", ["PATH", "PYTHONPATH", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "HOME"])
def test_a_variable_that_changes_programs_is_found(name: str) -> None:
    assert "env-changes-programs" in codes(
        files_of(a_quiz("Which?"), course=f"[kernel]\nenv = {{ {name} = 'x' }}\n")
    )


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "PATHS", "PYTHONHASHSEED", "DATA_HOME"])
def test_other_variables_are_left_alone(name: str) -> None:
    files = files_of(a_quiz("Which?"), course=f"[kernel]\nenv = {{ {name} = '1' }}\n")
    assert "env-changes-programs" not in codes(files)


def test_a_circle_is_named_wherever_it_is() -> None:
    lesson = 'title = "T"\nminutes = 1\nbloom = "remember"\nobjective = "x"\nrequires = ["{}"]\n'
    lessons = {
        "one": a_lesson(a_quiz("A?"), header=lesson.format("two")),
        "two": a_lesson(a_quiz("B?"), header=lesson.format("one")),
    }
    objective = '[[objective]]\nid = "{0}"\ntext = "T"\nrequires = ["{1}"]\n'
    objectives = objective.format("a", "b") + objective.format("b", "a")
    of_lessons = [item.message for item in check_course(files_of(lessons)) if item.code == "requires-cycle"]
    found = check_course(files_of(a_quiz("A?"), course=objectives))
    of_objectives = [item.message for item in found if item.code == "requires-cycle"]
    assert of_lessons == ["lessons require each other: one → two → one"]
    assert of_objectives == ["objectives require each other: a → b → a"]
    assert "requires-itself" in codes(files_of(a_quiz("A?"), course='after = ["c"]\n'))


# --- silences ---------------------------------------------------------------------------------------

NEGATED = a_choice("Which is not a prior?", "a", "b")


def silenced(code: str, where: str = "") -> list[str]:
    """What is said of a negated question under a silence."""
    place = f'where = "{where}"\n' if where else ""
    course = f'[[silence]]\ncode = "{code}"\n{place}reason = "r"\n'
    return codes(files_of(NEGATED, course=course))


@pytest.mark.parametrize("where", ["", "one", "one/q"])
def test_a_silence_takes_a_warning_away(where: str) -> None:
    found = silenced("negated-stem", where)
    assert not {"negated-stem", "silence-unused"} & set(found)


def test_a_silence_elsewhere_takes_nothing_away_and_is_named() -> None:
    assert {"negated-stem", "silence-unused"} <= set(silenced("negated-stem", "one/other"))
    assert {"negated-stem", "silence-unused"} <= set(silenced("half-free"))


def test_a_silence_of_no_rule_says_which_was_meant() -> None:
    course = '[[silence]]\ncode = "negated-stems"\nreason = "r"\n'
    (found,) = [
        item for item in check_course(files_of(NEGATED, course=course)) if item.code == "silence-unknown"
    ]
    assert found.help == "did you mean `negated-stem`?"
    assert "silence-unknown" in silenced("toml-syntax")


def test_nothing_is_called_unused_while_errors_hide_what_it_is_for() -> None:
    course = '[[silence]]\ncode = "negated-stem"\nreason = "r"\n'
    assert "silence-unused" not in codes(files_of({"one": a_lesson(NEGATED + "nope = 1\n")}, course=course))


# --- the page ---------------------------------------------------------------------------------------


def examples_of_the_page() -> list[tuple[str, str, str]]:
    """(rule, kind of block, text) of every example."""
    sections = re.split(r"^### (\S+)$", RULES_PAGE.read_text("utf-8"), flags=re.M)[1:]
    return [
        (rule, block[1], block[2])
        for rule, text in zip(sections[::2], sections[1::2], strict=True)
        for block in re.finditer(r"^```toml (cells|lesson|course)\n(.*?)^```", text, re.M | re.S)
    ]


@pytest.mark.parametrize(("rule", "kind", "text"), examples_of_the_page())
def test_the_example_of_a_rule_makes_it_speak(rule: str, kind: str, text: str) -> None:
    if kind == "course":
        files = files_of(a_quiz("Which?"), course=text)
    else:
        files = files_of(text if kind == "cells" else {"one": text})
    found = check_course(files)
    assert rule in {item.code for item in found}
    assert [item.as_text() for item in found if item.severity == "error"] == []


def test_every_rule_stands_on_its_page() -> None:
    text = RULES_PAGE.read_text("utf-8")
    assert {rule for rule in RULES if f"`{rule}`" not in text and f"### {rule}\n" not in text} == set()


def test_every_verb_stands_on_the_page() -> None:
    listed = set(
        re.findall(r"[a-z]+", " ".join(re.findall(r"^\| .*\|$", RULES_PAGE.read_text("utf-8"), re.M)))
    )
    assert set(VERBS) <= listed


def test_a_course_without_flaws_has_none() -> None:
    assert COURSE
    assert codes(headed("Recall it", "remember", an_md("Names.") + a_quiz("What keeps names?"))) == []
