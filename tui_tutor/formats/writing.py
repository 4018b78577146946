"""An imported course -> the files of its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
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


def recorded_lock(imported: Imported, files: Mapping[str, bytes], at: datetime) -> dict[str, bytes]:
    """course.lock.json with the outputs that came with the source, {} if none did.

    Its `origin` tells that no run of ours is behind it.
    """
    if not imported.recorded:
        return {}
    lock: dict[str, Any] = {
        "format": LOCK_FORMAT,
        "origin": "import",
        "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
        "lessons": {name: {"cells": dict(cells)} for name, cells in imported.recorded.items()},
    }
    return {LOCK_FILE: lock_text(lock).encode("utf-8", "replace")}
