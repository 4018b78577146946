"""What overlays make of an exercise: the forms of it that a learner may begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui_tutor.core.course import ExerciseCell, Lesson


def retold_cells(cell: ExerciseCell, lessons: Mapping[str, Lesson]) -> Iterator[tuple[str, ExerciseCell]]:
    """The forms of an exercise with other starters or hints, each once, by the first overlay that has it."""
    seen = [begins(cell)]
    for overlay, lesson in lessons.items():
        told = lesson.cell_by_id(cell.id)
        if isinstance(told, ExerciseCell) and begins(told) not in seen:
            seen.append(begins(told))
            yield overlay, told


def begins(cell: ExerciseCell) -> tuple[object, ...]:
    """All that a level may change of an exercise and that can be run."""
    return cell.starter, cell.hints, tuple(file.starter for file in cell.file)
