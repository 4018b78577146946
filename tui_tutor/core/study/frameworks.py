"""Frameworks: an exercise that begins with what the learner wrote in an earlier one.

It follows the earlier answer until the learner has edited or run it; from then on it stands alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tui_tutor.core.course import Cell, ExerciseCell
from tui_tutor.core.study.state import CellState, Study, starter_files, starter_of


def start_of(study: Study, cell: Cell) -> tuple[str, dict[str, str]]:
    """The text and the files a cell begins with; its own starter until the earlier one was changed."""
    source, files = starter_of(cell), starter_files(cell)
    framework = cell.framework if isinstance(cell, ExerciseCell) else None
    if framework is None or framework not in study.cells:
        return source, files
    earlier, before = study.cell(framework), study.state(framework)
    if not source or before.source != start_of(study, earlier)[0]:
        source = before.source
    return source, {**files, **_changed_files(earlier, before, files)}


def _changed_files(earlier: Cell, before: CellState, wanted: Collection[str]) -> dict[str, str]:
    given = starter_files(earlier)
    return {path: text for path, text in before.files.items() if path in wanted and text != given.get(path)}


def begun(study: Study, touched: Collection[str] = ()) -> Study:
    """The study with every exercise that has a framework at its start, but for those named."""
    for cell in _following(study):
        if cell.id not in touched:
            source, files = start_of(study, cell)
            ran = study.state(cell.id).ran_source
            study = study.changed(cell.id, source=source if ran is None else ran, files=files)
    return study


def carried(before: Study, after: Study, cell_id: str) -> Study:
    """The study after an edit of a cell, with what changed carried to the exercises that still follow it."""
    return begun(after, touched={cell_id, *touched(before)})


def touched(study: Study) -> Iterator[str]:
    """Exercises with a framework that the learner has edited or run: they stand alone."""
    for cell in _following(study):
        state = study.state(cell.id)
        if state.ran_source is not None or (state.source, dict(state.files)) != start_of(study, cell):
            yield cell.id


def _following(study: Study) -> Iterator[ExerciseCell]:
    return (cell for cell in study.lesson.cells if isinstance(cell, ExerciseCell) and cell.framework)
