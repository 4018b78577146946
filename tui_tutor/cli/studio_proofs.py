"""What is known of each cell's proof, in a line: from the lock, and from the histories of lessons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.parsing import lesson_path, parse_course, parse_lesson
from tui_tutor.studio.changes import unproven
from tui_tutor.studio.gates.built import SolverAnswer
from tui_tutor.studio.histories import Histories
from tui_tutor.studio.solving import asked_of
from tui_tutor.studio.studio_folder import StudioFolder

_CHANGED: Final = "not proven anew"


def proofs_of(folder: StudioFolder) -> Mapping[tuple[str, str], str]:
    """A line about each cell's proof: of programs from the lock, of questions from the lessons' histories.

    A proof is one of bytes: where those of a lesson are others now, it proves nothing.
    """
    files = folder.files()
    changed = unproven(files)
    try:
        lock = json.loads(files.get(LOCK_FILE, b""))
        ran = {
            (lesson, cell): _CHANGED if lesson_path(lesson) in changed else _proof_line(entry)
            for lesson, facts in lock["lessons"].items()
            for cell, entry in facts["cells"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        ran = {}
    return {**_answers(folder), **ran}


def _proof_line(entry: Mapping[str, Any]) -> str:
    proof = entry.get("proof")
    if not isinstance(proof, Mapping):
        return "ran" if entry.get("outcome") == "ok" else str(entry.get("outcome", ""))
    mutants = proof.get("mutants", {})
    solved = "proven" if proof.get("solution", 0) and proof.get("starter_fails") else "not proven"
    return f"{solved}, {mutants.get('killed', 0)}/{mutants.get('total', 0)} mutants"


def _answers(folder: StudioFolder) -> dict[tuple[str, str], str]:
    """How often a question was solved without its key, as it is asked now."""
    files, histories = folder.files(), Histories(folder)
    course = parse_course(files).value
    if course is None:
        return {}
    found = {}
    for lesson_id in course.lessons:
        lesson = parse_lesson(course, lesson_id, files).value
        answers = histories.recalled([lesson_id], "answers", SolverAnswer)
        for quiz in asked_of(lesson) if lesson else ():
            right = [one.is_right is True for one in answers if one.is_about(quiz)]
            line = f"solved {sum(right)}/{len(right)}, key hidden" if right else "not solved anew"
            found[(lesson_id, quiz.id)] = line
    return found
