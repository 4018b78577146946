"""Retelling: the lesson goes on at another level or in another language, and what was done stays.

Overlays change words and starters and add md cells, so every cell that can run or be answered is there before
and after, and the kernel, its jobs and its queue know nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from tui_tutor.core.course import Cell, Course, Lesson
from tui_tutor.core.study.frameworks import begun, start_of, touched
from tui_tutor.core.study.state import EDITED, SCRATCH, CellState, Study
from tui_tutor.core.study.updating import begin


def retold(study: Study, course: Course, lesson: Lesson) -> Study:
    """The study of the same lesson under another overlay; cells not yet edited begin with its starters."""
    standing = frozenset(touched(study))
    fresh = begin(course, lesson, number=study.number, trust=study.trust, seed=study.seed)
    cells = {
        cell.id: study.state(cell.id) if cell.id in standing else _kept(study, cell, fresh.state(cell.id))
        for cell in lesson.cells
    }
    cells[SCRATCH.id] = study.state(SCRATCH.id)
    at = study.at_cell if study.at_cell in cells else next(_near(study, cells), fresh.at_cell)
    told = replace(study, course=course, lesson=lesson, cells=MappingProxyType(cells), at_cell=at)
    return begun(told, touched=standing)


def _kept(study: Study, cell: Cell, fresh: CellState) -> CellState:
    """All of a cell's state, but for texts that are still those it began with."""
    old = study.lesson.cell_by_id(cell.id)
    if old is None:
        return fresh
    state = study.state(cell.id)
    if state.is_busy:
        return state
    source, given = start_of(study, old)
    files = {
        path: text if text != given.get(path) else fresh.files.get(path, text)
        for path, text in state.files.items()
    }
    source = state.source if state.source != source else fresh.source
    is_other = source != state.source or files != dict(state.files)
    stale = EDITED if is_other and state.ran_source is not None else state.stale
    return replace(state, source=source, files=files, stale=stale)


def _near(study: Study, cells: Mapping[str, CellState]) -> Iterator[str]:
    """Cells around the learner that are still there: those above, the nearest first, then those below."""
    ids = [cell.id for cell in study.visible]
    here = ids.index(study.at_cell) if study.at_cell in ids else 0
    return (cell_id for cell_id in (*reversed(ids[:here]), *ids[here:]) if cell_id in cells)
