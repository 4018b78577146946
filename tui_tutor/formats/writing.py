"""An imported course -> the files of its folder."""

from __future__ import annotations

from typing import Any, Final

from tui_tutor.core.lock import LOCK_FILE, LOCK_FORMAT, lock_text
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.imported import Imported

COURSE_FILE: Final = "course.toml"


def course_files(imported: Imported) -> dict[str, bytes]:
    """course.toml, the lessons and all other files, by relative path; the lock is apart."""
    lessons = {
        f"lessons/{name}.toml": toml_text(lesson).encode() for name, lesson in imported.lessons.items()
    }
    return {**imported.files, COURSE_FILE: toml_text(imported.course).encode(), **lessons}


def recorded_lock(imported: Imported) -> dict[str, bytes]:
    """course.lock.json with the outputs that came with the source, {} if none did.

    Its `origin` tells that no run is behind it. It has neither a date nor hashes of files: with them it
    would be a proof, and the player would call the course verified.
    """
    if not imported.recorded:
        return {}
    lock: dict[str, Any] = {
        "format": LOCK_FORMAT,
        "origin": "import",
        "lessons": {name: {"cells": dict(cells)} for name, cells in imported.recorded.items()},
    }
    return {LOCK_FILE: lock_text(lock).encode("utf-8", "replace")}
