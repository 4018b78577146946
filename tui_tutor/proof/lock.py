"""The lock: what `verify` found, as the JSON that travels with a course."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tui_tutor.proof.running import CellReport

LOCK_FORMAT: Final = 1
LOCK_FILE: Final = "course.lock.json"


def lock_of(
    reports: Sequence[CellReport],
    *,
    hashes: Mapping[str, str],
    python: str,
    packages: Mapping[str, str],
    at: datetime,
) -> dict[str, Any]:
    """The whole lock: format, date, hash of every file, versions, and for each cell what happened."""
    lessons: dict[str, Any] = {}
    for report in reports:
        if report.entry:
            lesson = lessons.setdefault(report.lesson, {"cells": {}})
            lesson["cells"][report.cell] = dict(report.entry)
    return {
        "format": LOCK_FORMAT,
        "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "files": dict(hashes),
        "python": python,
        "packages": dict(packages),
        "lessons": lessons,
    }


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
