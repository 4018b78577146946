"""What is known of each cell's proof, in a line: from the lock, and from the histories of lessons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.parsing import lesson_path, parse_course, parse_lesson
from tui_tutor.studio.changes import unproven
from tui_tutor.studio.gates.built import SolverAnswer, further_levels, is_retold
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
        answers = histories.recalled([lesson_id], "answers", SolverAnswer)
        forms = _forms(course, lesson_id, files)
        for quiz in asked_of(forms[""]) if "" in forms else ():
            found[(lesson_id, quiz.id)] = _solved_line(quiz.id, forms, answers)
    return found


def _forms(course: Course, lesson_id: str, files: Mapping[str, bytes]) -> dict[str, Lesson]:
    """The lesson as it is read: the base by "", and each level that has words of its own."""
    base = parse_lesson(course, lesson_id, files).value
    levels = further_levels(course)
    told = ((level, parse_lesson(course, lesson_id, files, overlay=level).value) for level in levels)
    return {"": base, **{level: one for level, one in told if one and is_retold(one, [base])}} if base else {}


def _solved_line(quiz_id: str, forms: Mapping[str, Lesson], answers: Sequence[SolverAnswer]) -> str:
    right: list[bool] = []
    for level, lesson in forms.items():
        cell = lesson.cell_by_id(quiz_id)
        there = [
            one.is_right is True for one in answers if cell and one.level == level and one.is_about(cell)
        ]
        if not there:
            return "not solved anew"
        right += there
    return f"solved {sum(right)}/{len(right)}, key hidden"
