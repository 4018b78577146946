"""Courses and lessons become values, or every mistake with its place and its cure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.bad_courses import BAD, EX, HEADER, MD, OPTIONS, QUIZ, Bad
from tests.unit.parsing_examples import COURSE, LESSON, a_course
from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.parsing import check_course, files_named, overlay_files, parse_course, parse_lesson
from tui_tutor.core.schema import json_schema


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_a_mistake_is_found_at_its_place(bad: Bad) -> None:
    found = {
        (item.span.file, item.code, item.span.line, item.span.column) for item in check_course(bad.files)
    }
    assert (bad.file, bad.code, bad.line, bad.column) in found


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_one_mistake_is_reported_once(bad: Bad) -> None:
    errors = errors_in(check_course(bad.files))
    assert len(errors) <= 1, [item.as_text() for item in errors]


def test_a_course_with_everything_has_no_mistakes() -> None:
    found = check_course(a_course(), folder_name="tour")
    assert [(item.span.file, item.code) for item in found] == [("lessons/later.toml", "draft-lesson")]


# --- what is only advised ---------------------------------------------------------------------------


# What is said of a lesson as small as these; see tests/unit/linting.
OF_THE_WHOLE = {"objective-unassessed", "bloom-mismatch", "minutes-off", "use-before-teaching"}


def warnings_of(lesson: str) -> list[tuple[str, int]]:
    files = a_course(**{"lessons/two.toml": lesson.encode()})
    found = check_course(files)
    return [
        (item.code, item.span.line)
        for item in found
        if item.span.file == "lessons/two.toml" and item.code not in OF_THE_WHOLE
    ]


def test_what_good_teaching_needs_is_a_warning_when_missing() -> None:
    assert warnings_of('title = "T"\n' + MD) == [
        ("bloom-missing", 1),
        ("minutes-missing", 1),
        ("objective-missing", 1),
    ]
    bare = EX.replace('solution = "a = 1"\nexplain = "x"\n', "")
    assert warnings_of(HEADER + bare) == [
        ("check-missing", 5),
        ("explain-missing", 5),
        ("solution-missing", 5),
    ]
    silent = (
        QUIZ.replace('explain = "x"\n', "") + 'form = "choice"\n' + OPTIONS.replace('feedback = "f"\n', "")
    )
    assert warnings_of(HEADER + silent) == [
        ("explain-missing", 5),
        ("feedback-missing", 10),
        ("feedback-missing", 13),
    ]
    assert warnings_of(HEADER + '[[cell]]\nkind = "viz"\nplot = "line"\ny = "a"\n') == [("alt-missing", 5)]
    no_words = EX + '[[cell.check]]\nkind = "stdout"\ntext = ""\n'
    assert warnings_of(HEADER + no_words) == [("says-missing", 11)]


def test_more_than_half_free_is_a_warning() -> None:
    free = (
        EX.replace('"a = 1"', '"""\na = 1  # free\nb = 2  # free\nc = 3\n"""')
        + '[[cell.check]]\nkind = "stdout"\nsays = "s"\ntext = ""\n'
    )
    assert warnings_of(HEADER + free) == [("half-free", 9)]
    assert warnings_of(HEADER + free.replace("b = 2  # free", "b = 2")) == []


def test_a_silenced_warning_is_not_given_again() -> None:
    silence = b'[[silence]]\ncode = "alt-missing"\nwhere = "two"\nreason = "r"\n'
    lesson = HEADER.encode() + b'[[cell]]\nkind = "viz"\nplot = "line"\ny = "a"\n'
    files = a_course(**{"lessons/two.toml": lesson, "course.toml": COURSE + silence})
    assert "alt-missing" not in {item.code for item in check_course(files)}


def test_a_course_without_an_id_is_called_like_its_folder() -> None:
    files = a_course(**{"course.toml": COURSE.replace(b'id = "tour"\n', b"")})
    parsed = parse_course(files, folder_name="My Tour (2)")
    assert parsed.value
    assert parsed.value.id == "my-tour-2"
    assert [(item.code, item.severity) for item in parsed.diagnostics] == [("course-id-missing", "warning")]


