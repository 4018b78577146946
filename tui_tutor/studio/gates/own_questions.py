"""The author's own questions: in the course as the brief has them, whoever else has written the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tui_tutor.studio.brief import Question
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding


def findings_about_own_questions(built: Built) -> Iterator[Finding]:
    """Questions of the brief that no cell asks, word for word and with the same key."""
    for question in built.brief.question:
        cells = [
            cell
            for lesson, cell in built.cells()
            if question.lesson in (None, lesson.id) or question.lesson not in built.course.lessons
        ]
        if not is_asked(question, cells):
            yield Finding(
                "own-question",
                question.lesson or "",
                "",
                f"your question is not asked as it is: {question.question[:60]}",
                "name its `lesson` in the brief, or take the question out of it",
            )


def is_asked(question: Question, cells: Sequence[Any]) -> bool:
    """Whether one of some cells, or drafts of cells, is this question: its words, its options, its key."""
    key = _folded(question.options[question.correct - 1])
    wanted = (_folded(question.question), {(_folded(one), _folded(one) == key) for one in question.options})
    return any(wanted == _asked(cell) for cell in cells if getattr(cell, "form", "") == "choice")


def _asked(cell: Any) -> tuple[str, set[tuple[str, bool]]]:
    return _folded(cell.question), {(_folded(one.text), bool(one.correct)) for one in cell.option}


def _folded(words: str) -> str:
    return " ".join(words.split())
