"""A course opened from a folder: its lessons, assets, trust, packages and workspace."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from tui_tutor.core.course import Course
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CourseEntry, Json, LessonFile, PackageNeed, Progress, TrustState
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.folder import WHEELS_PLACE, Snapshot, stamps_of, take_snapshot
from tui_tutor.shelf.overlaid import OverlaidCourse, lock_in
from tui_tutor.shelf.trust import (
    TrustBook,
    changed_files,
    is_open_to_all,
    judge_trust,
    ownership_warnings,
)
from tui_tutor.shelf.workspace import CourseWorkspace

MANY_FILES: Final = 100
LOOK_SHARE: Final = 9
"""After a look at many files nothing is looked at for nine times as long: reading a thousand lessons one by
one took 5 s, nearly all of it looking whether a thousand files had changed."""


@dataclass(frozen=True)
class CoursePlaces:
    """Where what belongs to courses but is not theirs lies, in the data folder."""

    data: Path

    @property
    def installed(self) -> Path:
        return self.data / "courses"

    @property
    def trust(self) -> Path:
        return self.data / "trust"

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def environments(self) -> Path:
        return self.data / "environments"

    def workspace(self, name: str) -> Path:
        return self.data / "workspaces" / name

    def manifest(self, name: str) -> Path:
        return self.data / "manifests" / f"{name}.json"


class FolderCourse(OverlaidCourse):
    """`OpenCourse` over a folder.

    Everything is parsed, hashed, copied and run from bytes held in memory: what a learner trusts is what
    runs, whatever happens to the folder meanwhile. When files change, new bytes are read; code of every
    state that lessons were handed out from must then be trusted.
    """

    def __init__(
        self,
        entry: CourseEntry,
        snapshot: Snapshot,
        places: CoursePlaces,
        book: TrustBook,
        environments: Environments,
        *,
        has_own_name: bool,
    ) -> None:
        if entry.course is None:
            raise TutorError(f"{entry.path} has no course that can be opened.", exit_code=4)
        super().__init__(entry, snapshot)
        self._course = entry.course
        self._path = Path(entry.path)
        self._places = places
        self._book = book
        self._environments = environments
        self._has_own_name = has_own_name
        self._fresh_until = 0.0
        self._handed: list[Snapshot] = [snapshot]  # states that a course or lesson was handed out from

    @property
    def course(self) -> Course:
        return self._told.course or self._course

    # --- reading ------------------------------------------------------------------------------------

    def lesson(self, lesson_id: str) -> LessonFile:
        """Parse one lesson; cached while no file of the course changes."""
        self._refreshed()
        return self._parsed(self._course, lesson_id)

    def lock(self) -> Mapping[str, Json]:
        """course.lock.json, {} if absent or unreadable."""
        return lock_in(self._refreshed().files)

    def source_hash(self) -> str:
        """Hash of the whole tree, lock and dot folders left out."""
        return self._refreshed().tree_hash

    def verified_here(self) -> str:
        """When this machine proved the course as it is now: an ISO date, "" if it has not."""
        from tui_tutor.shelf.proofs import ProofMemory

        memory = ProofMemory.of_course(self._places.data, self._course.id, self._path)
        return memory.verified_on(self.source_hash())

    def files(self) -> Mapping[str, bytes]:
        """All files of the course as they are parsed now, by relative name."""
        return self._refreshed().files

    def _refreshed(self) -> Snapshot:
        # The stamps only say when to read again; trust always looks at the bytes that were read.
        began = time.monotonic()
        if began < self._fresh_until:
            return self._now
        stamps = stamps_of(self._path)
        if len(stamps) > MANY_FILES:
            now = time.monotonic()
            self._fresh_until = now + LOOK_SHARE * (now - began)
        if self._now.stamps != stamps:
            self._now = take_snapshot(self._path)
            self._handed.append(self._now)
            self._lessons.clear()
            self._read_course(self._now)
        return self._now

    def _read_course(self, snapshot: Snapshot) -> None:
        """Take course.toml from the same bytes; a broken one leaves what was there before."""
        from tui_tutor.core.parsing import parse_course

        parsed = parse_course(snapshot.files, folder_name=self._path.name)
        if parsed.value is not None and parsed.value.id == self._course.id:
            self._course = parsed.value
            self._entry = replace(self._entry, course=parsed.value, diagnostics=parsed.diagnostics)
        self._offer = None
        self._tell()

    # --- trust --------------------------------------------------------------------------------------

    def trust(self) -> TrustState:
        """The answer for the bytes in use; `changed` when any state in use was not said yes to."""
        now = self._refreshed()
        # Who may change a shipped course may change this program too, but for what all may write.
        if self._entry.is_shipped and not is_open_to_all(self._path):
            return TrustState("trusted", now.tree_hash)
        warnings = ownership_warnings(self._path)
        state = judge_trust(self._book, self._path, now, warnings)
        if state.answer != "trusted":
            return state
        for earlier in self._handed:
            if not self._book.is_trusted(self._path, earlier.tree_hash):
                changed = changed_files(now.hashes, earlier.hashes)
                return TrustState("changed", now.tree_hash, changed, warnings)
        return state

    def grant_trust(self, *, is_lasting: bool, network: bool = False) -> None:
        """Remember the learner's yes for the bytes in use."""
        for handed in self._handed:
            self._book.grant(self._path, handed, is_lasting=False, network=network)
        if is_lasting:
            self._book.grant(self._path, self._now, is_lasting=True, network=network)

    # --- packages and workspace ---------------------------------------------------------------------

    def packages(self) -> PackageNeed:
        """Which interpreter runs the cells, and what is missing for one to do so."""
        need = self._environments.need(self._course)
        if need.missing and self._wheels is not None:
            need = replace(need, index=f"what came with the course, and {need.index}")
        return need

    def set_up(self) -> AsyncIterator[Progress]:
        """Install the packages into the course's own environment; TutorError if it cannot."""
        return self._environments.set_up(self._course, self.lock(), self._wheels)

    @property
    def _wheels(self) -> Path | None:
        """Those that came with an installed course: they were compared with its archive's manifest."""
        wheels = self._path / WHEELS_PLACE
        return wheels if self._has_own_name and not self._entry.is_shipped and wheels.is_dir() else None

    def workspace(self) -> CourseWorkspace:
        """The learner's folder for this course."""
        return self._workspace

    @cached_property
    def _workspace(self) -> CourseWorkspace:
        name = self._course.id
        if not self._has_own_name:
            name += "-" + hashlib.sha256(os.fsencode(self._path)).hexdigest()[:10]
        return CourseWorkspace(
            self._places.workspace(name),
            self._places.manifest(name),
            files=lambda: self._now.files,
            modes=lambda: self._modes,
        )
