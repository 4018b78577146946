"""The lock: what `verify` found, as the JSON that travels with a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tui_tutor.core.lock import LOCK_FORMAT
from tui_tutor.proof.running import CellReport


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
