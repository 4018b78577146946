"""Revising: the author saved the lesson, and the study goes on in its new form.

What was played stays with its cell wherever the cell stands now. Cells with an id of their own are found by
it; the others by what they say, else by their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final, Literal

from tui_tutor.core.course import Cell, CodeCell, Course, ExerciseCell, Lesson, VizCell
from tui_tutor.core.study.asking import asked_in
from tui_tutor.core.study.frameworks import begun
from tui_tutor.core.study.state import (
    EDITED,
    SCRATCH,
    CellState,
    Study,
    Why,
    is_runnable,
    starter_files,
    starter_of,
    uses_shell,
)
from tui_tutor.core.study.updating import begin

KernelFate = Literal["kept", "restarted", "replaced"]
_MADE_ID: Final = re.compile(r"(?:md|code|viz|ex|quiz|sh|cell)-\d+(?:-x)*")


@dataclass(frozen=True, slots=True)
class Revision:
    """What comes of a saved lesson.

    `moved` names the new id of every old cell that is still there. `replay` are the runs that bring a new
    kernel to where the old one was. `holds_ids` says that whatever runs meanwhile is called as before.
    """

    study: Study
    moved: Mapping[str, str]
    kernel: KernelFate
    replay: tuple[tuple[str, Why], ...] = ()
    plots: tuple[str, ...] = ()  # viz cells that show something else now
    holds_ids: bool = True


def revise(
    study: Study,
    course: Course,
    lesson: Lesson,
    number: int,
    *,
    is_code_changed: bool = False,
    was_running: str = "",
) -> Revision:
    """The study of the lesson in its new form, and what must happen to the kernel because of it.

    `is_code_changed`: so has a file that what ran may have imported. `was_running` is a cell whose run was
    stopped for this.
    """
    ran = ran_here(study, was_running)
    moved = moved_cells(study.lesson.cells, lesson.cells)
    fresh = begin(course, lesson, number=number, trust=study.trust, seed=study.seed)
    cells, came_from = dict(fresh.cells), {new: old for old, new in moved.items()}
    for cell in lesson.cells:
        if cell.id in came_from:
            before = came_from[cell.id]
            is_same = asked_in(study.lesson, study.cell(before)) == asked_in(lesson, cell)
            state, new = study.state(before), fresh.state(cell.id)
            cells[cell.id] = _carried(study.cell(before), state, cell, new, asks_the_same=is_same)
    cells[SCRATCH.id] = study.state(SCRATCH.id)
    revised = _with_places(replace(fresh, cells=MappingProxyType(cells)), study, moved)
    revised = begun(revised, touched=came_from)
    kernel = _fate(study, revised, moved, ran)
    if kernel == "kept" and ((is_code_changed and ran) or was_running):
        kernel = "restarted"
    return Revision(
        revised,
        MappingProxyType(moved),
        kernel,
        replay=_replay(study, revised, came_from, ran) if kernel != "kept" else (),
        plots=_changed_plots(study, lesson, came_from),
        holds_ids=all(moved.get(cell.id) == cell.id for cell in study.lesson.cells if cell.kind != "md"),
    )


# --- which cell is which ----------------------------------------------------------------------------


def moved_cells(old: Sequence[Cell], new: Sequence[Cell]) -> dict[str, str]:
    """Old id -> new id of the cells that are still there."""
    named = {cell.id: cell for cell in new if not _MADE_ID.fullmatch(cell.id)}
    moved = {cell.id: cell.id for cell in old if cell.id in named and named[cell.id].kind == cell.kind}
    left = [cell for cell in old if cell.id not in moved]
    open_to = [cell for cell in new if cell.id not in moved.values()]
    matcher = SequenceMatcher(None, [_said(cell) for cell in left], [_said(cell) for cell in open_to], False)
    for word, i1, i2, j1, j2 in matcher.get_opcodes():
        if word == "equal":
            moved |= {a.id: b.id for a, b in zip(left[i1:i2], open_to[j1:j2], strict=True)}
        elif word == "replace":
            moved |= _by_place(left[i1:i2], open_to[j1:j2])
    return moved


def moved_in(old: Lesson, new: Lesson) -> dict[str, str]:
    """As `moved_cells`; under another overlay every cell of the base has the id it had."""
    if old.base == new.base:
        return {cell.id: cell.id for cell in old.cells if new.cell_by_id(cell.id) is not None}
    return moved_cells(old.cells, new.cells)


def _said(cell: Cell) -> str:
    return cell.model_dump_json(exclude={"id"})


def _by_place(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """Cells of the same kind, in their order; a cell that was given an id has its place still."""
    waiting = list(new)
    for cell in old:
        found = next((other for other in waiting if other.kind == cell.kind), None)
        if found is not None:
            del waiting[: waiting.index(found) + 1]
            yield cell.id, found.id


# --- what stays with a cell -------------------------------------------------------------------------


def _carried(old: Cell, state: CellState, new: Cell, fresh: CellState, *, asks_the_same: bool) -> CellState:
    if _said(old) == _said(new):
        return state
    if isinstance(new, VizCell):
        return replace(state, is_recorded=False, stale=EDITED if state.plot is not None else "")
    if is_runnable(new):
        return _carried_source(old, state, new, asks_the_same=asks_the_same)
    return state if asks_the_same else fresh


def _carried_source(old: Cell, state: CellState, new: Cell, *, asks_the_same: bool) -> CellState:
    """The author's new text stands, but for an answer that was typed into an exercise."""
    begins_alike = starter_of(old) == starter_of(new)
    is_typed = state.source != starter_of(old) and isinstance(new, ExerciseCell)
    source = state.source if begins_alike or is_typed else starter_of(new)
    files = state.files if starter_files(old) == starter_files(new) else starter_files(new)
    is_stale = state.ran_source is not None and not state.is_busy and source != state.ran_source
    verdict = state.verdict if asks_the_same else None
    stale = EDITED if is_stale else state.stale
    state = replace(state, source=source, files=files, verdict=verdict, stale=stale)
    return state if begins_alike else _without_recorded(state)


