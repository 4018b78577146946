"""What the core needs of the world: Kernel, Shell, Workspace, EventStore, Shelf, Clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.execution import Completions, KernelInfo, RunEvent
from tui_tutor.core.levels import Offer

Json = Any  # a value that JSON can hold
Report = Mapping[str, Json]


class Clock(Protocol):
    """Time as an argument of everything else."""

    def now(self) -> datetime:
        """The present, UTC, aware."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never go backwards."""
        ...


class Kernel(Protocol):
    """A Python (or other) process that keeps names between runs. One per open course."""

    async def start(self) -> KernelInfo:
        """Start (or wait for) an empty kernel. Runs nothing of a course. TutorError if it cannot."""
        ...

    def run(
        self, source: str, *, timeout_s: float, is_silent: bool = False, allow_input: bool = True
    ) -> AsyncIterator[RunEvent]:
        """Run source and yield what it says; the last event is always Finished.

        A silent run raises no execution count and stores no history. Runs do not overlap.
        """
        ...

    async def probe(self, requests: Sequence[Report], *, timeout_s: float) -> tuple[Report, ...]:
        """Ask about the kernel's names in a forked copy of them; one report for each request.

        See `core.grading.probing` for the requests and reports. Never raises: a copy that died, hung
        or said nothing gives {"error": {"name", "message"}}.
        """
        ...

    async def attempt(
        self, sources: Sequence[str], question: Report, *, at_once: int = 1
    ) -> tuple[Report, ...]:
        """Try whole answers, each in a forked copy of the kernel and of its folder; the kernel never changes.

        `question`: {"before": sources run first, "probes": as in `probe` (of a plot also "viz": its request),
        "files": paths to be read, "run_limit_s", "probe_limit_s": of each, "copies_folder", "is_brief": ask
        all in the one copy and stop at the first that fails, which is quicker, "is_sparing"?: refuse to
        remove or overwrite what lay outside the folder before}. One report for each source,
        in order: {"outcome", "stdout": bounded, "error"?: {"name", "message"}, "reports": of the probes,
        "files": {path: text or None}, "run_ms", "ms"}, or {"cannot": why} where no copy can be made. Never
        raises. `at_once` copies run side by side.
        """
        ...

    async def plot(self, request: Report, *, timeout_s: float = 5.0) -> Report:
        """Evaluate a viz cell's expressions silently, random state put back; plot JSON, or {"error": ...}.

        See `core.plotting.request` for the request. {"missing": [...]} if names do not exist yet.
        """
        ...

    async def answer_input(self, text: str) -> None:
        """Give the waiting program a line."""
        ...

    async def interrupt(self) -> None:
        """Stop what runs; a second call within two seconds kills the kernel."""
        ...

    async def restart(self) -> KernelInfo:
        """A new, empty kernel; the old one and all it started are gone."""
        ...

    async def complete(self, source: str, cursor: int) -> Completions:
        """Completions at a character offset; none while busy."""
        ...

    async def document(self, source: str, cursor: int) -> str:
        """Documentation of the name at a character offset, plain text (may hold ANSI); "" if none."""
        ...

    async def died(self) -> str:
        """Return when the kernel has ended unasked: a plain reason such as `out of memory`."""
        ...

    async def close(self) -> None:
        """End the kernel and all it started. Safe to call twice."""
        ...


class Shell(Protocol):
    """Runs commands in the workspace, each in a fresh process on a pseudo-terminal."""

    def run(
        self,
        script: str,
        *,
        shell: Literal["sh", "bash"] = "sh",
        is_tty: bool = False,
        stdin: str = "",
        timeout_s: float,
    ) -> AsyncIterator[RunEvent]:
        """Run a script given as one argument to the shell; the last event is always Finished."""
        ...

    async def run_python(self, source: str, *, timeout_s: float) -> tuple[int, str]:
        """Run source in a fresh interpreter in the workspace: exit status and what it printed."""
        ...

    async def answer_input(self, text: str) -> None:
        """Type a line at the running command."""
        ...

    async def resize(self, columns: int, rows: int) -> None:
        """Tell commands how wide their terminal is."""
        ...

    async def interrupt(self) -> None:
        """Ctrl+C, then after two seconds the end of the whole group."""
        ...

    async def close(self) -> None:
        """End what runs and all it started."""
        ...


class Workspace(Protocol):
    """The learner's own folder for one course: 0700, made at the first run."""

    @property
    def path(self) -> str:
        """Where it lies, absolute."""
        ...

    def prepare(self) -> tuple[str, ...]:
        """Make it and copy the course's files once; says in plain sentences what was left as NAME.new."""
        ...

    def read_text(self, path: str, *, limit: int = 1_000_000) -> str | None:
        """A file's text (bad UTF-8 replaced), None if it does not exist. Never leaves the workspace."""
        ...

    def write_text(self, path: str, text: str) -> None:
        """Write a file that the learner edits, atomically. Never leaves the workspace."""
        ...


