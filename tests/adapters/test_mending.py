"""Mended files go back whole, with their rights, and only over what was read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.mending import write_mended


def a_folder(parent: Path) -> Path:
    """A folder with two files."""
    (parent / "lessons").mkdir()
    (parent / "course.toml").write_bytes(b"old")
    (parent / "lessons/one.toml").write_bytes(b"old")
    return parent


def test_a_file_keeps_its_rights(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "lessons/one.toml").chmod(0o664)
    write_mended(folder, {"lessons/one.toml": b"old"}, {"lessons/one.toml": b"new"})
    assert (folder / "lessons/one.toml").read_bytes() == b"new"
    assert (folder / "lessons/one.toml").stat().st_mode & 0o777 == 0o664
    assert os.listdir(folder / "lessons") == ["one.toml"]


@pytest.mark.parametrize("now", [b"newer", b"old and more", b"", b"ol"])
def test_what_was_changed_meanwhile_is_not_overwritten(tmp_path: Path, now: bytes) -> None:
    folder = a_folder(tmp_path)
    (folder / "lessons/one.toml").write_bytes(now)
    before = {"course.toml": b"old", "lessons/one.toml": b"old"}
    with pytest.raises(TutorError) as refused:
        write_mended(folder, before, {"course.toml": b"new", "lessons/one.toml": b"new"})
    assert refused.value.message == "lessons/one.toml cannot be written: it has changed since it was read."
    assert refused.value.help == "Written before: course.toml. Everything else is as it was."
    assert (folder / "lessons/one.toml").read_bytes() == now


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_no_link_is_followed(tmp_path: Path, kind: str) -> None:
    (tmp_path / "course").mkdir()
    folder, outside = a_folder(tmp_path / "course"), tmp_path / "outside"
    outside.mkdir()
    (outside / "one.toml").write_bytes(b"old")
    (folder / "lessons/one.toml").unlink()
    if kind == "file":
        (folder / "lessons/one.toml").symlink_to(outside / "one.toml")
    else:
        (folder / "lessons").rmdir()
        (folder / "lessons").symlink_to(outside)
    with pytest.raises(TutorError, match="cannot be written"):
        write_mended(folder, {"lessons/one.toml": b"old"}, {"lessons/one.toml": b"new"})
    assert (outside / "one.toml").read_bytes() == b"old"


def test_a_file_that_has_vanished_is_named(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "course.toml").unlink()
    with pytest.raises(TutorError, match=r"course.toml cannot be written: no such file"):
        write_mended(folder, {"course.toml": b"old"}, {"course.toml": b"new"})
