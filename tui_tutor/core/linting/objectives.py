"""Objectives that nothing assesses: a promise no exercise and no question comes back to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell
from tui_tutor.core.linting.doubt import Doubt, Raw, ReadLesson
from tui_tutor.core.linting.words import plain

_HELP: Final = "ask about it: an exercise or a question that is neither optional nor hidden"


def is_assessing(cell: Cell) -> bool:
    """Whether a learner's answer or work is asked for, and the cell counts."""
    if isinstance(cell, models.ShellCell):
        return cell.counts and bool(cell.check)
    return cell.counts and isinstance(cell, models.ExerciseCell | models.QuizBase)


def unassessed_lesson(read: ReadLesson) -> Iterator[Doubt]:
    """A lesson that promises something and asks nothing."""
    if read.lesson.objective and not read.lesson.draft and not _assesses(read):
        message = "no exercise and no question of the lesson comes back to its objective"
        yield Doubt("objective-unassessed", message, ("objective",), _HELP)


def unassessed_of_course(raw: Raw, lessons: Sequence[ReadLesson]) -> Iterator[Doubt]:
    """An [[objective]] that no lesson with a question or exercise names; one named by a draft may wait."""
    tables = raw.get("objective")
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        name = table.get("id") if isinstance(table, dict) else None
        if not isinstance(name, str):
            continue
        naming = [read for read in lessons if name in read.lesson.objectives or name == read.lesson.id]
        text = str(table.get("text", ""))
        if not any(read.lesson.draft or _assesses(read) for read in naming) and not _named_by_cell(
            (name, text), lessons
        ):
            yield _unassessed(name, index, is_named=bool(naming))


def _unassessed(name: str, index: int, *, is_named: bool) -> Doubt:
    if is_named:
        message, help = f"no lesson that names `{name}` asks anything", _HELP
    else:
        message = f"no lesson names the objective `{name}`"
        help = f'write `objectives = ["{name}"]` in the lesson that assesses it'
    return Doubt("objective-unassessed", message, ("objective", index, "id"), help, "value")


def _assesses(read: ReadLesson) -> bool:
    return any(is_assessing(cell) for cell, _ in read.cells)


def _named_by_cell(names: Sequence[str], lessons: Sequence[ReadLesson]) -> bool:
    """Whether a cell that counts has one of these (an id, a text) for its own objective."""
    wanted = {plain(name) for name in names if name}
    return any(
        is_assessing(cell) and plain(cell.objective) in wanted
        for read in lessons
        for cell, _ in read.cells
        if cell.objective
    )
