"""A folder under its author's hands: when it is read, what is kept, and where a mistake belongs."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.tui.previewing import TWO_CODES, a_folder, save, save_course
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.previewing import PreviewedFolder


def previewed(folder: Path) -> PreviewedFolder:
    """The folder, read once."""
    scratch = folder.parent / "scratch"
    made = PreviewedFolder(folder, scratch, Environments(scratch / "environments"))
    made.read()
    return made


def watch(folder: Path, script: Callable[[PreviewedFolder], Awaitable[None]]) -> None:
    async def run() -> None:
        await script(previewed(folder))

    asyncio.run(run())


def words(course: PreviewedFolder) -> str:
    lesson = course.lesson("one").lesson
    assert lesson is not None
    return getattr(lesson.cells[0], "text", "")


# --- when it is read --------------------------------------------------------------------------------


def test_a_look_at_a_folder_that_rests_sees_nothing_new(tmp_path: Path) -> None:
    async def script(course: PreviewedFolder) -> None:
        assert (await course.look(), course.edition) == (False, 1)

    watch(a_folder(tmp_path), script)


def test_a_save_is_a_new_edition(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        save(folder, {"lessons/one.toml": TWO_CODES.replace("Some", "Other")})
        assert (await course.look(), course.edition, words(course)) == (True, 2, "Other words.")

    watch(folder, script)


def test_a_folder_is_read_when_it_is_quiet(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def write_slowly() -> None:
        path = folder / "lessons/one.toml"
        for end in range(200, len(TWO_CODES) + 20, 20):
            path.write_text(TWO_CODES[:end], "utf-8")
            await asyncio.sleep(0.03)

    async def script(course: PreviewedFolder) -> None:
        writing = asyncio.ensure_future(write_slowly())
        await asyncio.sleep(0)
        await course.look()
        await writing
        assert (course.edition, course.is_outdated("one"), course.diagnostics) == (2, False, ())

    watch(folder, script)


@pytest.mark.parametrize("name", ["lessons/.one.toml.swp", "lessons/one.toml~", "lessons/4913", ".git/index"])
def test_what_editors_put_beside_a_file_is_no_edition(tmp_path: Path, name: str) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", "utf-8")
        assert not await course.look()

    watch(folder, script)


# --- what is kept -----------------------------------------------------------------------------------


def test_a_lesson_with_errors_keeps_its_last_good_form(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        assert words(course) == "Some words."
        save(folder, {"lessons/one.toml": "title = \n"})
        await course.look()
        assert (words(course), course.is_outdated("one")) == ("Some words.", True)
        assert [item.code for item in course.saved_diagnostics("one")] == ["toml-syntax"]

    watch(folder, script)


def test_a_lesson_that_was_never_good_has_no_form(tmp_path: Path) -> None:
    course = previewed(a_folder(tmp_path, {"one": "title = \n"}))
    assert (course.lesson("one").lesson, course.is_outdated("one")) == (None, False)


def test_a_course_file_with_errors_leaves_the_course_as_it_was(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        save(folder, {"course.toml": "title = \n"})
        await course.look()
        assert course.course.title == "Mine"
        assert "toml-syntax" in [item.diagnostic.code for item in course.diagnostics]

    watch(folder, script)


def test_a_folder_that_is_gone_is_told_once_and_taken_up_again(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        folder.rename(tmp_path / "away")
        assert [await course.look(), await course.look()] == [True, False]
        assert course.problem == "The folder is not there now; this is its last form."
        (tmp_path / "away").rename(folder)
        assert [await course.look(), course.problem] == [True, ""]

    watch(folder, script)


def test_a_course_that_takes_another_id_is_the_same_course(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        text = (folder / "course.toml").read_text("utf-8")
        save(folder, {"course.toml": text.replace('id = "mine"', 'id = "yours"')})
        await course.look()
        assert course.course.id == "mine"

    watch(folder, script)


def test_what_is_no_course_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(TutorError):
        previewed(tmp_path / "nothing")


# --- the workspace ----------------------------------------------------------------------------------


def test_a_changed_file_is_brought_and_a_removed_one_taken_away(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    save(folder, {"files/a.txt": "old", "files/b.txt": "b"})

    async def script(course: PreviewedFolder) -> None:
        space = course.workspace()
        space.prepare()
        space.write_text("a.txt", "what a cell made of it")
        save(folder, {"files/a.txt": "new"})
        (folder / "files/b.txt").unlink()
        await course.look()
        assert (space.read_text("a.txt"), space.read_text("b.txt")) == ("new", None)
        assert space.read_text("a.txt.new") is None

    watch(folder, script)


def test_a_link_that_a_cell_put_into_the_workspace_leads_nowhere(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    save(folder, {"files/sub/a.txt": "old"})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("mine", "utf-8")

    async def script(course: PreviewedFolder) -> None:
        space = course.workspace()
        space.prepare()
        shutil.rmtree(Path(space.path) / "sub")
        (Path(space.path) / "sub").symlink_to(outside)
        save(folder, {"files/sub/a.txt": "new"})
        await course.look()
        assert (outside / "a.txt").read_text("utf-8") == "mine"
        assert course.problem

    watch(folder, script)


def test_code_in_files_is_told_from_data(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(course: PreviewedFolder) -> None:
        save(folder, {"files/a.txt": "text"})
        await course.look()
        assert not course.is_code_changed
        save(folder, {"files/a.py": "x = 1"})
        await course.look()
        assert course.is_code_changed
        save_course(folder, "one")
        await course.look()
        assert not course.is_code_changed

    watch(folder, script)


# --- diagnostics ------------------------------------------------------------------------------------


def test_what_only_moved_is_not_new(tmp_path: Path) -> None:
    silent = TWO_CODES.replace('bloom = "apply"\n', "")
    folder = a_folder(tmp_path, {"one": silent})

    async def script(course: PreviewedFolder) -> None:
        picture = '\n[[cell]]\nkind = "viz"\nplot = "line"\ny = "x"\n'
        save(folder, {"lessons/one.toml": "# a comment\n" + silent + picture})
        await course.look()
        told = [(item.diagnostic.code, item.edition) for item in course.diagnostics]
        assert told == [("alt-missing", 2), ("bloom-missing", 1)]

    watch(folder, script)


@pytest.mark.parametrize(
    ("file", "line", "place"),
    [
        ("lessons/one.toml", 1, ("one", "")),
        ("lessons/one.toml", 7, ("one", "md-1")),
        ("lessons/one.toml", 12, ("one", "a")),
        ("lessons/one.toml", 999, ("one", "b")),
        ("cells/long.py", 1, ("one", "")),
        ("course.toml", 1, ("", "")),
        ("../else.toml", 1, ("", "")),
    ],
)
def test_a_mistake_belongs_to_the_cell_it_stands_in(
    tmp_path: Path, file: str, line: int, place: tuple[str, str]
) -> None:
    text = TWO_CODES.replace('source = "y = 1"', 'source_file = "cells/long.py"')
    folder = a_folder(tmp_path, {"one": text})
    save(folder, {"cells/long.py": "y = 1"})
    assert previewed(folder).cell_at(Diagnostic("code", "message", Span(file, line))) == place
