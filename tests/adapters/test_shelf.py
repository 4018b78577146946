"""The library: what it lists, what it opens, and what it says where it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.builders import a_code, a_course_folder, a_lesson, a_markdown, a_quiz, write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import LessonFacts
from tui_tutor.shelf.installed import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "data")


def shipped(tmp_path: Path, name: str = "a-course", **fields: object) -> Path:
    return a_course_folder(tmp_path / "shipped", name=name, **fields)


def installed(tmp_path: Path, name: str = "a-course", **fields: object) -> Path:
    return a_course_folder(tmp_path / "data" / "courses", name=name, **fields)


# --- the library ------------------------------------------------------------------------------------


def test_shipped_courses_stand_before_the_learners(library: Library, tmp_path: Path):
    installed(tmp_path, "alpha")
    shipped(tmp_path, "zeta")
    assert [(entry.ref, entry.is_shipped) for entry in library.entries()] == [
        ("zeta", True),
        ("alpha", False),
    ]


def test_an_empty_library_has_no_entries(library: Library):
    assert library.entries() == ()


def test_every_ref_of_the_library_opens_its_own_entry(library: Library, tmp_path: Path):
    shipped(tmp_path, "twin", title="shipped")
    installed(tmp_path, "twin", title="installed")
    installed(tmp_path, "moved", id="other")
    entries = library.entries()
    assert [library.open(entry.ref).entry.path for entry in entries] == [entry.path for entry in entries]
    assert [entry.ref for entry in entries] == [str(tmp_path / "shipped" / "twin"), "other", "twin"]


def test_facts_of_lessons_come_with_the_entry(library: Library, tmp_path: Path):
    cells = [a_markdown(), a_code(hidden=True), a_quiz(id="why"), a_code(id="extra", optional=True)]
    lesson = a_lesson(cells, title="One", minutes=5, bloom="apply")
    draft = a_lesson([], id="later", title="Later", draft=True, requires=("first",))
    shipped(tmp_path, lessons=[lesson, draft])
    [entry] = library.entries()
    assert entry.lesson_facts == {
        "first": LessonFacts("One", 5.0, "apply", cells=("md-1", "why")),
        "later": LessonFacts("Later", requires=("first",), is_draft=True),
    }
    assert entry.lesson_titles == {"first": "One", "later": "Later"}


def test_facts_follow_the_file(library: Library, tmp_path: Path):
    path = shipped(tmp_path) / "lessons" / "first.toml"
    library.entries()
    path.write_text('title = "Changed"\n' + path.read_text().partition("\n")[2])
    assert library.entries()[0].lesson_titles == {"first": "Changed"}


@pytest.mark.parametrize(
    "toml",
    [
        "",
        "not toml",
        "format = 1",
        "title = 1\nlessons = 7",
        "\x00",
        "a." * 20_000 + "b = 1",
        "x" * 1_100_000,
    ],
)
def test_a_broken_course_is_listed_with_what_is_wrong(library: Library, tmp_path: Path, toml: str):
    folder = write_files(tmp_path / "shipped" / "broken", {"course.toml": toml})
    [entry] = library.entries()
    assert (entry.course, entry.path) == (None, str(folder))
    assert any(one.severity == "error" for one in entry.diagnostics)


def test_a_broken_lesson_leaves_the_others_open(library: Library, tmp_path: Path):
    shipped(
        tmp_path, lessons={"first": "title = ", "second": 'title = "T"\n[[cell]]\nkind = "md"\ntext = "x"\n'}
    )
    course = library.open("a-course")
    assert course.lesson("first").lesson is None
    assert course.lesson("first").diagnostics[0].code == "toml-syntax"
    assert course.lesson("second").lesson is not None


def test_a_draft_says_what_it_will_be(library: Library, tmp_path: Path):
    shipped(tmp_path, lessons=[a_lesson([], title="Later", draft=True)])
    lesson = library.open("a-course").lesson("first").lesson
    assert lesson is not None
    assert (lesson.title, lesson.draft, lesson.cells) == ("Later", True, ())


# --- opening ----------------------------------------------------------------------------------------


def test_a_slash_or_a_leading_dot_makes_a_path(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shipped(tmp_path, title="shipped")
    a_course_folder(tmp_path, title="here")
    monkeypatch.chdir(tmp_path)
    assert library.open("a-course").course.title == "shipped"
    assert library.open("./a-course").course.title == "here"
    monkeypatch.chdir(tmp_path / "a-course")
    assert library.open(".").course.title == "here"


def test_a_folder_here_opens_where_the_library_has_no_such_course(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    a_course_folder(tmp_path, name="mine")
    monkeypatch.chdir(tmp_path)
    assert library.open("mine").entry.path == str(tmp_path / "mine")


def test_an_installed_course_goes_before_a_shipped_one(library: Library, tmp_path: Path):
    shipped(tmp_path, title="shipped")
    installed(tmp_path, title="installed")
    assert library.open("a-course").course.title == "installed"


def test_a_number_opens_the_course_at_that_place(library: Library, tmp_path: Path):
    shipped(tmp_path, "alpha")
    shipped(tmp_path, "beta")
    assert library.open("2").course.id == "beta"


@pytest.mark.parametrize(
    ("ref", "said", "cure"),
    [
        ("start-her", "There is no course 'start-her' in the library.", "Did you mean start-here?"),
        ("", "There is no course '' in the library.", "`tui-tutor list`"),
        ("9", "There is no course '9' in the library.", "`tui-tutor list`"),
        ("./nowhere", "There is no folder nowhere.", "Check the path"),
        ("./file", "file is not a folder.", "A course is a folder"),
        ("./empty", "empty is not a course: it has no course.toml.", "Name the folder"),
        ("./\x1b[31mred", "There is no folder ␛[31mred.", "Check the path"),
    ],
)
def test_what_cannot_be_found_is_told_with_a_cure(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ref: str, said: str, cure: str
):
    shipped(tmp_path, "start-here")
    write_files(tmp_path, {"file": "", "empty/x": ""})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TutorError) as told:
        library.open(ref)
    assert (told.value.message, told.value.exit_code) == (said, 1)
    assert told.value.help.startswith(cure)


def test_a_broken_course_does_not_open_and_says_where_to_look(library: Library, tmp_path: Path):
    write_files(tmp_path / "shipped" / "broken", {"course.toml": 'format = 1\ntitle = "Broken"'})
    with pytest.raises(TutorError, match="cannot be opened, it has 2 errors") as told:
        library.open("broken")
    assert told.value.exit_code == 4
    assert "tui-tutor check" in told.value.help


# --- reading a folder -------------------------------------------------------------------------------


def test_a_lesson_is_parsed_again_when_its_file_changes_and_not_before(library: Library, tmp_path: Path):
    path = shipped(tmp_path) / "lessons" / "first.toml"
    course = library.open("a-course")
    before = course.lesson("first")
    assert course.lesson("first") is before
    path.write_text(path.read_text().replace("First lesson", "Second thoughts"))
    after = course.lesson("first").lesson
    assert after is not None
    assert after.title == "Second thoughts"


def test_links_devices_and_dot_folders_are_never_read(library: Library, tmp_path: Path):
    folder = shipped(tmp_path, files={".git/config": "x", "files/data.txt": "data"})
    secret = write_files(tmp_path / "home", {"secret": "secret"}) / "secret"
    (folder / "files" / "link").symlink_to(secret)
    (folder / "linked").symlink_to(secret.parent)
    os.mkfifo(folder / "files" / "pipe")
    course = library.open("a-course")
    assert sorted(course.files()) == ["course.toml", "files/data.txt", "lessons/first.toml"]
    assert [
        course.asset(path) for path in ("files/data.txt", "files/link", "linked/secret", "files/pipe")
    ] == [
        b"data",
        None,
        None,
        None,
    ]
    assert sorted(one.span.file for one in course.entry.diagnostics if one.code == "file-skipped") == [
        "files/link",
        "files/pipe",
        "linked",
    ]


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/hostname", "files/../../secret", "", ".", "files/\0", ".hidden/x"]
)
def test_assets_never_come_from_outside_the_course(library: Library, tmp_path: Path, path: str):
    shipped(tmp_path, files={".hidden/x": "x"})
    write_files(tmp_path / "shipped", {"secret": "secret"})
    assert library.open("a-course").asset(path) is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({f"files/{number}": "" for number in range(2_001)}, "it has more than 2,000 files"),
        ({"files/big": bytes(50_000_001)}, "it has more than 50 MB"),
    ],
)
def test_a_course_beyond_the_limits_is_refused(
    library: Library, tmp_path: Path, files: dict[str, bytes | str], said: str
):
    shipped(tmp_path, files=files)
    with pytest.raises(TutorError, match=said):
        library.open("a-course")


def test_folders_are_read_to_a_depth(library: Library, tmp_path: Path):
    shipped(tmp_path, files={"/".join("abcdefg") + "/x": "", "/".join("abcdefgh") + "/x": ""})
    assert [name for name in library.open("a-course").files() if name.startswith("a/")] == ["a/b/c/d/e/f/g/x"]


def test_names_that_are_one_on_other_systems_are_told(library: Library, tmp_path: Path):
    shipped(tmp_path, files={"files/Data.txt": "", "files/data.txt": ""})
    codes = [one.code for one in library.open("a-course").entry.diagnostics]
    assert "name-collision" in codes


def test_a_name_that_is_not_utf8_is_left_out_and_told(library: Library, tmp_path: Path):
    folder = shipped(tmp_path)
    with open(os.fsencode(folder) + b"/\xff.txt", "wb"):
        pass
    course = library.open("a-course")
    assert sorted(course.files()) == ["course.toml", "lessons/first.toml"]
    assert "file-skipped" in [one.code for one in course.entry.diagnostics]


@pytest.mark.parametrize(
    ("lock", "found"),
    [('{"a": 1}', {"a": 1}), ("[1]", {}), ("not json", {}), ("[" * 100_000, {}), (b"\xff", {})],
)
def test_an_unreadable_lock_is_no_lock(library: Library, tmp_path: Path, lock: str, found: dict[str, int]):
    shipped(tmp_path, files={"course.lock.json": lock})
    assert library.open("a-course").lock() == found


def test_a_course_that_vanishes_while_open_is_told_in_words(library: Library, tmp_path: Path):
    folder = shipped(tmp_path)
    course = library.open("a-course")
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(TutorError, match="cannot be opened: no such file or directory"):
        course.lesson("first")
