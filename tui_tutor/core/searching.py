"""Finding words in a course: lesson titles, prose, tasks, questions and their options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.course import (
    Cell,
    ChoiceQuiz,
    CodeCell,
    ExerciseCell,
    Lesson,
    MarkdownCell,
    QuizBase,
    ShellCell,
    VizCell,
)

MOST_MATCHES: Final = 200


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of a lesson that can be found. `cell_number` 0: the lesson's title."""

    lesson_id: str
    lesson_number: int
    lesson_title: str
    cell_id: str
    cell_kind: str
    cell_number: int
    text: str


def passages_of(lesson: Lesson, number: int) -> tuple[Passage, ...]:
    """All that can be found in a lesson; solutions, hints and explanations cannot."""
    title = Passage(lesson.id, number, lesson.title, "", "", 0, lesson.title)
    found = [title]
    for place, cell in enumerate(lesson.visible_cells, start=1):
        for text in _texts(cell):
            lines = (line.strip() for line in text.splitlines())
            found += [
                Passage(lesson.id, number, lesson.title, cell.id, cell.kind, place, line)
                for line in lines
                if line
            ]
    return tuple(found)


def _texts(cell: Cell) -> Iterable[str]:
    match cell:
        case MarkdownCell():
            return (cell.title, cell.text)
        case CodeCell():
            return (cell.title, cell.source)
        case VizCell():
            return (cell.title, cell.caption, cell.alt)
        case ExerciseCell():
            return (cell.title, cell.task)
        case ShellCell():
            return (cell.title, cell.run)
        case ChoiceQuiz():
            return (cell.title, cell.question, *(option.text for option in cell.option))
        case QuizBase():
            return (cell.title, cell.question)


def matches(passages: Sequence[Passage], query: str) -> tuple[Passage, ...]:
    """Passages that hold every word of the query, titles first, then in the course's order."""
    words = query.casefold().split()
    if not words:
        return ()
    found = [passage for passage in passages if _holds(passage.text.casefold(), words)]
    found.sort(key=lambda passage: passage.cell_number != 0)
    return tuple(found[:MOST_MATCHES])


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)
