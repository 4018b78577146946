"""`check --fix`: mends what needs no question, keeps everything else, and is done after one go."""

from __future__ import annotations

import itertools

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bad_courses import BAD, Bad
from tests.unit.parsing_examples import COURSE, a_course
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.fixing.whole_course import FixedCourse, fix_course
from tui_tutor.core.parsing import check_course
from tui_tutor.core.parsing.validating import certain

HEADER = 'title = "T"\nminutes = 2\nbloom = "understand"\nobjective = "Understand"\n\n'
CHOICE = '[[cell]]\nkind = "quiz"\nid = "q"\nform = "choice"\nquestion = "Which?"\n'
OPTIONS = (
    '\n[[cell.option]]\ntext = "a"\ncorrect = true\nfeedback = "f"\n'
    '\n[[cell.option]]\ntext = "b"\nfeedback = "f"\n'
)
EXPLAINED = CHOICE + 'explain = "so"\n' + OPTIONS


def fixed(lesson: str | bytes, *, course: bytes = COURSE) -> FixedCourse:
    """A course whose second lesson is this, mended."""
    data = lesson.encode() if isinstance(lesson, str) else lesson
    return fix_course(a_course(**{"lessons/two.toml": data, "course.toml": course}), folder_name="tour")


def mended(lesson: str | bytes) -> str:
    """The lesson after it was mended; unchanged if nothing was."""
    data = lesson.encode() if isinstance(lesson, str) else lesson
    return fixed(data).changed.get("lessons/two.toml", data).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("minuts = 5  # a note", "minutes = 5  # a note"),
        ('minutes = "5"', "minutes = 5"),
        ('minuts = "5"', "minutes = 5"),
        ('bloom = "aply"', 'bloom = "apply"'),
        ("draft = 'FALSE'", "draft = false"),
        ("minutes = 5   \t", "minutes = 5"),
    ],
)
def test_a_line_of_the_header_is_mended(before: str, after: str) -> None:
    rest = f'title = "T"\nobjective = "x"\n\n{EXPLAINED}'
    assert mended(f"{before}\n{rest}") == f"{after}\n{rest}"


def test_a_key_below_a_table_is_moved_above_it_with_its_comment() -> None:
    low = (
        HEADER + CHOICE + "# the options\n" + OPTIONS.lstrip("\n") + '# why\nexplain = """\nso  \n""" # end\n'
    )
    high = HEADER + CHOICE + '# why\nexplain = """\nso  \n""" # end\n# the options\n' + OPTIONS.lstrip("\n")
    assert mended(low) == high


def test_a_key_of_the_lesson_is_moved_above_its_cells() -> None:
    low = HEADER + EXPLAINED.replace(OPTIONS, 'requires = ["one"]\n' + OPTIONS)
    assert mended(low) == HEADER.replace("\n\n", '\nrequires = ["one"]\n\n') + EXPLAINED


def test_several_keys_are_moved_in_their_order() -> None:
    low = HEADER + CHOICE + OPTIONS + 'explain = "so"\nhints = [\n  "h",  # one\n]\nshuffle = true\n'
    moved = 'explain = "so"\nhints = [\n  "h",  # one\n]\nshuffle = true\n'
    assert mended(low) == HEADER + CHOICE + moved + OPTIONS
    assert errors_in(fixed(low).diagnostics) == ()


def test_a_missing_id_is_made_of_the_words_and_unlike_all_others() -> None:
    lesson = HEADER + EXPLAINED.replace('id = "q"', 'title = "Which mean is it?"')
    twice = lesson + "\n" + EXPLAINED.replace('id = "q"\n', "").replace('"Which?"', '"Which mean is it?"')
    cells = tomli.loads(mended(twice))["cell"]
    assert [cell["id"] for cell in cells] == ["mean", "mean-2"]
    assert mended(lesson) == lesson.replace('kind = "quiz"\n', 'kind = "quiz"\nid = "mean"\n')


