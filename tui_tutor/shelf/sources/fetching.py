"""From a source to a course folder of our own in a scratch folder: the one door to all of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final, assert_never
from urllib.parse import urljoin, urlsplit

from tui_tutor.core.course_index import IndexedCourse, read_index
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CourseChoice, Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import LIMITS as ARCHIVE_LIMITS
from tui_tutor.shelf.folder import LIMITS, take_snapshot
from tui_tutor.shelf.sources.fetched import Fetched, Report
from tui_tutor.shelf.sources.recognising import (
    ArchiveSource,
    FolderSource,
    GitSource,
    IndexSource,
    Source,
    WebSource,
    recognise,
    written,
)
from tui_tutor.shelf.staging import write_tree

INDEX_BYTES: Final = 1_000_000
DOWNLOAD_BYTES: Final = LIMITS.course_bytes + ARCHIVE_LIMITS.wheels_bytes
_PIECE: Final = 1_000_000


def fetch(source: Source, scratch: Path, report: Report) -> Fetched | CourseChoice:
    """A course below `scratch`, or what there is to choose from in a list; TutorError if it cannot be had."""
    match source:
        case FolderSource(path):
            return _copy(path, scratch / "course", report)
        case ArchiveSource(path):
            return _unpack(path, scratch, report)
        case WebSource(url):
            return _unpack(_download(url, scratch, report), scratch, report)
        case GitSource():
            from tui_tutor.shelf.sources.git import fetch_git

            return fetch_git(source, scratch / "course", report)
        case IndexSource():
            return _from_index(source, scratch, report)
        case _:
            assert_never(source)


def _copy(path: Path, into: Path, report: Report) -> Fetched:
    from tui_tutor.shelf.archive.names import is_left_out

    report(Progress("Copying the folder"))
    snapshot = take_snapshot(path)
    files = {name: data for name, data in snapshot.files.items() if not is_left_out(name)}
    write_tree(into, files, {name: stamp.mode for name, stamp in snapshot.stamps.items()})
    return Fetched(into, notes=tuple(f"{one.message}." for one in snapshot.diagnostics))


def _unpack(path: Path, scratch: Path, report: Report) -> Fetched:
    from tui_tutor.shelf.archive import unpack

    unpacked = unpack(path, scratch, report)
    return Fetched(unpacked.folder, unpacked.signer)


def _download(url: str, scratch: Path, report: Report) -> Path:
    from tui_tutor.shelf.sources.web import download

    path = scratch / "download.zip"
    download(url, path, DOWNLOAD_BYTES, report)
    return path


# --- lists of courses -------------------------------------------------------------------------------


def _from_index(source: IndexSource, scratch: Path, report: Report) -> Fetched | CourseChoice:
    courses = read_index(_index_bytes(source.place, report), source.place)
    if not source.course:
        listed = tuple((one.id, one.version, one.title) for one in courses)
        return CourseChoice(written(source), listed)
    course = next((one for one in courses if one.id == source.course), None)
    if course is None:
        raise TutorError(
            f"{safe_line(source.place)} lists no course {safe_line(source.course)!r}.",
            help=f"It lists: {', '.join(one.id for one in courses[:12])}.",
        )
    return _judged(course, _fetch_listed(course, source.place, scratch, report))


def _index_bytes(place: str, report: Report) -> bytes:
    if _is_web(place):
        from tui_tutor.shelf.sources.web import read_url

        return read_url(place, INDEX_BYTES, report)
    try:
        with open(place, "rb") as file:
            data = file.read(INDEX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise TutorError(f"{safe_line(place)} cannot be read: {reason}.", help="Check the path.") from error
    if len(data) > INDEX_BYTES:
        raise TutorError(f"{safe_line(place)} is too large to be a list of courses.", help="Check the path.")
    return data


def _fetch_listed(course: IndexedCourse, index: str, scratch: Path, report: Report) -> Fetched:
    source = listed_source(course, index)
    if isinstance(source, WebSource):
        source = ArchiveSource(_download(source.url, scratch, report))
    if course.sha256:
        _check_hash(course, source)
    found = fetch(source, scratch, report)
    assert isinstance(found, Fetched)  # a list names no list
    return found


def listed_source(course: IndexedCourse, index: str) -> Source:
    """Where a course of a list lies; a list on the web names web addresses only."""
    if _is_web(index):
        place = urljoin(index, course.place)
        source = recognise(place) if _is_web(place) else None
    elif "://" in course.place:
        source = recognise(course.place)
    else:
        source = recognise(str(Path(index).parent / course.place))
    if source is None or isinstance(source, IndexSource):
        raise TutorError(
            f"The list sends us to {safe_line(course.place)} for {course.id}, which is not followed.",
            help="Tell whoever keeps it: a list names archives, folders and git repositories.",
        )
    return source


def _check_hash(course: IndexedCourse, source: Source) -> None:
    if not isinstance(source, ArchiveSource):
        raise TutorError(
            f"The list gives a sha256 for {course.id}, which is no archive. Nothing was installed.",
            help="Tell whoever keeps the list.",
        )
    digest = hashlib.sha256()
    try:
        with source.path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise TutorError(f"{safe_line(str(source.path))} cannot be read: {reason}.") from error
    if digest.hexdigest() != course.sha256:
        raise TutorError(
            f"The archive of {course.id} is not the one that the list tells of. Nothing was installed.",
            help="It was changed on the way, or the list is older than it: tell whoever keeps the list.",
        )


def _judged(course: IndexedCourse, found: Fetched) -> Fetched:
    signed_by = found.signer.key_id if found.signer else ""
    if course.key and signed_by != course.key:
        raise TutorError(
            f"The list says that {course.id} is signed by {safe_line(course.key)}; "
            f"it is {f'signed by {signed_by}' if signed_by else 'not signed'}. Nothing was installed.",
            help="Tell whoever keeps the list.",
        )
    return replace(found, expected_id=course.id)


def _is_web(place: str) -> bool:
    return urlsplit(place).scheme in ("http", "https")
