"""Installing and removing courses: fetched beside the library, checked, then put in place in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tui_tutor.core.course import Course
from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Added, CourseChoice, Origin, Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.keys import KeyBook, KeyVerdict, judge_key
from tui_tutor.shelf.folder import MANIFEST, Snapshot, take_snapshot
from tui_tutor.shelf.opened import CoursePlaces
from tui_tutor.shelf.origins import Moves, read_origin, write_moves, write_origin
from tui_tutor.shelf.sources.fetched import Fetched, Report
from tui_tutor.shelf.sources.fetching import fetch
from tui_tutor.shelf.sources.recognising import Source, recognise, written
from tui_tutor.shelf.staging import Staging, explained

Outcome = Literal["installed", "replaced", "same"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A fetched course without errors, ready to be put in place."""

    folder: Path
    snapshot: Snapshot
    course: Course
    key: KeyVerdict
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Installer:
    """Changes the courses of a data folder; `shipped` holds those that cannot be changed."""

    shipped: Path | None
    data: Path

    @property
    def staging(self) -> Staging:
        """The folder of installed courses."""
        return Staging(CoursePlaces(self.data).installed)

    def add(
        self,
        source: str,
        *,
        is_replacing: bool = False,
        accepts_key: bool = False,
        report: Report,
    ) -> Added | CourseChoice:
        """Fetch, check and install; TutorError says what was wrong, and nothing is changed then."""
        wanted = recognise(source)
        with self.staging.incoming() as scratch:
            checked = self.fetch_checked(wanted, scratch, report)
            if isinstance(checked, CourseChoice):
                return checked
            if not accepts_key:
                checked.key.refuse()
            outcome = self._outcome(checked, is_replacing=is_replacing)
            if outcome != "same":
                self.put(checked, written(wanted))
        return self._added(checked, outcome)

    def fetch_checked(self, source: Source, scratch: Path, report: Report) -> Checked | CourseChoice:
        """A course from a source, with all that must hold before it may be installed."""
        found = fetch(source, scratch, report)
        if isinstance(found, CourseChoice):
            return found
        report(Progress("Checking the course"))
        return self.check(found)

    def put(self, checked: Checked, source: str, *, moves: Moves | None = None) -> None:
        """Put a checked course in place of what is there, with what the learner's log must still be told."""
        signer = checked.key.now
        origin = Origin(
            source=source,
            version=checked.course.version,
            tree_hash=checked.snapshot.tree_hash,
            signer=signer.key_id if signer else "",
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with explained(self.staging.courses):
            write_origin(checked.folder, origin)
            if moves is not None:
                write_moves(checked.folder, moves)
        self.staging.place(checked.folder, checked.course.id)
        if checked.key.outcome not in ("unsigned", "same"):
            KeyBook(self.data).remember(checked.course.id, signer)

    def remove(self, course_id: str) -> None:
        """Take a course out of the library; records, workspace and key stay. TutorError if it cannot be."""
        with self.staging.incoming() as scratch:
            self.installed_folder(course_id)
            self.staging.take_away(course_id, scratch)

    def installed_folder(self, course_id: str) -> Path:
        """Where an installed course lies; TutorError if there is none, or it is a shipped one."""
        folder = self.staging.courses / course_id
        if course_id and "/" not in course_id and not course_id.startswith(".") and folder.is_dir():
            return folder
        if self._ships(course_id):
            raise TutorError(
                f"{safe_line(course_id)} ships with TUI Tutor: it cannot be removed or updated by itself.",
                help="A new version of TUI Tutor brings its new version.",
            )
        raise TutorError(
            f"There is no installed course {safe_line(course_id)!r}.",
            help="`tui-tutor list` shows the courses and where each came from.",
        )

    # --- judging ------------------------------------------------------------------------------------

    def check(self, found: Fetched) -> Checked:
        """What must hold of a fetched course; TutorError (exit code 4) if it has errors."""
        from tui_tutor.core.parsing import check_course, parse_course

        snapshot = take_snapshot(found.folder)
        diagnostics = check_course(snapshot.files, folder_name="course")
        course = parse_course(snapshot.files, folder_name="course").value
        if course is None or errors_in(diagnostics):
            raise _with_errors(errors_in(diagnostics), course)
        if any(one.code == "course-id-missing" for one in diagnostics):
            raise TutorError(
                "The course has no `id` in its course.toml. Nothing was installed.",
                help="Ask its author to add one: progress is kept under it.",
                exit_code=4,
            )
        if found.expected_id and found.expected_id != course.id:
            raise TutorError(
                f"The list calls it {found.expected_id}, but the course says it is {course.id}. "
                "Nothing was installed.",
                help="Tell whoever keeps the list.",
            )
        key = judge_key(KeyBook(self.data).known(), course.id, found.signer)
        return Checked(found.folder, snapshot, course, key, found.notes)

    def _outcome(self, checked: Checked, *, is_replacing: bool) -> Outcome:
        course = checked.course
        target = self.staging.courses / course.id
        if target.is_dir() and (target / MANIFEST).exists():
            present = take_snapshot(target)
            if present.tree_hash == checked.snapshot.tree_hash:
                return "same"
            if not is_replacing:
                raise TutorError(
                    f"{course.id} is installed already, with other content{_version_of(target)}. "
                    "Nothing was changed.",
                    help=f"`tui-tutor update {course.id}` shows what is new; --replace takes this one.",
                )
            return "replaced"
        if target.exists() and not is_replacing:
            raise TutorError(
                f"The folder {safe_line(str(target))} is in the way.", help="Move it, or use --replace."
            )
        if self._ships(course.id) and not is_replacing:
            raise TutorError(
                f"{course.id} is the id of a course that ships with TUI Tutor. Nothing was installed.",
                help=f"--replace opens this one as {course.id} from now on; progress is kept under that id.",
            )
        return "installed"

    def _ships(self, course_id: str) -> bool:
        return self.shipped is not None and (self.shipped / course_id / MANIFEST).is_file()

    def _added(self, checked: Checked, outcome: Outcome) -> Added:
        notes = list(checked.notes)
        if self._ships(checked.course.id):
            notes.append("It stands in place of the course with this id that ships with TUI Tutor.")
        title, version = safe_line(checked.course.title), safe_line(checked.course.version)
        return Added(checked.course.id, title, version, outcome, checked.key.sentence(), tuple(notes))


def _version_of(folder: Path) -> str:
    origin = read_origin(folder)
    return f" (version {safe_line(origin.version)} from {safe_line(origin.source)})" if origin else ""


def _with_errors(errors: Sequence[Diagnostic], course: Course | None) -> TutorError:
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    first = errors[0].as_text().splitlines()[0] if errors else ""
    title = safe_line(course.title) if course else "The course"
    return TutorError(
        f"{title} has {count}; nothing was installed. {first}".rstrip(),
        help="Tell its author: `tui-tutor check` names every place.",
        exit_code=4,
    )
