"""courses.toml: the list of courses that an instructor keeps on a web server or a share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

INDEX_FORMAT: Final = 1
MOST_COURSES: Final = 1_000
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_KEYS: Final = frozenset(("id", "title", "version", "url", "path", "summary", "sha256", "key"))


@dataclass(frozen=True, slots=True)
class IndexedCourse:
    """One course of an index. `place` is a URL or a path, relative to the index or not.

    `sha256` is that of the archive's bytes, `key` the fingerprint of who must have signed it; "" for any.
    """

    id: str
    title: str
    version: str
    place: str
    sha256: str = ""
    key: str = ""
    summary: str = ""


def read_index(data: bytes, where: str) -> tuple[IndexedCourse, ...]:
    """The courses of an index, in its order; TutorError that names what is wrong with it."""
    import tomli

    try:
        raw = tomli.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _wrong(where, f"it is not TOML: {safe_line(str(error))}") from error
    if raw.get("format") != INDEX_FORMAT:
        raise _wrong(where, f"its format is not {INDEX_FORMAT}")
    rows = raw.get("course", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        raise _wrong(where, "it lists no [[course]]")
    if len(rows) > MOST_COURSES:
        raise _wrong(where, f"it lists more than {MOST_COURSES:,} courses")
    courses = tuple(_course(row, where) for row in rows)
    ids = [course.id for course in courses]
    if twice := next((one for one in ids if ids.count(one) > 1), ""):
        raise _wrong(where, f"it lists {twice} twice")
    return courses


def _course(row: Mapping[str, Any], where: str) -> IndexedCourse:
    texts = {key: value for key, value in row.items() if key in _KEYS and isinstance(value, str)}
    course_id = texts.get("id", "")
    if not _ID.fullmatch(course_id):
        raise _wrong(where, f"{safe_line(course_id) or 'a course'!r} is not an id")
    if ("url" in texts) == ("path" in texts):
        raise _wrong(where, f"{course_id} needs a url or a path, and only one of them")
    digest = texts.get("sha256", "").lower()
    if digest and not _HASH.fullmatch(digest):
        raise _wrong(where, f"the sha256 of {course_id} is not 64 hex digits")
    return IndexedCourse(
        id=course_id,
        title=safe_line(texts.get("title", course_id)),
        version=safe_line(texts.get("version", "")),
        place=texts.get("url") or texts.get("path", ""),
        sha256=digest,
        key=texts.get("key", ""),
        summary=safe_line(texts.get("summary", "")),
    )


def _wrong(where: str, what: str) -> TutorError:
    return TutorError(
        f"{safe_line(where)} cannot be used as a list of courses: {what}. Nothing was installed.",
        help="Ask whoever keeps it; docs/instructors.md shows how one is written.",
    )
