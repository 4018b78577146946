"""A lesson in the making: its cells as tables, whose each is, and how often it was tried."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tui_tutor.core.course import Bloom, Level
from tui_tutor.core.linting.bloom import LEVELS
from tui_tutor.studio.assembling import Table
from tui_tutor.studio.drafts import LevelDraft, Passage, Slot
from tui_tutor.studio.gates.built import CellWork, Judgement, SolverAnswer

MOST_CELLS: Final = 80  # of a lesson: four times what a long one needs
MOST_TRIES: Final = 4  # the agent's own, and three repairs
AGENT_OF: Final[Mapping[str, str]] = {
    "md": "writer",
    "code": "coder",
    "sh": "coder",
    "viz": "illustrator",
    "ex": "exercise maker",
    "quiz": "examiner",
}


@dataclass
class CellInWork:
    """One cell. `place` is the writer's slot, None for prose and for cells that were there before."""

    table: Table
    place: Slot | None = None
    tries: int = 1
    earlier: list[Table] = field(default_factory=list)
    is_locked: bool = False

    @property
    def id(self) -> str:
        return str(self.table["id"])

    @property
    def kind(self) -> str:
        return str(self.table["kind"])


@dataclass
class LessonWork:
    """A lesson while agents work on it."""

    lesson: str
    cells: list[CellInWork] = field(default_factory=list)
    dropped: list[CellWork] = field(default_factory=list)
    levels: dict[Level, LevelDraft] = field(default_factory=dict)
    answers: tuple[SolverAnswer, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    left: tuple[str, ...] = ()  # why the lesson is left for the author, if it is

    @property
    def tables(self) -> list[Table]:
        """The cells as the lesson's file has them."""
        return [copy.deepcopy(cell.table) for cell in self.cells]

    def cell(self, cell_id: str) -> CellInWork | None:
        """The cell with this id, None if there is none any more."""
        return next((one for one in self.cells if one.id == cell_id), None)

    def replace(self, cell: CellInWork, table: Table) -> None:
        """Another try of a cell."""
        cell.earlier.append(cell.table)
        cell.table, cell.tries = table, cell.tries + 1

    def drop(self, cell: CellInWork, why: str) -> None:
        """Take a cell out, with a note for the author."""
        self.cells.remove(cell)
        self.dropped.append(CellWork(self.lesson, cell.id, AGENT_OF[cell.kind], cell.tries, why))

    def work(self) -> Iterator[CellWork]:
        """How each cell came about."""
        for cell in self.cells:
            yield CellWork(self.lesson, cell.id, AGENT_OF[cell.kind], cell.tries)
        yield from self.dropped


# --- what is wrong with what an agent hands in ------------------------------------------------------


def plan_objections(
    cells: Sequence[Passage | Slot], objectives: Mapping[str, Bloom], bloom: Bloom
) -> Iterator[str]:
    """A plan has different ids, something to do, and a place where each objective is assessed at its level.

    `bloom` is the level of the lesson, which one of its places must reach.
    """
    if len(cells) > MOST_CELLS:
        yield f"the lesson has {len(cells)} cells, and {MOST_CELLS} are the most"
        return
    ids = [cell.id for cell in cells]
    yield from (f"the id `{one}` stands there twice" for one in sorted({i for i in ids if ids.count(i) > 1}))
    slots = [cell for cell in cells if isinstance(cell, Slot)]
    kinds = {slot.kind for slot in slots}
    if not isinstance(cells[0], Passage):
        yield "a lesson begins with prose"
    if not kinds & {"code", "sh"}:
        yield "there is no place for code"
    if not kinds & {"ex", "quiz"}:
        yield "there is no place for an exercise or a question"
    asking = [slot for slot in slots if slot.kind in ("ex", "quiz")]
    for slot in asking:
        if slot.objective not in objectives:
            yield f"`{slot.id}` names the objective {slot.objective!r}, which this lesson does not serve"
        if slot.bloom is None:
            yield f"`{slot.id}` has no `bloom`"
        elif slot.bloom == "create" and slot.kind == "quiz":
            yield f"`{slot.id}` is a question with a key, which cannot ask to create: use an `ex`"
    for objective, level in objectives.items():
        if not _reaches(level, [slot for slot in asking if slot.objective == objective]):
            yield f"no `ex` or `quiz` assesses the objective `{objective}` at the level {level} or above"
    if not _reaches(max(bloom, "apply", key=LEVELS.index), asking):
        yield f"no `ex` or `quiz` reaches the level {max(bloom, 'apply', key=LEVELS.index)}"


def _reaches(level: Bloom, slots: Iterable[Slot]) -> bool:
    return any(slot.bloom and LEVELS.index(slot.bloom) >= LEVELS.index(level) for slot in slots)


def filling_objections(cells: Sequence[Any], places: Sequence[Slot]) -> Iterator[str]:
    """Exactly one cell for each place, of its kind."""
    wanted = {slot.id: slot.kind for slot in places}
    given = [cell.id for cell in cells]
    yield from (f"there is no cell for the place `{one}`" for one in wanted if one not in given)
    yield from (f"`{one}` is no place of yours" for one in given if one not in wanted)
    yield from (f"`{one}` is there twice" for one in sorted({i for i in given if given.count(i) > 1}))
    for cell in cells:
        if cell.id in wanted and cell.kind != wanted[cell.id]:
            yield f"the place `{cell.id}` is for a cell of kind `{wanted[cell.id]}`"


def level_objections(draft: LevelDraft, cells: Sequence[Table]) -> Iterator[str]:
    """Words belong to cells that are there."""
    ids = {cell["id"] for cell in cells}
    yield from (f"there is no cell `{one.id}`" for one in draft.cell if one.id not in ids)
