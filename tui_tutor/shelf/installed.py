"""The library: shipped courses, the learner's installed ones, and any folder by its path."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tui_tutor.core.diagnostic import Diagnostic, Span, errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CourseEntry
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.cache import FactsCache
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.folder import MANIFEST, FileStamp, FolderFiles, take_snapshot
from tui_tutor.shelf.opened import CoursePlaces, FolderCourse
from tui_tutor.shelf.origins import read_origin
from tui_tutor.shelf.staging import sweep
from tui_tutor.shelf.trust import TrustBook


class Library:
    """`Shelf` over the folder of shipped courses, `data/courses`, and folders named by path.

    Everything that belongs to courses but is not theirs (trust, workspaces, environments) lies in `data`.
    """

    def __init__(
        self,
        shipped: Path | None,
        data: Path,
        *,
        extra: Sequence[Path] = (),
        environments: Environments | None = None,
    ) -> None:
        self.places = CoursePlaces(data)
        self._shipped = shipped
        self._extra = tuple(extra)
        self._cache = FactsCache(self.places.cache)
        self._book = TrustBook(self.places.trust)
        self._environments = environments or Environments(self.places.environments)

    def entries(self) -> tuple[CourseEntry, ...]:
        """Shipped courses first, then the learner's, then extra folders; broken ones too."""
        sweep(self.places.installed)
        shipped = [self._entry(path, is_shipped=True) for path in _course_folders(self._shipped)]
        installed = [self._entry(path) for path in _course_folders(self.places.installed)]
        extra = [self._entry(path) for path in self._extra]
        return tuple(
            _with_refs([*shipped, *installed, *extra], own=len(shipped), end=len(shipped) + len(installed))
        )

    def open(self, ref: str) -> FolderCourse:
        """By path (with a slash or a leading dot), installed id, shipped id, folder, or number."""
        path, is_shipped = self._find(ref)
        snapshot = take_snapshot(path)
        parsed = self._parsed(path, snapshot.stamps, snapshot.files, is_shipped=is_shipped)
        entry = replace(parsed, ref=ref, diagnostics=(*parsed.diagnostics, *snapshot.diagnostics))
        if entry.course is None:
            raise _broken(entry)
        has_own_name = is_shipped or self._is_installed(path)
        return FolderCourse(
            entry, snapshot, self.places, self._book, self._environments, has_own_name=has_own_name
        )

    # --- finding ------------------------------------------------------------------------------------

    def _find(self, ref: str) -> tuple[Path, bool]:
        if "/" in ref or ref.startswith((".", "~")):
            path = _existing(Path(ref).expanduser())
            return path, self._is_shipped(path)
        for folder, is_shipped in ((self.places.installed, False), (self._shipped, True)):
            if folder is not None and ref and (folder / ref / MANIFEST).is_file():
                return (folder / ref).resolve(), is_shipped
        entries = self.entries()
        for entry in entries:
            if ref in {entry.ref, entry.course_id}:
                return Path(entry.path), entry.is_shipped
        if ref.isdigit() and 1 <= int(ref) <= len(entries):
            return Path(entries[int(ref) - 1].path), entries[int(ref) - 1].is_shipped
        if ref and Path(ref).is_dir():
            return _existing(Path(ref)), False
        raise _not_found(ref, entries)

    def _is_shipped(self, path: Path) -> bool:
        return self._shipped is not None and path.parent == self._shipped.resolve()

    def _entry(self, path: Path, *, is_shipped: bool = False) -> CourseEntry:
        try:
            files = FolderFiles(path)
            return self._parsed(path, files.stamps, files, is_shipped=is_shipped)
        except TutorError as error:
            found = Diagnostic("course-unreadable", error.message, Span(MANIFEST), help=error.help)
            return CourseEntry(str(path), path.name, path.name, str(path), None, diagnostics=(found,))

    def _parsed(
        self,
        path: Path,
        stamps: Mapping[str, FileStamp],
        files: Mapping[str, bytes],
        *,
        is_shipped: bool,
    ) -> CourseEntry:
        from tui_tutor.core.parsing import parse_course
        from tui_tutor.core.parsing.course_file import fit_id

        parsed = parse_course(files, folder_name=path.name)
        course = parsed.value
        facts = self._cache.facts(path, stamps, files, course.lessons) if course else {}
        return CourseEntry(
            ref=str(path),
            course_id=course.id if course else fit_id(path.name),
            title=course.title if course else path.name,
            path=str(path),
            course=course,
            lesson_titles={lesson: one.title for lesson, one in facts.items()},
            lesson_facts=facts,
            diagnostics=parsed.diagnostics,
            is_shipped=is_shipped,
            origin=read_origin(path) if self._is_installed(path) else None,
        )

    def _is_installed(self, path: Path) -> bool:
        return path.parent == self.places.installed.resolve()


def _with_refs(entries: list[CourseEntry], *, own: int, end: int) -> Iterator[CourseEntry]:
    """Name each course by its id where that is what `open` finds, else by its path."""
    winners: dict[str, int] = {}
    for index in (*range(own, end), *range(own)):
        winners.setdefault(entries[index].course_id, index)
    for index, entry in enumerate(entries):
        is_found = winners.get(entry.course_id) == index
        yield replace(entry, ref=entry.course_id if is_found else entry.path)


def _course_folders(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        return
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
    except OSError:
        return
    for name in names:
        if (folder / name / MANIFEST).exists():
            yield (folder / name).resolve()


def _existing(path: Path) -> Path:
    shown = safe_line(str(path))
    if not path.exists():
        raise TutorError(
            f"There is no folder {shown}.", help="Check the path; `tui-tutor list` shows courses."
        )
    if not path.is_dir():
        raise TutorError(f"{shown} is not a folder.", help="A course is a folder with a course.toml.")
    if not (path / MANIFEST).exists():
        raise TutorError(
            f"{shown} is not a course: it has no course.toml.",
            help="Name the folder that holds course.toml.",
        )
    return path.resolve()


def _not_found(ref: str, entries: Sequence[CourseEntry]) -> TutorError:
    import difflib

    close = difflib.get_close_matches(ref, [entry.course_id for entry in entries], n=1)
    help = f"Did you mean {close[0]}?" if close else "`tui-tutor list` shows courses; a folder is ./NAME."
    return TutorError(f"There is no course {safe_line(ref)!r} in the library.", help=help)


def _broken(entry: CourseEntry) -> TutorError:
    errors = errors_in(entry.diagnostics)
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    first = f": {errors[0].message}" if errors else ""
    return TutorError(
        f"{safe_line(entry.title)} cannot be opened, it has {count}{first}.",
        help=f"`tui-tutor check {safe_line(entry.path)}` names every place. Your work is safe.",
        exit_code=4,
    )
