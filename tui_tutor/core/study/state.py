"""Study: where a learner stands in one lesson, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import chain
from types import MappingProxyType
from typing import Final, Literal

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    Course,
    ExerciseCell,
    Lesson,
    MarkdownCell,
    QuizCell,
    ShellCell,
    VizCell,
)
from tui_tutor.core.execution import InputAsked, KernelInfo
from tui_tutor.core.grading.verdict import Answer, Verdict
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.core.ports import Record

CellStatus = Literal["idle", "queued", "running", "ok", "failed", "stopped", "timeout", "died"]
Why = Literal["run", "check"]
KernelStatus = Literal["absent", "starting", "idle", "busy", "dead", "missing"]
Trust = Literal["unknown", "once", "trusted", "refused"]

EMPTY: Final = Transcript()
EDITED: Final = "edited since"
OLD_VISIT: Final = "from your last visit"
DIFFERS: Final = "not as at your last visit"
SCRATCH: Final = CodeCell(kind="code", id="tutor-scratch", title="scratch", source="# scratch", optional=True)
"""A cell of the learner's own in every lesson; it has no number and counts for nothing."""


@dataclass(frozen=True, slots=True)
class GivenLine:
    """A line that the learner gave to a program; `text` is None where it was a secret."""

    text: str | None
    is_shown: bool = False  # question and line stand in the output


@dataclass(frozen=True, slots=True)
class CellState:
    """One cell as the learner left it. `elapsed_ms` is of the newest run, `started_at` of one in progress."""

    source: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    status: CellStatus = "idle"
    status_before: CellStatus = "idle"  # of a queued cell: what it goes back to if it never runs
    why: Why = "run"
    transcript: Transcript = EMPTY
    count: int | None = None
    elapsed_ms: float = 0.0
    started_at: datetime | None = None
    exit_status: int | None = None
    reason: str = ""
    ran_source: str | None = None
    is_recorded: bool = False  # what is shown is the author's recorded output
    is_imported: bool = False  # and it came with the notebook that the course was imported from
    stale: str = ""  # why the output shown no longer fits: "edited since", "In [6] ran again"
    prompt: InputAsked | None = None
    given: tuple[GivenLine, ...] = ()  # to the questions of the newest run
    plot: PlotData | None = None
    ghost: PlotData | None = None
    plotted_after: str = ""  # the label of the run it was drawn after
    answer: Answer = ()
    verdict: Verdict | None = None
    attempts: int = 0
    is_closed: bool = False  # right, or attempts used up: the key may be shown
    is_changed: bool = False  # what the cell asks is not what the newest answer was given to
    older: Verdict | None = None  # of that answer
    hints_shown: int = 0
    is_solution_shown: bool = False
    guess: str | None = None  # what the learner thought it would print (ask_first)
    is_done: bool = False

    @property
    def is_busy(self) -> bool:
        return self.status in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the learner: what happened, what was kept, what to do."""

    text: str
    is_alarm: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Rerun:
    """A run of an earlier visit that is done again, so that the kernel holds what it held.

    `output`: what it printed, as the log keeps it; `error`: (name, message) of what ended it.
    """

    cell_id: str
    source: str
    timeout_s: float
    hidden: tuple[tuple[str, str], ...] = ()  # (cell, source) of the hidden cells that run before it
    output: str = ""
    error: tuple[str, str] | None = None
    given: tuple[GivenLine, ...] = ()
    elapsed_ms: float = 0.0
    is_early: bool = False  # cells below it ran before its newest run, which has its turn later


@dataclass(frozen=True, slots=True)
class Restoring:
    """Runs of an earlier visit are being done again."""

    total: int  # cells
    done: int = 0
    cell_id: str = ""  # which runs now
    differing: tuple[str, ...] = ()  # cells that printed something else
    reruns: tuple[Rerun, ...] = field(default=(), compare=False, repr=False)  # all of it, to begin anew


@dataclass(frozen=True, slots=True)
class Study:
    """A lesson being studied. `cells` holds a state for every cell, hidden ones too, in lesson order."""

    course: Course
    lesson: Lesson
    number: int  # of the lesson in its course, from 1
    cells: Mapping[str, CellState]
    derived: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # by cell: recorded keys
    told: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)  # see recording.told_of
    seed: int = 0  # of the learner: orders options and draws parameters
    trust: Trust = "unknown"
    kernel: KernelStatus = "absent"
    info: KernelInfo | None = None
    running: str = ""  # id of the cell that runs, "" if none
    queue: tuple[tuple[str, Why], ...] = ()
    last_run: str = ""  # id of the cell whose run ended last in this kernel
    kernel_since: str = ""  # when the learner began with an empty kernel last, "" if never
    reruns: tuple[Rerun, ...] = ()  # what a new kernel has to run to be where the last one was
    left_out: tuple[str, ...] = ()  # cells that were stopped at the last visit: they do not run again
    restoring: Restoring | None = None
    wished: tuple[tuple[str, Why], ...] = ()  # runs that wait for the trust question
    waiting_answer: tuple[str, Answer] | None = None  # (cell, answer) that waits for the trust question
    asks_guess: str = ""  # id of the cell whose output the learner should predict first
    stopped_at: datetime | None = None  # when an interrupt was enough last
    at_cell: str = ""  # where the learner is
    notice: Notice | None = None
    unsaved: tuple[tuple[Record, ...], ...] = ()  # records that could not be stored yet, oldest first
    active_at: datetime | None = None
    active_s: float = 0.0  # time with keys or runs that is not in the log yet

    @property
    def visible(self) -> tuple[Cell, ...]:
        return self.lesson.visible_cells

    @property
    def lesson_count(self) -> int:
        return len(self.course.lessons)

    def cell(self, cell_id: str) -> Cell:
        """The cell with this id; KeyError if there is none."""
        found = SCRATCH if cell_id == SCRATCH.id else self.lesson.cell_by_id(cell_id)
        if found is None:
            raise KeyError(cell_id)
        return found

    def state(self, cell_id: str) -> CellState:
        return self.cells[cell_id]

    def number_of(self, cell_id: str) -> int:
        """The cell's `[n]`, from 1; 0 for a hidden cell."""
        return self.lesson.numbers.get(cell_id, 0)

    def question_seed(self, cell_id: str) -> int:
        """The seed of one question: the same for one learner and cell, whatever else changes."""
        text = f"{self.seed}/{self.course.id}/{self.lesson.id}/{cell_id}"
        return int.from_bytes(sha256(text.encode()).digest()[:6], "big")

    def with_cell(self, cell_id: str, state: CellState) -> Study:
        return replace(self, cells=MappingProxyType({**self.cells, cell_id: state}))

    def changed(self, cell_id: str, **changes: object) -> Study:
        """This study with some fields of one cell's state replaced."""
        return self.with_cell(cell_id, replace(self.cells[cell_id], **changes))  # type: ignore[arg-type]

    @property
    def cells_done(self) -> int:
        return sum(1 for cell in self.visible if cell.counts and self.cells[cell.id].is_done)

    @property
    def cells_counted(self) -> int:
        return sum(1 for cell in self.visible if cell.counts)

    @property
    def is_done(self) -> bool:
        return self.cells_done == self.cells_counted

    @property
    def waiting_records(self) -> tuple[Record, ...]:
        """All of `unsaved`, of earlier lessons too."""
        return tuple(chain.from_iterable(self.unsaved))


