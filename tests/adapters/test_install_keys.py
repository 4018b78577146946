"""Signed courses: the key is shown, remembered, and asked for when another comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.courses_to_install import a_course, install, quiet
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import parse_course
from tui_tutor.core.wording.trust import signature
from tui_tutor.shelf.archive.packing import pack
from tui_tutor.shelf.archive.signing import load_key, make_key
from tui_tutor.shelf.folder import read_course_files
from tui_tutor.shelf.installed import Library
from tui_tutor.shelf.installing import Installer
from tui_tutor.shelf.updating import offered


def signed(folder: Path, version: str, key: str) -> Path:
    """An archive of the course signed by a key of this name."""
    course_folder = a_course(folder, version=version)
    place = folder / f"{key}.key"
    if not place.exists():
        make_key(place, "")
    files = read_course_files(course_folder)
    course = parse_course(files).value
    assert course is not None
    archive = folder / "mine.zip"
    pack(course, files, archive, key=load_key(place, lambda: ""))
    return archive


def test_the_key_is_new_at_first_and_the_same_later(tmp_path: Path):
    first = install(tmp_path / "data", signed(tmp_path, "1.0.0", "author"))
    later = install(tmp_path / "data", signed(tmp_path, "1.1.0", "author"), is_replacing=True)
    assert first.signature.endswith("; the key is new here.")
    assert later.signature.endswith(", as before.")


def test_another_key_or_none_is_refused_until_it_is_accepted(tmp_path: Path):
    data = tmp_path / "data"
    install(data, signed(tmp_path, "1.0.0", "author"))
    with pytest.raises(TutorError, match="another key than before"):
        install(data, signed(tmp_path, "1.1.0", "thief"), is_replacing=True)
    with pytest.raises(TutorError, match="not signed; before"):
        install(data, tmp_path / "mine", is_replacing=True)
    install(data, tmp_path / "mine.zip", is_replacing=True, accepts_key=True)
    with pytest.raises(TutorError, match="another key than before"):
        install(data, signed(tmp_path, "1.2.0", "author"), is_replacing=True)


def test_the_learner_sees_who_signed_and_when_files_were_changed_since(tmp_path: Path):
    data = tmp_path / "data"
    install(data, signed(tmp_path, "1.0.0", "author"))
    opened = Library(None, data).open("mine")
    assert opened.entry.origin is not None
    assert signature(opened) == f"signed by {opened.entry.origin.signer}"
    (data / "courses" / "mine" / "more.txt").write_text("changed")
    assert "files changed" in signature(Library(None, data).open("mine"))


def test_a_course_of_a_folder_is_not_signed_installed_or_opened_by_its_path(tmp_path: Path):
    course = a_course(tmp_path)
    install(tmp_path / "data", course)
    assert signature(Library(None, tmp_path / "data").open("mine")) == "not signed"
    assert signature(Library(None, tmp_path / "data").open(f"{course}/")) == "not signed"


def test_an_update_with_another_key_is_refused(tmp_path: Path):
    data = tmp_path / "data"
    install(data, signed(tmp_path, "1.0.0", "author"))
    signed(tmp_path, "1.1.0", "thief")
    with offered(Installer(None, data), "mine", {}, report=quiet) as offer:
        assert offer.plan is not None
        assert "another key" in offer.plan.signature
        with pytest.raises(TutorError, match="another key"):
            offer.checked.key.refuse()
