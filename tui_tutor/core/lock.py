"""The text of a lock file: what travels with a course as the record of its runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

LOCK_FORMAT: Final = 1
LOCK_FILE: Final = "course.lock.json"


def tree_hash_of(hashes: Mapping[str, str]) -> str:
    """One hash over the names of files and their SHA-256; the lock does not count."""
    names = sorted(name for name in hashes if name != LOCK_FILE)
    lines = (f"{len(name.encode())} {name} {hashes[name]}\n" for name in names)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def lock_text(lock: Mapping[str, Any]) -> str:
    """The lock as it is written: sorted, one line for each cell's entry, so that a diff can be read."""
    cells = {
        f"@{lesson}/{cell}@": json.dumps(entry, ensure_ascii=False, sort_keys=True, allow_nan=False)
        for lesson, facts in lock["lessons"].items()
        for cell, entry in facts["cells"].items()
    }
    shell = dict(lock)
    shell["lessons"] = {
        lesson: {"cells": {cell: f"@{lesson}/{cell}@" for cell in facts["cells"]}}
        for lesson, facts in lock["lessons"].items()
    }
    text = json.dumps(shell, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    for mark, line in cells.items():
        text = text.replace(f'"{mark}"', line, 1)
    return text + "\n"