@pytest.mark.parametrize(
    ("question", "made"),
    [
        ("Wie groß ist die Überdeckung?", "wie-gross-ist-die"),
        ("Что это?", "text"),
        ("`np.linalg.svd`: what for?", "np-linalg-svd"),
        ("x" * 100, "x" * 32),
    ],
)
def test_an_id_fits_whatever_the_words_are(question: str, made: str) -> None:
    text = f'[[cell]]\nkind = "quiz"\nform = "text"\nquestion = "{question}"\naccept = ["a"]\nexplain = "x"\n'
    assert tomli.loads(mended(HEADER + text))["cell"][0]["id"] == made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'near = [{\n    answer = "b",\n    feedback = "f",\n  }]',
            'near = [{ answer = "b", feedback = "f" }]',
        ),
        ('near = [{ answer = "b", feedback = "f", }]', 'near = [{ answer = "b", feedback = "f" }]'),
        ('title = "a\\e[0m"', 'title = "a\\u001B[0m"'),
        ('title = "\\x41"', 'title = "\\u0041"'),
    ],
)
def test_toml_1_1_is_written_as_1_0(before: str, after: str) -> None:
    cell = (
        '[[cell]]\nkind = "quiz"\nid = "q"\nform = "text"\nquestion = "W?"\naccept = ["a"]\nexplain = "x"\n'
    )
    made = mended(f"{HEADER}{cell}{before}\n")
    assert made.replace(" }]", "}]") == f"{HEADER}{cell}{after}\n".replace(" }]", "}]")


def test_a_comment_inside_an_inline_table_keeps_it_from_being_joined() -> None:
    cell = (
        '[[cell]]\nkind = "quiz"\nid = "q"\nform = "text"\nquestion = "W?"\naccept = ["a"]\nexplain = "x"\n'
    )
    written = f'{HEADER}{cell}near = [{{ answer = "b",  # mine\n  feedback = "f" }}]\n'
    assert mended(written) == written


def test_line_ends_and_blanks_are_tidied_outside_of_texts() -> None:
    text = "'''\ntwo blanks  \nbreak a line\n'''"
    untidy = f'\ufefftitle = "T"  \r\n\r\n[[cell]]\t\r\nkind = "md"\r\ntext = {text}   \r\n\r\n\r\n'
    assert mended(untidy) == f'title = "T"\n\n[[cell]]\nkind = "md"\ntext = {text}\n'


def test_a_course_without_format_and_id_gets_them() -> None:
    bare = COURSE.replace(b"format = 1\n", b"# ours\n").replace(b'id = "tour"\n', b"")
    made = fixed(HEADER + EXPLAINED, course=bare)
    assert made.changed["course.toml"].startswith(b'# ours\nformat = 1\nid = "tour"\nneeds = ">=0.1"\n')
    assert [item.code for item in made.fixed] == ["missing-key", "course-id-missing"]


@pytest.mark.parametrize(
    "lesson",
    [
        HEADER + EXPLAINED,
        HEADER + EXPLAINED + 'wholly_unknown = "x"\n',
        HEADER.replace("minutes = 2", 'minutes = "two"') + EXPLAINED,
        HEADER.replace("minutes = 2", "minutes = 2\nminuts = 3") + EXPLAINED,  # there is one already
        HEADER + EXPLAINED.replace('explain = "so"', 'explain = "so"\nhint = "h"'),  # `hints` is a list
        HEADER.replace("minutes", "minutes_file") + EXPLAINED,
        HEADER + EXPLAINED + "[[cell.option]\n",  # not TOML
        HEADER + "\u00e9 = \ufffd\n",
        "",
    ],
)
def test_what_is_right_or_needs_a_question_stays_as_it_is(lesson: str) -> None:
    assert fixed(lesson).changed == {}


