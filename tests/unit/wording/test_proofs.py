"""A course says that it is verified only while its files are those that were proven."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.builders import a_course_folder
from tui_tutor.core.lock import tree_hash_of
from tui_tutor.core.wording.proofs import proof_lines
from tui_tutor.shelf.folder import take_snapshot

FILES = {"course.toml": "aa", "lessons/first.toml": "bb"}
LOCK = {"at": "2026-11-25T10:00:00Z", "files": FILES}


def said(lock: Any = LOCK, tree_hash: str = tree_hash_of(FILES), here: str = "") -> tuple[str, ...]:
    opened: Any = SimpleNamespace(
        lock=lambda: lock, source_hash=lambda: tree_hash, verified_here=lambda: here
    )
    return proof_lines(opened)


def test_a_lock_of_these_files_is_the_authors_word_with_its_date():
    assert said() == ("verified by the author on 2026-11-25",)


def test_what_this_machine_proved_comes_first():
    assert said(here="2026-11-26") == ("verified here on 2026-11-26",)


@pytest.mark.parametrize(
    "lock",
    [
        {},
        {**LOCK, "files": {**FILES, "course.toml": "cc"}},
        {**LOCK, "at": "soon"},
        {**LOCK, "at": "\x1b[31m2026"},
        {**LOCK, "files": ["course.toml"]},
        {**LOCK, "files": {"course.toml": 1}},
        {"at": LOCK["at"]},
    ],
)
def test_a_lock_that_does_not_fit_says_nothing(lock: Any):
    assert said(lock) == ()


def test_a_changed_course_is_not_verified():
    assert said(tree_hash="another") == ()


def test_the_order_of_files_in_a_lock_and_the_lock_itself_do_not_count():
    assert said({**LOCK, "files": {**dict(reversed(FILES.items())), "course.lock.json": "x"}}) != ()


def test_the_hash_is_that_of_a_folder_as_it_is_read(tmp_path: Path):
    snapshot = take_snapshot(a_course_folder(tmp_path, files={"course.lock.json": "{}", "files/ä.txt": "x"}))
    assert tree_hash_of(snapshot.hashes) == snapshot.tree_hash
