"""The lock: what `verify` found, as the JSON that travels with a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tui_tutor.core.lock import LOCK_FORMAT
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.proof.reports import ExerciseReport, Tally


def lock_of(
    lessons: Mapping[str, Sequence[ProvenCell]],
    *,
    hashes: Mapping[str, str],
    python: str,
    packages: Mapping[str, str],
    at: datetime,
) -> dict[str, Any]:
    """The whole lock: format, date, hash of every file, versions, and for each cell what happened."""
    return {
        "format": LOCK_FORMAT,
        "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "files": dict(hashes),
        "python": python,
        "packages": dict(packages),
        "lessons": {
            lesson: {"cells": {one.cell.id: entry for one in cells if (entry := _entry(one))}}
            for lesson, cells in lessons.items()
            if any(_entry(one) for one in cells)
        },
    }


def _entry(proven: ProvenCell) -> dict[str, Any]:
    entry = dict(proven.recorded.entry)
    if proven.exercise is None:
        return entry
    proof = {"solution": proven.runs if proven.solution_passes else 0, **_proof_of(proven.exercise)}
    return {**entry, "wrong": [list(lines) for lines in proven.exercise.told], "proof": proof}


def _proof_of(exercise: ExerciseReport) -> dict[str, Any]:
    """How often the solution passed (once for each hash seed), and what the attempts showed."""
    return {
        "starter_fails": exercise.starter_fails,
        "wrong": _tally(exercise.wrong),
        "right": _tally(exercise.right),
        "rewrites": _tally(exercise.rewrites),
        "mutants": {"killed": exercise.killed, "total": exercise.mutants, "free": exercise.free},
        **({"told": _retold(exercise)} if exercise.retold else {}),
    }


def _retold(exercise: ExerciseReport) -> dict[str, Any]:
    """By overlay: whether its own starter fails, and how many of its hints that are code do not solve it."""
    return {
        one.overlay: {"starter_fails": one.starter_fails, "hints": _tally(one.hints)}
        for one in exercise.retold
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"ok": tally.ok, "total": tally.total}
