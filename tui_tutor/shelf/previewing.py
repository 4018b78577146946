"""A course folder under its author's hands: watched, read when it is quiet, its last good form kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from tui_tutor.core.course import Course
from tui_tutor.core.diagnostic import Diagnostic, Span, errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import (
    CourseEntry,
    Json,
    LessonFile,
    NotedDiagnostic,
    PackageNeed,
    Progress,
    TrustState,
)
from tui_tutor.shelf.cache import FactsCache
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.folder import MANIFEST, FileStamp, Snapshot, stamps_of, take_snapshot
from tui_tutor.shelf.opened import CoursePlaces
from tui_tutor.shelf.overlaid import OverlaidCourse, lock_in
from tui_tutor.shelf.workspace import CourseWorkspace

QUIET_S: Final = 0.12
"""A folder is read when nothing in it has changed for so long: editors write a file in several steps."""
PATIENCE: Final = 15
"""Looks at a folder that never rests before it is read all the same."""
CHECK_WAIT_S: Final = 0.3
"""A check that takes longer is shown when it has ended; the page need not wait for it."""
SMALL_BYTES: Final = 300_000
_FILES: Final = "files/"

Stamps = Mapping[str, FileStamp]


class PreviewedFolder(OverlaidCourse):
    """`PreviewedCourse` and `Shelf` over one folder. `data` is a scratch folder: nothing of the learner's.

    `course` raises a TutorError until course.toml could be read once; `is_readable` says whether it was.
    """

    def __init__(
        self,
        path: Path,
        data: Path,
        environments: Environments,
    ) -> None:
        super().__init__(CourseEntry(str(path), path.name, path.name, str(path), None), Snapshot({}, {}))
        self._path = path
        self._places = CoursePlaces(data)
        self._environments = environments
        self._course: Course | None = None
        # The last form of each lesson without errors, under each overlay.
        self._good: dict[tuple[str, str], LessonFile] = {}
        self._noted: tuple[NotedDiagnostic, ...] = ()
        self._edition = 0
        self._is_code_changed = False
        self._problem = ""
        self._seen: Stamps = {}
        self._looking = asyncio.Lock()
        self._unchecked: Snapshot | None = None
        self._checking: asyncio.Future[tuple[Diagnostic, ...]] | None = None

    # --- watching -----------------------------------------------------------------------------------

    @property
    def edition(self) -> int:
        return self._edition

    @property
    def is_code_changed(self) -> bool:
        return self._is_code_changed

    @property
    def diagnostics(self) -> tuple[NotedDiagnostic, ...]:
        return self._noted

    @property
    def problem(self) -> str:
        return self._problem

    @property
    def is_readable(self) -> bool:
        """Whether there is a course to show."""
        return self._course is not None

    async def look(self) -> bool:
        """Look whether something was saved, or checked; True when there is something new to show."""
        async with self._looking:
            is_told = self._take_check()
            problem = self._problem
            try:
                stamps = await asyncio.to_thread(self._stamps)
                if stamps == self._seen:
                    return is_told
                stamps = await self._rested(stamps)
                snapshot = await asyncio.to_thread(self._read)
            except TutorError as error:
                self._lose(error)
                return is_told or self._problem != problem
            self._take(stamps, snapshot)
            self._begin_check()
            if self._checking is not None:
                await asyncio.wait({self._checking}, timeout=CHECK_WAIT_S)
            self._take_check()
            return True

    def read(self) -> None:
        """Read the folder now; TutorError if it cannot be read at all.

        A small course is checked as well; a large one when it is looked at.
        """
        stamps, snapshot = self._stamps(), self._read()
        self._take(stamps, snapshot)
        if sum(map(len, snapshot.files.values())) <= SMALL_BYTES:
            self._note(self._diagnose(snapshot))
            self._unchecked = None

    def _stamps(self) -> Stamps:
        """Stamps of the files that count; an editor's own files beside them do not."""
        stamps = stamps_of(self._path)
        return {name: stamp for name, stamp in stamps.items() if not _is_beside(name)}

    async def _rested(self, stamps: Stamps) -> Stamps:
        """The stamps once nothing changes any more."""
        for _ in range(PATIENCE):
            await asyncio.sleep(QUIET_S)
            now = await asyncio.to_thread(self._stamps)
            if now == stamps:
                break
            stamps = now
        return stamps

    def _read(self) -> Snapshot:
        snapshot = take_snapshot(self._path)
        if MANIFEST not in snapshot.files:
            # Some editors take a file away for a moment; a course without it is gone, not broken.
            raise TutorError("The folder has no course.toml now; this is its last form.")
        return snapshot

    # --- checking -----------------------------------------------------------------------------------

    @property
    def is_checked(self) -> bool:
        """Whether the diagnostics are those of this edition; checking a large course takes seconds."""
        return self._unchecked is None and self._checking is None

    def _diagnose(self, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        from tui_tutor.core.parsing import check_course
        from tui_tutor.core.parsing.findings import sorted_diagnostics

        found = check_course(snapshot.files, folder_name=self._path.name)
        return sorted_diagnostics((*found, *snapshot.diagnostics))

    def _begin_check(self) -> None:
        """Check the newest edition in a thread; one at a time, however often is saved."""
        if self._unchecked is not None and self._checking is None:
            snapshot, self._unchecked = self._unchecked, None
            self._checking = asyncio.ensure_future(asyncio.to_thread(self._diagnose, snapshot))

    def _take_check(self) -> bool:
        """Take in a check that has ended; whether it is of this edition."""
        if self._checking is None or not self._checking.done():
            self._begin_check()
            return False
        said, self._checking = self._checking.result(), None
        if self._unchecked is not None:
            self._begin_check()
            return False
        self._note(said)
        return True

    def _note(self, said: tuple[Diagnostic, ...]) -> None:
        self._noted = _noted(said, self._noted, self._edition)

    def _lose(self, error: TutorError) -> None:
        is_gone = not self._path.is_dir()
        gone = "The folder is not there now; this is its last form."
        self._problem = gone if is_gone else f"{error.message} {error.help}".strip()
        self._seen = {}

    # --- taking an edition --------------------------------------------------------------------------

    def _take(self, stamps: Stamps, snapshot: Snapshot) -> None:
        before, self._now, self._seen, self._problem = self._now, snapshot, stamps, ""
        self._edition += 1
        self._unchecked = snapshot
        self._lessons.clear()
        self._offer = None
        changed = _changed_files(before, snapshot) if before.files else ()
        self._is_code_changed = any(name.endswith(".py") for name in changed)
        self._read_course()
        if changed and self._course is not None:
            self._bring(changed)

    def _bring(self, changed: tuple[str, ...]) -> None:
        try:
            self.workspace().bring_anew(changed)
        except TutorError as error:
            self._problem = f"{error.message} {error.help}".strip()

    def _read_course(self) -> None:
        """Take course.toml as it is; a broken one leaves what was there before."""
        from tui_tutor.core.parsing import parse_course

        parsed = parse_course(self._now.files, folder_name=self._path.name)
        if parsed.value is None:
            return
        if self._course is not None and parsed.value.id != self._course.id:
            # Learner's work hangs on the id; here it is the same course with another name.
            self._course = parsed.value.model_copy(update={"id": self._course.id})
        else:
            self._course = parsed.value
        facts = FactsCache(self._places.cache).facts(
            self._path, self._now.stamps, self._now.files, self._course.lessons
        )
        self._entry = replace(
            self._entry,
            course_id=self._course.id,
            title=self._course.title,
            course=self._course,
            lesson_titles={lesson: one.title for lesson, one in facts.items()},
            lesson_facts=facts,
            diagnostics=parsed.diagnostics,
        )
        self._tell()

    # --- Shelf --------------------------------------------------------------------------------------

    def entries(self) -> tuple[CourseEntry, ...]:
        """This course alone."""
        return (self._told,)

    def open(self, ref: str) -> PreviewedFolder:
        """This course; TutorError while it has never been readable."""
        del ref
        if self._course is None:
            raise TutorError("The course cannot be opened yet.", help="Mend course.toml and save it.")
        return self

    # --- OpenCourse ---------------------------------------------------------------------------------

    @property
    def course(self) -> Course:
        assert self._told.course is not None
        return self._told.course

    def lesson(self, lesson_id: str) -> LessonFile:
        """One lesson as it was saved; where that has errors, its last good form if there is one."""
        assert self._course is not None
        key = (lesson_id, self._overlay)
        file = self._parsed(self._course, lesson_id)
        # Of a lesson whose overlay has mistakes there is the base: its own last good form is nearer.
        is_whole = file.lesson is not None and not errors_in(file.diagnostics)
        if is_whole and file.lesson is not None and file.lesson.cells:
            self._good[key] = file
        return file if is_whole else self._good.get(key, file)

    def is_outdated(self, lesson_id: str) -> bool:
        """Whether `lesson` gives an older form, because the one that was saved has errors."""
        return self.lesson(lesson_id) is not self._lessons[lesson_id]

    def saved_diagnostics(self, lesson_id: str) -> tuple[Diagnostic, ...]:
        """What is wrong with a lesson as it was saved, known at once."""
        self.lesson(lesson_id)
        return self._lessons[lesson_id].diagnostics

    def cell_at(self, diagnostic: Diagnostic) -> tuple[str, str]:
        """(lesson, cell) that a diagnostic is about; "" for what it does not touch."""
        return cell_at(diagnostic.span, self._now.files)

    def lock(self) -> Mapping[str, Json]:
        """course.lock.json, {} if absent or unreadable."""
        return lock_in(self._now.files)

    def source_hash(self) -> str:
        """Hash of the whole tree, lock and dot folders left out."""
        return self._now.tree_hash

    def verified_here(self) -> str:
        """What is being written is proven when it is finished."""
        return ""

    def trust(self) -> TrustState:
        """Who previews a folder wants its code to run."""
        return TrustState("trusted", self._now.tree_hash, network=self.course.permissions.network)

    def grant_trust(self, *, is_lasting: bool, network: bool = False) -> None:
        """Nothing is remembered of a preview."""
        del is_lasting, network

    def packages(self) -> PackageNeed:
        """Which interpreter runs the cells, and what is missing for one to do so."""
        return self._environments.need(self.course)

    def set_up(self) -> AsyncIterator[Progress]:
        """Install the packages into the course's own environment; TutorError if it cannot."""
        return self._environments.set_up(self.course, self.lock())

    def workspace(self) -> PreviewWorkspace:
        """A scratch folder with the course's files."""
        return self._workspace

    @cached_property
    def _workspace(self) -> PreviewWorkspace:
        return PreviewWorkspace(
            self._places.workspace(self.course.id),
            self._places.manifest(self.course.id),
            files=lambda: self._now.files,
            modes=lambda: self._modes,
        )


class PreviewWorkspace(CourseWorkspace):
    """Here the author's newest file stands, whatever a cell made of the one before."""

    def bring_anew(self, names: tuple[str, ...]) -> None:
        """Bring the files of the course that changed, and take away those that are gone."""
        if not self.folder.is_dir():
            return  # nothing has run yet: the first run brings all of them
        for name in names:
            self._take_away(name.removeprefix(_FILES))
        self.prepare()

    def _take_away(self, path: str) -> None:
        try:
            with self._parent_of(path, is_made=False) as (folder, name):
                os.unlink(name, dir_fd=folder)
        except (OSError, TutorError):
            return  # it was not there, or a cell made a folder of it: preparing says what stays


# --- what changed -----------------------------------------------------------------------------------


def _is_beside(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return last.startswith(".") or last.endswith(("~", ".swp", ".tmp")) or last == "4913"


def _changed_files(before: Snapshot, now: Snapshot) -> tuple[str, ...]:
    names = sorted(name for name in {*before.files, *now.files} if name.startswith(_FILES))
    return tuple(name for name in names if before.files.get(name) != now.files.get(name))


def _noted(
    said: tuple[Diagnostic, ...], before: tuple[NotedDiagnostic, ...], edition: int
) -> tuple[NotedDiagnostic, ...]:
    """The newest first, errors before warnings; what only moved to another line is not new."""
    known: dict[tuple[str, str, str], list[int]] = {}
    for item in reversed(before):
        known.setdefault(_sort_of(item.diagnostic), []).append(item.edition)
    noted = []
    for diagnostic in said:
        editions = known.get(_sort_of(diagnostic))
        noted.append(NotedDiagnostic(diagnostic, editions.pop() if editions else edition))
    return tuple(sorted(noted, key=_rank))


def _sort_of(diagnostic: Diagnostic) -> tuple[str, str, str]:
    return diagnostic.code, diagnostic.span.file, diagnostic.message


def _rank(item: NotedDiagnostic) -> tuple[int, bool, Span]:
    return -item.edition, item.diagnostic.severity != "error", item.diagnostic.span


def cell_at(span: Span, files: Mapping[str, bytes]) -> tuple[str, str]:
    """(lesson, cell) that a place in a file belongs to; "" for what it does not touch."""
    from tui_tutor.core.parsing import files_named

    if span.file.startswith("lessons/") and span.file.endswith(".toml"):
        lesson = span.file.removeprefix("lessons/").removesuffix(".toml").split(".")[0]
        return lesson, _cell_in(files.get(span.file, b""), span)
    for name, data in files.items():
        if name.startswith("lessons/") and name.endswith(".toml") and span.file in files_named(data, name):
            return name.removeprefix("lessons/").removesuffix(".toml").split(".")[0], ""
    return "", ""


def _cell_in(data: bytes, span: Span) -> str:
    from tui_tutor.core.document import Document, parse_toml
    from tui_tutor.core.parsing.cells import fill_ids

    document = parse_toml(data, span.file)
    if not isinstance(document, Document):
        return ""
    tables = document.values.get("cell")
    found = ""
    for index, cell_id in enumerate(fill_ids(tables) if isinstance(tables, list) else ()):
        if document.key_span(("cell", index)).line > span.line:
            break
        found = cell_id
    return found