RecordKind = Literal[
    "opened",  # a lesson was opened; data: {"cell": focused cell id or ""}
    "passed",  # an md or viz cell was passed
    "edited",  # data: {"source"} (or {"path", "source"} for a file of an exercise)
    "ran",  # data: {"source", "outcome", "count", "elapsed_ms", "output" (bounded text), "plot" ...}
    # for doing it again: "since": when the kernel was emptied last, "given": [[line or null, is shown]]
    # "asked" in the data of a run or an attempt of a quiz or ex: core.study.asking.asked_hash of the cell
    # "done" in the data of any kind says whether that does the cell; without it a run that is ok does
    "attempted",  # an exercise or quiz; data: {"answer", "correct", "score", "passed", "total", "form", ...}
    "hinted",  # data: {"number"} from 1
    "solved",  # the solution was shown
    "reset",  # the cell is as the author wrote it; earlier answers stay in the log
    "studied",  # data: {"minutes"}: time with keys or runs
    "plotted",  # a viz cell was drawn; data: {"plot": plot JSON}
    "moved",  # an update gave cells another place; data: {"update": id, "cells": [[lesson, cell, new lesson,
    # new cell]] (all at once), "lessons": [[lesson, new lesson]]}; its own lesson and cell are ""
]


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the event log: a past fact about the learner. `at` is aware UTC.

    `number` is its place in the log, where it was read from one: clocks are set back, a log is not.
    """

    kind: RecordKind
    course: str
    lesson: str
    cell: str
    at: datetime
    data: Mapping[str, Json] = field(default_factory=dict)
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CellHistory:
    """What the log says of one cell, folded: the newest record of each kind, and how many there were.

    After a `reset`, `newest` and `counts` hold only what came later (attempts stay in the log).
    """

    cell: str
    newest: Mapping[RecordKind, Record]
    counts: Mapping[RecordKind, int]
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """Which cells of a lesson count as done, and the minutes spent.

    `opened_number` is the place in the log of the record that it was opened last.
    """

    lesson: str
    cells_done: frozenset[str] = frozenset()
    minutes: float = 0.0
    opened_at: datetime | None = None
    last_cell: str = ""
    opened_number: int = field(default=0, compare=False)


class EventStore(Protocol):
    """The append-only log. What `append` returned from is committed."""

    @property
    def is_saving(self) -> bool:
        """False where nothing outlives this process: the learner should know at all times."""
        ...

    def append(self, records: Sequence[Record]) -> None:
        """Commit all or nothing. TutorError (disk full, read-only) if it is not stored."""
        ...

    def lesson_history(self, course: str, lesson: str) -> tuple[CellHistory, ...]:
        """All that is needed to open a lesson as it was left; cost independent of the log's length."""
        ...

    def progress(self, course: str) -> Mapping[str, LessonProgress]:
        """By lesson id; cost independent of the log's length."""
        ...

    def attempts(self, course: str) -> tuple[Record, ...]:
        """Every attempt, oldest first."""
        ...

    def last_opened(self) -> tuple[str, str] | None:
        """(course id, lesson id) of the lesson opened last."""
        ...

    def setting(self, name: str, default: str = "") -> str:
        """A stored setting."""
        ...

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting; committed on return."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What library and outline show of a lesson without parsing it whole. `cells` are the ids that count."""

    title: str
    minutes: float | None = None
    bloom: str = ""
    requires: tuple[str, ...] = ()
    is_draft: bool = False
    cells: tuple[str, ...] = ()

    def is_done(self, cells_done: frozenset[str]) -> bool:
        """Whether all cells that count are done; a draft or empty lesson never is."""
        return bool(self.cells) and cells_done.issuperset(self.cells)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an installed course came from: what `install` took, and what was fetched then.

    `signer` is the fingerprint of the key that signed those bytes, "" for none; `at` ISO 8601.
    """

    source: str
    version: str
    tree_hash: str
    signer: str
    at: str


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """One line of the library, from course.toml alone. `course` is None when it is broken."""

    ref: str  # what `Shelf.open` takes
    course_id: str
    title: str
    path: str
    course: Course | None
    lesson_titles: Mapping[str, str] = field(default_factory=dict)
    lesson_facts: Mapping[str, LessonFacts] = field(default_factory=dict)  # by lesson id, for progress
    diagnostics: tuple[Diagnostic, ...] = ()
    is_shipped: bool = False
    origin: Origin | None = None  # of an installed course


@dataclass(frozen=True, slots=True)
class LessonFile:
    """One lesson as it was read: `lesson` is None when it has errors; a draft has no cells."""

    lesson_id: str
    lesson: Lesson | None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustState:
    """Whether code of this course may run, and what a learner should see before saying so."""

    answer: Literal["unknown", "trusted", "changed"]
    tree_hash: str
    changed: tuple[str, ...] = ()  # relative paths, when answer is "changed"
    warnings: tuple[str, ...] = ()  # e.g. the folder is writable by others
    network: bool = False  # the learner agreed that it reaches the network


@dataclass(frozen=True, slots=True)
class PackageNeed:
    """What a course's `packages` lack here."""

    python: str | None  # the interpreter that runs the cells, None: none satisfies
    missing: tuple[str, ...] = ()  # requirement strings
    size_mb: float | None = None  # to download, if known
    environment: str = ""  # where `setup` puts them
    index: str = ""  # where they are fetched from, in words


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long piece of work is. `fraction` 0..1, None when unknown."""

    what: str
    fraction: float | None = None
    seconds_left: float | None = None


class OpenCourse(Protocol):
    """A course opened from a shelf: its lessons are parsed when asked for."""

    @property
    def entry(self) -> CourseEntry: ...

    @property
    def course(self) -> Course: ...

    @property
    def offer(self) -> Offer:
        """The levels and languages that the course can be read in."""
        ...

    @property
    def overlay(self) -> str:
        """What lies over course and lessons, as `parse_lesson` takes it; "" for the course's own words."""
        ...

    def lay_over(self, overlay: str) -> None:
        """Give course, entry and lessons under this overlay from now on."""
        ...

    def lesson(self, lesson_id: str) -> LessonFile:
        """Parse one lesson; cached while its files do not change."""
        ...

    def asset(self, path: str) -> bytes | None:
        """A file of the course (an image of an md cell), None if absent or beyond the limits."""
        ...

    def lock(self) -> Mapping[str, Json]:
        """course.lock.json, {} if absent or unreadable."""
        ...

    def source_hash(self) -> str:
        """Hash of the whole tree, lock and dot folders left out."""
        ...

    def verified_here(self) -> str:
        """When this machine proved the course as it is now: an ISO date, "" if it has not."""
        ...

    def trust(self) -> TrustState: ...

    def grant_trust(self, *, is_lasting: bool, network: bool = False) -> None:
        """Remember the learner's yes for this content (lasting), or for this process only.

        `network`: and to its reaching the network, if it asks for that.
        """
        ...

    def packages(self) -> PackageNeed: ...

    def set_up(self) -> AsyncIterator[Progress]:
        """Install the packages into the course's own environment; TutorError if it cannot."""
        ...

    def workspace(self) -> Workspace: ...


