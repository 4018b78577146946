"""What of an open course depends on the overlay it is read under."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tui_tutor.core.course import Course
from tui_tutor.core.levels import Offer
from tui_tutor.core.ports import CourseEntry, Json, LessonFile
from tui_tutor.shelf.folder import LOCK, Snapshot


class OverlaidCourse:
    """Entry, offer and parsed lessons of `_now`, the bytes in use; its heirs say when those change."""

    def __init__(self, entry: CourseEntry, snapshot: Snapshot) -> None:
        self._entry = self._told = entry
        self._now = snapshot
        self._overlay = ""
        self._offer: Offer | None = None
        self._lessons: dict[str, LessonFile] = {}

    @property
    def entry(self) -> CourseEntry:
        return self._told

    @property
    def offer(self) -> Offer:
        """The levels and languages that the course can be read in."""
        from tui_tutor.core.parsing.retelling import course_offer

        if self._offer is None and self._entry.course is not None:
            self._offer = course_offer(self._entry.course, self._now.files)
        return self._offer or Offer()

    @property
    def overlay(self) -> str:
        """What lies over course and lessons; "" for the course's own words."""
        return self._overlay

    def lay_over(self, overlay: str) -> None:
        """Give course, entry and lessons under this overlay from now on."""
        if overlay != self._overlay:
            self._overlay = overlay
            self._lessons.clear()
            self._tell()

    def asset(self, path: str) -> bytes | None:
        """A file of the course, None if it is absent."""
        return self._now.files.get(path)

    def _tell(self) -> None:
        """Say anew what is told of the course, after its entry or what lies over it has changed."""
        from tui_tutor.core.parsing.retelling import entry_over

        self._told = entry_over(self._entry, self._now.files, self._overlay)

    def _parsed(self, course: Course, lesson_id: str) -> LessonFile:
        """One lesson as it stands in the bytes in use; parsed once."""
        from tui_tutor.core.parsing.retelling import lesson_over

        if lesson_id not in self._lessons:
            self._lessons[lesson_id] = lesson_over(course, lesson_id, self._now.files, self._overlay)
        return self._lessons[lesson_id]

    @property
    def _modes(self) -> Mapping[str, int]:
        return {path: stamp.mode for path, stamp in self._now.stamps.items()}


def lock_in(files: Mapping[str, bytes]) -> Mapping[str, Json]:
    """course.lock.json of a course's files, {} if absent or unreadable."""
    try:
        value = json.loads(files.get(LOCK, b""))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