def _without_recorded(state: CellState) -> CellState:
    """Recorded output belongs to the source it was made from."""
    return replace(CellState(), source=state.source, files=state.files) if state.is_recorded else state


def _with_places(fresh: Study, study: Study, moved: Mapping[str, str]) -> Study:
    """Where the learner is, what runs and what waits, under the names of now."""
    at = moved.get(study.at_cell) or _near(study, moved) or fresh.at_cell
    return replace(
        fresh,
        at_cell=SCRATCH.id if study.at_cell == SCRATCH.id else at,
        kernel=study.kernel,
        info=study.info,
        running=moved.get(study.running, study.running if study.running == SCRATCH.id else ""),
        queue=tuple((moved[cell], why) for cell, why in study.queue if cell in moved),
        last_run=moved.get(study.last_run, ""),
        kernel_since=study.kernel_since,
        restoring=study.restoring,
        wished=tuple((moved[cell], why) for cell, why in study.wished if cell in moved),
        asks_guess=moved.get(study.asks_guess, ""),
        notice=study.notice,
        unsaved=study.unsaved,
        active_at=study.active_at,
        active_s=study.active_s,
    )


def _near(study: Study, moved: Mapping[str, str]) -> str:
    """The nearest cell above the learner's that is still there, else the nearest below."""
    ids = [cell.id for cell in study.visible]
    here = ids.index(study.at_cell) if study.at_cell in ids else 0
    there = (*reversed(ids[:here]), *ids[here:])
    return next((moved[cell_id] for cell_id in there if cell_id in moved), "")


# --- the kernel -------------------------------------------------------------------------------------


def ran_here(study: Study, was_running: str = "") -> tuple[Cell, ...]:
    """The cells that ran or run in this kernel, in the lesson's order; restored outputs have no count."""
    return tuple(
        cell
        for cell in study.visible
        if is_runnable(cell)
        and not uses_shell(cell)
        and (study.state(cell.id).count is not None or cell.id in (study.running, was_running))
    )


def _fate(study: Study, revised: Study, moved: Mapping[str, str], ran: Sequence[Cell]) -> KernelFate:
    before, now = study.course.kernel, revised.course.kernel
    if (before.name, before.packages, before.env) != (now.name, now.packages, now.env):
        return "replaced"
    if not ran:
        return "kept" if _setups(study) == _setups(revised) else "restarted"
    what_ran = [(*_hidden_before(study, cell), _text(study, cell)) for cell in ran]
    there = [revised.cell(moved[cell.id]) for cell in ran if cell.id in moved]
    would_run = [(*_hidden_before(revised, cell), _text(revised, cell)) for cell in there]
    in_order = [cell for cell in revised.visible if cell in there] == there
    is_same = what_ran == would_run and in_order and _setups(study) == _setups(revised)
    return "kept" if is_same else "restarted"


def _setups(study: Study) -> tuple[str, str]:
    return study.course.kernel.setup_source, study.lesson.setup_source


def _text(study: Study, cell: Cell) -> str:
    return study.state(cell.id).source


def _hidden_before(study: Study, cell: Cell) -> tuple[str, ...]:
    hidden: list[str] = []
    for other in study.lesson.cells:
        if other.id == cell.id:
            break
        if other.hidden and isinstance(other, CodeCell):
            hidden.append(other.source)
        elif is_runnable(other):
            hidden.clear()
    return tuple(hidden)


def _replay(
    study: Study, revised: Study, came_from: Mapping[str, str], ran: Sequence[Cell]
) -> tuple[tuple[str, Why], ...]:
    """Everything that ran and is still there, in the new order; what was checked is checked again."""
    ids = {cell.id for cell in ran}
    again = [cell for cell in revised.visible if came_from.get(cell.id) in ids]
    return tuple((cell.id, _why(study, came_from[cell.id])) for cell in again)


def _why(study: Study, cell_id: str) -> Why:
    return "check" if study.state(cell_id).verdict is not None else "run"


def _changed_plots(study: Study, lesson: Lesson, came_from: Mapping[str, str]) -> tuple[str, ...]:
    plots = [cell for cell in lesson.cells if isinstance(cell, VizCell) and not cell.hidden]
    return tuple(
        cell.id
        for cell in plots
        if cell.id not in came_from or _said(study.cell(came_from[cell.id])) != _said(cell)
    )