def starter_of(cell: Cell) -> str:
    """The text the learner starts from: source, starter or command; "" where nothing is edited."""
    match cell:
        case CodeCell():
            return "" if cell is SCRATCH else cell.source.rstrip("\n")
        case ExerciseCell():
            return cell.starter.rstrip("\n")
        case ShellCell():
            return cell.run.rstrip("\n")
        case MarkdownCell() | VizCell():
            return ""
        case _:
            return _quiz_starter(cell)


def _quiz_starter(cell: QuizCell) -> str:
    del cell  # a question has nothing to edit
    return ""


def hidden_before(study: Study, cell_id: str) -> tuple[CodeCell, ...]:
    """The hidden code cells that stand directly before this cell's visible predecessor and it."""
    hidden: list[CodeCell] = []
    for cell in study.lesson.cells:
        if cell.id == cell_id:
            return tuple(hidden)
        if cell.hidden and isinstance(cell, CodeCell):
            hidden.append(cell)
        elif is_runnable(cell):
            hidden.clear()
    return ()


def is_runnable(cell: Cell) -> bool:
    return isinstance(cell, CodeCell | ExerciseCell | ShellCell)


def uses_shell(cell: Cell) -> bool:
    """Whether the cell runs in a shell of its own rather than in the kernel."""
    return isinstance(cell, ShellCell) or (
        isinstance(cell, ExerciseCell) and (cell.language == "sh" or bool(cell.run))
    )


def starter_files(cell: Cell) -> dict[str, str]:
    return {file.path: file.starter for file in cell.file} if isinstance(cell, ExerciseCell) else {}
