"""The next version of an installed course: what it changes, found before anything is, and the change itself.

Three ways: the version that is here, the next one, and what the learner did, which is never touched.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_tutor.core.course import Course
from tui_tutor.core.course_changes import CellPlace, CourseText, changes_between, text_of
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CourseChoice
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.updating import UpdatePlan
from tui_tutor.shelf.archive.keys import KeyBook, KeyVerdict
from tui_tutor.shelf.folder import MANIFEST, Snapshot, take_snapshot
from tui_tutor.shelf.installing import Checked, Installer
from tui_tutor.shelf.opened import CoursePlaces
from tui_tutor.shelf.origins import Moves, forget_moves, pending_moves, read_origin
from tui_tutor.shelf.sources.fetched import Fetched, Report
from tui_tutor.shelf.sources.recognising import Source, recognise, written
from tui_tutor.shelf.staging import explained
from tui_tutor.shelf.workspace import CourseWorkspace

Places = Mapping[tuple[str, str], frozenset[str]]
"""What the log knows: kinds of records by (lesson, cell)."""

_WORK = frozenset(("ran", "edited", "attempted"))


@dataclass(frozen=True)
class Offer:
    """The next version, fetched and checked; valid until the `with` it came from ends. None: nothing new."""

    installer: Installer
    checked: Checked
    source: str
    plan: UpdatePlan | None
    places: Places
    _scratch: Path
    _is_undoing: bool = False

    def take(self) -> dict[str, Any] | None:
        """Put it in place; gives the data of the record `moved` that the log must get, None for none."""
        if self.plan is None:
            return None
        checked = self.checked
        if self._is_undoing:
            staged = self._scratch / "before"
            with explained(self.installer.staging.courses):
                os.rename(checked.folder, staged)
            checked = Checked(staged, checked.snapshot, checked.course, checked.key, checked.notes)
        moves = self._moves(self.plan)
        self.installer.put(checked, self.source, moves=moves)
        return moves.as_data() if moves else None

    def _moves(self, plan: UpdatePlan) -> Moves | None:
        known = {CellPlace(*place) for place in self.places}
        cells = plan.changes.history_moves(plan.before, plan.after, known)
        lessons = plan.changes.renamed_lessons
        if not cells and not (lessons and self.places):
            return None
        return Moves(secrets.token_hex(16), cells, lessons)


@contextmanager
def offered(
    installer: Installer,
    course_id: str,
    places: Places,
    *,
    source: str = "",
    is_undoing: bool = False,
    report: Report,
) -> Iterator[Offer]:
    """Fetch the next version of a course (from where it came, or from `source`) and compare it.

    Undoing offers the version before. TutorError if there is none, or it cannot be taken.
    """
    base_folder = installer.installed_folder(course_id)
    wanted = None if is_undoing else _source_of(base_folder, source, course_id)
    with installer.staging.incoming() as scratch:
        if wanted is None:
            checked, remembered = _before(installer, course_id)
        else:
            checked, remembered = _fetched(installer, wanted, scratch, report), written(wanted)
        if checked.course.id != course_id:
            raise TutorError(
                f"What came is another course: {checked.course.id}. Nothing was changed.",
                help=f"`tui-tutor install` installs it; --from names where {course_id} comes from.",
            )
        plan = _plan(installer, base_folder, checked, remembered, places)
        yield Offer(installer, checked, remembered, plan, places, scratch, is_undoing)


def finished(installer: Installer, course_id: str) -> None:
    """The log has the moves of the course's update."""
    forget_moves(installer.staging.courses / course_id)


def unfinished(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Courses whose update was cut off before the log had its moves, and the data of that record."""
    for folder, moves in pending_moves(CoursePlaces(data).installed):
        if not folder.name.startswith("."):
            yield folder.name, moves


def _source_of(folder: Path, source: str, course_id: str) -> Source:
    if source:
        return recognise(source)
    origin = read_origin(folder)
    if origin is None:
        raise TutorError(
            f"It is not known where {safe_line(course_id)} came from. Nothing was changed.",
            help=f"tui-tutor update {safe_line(course_id)} --from SOURCE says where.",
        )
    return recognise(origin.source)


def _fetched(installer: Installer, source: Source, scratch: Path, report: Report) -> Checked:
    checked = installer.fetch_checked(source, scratch, report)
    if isinstance(checked, CourseChoice):
        raise TutorError(
            "That is a list of courses. Nothing was changed.",
            help=f"Name one of it: --from '{safe_line(checked.place)}#ID'",
        )
    return checked


def _before(installer: Installer, course_id: str) -> tuple[Checked, str]:
    folder = installer.staging.previous(course_id)
    if not (folder / MANIFEST).is_file():
        raise TutorError(
            f"There is no version of {safe_line(course_id)} before this one.",
            help="The version before is kept from one update to the next.",
        )
    origin = read_origin(folder)
    checked = installer.check(Fetched(folder))
    # These bytes were here before: their key was judged then.
    known = KeyBook(installer.data).known().get(course_id)
    is_signed = known is not None and origin is not None and origin.signer == known.key_id
    key = KeyVerdict("same", known, known) if is_signed else KeyVerdict("unsigned")
    back = Checked(folder, checked.snapshot, checked.course, key, ())
    return back, origin.source if origin else str(folder)


# --- comparing --------------------------------------------------------------------------------------


def _plan(
    installer: Installer, folder: Path, checked: Checked, source: str, places: Places
) -> UpdatePlan | None:
    base = take_snapshot(folder)
    if base.tree_hash == checked.snapshot.tree_hash:
        return None
    before, base_text = _read(base)
    after, text = _read(checked.snapshot)
    files = checked.snapshot.files
    data = CoursePlaces(installer.data)
    name = checked.course.id
    workspace = CourseWorkspace(data.workspace(name), data.manifest(name), files=lambda: files)
    titles = {lesson: one.title for lesson, one in (base_text | text).items()}
    return UpdatePlan(
        course_id=name,
        title=checked.course.title,
        before=before.version if before else "?",
        after=after.version if after else "?",
        source=source,
        changes=changes_between(base_text, text),
        worked=frozenset(CellPlace(*place) for place, kinds in places.items() if kinds & _WORK),
        titles=titles,
        files=workspace.foreseen(),
        signature=checked.key.sentence(),
        notes=(*checked.notes, *_notes_on(folder, base, installer, name)),
    )


def _notes_on(folder: Path, base: Snapshot, installer: Installer, course_id: str) -> Iterator[str]:
    origin = read_origin(folder)
    if origin is not None and origin.tree_hash != base.tree_hash:
        kept = safe_line(str(installer.staging.previous(course_id)))
        yield f"The installed course was changed here by hand; as it is now it stays in {kept} for now."


def _read(snapshot: Snapshot) -> tuple[Course | None, dict[str, Any]]:
    from tui_tutor.core.parsing import parse_course, parse_lesson

    course = parse_course(snapshot.files, folder_name="course").value
    if course is None:
        return None, {}
    lessons: CourseText = {
        lesson: text_of(lesson, parse_lesson(course, lesson, snapshot.files).value)
        for lesson in course.lessons
    }
    return course, dict(lessons)
