"""Objectives: each one assessed by a cell that can reach its level; something to do in every lesson."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Bloom, Cell, Lesson
from tui_tutor.core.linting.bloom import LEVELS, levels_of
from tui_tutor.core.linting.objectives import is_assessing
from tui_tutor.core.linting.words import plain
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding

_DOING: Final = (
    models.ExerciseCell,
    models.ShellCell,
    models.NumberQuiz,
    models.PredictQuiz,
    models.OrderQuiz,
)


def findings_about_objectives(built: Built) -> Iterator[Finding]:
    """Objectives that no cell assesses as high as they reach; lessons in which nothing is applied."""
    for objective in built.course.objective:
        lessons = [one for one in built.lessons if objective.id in (one.id, *one.objectives)]
        level = built.blooms.get(objective.id) or _lowest(levels_of(objective.text))
        names = (objective.id, objective.text)
        yield from _unassessed("", names, level, _assessing(built.lessons, lessons, names))
    for lesson in built.lessons:
        if lesson.objective and not lesson.draft:
            level = lesson.bloom or _lowest(levels_of(lesson.objective))
            cells = [cell for cell in lesson.cells if is_assessing(cell)]
            yield from _unassessed(lesson.id, (lesson.id, lesson.objective), level, cells)
        yield from _nothing_applied(lesson)


def reach_of(cell: Cell) -> Bloom:
    """The level that a cell assesses: what it says itself, else what its kind can ask for."""
    if cell.bloom is not None:
        return cell.bloom
    if isinstance(cell, models.ReflectQuiz):
        return "evaluate"
    return "apply" if isinstance(cell, _DOING) else "understand"


def _lowest(levels: frozenset[Bloom]) -> Bloom | None:
    return min(levels, key=LEVELS.index) if levels else None


def _assessing(all_lessons: Sequence[Lesson], naming: Sequence[Lesson], names: Sequence[str]) -> list[Cell]:
    """Cells that have the objective for their own, and those of its lessons that have none of their own."""
    wanted = {plain(name) for name in names}
    return [
        cell
        for lesson in all_lessons
        for cell in lesson.cells
        if is_assessing(cell) and (plain(cell.objective) in wanted if cell.objective else lesson in naming)
    ]


def _unassessed(
    lesson: str, names: Sequence[str], level: Bloom | None, cells: Sequence[Cell]
) -> Iterator[Finding]:
    name = f"`{names[0]}`" if not lesson else "the lesson's objective"
    if not cells:
        help = "add an exercise or a question that asks for it"
        yield Finding("objective-assessed", lesson, "", f"nothing assesses {name}", help)
    elif level and not any(LEVELS.index(reach_of(cell)) >= LEVELS.index(level) for cell in cells):
        highest = max((reach_of(cell) for cell in cells), key=LEVELS.index)
        message = f"{name} is to be reached at the level {level}, and its cells assess up to {highest}"
        help = "ask for more: an exercise, or a cell whose `bloom` says what it asks for"
        yield Finding("objective-assessed", lesson, "", message, help)


def _nothing_applied(lesson: Lesson) -> Iterator[Finding]:
    at_least = LEVELS.index("apply")
    if not lesson.draft and not any(
        is_assessing(cell) and LEVELS.index(reach_of(cell)) >= at_least for cell in lesson.cells
    ):
        message = "nothing in it asks learners to apply what they read"
        yield Finding("lesson-applies", lesson.id, "", message, "add an exercise")