class Shelf(Protocol):
    """Where courses come from."""

    def entries(self) -> tuple[CourseEntry, ...]:
        """Every course in the library: shipped first, then the learner's; broken ones too."""
        ...

    def open(self, ref: str) -> OpenCourse:
        """By path, installed or shipped id. TutorError if there is none (exit code 4 if it is broken)."""
        ...


@dataclass(frozen=True, slots=True)
class NotedDiagnostic:
    """What `check` says of a course that is being written, and in which edition it was said first."""

    diagnostic: Diagnostic
    edition: int


class PreviewedCourse(OpenCourse, Protocol):
    """A course that its author is writing: what can be read of it stays while a file is broken."""

    @property
    def edition(self) -> int:
        """Counts the times that something was saved, from 1."""
        ...

    @property
    def is_code_changed(self) -> bool:
        """Whether a file that cells may import differs from the edition before."""
        ...

    @property
    def diagnostics(self) -> tuple[NotedDiagnostic, ...]:
        """What `check` says, the newest first, errors before warnings."""
        ...

    @property
    def is_checked(self) -> bool:
        """Whether the diagnostics are those of this edition; checking a large course takes seconds."""
        ...

    @property
    def problem(self) -> str:
        """Why the folder cannot be read now, in a sentence; "" if it can."""
        ...

    async def look(self) -> bool:
        """Look whether something was saved, or checked; True when there is something new to show."""
        ...

    def is_outdated(self, lesson_id: str) -> bool:
        """Whether `lesson` gives an older form, because the one that was saved has errors."""
        ...

    def saved_diagnostics(self, lesson_id: str) -> tuple[Diagnostic, ...]:
        """What is wrong with a lesson as it was saved, known at once."""
        ...

    def cell_at(self, diagnostic: Diagnostic) -> tuple[str, str]:
        """(lesson, cell) that a diagnostic is about; "" for what it does not touch."""
        ...


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """A list of courses, of which one is to be chosen: `place#ID` installs it. Rows: (id, version, title)."""

    place: str
    courses: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Added:
    """What `install` did. `signature` is a sentence; `notes` are what the learner should know."""

    course_id: str
    title: str
    version: str
    outcome: Literal["installed", "replaced", "same"]
    signature: str = ""
    notes: tuple[str, ...] = ()


class CourseAdder(Protocol):
    """Installs courses; used by the library's `i`. Blocks: call it in a thread."""

    def add(
        self, source: str, *, is_replacing: bool = False, report: Callable[[Progress], None]
    ) -> Added | CourseChoice:
        """Fetch, check and install. `report` may raise to stop; nothing is changed then.

        TutorError with a sentence for all that can go wrong (exit code 4: the course has errors).
        """
        ...