# --- all in one go ----------------------------------------------------------------------------------


def test_mistakes_of_one_cell_do_not_hide_those_of_another_or_of_the_rest_of_the_cell() -> None:
    lesson = (
        'title = 3\nbloom = "aply"\n[[cell]]\nkind = "code"\nsource = "a ="\nhidden = 1\n'
        '[[cell]]\nkind = "ex"\nid = "E"\ntask = "t"\nsolution = "b ="\n'
        '[[cell.check]]\nkind = "value"\nexpr = "c +"\nequals = 1\nnope = 1\n'
        '[[cell.check]]\nkind = "value"\nexpr = "d +"\n'
        '[[cell.wrong]]\nsource = "e ="\ncaught_by = "x"\n'
    )
    found = errors_in(check_course(a_course(**{"lessons/two.toml": lesson.encode()})))
    assert [(item.code, item.span.line) for item in found] == [
        ("wrong-type", 1),
        ("wrong-value", 2),
        ("python-syntax", 5),
        ("wrong-type", 6),
        ("bad-id", 9),
        ("python-syntax", 11),
        ("python-syntax", 14),
        ("unknown-key", 16),
        ("missing-key", 17),
        ("python-syntax", 21),
        ("unknown-check", 22),
    ]


def test_mistakes_of_a_broken_course_file_do_not_hide_those_of_its_lessons() -> None:
    files = a_course(**{"course.toml": b"title =", "lessons/two.toml": b"title = 3"})
    found = {(item.span.file, item.code) for item in errors_in(check_course(files))}
    assert found >= {("course.toml", "toml-syntax"), ("lessons/two.toml", "wrong-type")}


def test_a_circle_of_a_thousand_lessons_is_named_without_recursion() -> None:
    names = [f"l{number}" for number in range(1000)]
    files = {
        f"lessons/{name}.toml": f'title = "T"\ndraft = true\nrequires = ["{names[number - 1]}"]\n'.encode()
        for number, name in enumerate(names)
    }
    listed = ", ".join(f'"{name}"' for name in names)
    files["course.toml"] = f'format = 1\ntitle = "T"\nversion = "1.0.0"\nlessons = [{listed}]\n'.encode()
    (circle,) = errors_in(check_course(files))
    assert circle.code == "requires-cycle"
    assert "… 994 more …" in circle.message


# --- what is right ----------------------------------------------------------------------------------


def parsed_lesson(files: dict[str, bytes], lesson_id: str = "one", overlay: str = "") -> Lesson:
    course = parse_course(files).value
    assert isinstance(course, Course)
    parsed = parse_lesson(course, lesson_id, files, overlay=overlay)
    assert parsed.value, [item.as_text() for item in parsed.diagnostics]
    return parsed.value


def test_a_lesson_knows_its_id_and_every_cell_has_one() -> None:
    lesson = parsed_lesson(a_course())
    ids = [cell.id for cell in lesson.cells]
    assert lesson.id == "one"
    assert ids[:4] == ["intro", "numbers", "code-2", "plot"]
    assert len(set(ids)) == len(ids)


def test_a_made_id_is_never_one_that_is_taken() -> None:
    text = HEADER + MD + MD.replace("text", 'id = "md-1"\ntext')
    lesson = parsed_lesson(a_course(**{"lessons/two.toml": text.encode()}), "two")
    assert [cell.id for cell in lesson.cells] == ["md-1-x", "md-1"]


def test_a_text_from_a_file_of_its_own_is_in_its_field() -> None:
    cell = parsed_lesson(a_course()).cell_by_id("code-2")
    assert cell
    assert cell.source == "def mean(xs):\n    return sum(xs) / len(xs)\n"  # type: ignore[union-attr]


def test_a_setup_file_is_read_with_its_course_and_lesson() -> None:
    course = parse_course(a_course()).value
    assert course
    assert course.kernel.setup_source == "import random\nrandom.seed(1)\n"
    assert parsed_lesson(a_course(), "two").setup_source == "import random\nrandom.seed(1)\n"


