"""`tui-tutor new`: a course that is right as it is, and nothing where there is something already."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.e2e.playing import ROOT, Player
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.parsing import check_course, parse_course, parse_lesson
from tui_tutor.shelf.folder import read_course_files

pytestmark = pytest.mark.slow  # each starts the program anew

LESSONS = ("the-mean", "the-spread")


def made(player: Player, *arguments: str) -> Path:
    """A new course in `rain` beside the learner's data."""
    done = player.run("new", "rain", *arguments)
    assert done.returncode == 0, done.stderr
    return player.data.parent / "rain"


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# --- what is made -----------------------------------------------------------------------------------


def test_a_new_course_is_complete(player: Player) -> None:
    assert names_in(made(player)) == [
        ".gitignore",
        ".schema/course.schema.json",
        ".schema/lesson.schema.json",
        "LICENSE",
        "README.md",
        "course.toml",
        "files/rain.csv",
        "files/report.py",
        "lessons/the-mean.toml",
        "lessons/the-spread.toml",
    ]


def test_a_new_course_has_no_mistake_and_no_doubt(player: Player) -> None:
    folder = made(player)
    done = player.run("check", str(folder), "--strict", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"ok": True, "diagnostics": []})


@pytest.mark.slow
def test_a_new_course_is_proven_as_it_is(player: Player) -> None:
    done = player.run("verify", str(made(player)), "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["diagnostics"]) == (0, True, [])
    assert all(exercise["wrong"]["failed"] in (0, []) for exercise in report["exercises"])
    survivors = [exercise.get("mutants", {}).get("survivors", []) for exercise in report["exercises"]]
    assert survivors == [[], []]


def test_a_new_course_shows_every_kind_of_cell(player: Player) -> None:
    files = read_course_files(made(player))
    course = parse_course(files).value
    assert course is not None
    lessons = [parse_lesson(course, lesson, files).value for lesson in course.lessons]
    kinds = {cell.kind for lesson in lessons if lesson for cell in lesson.cells}
    assert kinds == {"md", "code", "viz", "ex", "quiz", "sh"}


def test_title_and_id_come_from_the_folder_or_as_they_are_told(player: Player) -> None:
    course = tomllib.loads((made(player) / "course.toml").read_text("utf-8"))
    assert (course["id"], course["title"]) == ("rain", "Rain")
    player.run("new", "snow", "--title", 'Snow "and" @ID@ \\ ice', "--id", "ice")
    course = tomllib.loads((player.data.parent / "snow" / "course.toml").read_text("utf-8"))
    assert (course["id"], course["title"]) == ("ice", 'Snow "and" @ID@ \\ ice')


def test_what_to_do_next_is_said_and_nothing_is_data(player: Player) -> None:
    done = player.run("new", "my rain")
    assert done.stdout == ""
    assert done.stderr == (
        '"My rain" is in my rain, with two lessons to change.\n'
        "  tui-tutor preview 'my rain'   play it while you write: what you save is shown\n"
        "  tui-tutor check   'my rain'   find every mistake; nothing is run\n"
        "  tui-tutor verify  'my rain'   run all of it and write the proof\n"
    )


def test_an_empty_folder_is_filled(player: Player) -> None:
    folder = player.data.parent / "rain"
    folder.mkdir()
    assert "course.toml" in names_in(made(player))
    assert [name for name in os.listdir(folder) if name.startswith(".new-")] == []


# --- what is refused --------------------------------------------------------------------------------


def test_a_folder_that_holds_something_is_left_alone(player: Player) -> None:
    folder = player.data.parent / "rain"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", "utf-8")
    done = player.run("new", "rain")
    assert (done.returncode, names_in(folder)) == (1, ["notes.txt"])
    assert done.stderr == (
        "tui-tutor: rain is not empty, and nothing was written.\n"
        "  Name a folder that is empty or not there yet.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rain", "--title", "two\nlines"), "The title is one line of at most 200 characters."),
        (("rain", "--title", "x" * 201), "The title is one line of at most 200 characters."),
        (("rain", "--title", "red \x1b[31m"), "The title is one line of at most 200 characters."),
        (("rain", "--id", "No Such Id"), "'No Such Id' cannot be the id of a course."),
        (("--rain", ), "No such option"),
        (("雨", "--title", "雨"), "No id can be made from the title."),
        (("/", ), "The course needs a title."),
        (("/", "--title", "Root"), "/ is not empty, and nothing was written."),
        (("/proc/rain", ), "The course was not made: /proc/rain cannot be written"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_is_told_and_leaves_nothing(
    player: Player, arguments: tuple[str, ...], said: str
) -> None:
    done = player.run("new", *arguments)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [name for name in os.listdir(player.data.parent) if name != "data"] == []


def test_where_a_file_stands_no_course_is_made(player: Player) -> None:
    player.data.parent.joinpath("rain").write_text("mine", "utf-8")
    done = player.run("new", "rain")
    assert (done.returncode, "rain is a file." in done.stderr) == (1, True)


# --- schemas for editors ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new course, for those who only read it."""
    return made(Player(tmp_path_factory.mktemp("new") / "data"))


def schemas(folder: Path) -> dict[str, Any]:
    return {
        kind: json.loads((folder / f".schema/{kind}.schema.json").read_text("utf-8"))
        for kind in ("course", "lesson")
    }


def shipped() -> Iterator[tuple[str, Path]]:
    """Every course.toml and lesson of the courses that ship."""
    for path in sorted(ROOT.glob("courses/*/course.toml")):
        yield "course", path
        for lesson in sorted(path.parent.glob("lessons/*.toml")):
            if "." not in lesson.stem:
                yield "lesson", lesson


def test_every_file_names_a_schema_that_is_there(new: Path) -> None:
    for path in (new / "course.toml", *new.glob("lessons/*.toml")):
        first = path.read_text("utf-8").splitlines()[0]
        assert (path.parent / first.removeprefix("#:schema ")).is_file()


def test_the_schemas_take_the_new_course_and_every_shipped_one(new: Path) -> None:
    known = schemas(new)
    files = [("course", new / "course.toml"), *(("lesson", new / f"lessons/{n}.toml") for n in LESSONS)]
    for kind, path in (*files, *shipped()):
        jsonschema.Draft202012Validator(known[kind]).validate(tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('kind = "quiz"', 'kind = "quizz"'),
        ('bloom = "apply"', 'bloom = "applied"'),
        ("hints =", "hint ="),
        ("source = '''\nvalues", "sauce = '''\nvalues"),
        ("shuffle = true", 'shuffle = "yes"'),
        ('function = "mean"\n', ""),
        ('caught_by = "any"', "caught_by = 1"),
    ],
)
def test_the_schema_refuses_what_check_refuses(new: Path, before: str, after: str) -> None:
    files, name = read_course_files(new), "lessons/the-mean.toml"
    text = files[name].decode()
    assert before in text
    changed = text.replace(before, after, 1)
    validator = jsonschema.Draft202012Validator(schemas(new)["lesson"])
    assert not validator.is_valid(tomllib.loads(changed))
    assert errors_in(check_course({**files, name: changed.encode()}, folder_name=new.name))