def test_an_overlay_gets_no_ids_and_files_of_the_lessons_are_not_touched() -> None:
    files = a_course(**{"files/data.toml": b"a = 1  \r\n", "cells/x.toml": b"minuts = 1\n"})
    files["lessons/two.de.toml"] = b"title = 'Zwei'  \n[[cell]]\nid = 'sum'\nquestoin = 'Wie viel?'\n"
    made = fix_course(files, folder_name="tour")
    assert dict(made.changed) == {
        "lessons/two.de.toml": b"title = 'Zwei'\n[[cell]]\nid = 'sum'\nquestoin = 'Wie viel?'\n"
    }


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("minuts", ["minutes", "title"], "minutes"),
        ("xlimt", ["xlim", "ylim"], "xlim"),
        ("zlim", ["xlim", "ylim"], None),  # two are as near
        ("note", ["title", "text"], None),
        ("", ["a"], None),
        ("a" * 101, ["a" * 100], None),
    ],
)
def test_only_one_near_name_is_certain(name: str, known: list[str], meant: str | None) -> None:
    assert certain(name, known) == meant


# --- laws -------------------------------------------------------------------------------------------


def assert_no_worse(files: dict[str, bytes]) -> None:
    """Fewer errors or the same, and nothing left to be done the second time."""
    before = check_course(files, folder_name="tour")
    made = fix_course(files, folder_name="tour")
    again = fix_course({**files, **made.changed}, folder_name="tour")
    assert len(errors_in(made.diagnostics)) <= len(errors_in(before))
    assert (again.changed, again.fixed) == ({}, ())
    assert made.diagnostics == check_course({**files, **made.changed}, folder_name="tour")
    assert all(files[name] != data for name, data in made.changed.items())


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_no_bad_course_is_made_worse_and_once_is_enough(bad: Bad) -> None:
    assert_no_worse(bad.files)


_MISTAKES = [
    ("explain", "explian"),
    ("question", "questoin"),
    ('"choice"', '"choise"'),
    ("correct = true", 'correct = "true"'),
    ('id = "q"\n', ""),
    ("minutes = 2", 'minutes = "2"'),
    ('bloom = "understand"', 'bloom = "undrstand"'),
    ("\n\n", " \t\n\n\n"),
    ("\n", "\r\n"),
    ('feedback = "f"', "feedback = { a = 1,\n b = 2 }"),
    ('explain = "so"\n', ""),
    ('text = "b"\n', 'text = "b"\nexplain = "late"\n'),
    ('text = "a"\n', 'text = "a"\nhints = ["late"]\n# note\nattempts = 2\n'),
    ('kind = "quiz"', 'kind = "qiuz"'),
    ("[[cell.option]]", "[[cell.optoin]]"),
    ('title = "T"', "titel = 't'"),
]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_MISTAKES), max_size=6))
def test_once_is_enough_whatever_mistakes_come_together(mistakes: list[tuple[str, str]]) -> None:
    lesson = HEADER + EXPLAINED + "\n" + EXPLAINED.replace('"q"', '"r"').replace("Which?", "What?")
    for right, wrong in mistakes:
        lesson = lesson.replace(right, wrong, 1)
    assert_no_worse(a_course(**{"lessons/two.toml": lesson.encode()}))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab =\"'[]{}.,#\\\n\r\t1é\ufeff"), max_size=60))
def test_no_text_breaks_the_mending(text: str) -> None:
    assert_no_worse(a_course(**{"lessons/two.toml": (HEADER + EXPLAINED + text).encode()}))


def test_many_keys_out_of_place_are_all_moved() -> None:
    cells = itertools.chain.from_iterable(
        (CHOICE.replace('"q"', f'"q{n}"').replace("Which?", f"Which {n}?"), OPTIONS, 'explain = "so"\n\n')
        for n in range(40)
    )
    made = fixed(HEADER + "".join(cells))
    assert errors_in(made.diagnostics) == ()
    assert len(made.fixed) >= 40
