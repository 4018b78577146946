"""The learner's own folder: filled once, never emptied, never left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.builders import write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.workspace import CourseWorkspace


class Course:
    """A course whose files change from version to version."""

    def __init__(self, tmp_path: Path, **files: str) -> None:
        self.files: dict[str, bytes] = {}
        self.now(**files)
        self.workspace = CourseWorkspace(
            tmp_path / "workspaces" / "vae", tmp_path / "manifests" / "vae.json", files=lambda: self.files
        )

    def now(self, **files: str) -> None:
        self.files = {f"files/{name}.py": text.encode() for name, text in files.items()} | {
            "course.toml": b"x"
        }


def contents(workspace: CourseWorkspace) -> dict[str, str]:
    root = Path(workspace.path)
    return {
        str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()
    }


# --- preparing --------------------------------------------------------------------------------------


def test_the_files_of_the_course_are_copied_and_nothing_else(tmp_path: Path):
    workspace = Course(tmp_path, train="1").workspace
    assert workspace.prepare() == ()
    assert contents(workspace) == {"train.py": "1"}


def test_what_the_learner_changed_stays_when_nothing_new_came(tmp_path: Path):
    workspace = Course(tmp_path, train="1").workspace
    workspace.prepare()
    workspace.write_text("train.py", "mine")
    assert workspace.prepare() == ()
    assert contents(workspace) == {"train.py": "mine"}


def test_a_new_version_replaces_what_was_not_touched(tmp_path: Path):
    course = Course(tmp_path, train="1", data="a")
    course.workspace.prepare()
    course.now(train="2", data="a", more="new")
    assert course.workspace.prepare() == ()
    assert contents(course.workspace) == {"data.py": "a", "more.py": "new", "train.py": "2"}


def test_a_new_version_lies_beside_what_the_learner_changed(tmp_path: Path):
    course = Course(tmp_path, train="1")
    course.workspace.prepare()
    course.workspace.write_text("train.py", "mine")
    course.now(train="2")
    assert course.workspace.prepare() == (
        "You changed train.py; the course's new version is beside it as train.py.new.",
    )
    assert course.workspace.prepare() == ()
    assert contents(course.workspace) == {"train.py": "mine", "train.py.new": "2"}


def test_a_file_the_learner_made_first_is_never_overwritten(tmp_path: Path):
    course = Course(tmp_path, train="1")
    course.workspace.write_text("train.py", "mine")
    assert len(course.workspace.prepare()) == 1
    assert contents(course.workspace) == {"train.py": "mine", "train.py.new": "1"}


def test_what_the_learner_deleted_is_not_brought_back_by_the_same_version(tmp_path: Path):
    course = Course(tmp_path, train="1")
    course.workspace.prepare()
    (Path(course.workspace.path) / "train.py").unlink()
    course.workspace.prepare()
    assert contents(course.workspace) == {}


def test_what_the_course_dropped_stays(tmp_path: Path):
    course = Course(tmp_path, train="1", old="o")
    course.workspace.prepare()
    course.now(train="1")
    course.workspace.prepare()
    assert contents(course.workspace) == {"old.py": "o", "train.py": "1"}


def test_everything_is_private_and_what_could_be_run_still_can(tmp_path: Path):
    workspace = CourseWorkspace(
        tmp_path / "w",
        tmp_path / "m.json",
        files=lambda: {"files/bin/tool": b"#!/bin/sh\n", "files/data": b""},
        modes=lambda: {"files/bin/tool": 0o100755, "files/data": 0o100644},
    )
    before = os.umask(0)
    try:
        workspace.prepare()
    finally:
        os.umask(before)
    modes = {
        str(path.relative_to(tmp_path)): oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("*")
    }
    assert modes == {
        "w": "0o700",
        "w/bin": "0o700",
        "w/bin/tool": "0o700",
        "w/data": "0o600",
        "m.json": "0o600",
    }


# --- reading and writing ----------------------------------------------------------------------------


def test_text_is_read_back_as_written(tmp_path: Path):
    workspace = Course(tmp_path).workspace
    workspace.write_text("runs/a/notes.txt", "é\n")
    assert workspace.read_text("runs/a/notes.txt") == "é\n"


def test_what_is_not_there_is_none_and_bad_bytes_are_replaced(tmp_path: Path):
    workspace = Course(tmp_path).workspace
    assert workspace.read_text("nothing") is None
    write_files(Path(workspace.path), {"bytes": b"a\xffb"})
    assert workspace.read_text("bytes") == "a\ufffdb"
    assert workspace.read_text("bytes", limit=1) == "a"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", ".", "..", "a//b", "a/", "a\0b"])
def test_no_path_leaves_the_workspace(tmp_path: Path, path: str):
    workspace = Course(tmp_path).workspace
    workspace.prepare()
    assert workspace.read_text(path) is None
    with pytest.raises(TutorError, match="is not inside the workspace"):
        workspace.write_text(path, "x")


def test_no_link_leads_out_of_the_workspace(tmp_path: Path):
    workspace = Course(tmp_path).workspace
    workspace.prepare()
    outside = write_files(tmp_path / "home", {"secret": "secret"})
    root = Path(workspace.path)
    (root / "file").symlink_to(outside / "secret")
    (root / "folder").symlink_to(outside)
    os.mkfifo(root / "pipe")
    assert [workspace.read_text(path) for path in ("file", "folder/secret", "pipe")] == [None, None, None]
    with pytest.raises(TutorError):
        workspace.write_text("folder/secret", "x")
    workspace.write_text("file", "mine")
    assert ((outside / "secret").read_text(), (root / "file").read_text()) == ("secret", "mine")


def test_a_course_file_is_never_copied_through_a_link(tmp_path: Path):
    course = Course(tmp_path, train="1")
    outside = write_files(tmp_path / "home", {"train.py": "precious"}) / "train.py"
    root = Path(course.workspace.path)
    root.mkdir(parents=True)
    (root / "train.py").symlink_to(outside)
    course.workspace.prepare()
    assert outside.read_text() == "precious"
    assert (root / "train.py.new").read_text() == "1"


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path):
    write_files(tmp_path, {"workspaces": "a file where a folder is needed"})
    with pytest.raises(TutorError, match="cannot be written: not a directory"):
        Course(tmp_path, train="1").workspace.prepare()
