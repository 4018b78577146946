"""A published course: its proof tells of every file, the report beside it too."""

from __future__ import annotations

import hashlib
import json

from tui_tutor.core.lock import LOCK_FILE, lock_text
from tui_tutor.studio.workshop import with_pages


def test_a_proof_that_is_published_tells_of_the_report_too():
    lock = {"format": 1, "lessons": {}, "files": {"course.toml": "0" * 64}}
    files = {"course.toml": b"...", LOCK_FILE: lock_text(lock).encode()}
    published = with_pages(files, {"QUALITY.md": b"good"})
    assert {name: published[name] for name in ("course.toml", "QUALITY.md")} == {
        "course.toml": b"...",
        "QUALITY.md": b"good",
    }
    assert json.loads(published[LOCK_FILE])["files"] == {
        "QUALITY.md": hashlib.sha256(b"good").hexdigest(),
        "course.toml": "0" * 64,
    }
