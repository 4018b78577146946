"""Recorded outputs: what the author's lock says each cell printed, shown as recorded before the first run.

`lock["origin"]` is "import" where the outputs came with what the course was imported from.

Lock, per cell (`lock["lessons"][LESSON]["cells"][CELL]`): `source_hash`, `outcome`, `k`, `ms`, `output` (run
events as JSON), `plot` (plot JSON), `derived` (name -> value). Anything malformed or made from another
source is left out: a lock is a claim.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui_tutor.core.course import Cell, CodeCell, ShellCell, VizCell
from tui_tutor.core.execution_json import event_from_json
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import plot_data_from_json
from tui_tutor.core.plotting.request import plot_request
from tui_tutor.core.ports import Json
from tui_tutor.core.study.state import CellState, Study, starter_of


def source_hash(cell: Cell) -> str:
    """Identifies what a cell runs: 16 hex digits of the SHA-256 of its kind and its source or expressions."""
    text = json.dumps(plot_request(cell), sort_keys=True) if isinstance(cell, VizCell) else starter_of(cell)
    return hashlib.sha256(f"{cell.kind}\n{text}".encode()).hexdigest()[:16]


def recorded_cells(lock: Mapping[str, Json], lesson_id: str) -> Mapping[str, Mapping[str, Any]]:
    """What a lock says of a lesson's cells, by id; {} where it says nothing usable."""
    lessons = lock.get("lessons")
    lesson = lessons.get(lesson_id) if isinstance(lessons, Mapping) else None
    cells = lesson.get("cells") if isinstance(lesson, Mapping) else None
    if not isinstance(cells, Mapping):
        return {}
    return {str(name): cell for name, cell in cells.items() if isinstance(cell, Mapping)}


def with_recorded(study: Study, lock: Mapping[str, Json]) -> Study:
    """The study with the author's outputs and plots in the cells that show nothing of the learner's yet."""
    recorded = recorded_cells(lock, study.lesson.id)
    derived = {cell.id: derived_values(lock, study.lesson.id, cell) for cell in study.visible}
    told = {cell_id: told_of(entry) for cell_id, entry in recorded.items() if "wrong" in entry}
    study = replace(study, told=told)
    study = replace(study, derived={cell_id: values for cell_id, values in derived.items() if values})
    is_imported = lock.get("origin") == "import"
    for cell in study.visible:
        entry = recorded.get(cell.id)
        if entry is not None and entry.get("source_hash") == source_hash(cell):
            state = replace(study.state(cell.id), is_imported=is_imported)
            study = study.with_cell(cell.id, _with_entry(cell, state, entry))
    return study


def _with_entry(cell: Cell, state: CellState, entry: Mapping[str, Any]) -> CellState:
    if isinstance(cell, VizCell) and state.plot is None and isinstance(entry.get("plot"), Mapping):
        return replace(state, plot=plot_data_from_json(entry["plot"]), is_recorded=True)
    if isinstance(cell, CodeCell | ShellCell) and state.status == "idle":
        transcript = _transcript(entry.get("output"))
        if not transcript.is_empty:
            return replace(state, transcript=transcript, is_recorded=True)
    return state


def _transcript(output: object) -> Transcript:
    transcript = Transcript()
    if isinstance(output, list):
        for value in output:
            event = event_from_json(value)
            if event is not None:
                transcript = transcript.after(event)
    return transcript


def told_of(entry: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """What each wrong sample of an exercise was told when the author's machine tried it.

    (check id, line ...) of the failing check, () for one that passed; in the samples' order.
    """
    wrong = entry.get("wrong")
    if not isinstance(wrong, list):
        return ()
    return tuple(tuple(str(part) for part in one) if isinstance(one, list) else () for one in wrong)


def derived_values(lock: Mapping[str, Json], lesson_id: str, cell: Cell) -> Mapping[str, object]:
    """Keys that were derived by running, from the lock; {} where it says nothing."""
    entry = recorded_cells(lock, lesson_id).get(cell.id, {})
    derived = entry.get("derived")
    return derived if isinstance(derived, Mapping) else {}