def test_the_further_files_of_a_document_are_named() -> None:
    assert files_named(a_course()["lessons/one.toml"]) == ("cells/mean.py",)
    assert files_named(a_course()["course.toml"]) == ("cells/setup.py",)
    assert files_named(b'[[cell]]\ntext_file = "../x"\n') == ()


def test_an_overlay_changes_words_and_adds_md_cells_and_nothing_else() -> None:
    base, german = parsed_lesson(a_course()), parsed_lesson(a_course(), overlay="de")
    assert german.title == "Jede Zelle"
    assert [cell.kind for cell in german.cells][:3] == ["md", "md", "code"]
    assert german.cells[1].text == "Noch ein Absatz."  # type: ignore[union-attr]
    choice = german.cell_by_id("choose")
    assert choice
    assert choice.question == "Welche?"  # type: ignore[union-attr]
    assert [option.text for option in choice.option] == ["A", "b"]  # type: ignore[union-attr]
    assert german.cell_by_id("plot") == base.cell_by_id("plot")


@pytest.mark.parametrize("tag", ["en", "beginner", "en.advanced", "de.beginner"])
def test_an_overlay_for_the_courses_own_language_or_level_is_doubted(tag: str) -> None:
    files = a_course(**{f"lessons/one.{tag}.toml": b""})
    said = {(one.code, one.severity) for one in check_course(files) if one.span.file.endswith(f".{tag}.toml")}
    assert said == {("overlay-unread", "warning")}


def test_where_there_is_no_overlay_the_base_is_shown() -> None:
    assert parsed_lesson(a_course(), overlay="fr.beginner") == parsed_lesson(a_course())


def test_a_level_is_laid_under_a_language() -> None:
    assert overlay_files("one", "de.beginner") == (
        "lessons/one.beginner.toml",
        "lessons/one.de.toml",
        "lessons/one.de.beginner.toml",
    )


def test_a_draft_is_a_lesson_without_cells() -> None:
    lesson = parsed_lesson(a_course(), "later")
    assert lesson.draft
    assert lesson.cells == ()


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!ls -l\n",
        "files = !ls",
        "%%bash\nls | wc",
        "print?",
        "await f()",
        "x = (1\n% 2)",
    ],
)
def test_what_ipython_runs_is_python(source: str) -> None:
    text = HEADER + f"[[cell]]\nkind = 'code'\nsource = '''\n{source}\n'''\n"
    assert warnings_of(text) == []


def test_a_cell_that_is_meant_to_fail_may_be_no_python() -> None:
    assert warnings_of(HEADER + "[[cell]]\nkind = 'code'\nexpect = 'error'\nsource = 'a ='\n") == []


def test_windows_line_ends_and_a_byte_order_mark_are_tolerated() -> None:
    files = a_course(
        **{
            "lessons/two.toml": b"\xef\xbb\xbf"
            + LESSON.replace(b'requires = ["elbo"]\n', b"").replace(b"\n", b"\r\n")
        }
    )
    assert errors_in(check_course(files)) == ()
    assert "\r" not in parsed_lesson(files, "two").model_dump_json()


# --- the documentation ------------------------------------------------------------------------------


def examples_of_the_documentation() -> list[str]:
    text = (Path(__file__).parents[2] / "docs/course-format.md").read_text(encoding="utf-8")
    return re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_documentation_are_right() -> None:
    lesson, german = examples_of_the_documentation()
    course = b'format = 1\nid = "c"\ntitle = "C"\nversion = "1.0.0"\nlicense = "MIT"\nlessons = ["means"]\n'
    files = {
        "course.toml": course,
        "lessons/means.toml": lesson.encode(),
        "lessons/means.de.toml": german.encode(),
    }
    assert check_course(files) == ()
    assert parsed_lesson(files, "means", "de").title == "Mittelwerte"


def test_every_key_of_the_format_is_in_its_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs/course-format.md").read_text(encoding="utf-8")
    schemas = [json_schema("course"), json_schema("lesson")]
    keys = {key for schema in schemas for key in keys_of(schema) if not key.endswith("_file")}
    written = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`\n]*`|\*\*[^*\n]*\*\*", text))))
    assert keys <= written


def keys_of(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) and schema.get("type") == "object" else ()
        for inner in schema.values():
            yield from keys_of(inner)
