"""What was asked: a short hash that tells an answer to this question from one to an older wording."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from tui_tutor.core.course import Cell, ExerciseCell, Lesson, QuizBase

_BESIDE: Final = frozenset(
    (
        # Where and how a cell stands, what counts, and what is told before or after an answer.
        *("id", "title", "objective", "bloom", "difficulty", "hidden", "optional", "review", "confidence"),
        *("attempts", "shuffle", "timeout_s", "hints", "hint", "explain", "feedback", "near", "says"),
        *("starter", "solution", "wrong", "right", "framework"),
    )
)
_HELD: Final = ("option", "blank", "check", "file")


def asked_hash(cell: Cell) -> str:
    """16 hex digits of the SHA-256 of a question or task with its options, keys and checks; "" for others."""
    if not isinstance(cell, QuizBase | ExerciseCell):
        return ""
    # Defaults are left out, so that a key which the format gains later changes no hash.
    asked = _asked(cell.model_dump(exclude_defaults=True), is_cell=True)
    text = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def asked_in(lesson: Lesson, cell: Cell) -> str:
    """The hash of what the base of a lesson asks in this cell: one at all levels and in all languages."""
    return asked_hash(lesson.base.cell_by_id(cell.id) or cell)


def _asked(values: dict[str, Any], *, is_cell: bool = False) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name in _HELD and isinstance(value, list | tuple):
            kept[name] = [_asked(one) for one in value]
        elif name not in _BESIDE or (name == "id" and not is_cell):
            kept[name] = value
    return kept
