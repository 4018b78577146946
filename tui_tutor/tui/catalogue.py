"""What the pages know of the courses: entries, lessons read so far, and the learner's progress in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui_tutor.core.errors import TutorError
from tui_tutor.core.levels import Offer
from tui_tutor.core.ports import CourseEntry, EventStore, LessonFile, LessonProgress, OpenCourse, Shelf
from tui_tutor.core.progress import (
    CourseState,
    LessonOutline,
    LessonState,
    outline_from_facts,
    outline_of,
    state_of,
)
from tui_tutor.core.wording.proofs import proof_lines
from tui_tutor.session.retelling import tell_as_chosen


class Catalogue:
    """Courses of the shelf together with what the store remembers; lessons are read when asked for.

    `read_lesson` may be called from a thread; everything else belongs to the event loop's.
    """

    def __init__(self, shelf: Shelf, store: EventStore) -> None:
        self._shelf = shelf
        self._store = store
        self._entries: tuple[CourseEntry, ...] | None = None
        self._opened: dict[str, OpenCourse] = {}
        self._outlines: dict[str, dict[str, LessonOutline]] = {}
        self._proofs: dict[str, tuple[str, ...]] = {}
        self._progress: dict[str, Mapping[str, LessonProgress]] = {}
        self._states: dict[str, CourseState] = {}

    @property
    def is_saving(self) -> bool:
        """Whether what the learner does outlives this process."""
        return self._store.is_saving

    def entries(self) -> tuple[CourseEntry, ...]:
        """The library, read once until `forget`."""
        if self._entries is None:
            self._entries = self._shelf.entries()
        return self._entries

    def entry(self, ref: str) -> CourseEntry | None:
        """The entry with this ref."""
        return next((entry for entry in self.entries() if entry.ref == ref), None)

    def entry_of(self, ref: str) -> CourseEntry:
        """The entry of a course in the library or opened by its path; TutorError if there is none."""
        return self.entry(ref) or self.open(ref).entry

    def forget(self) -> None:
        """The shelf or the log may have changed: read both again when asked."""
        self._entries = None
        self._progress.clear()
        self._states.clear()

    def forget_progress(self) -> None:
        """The log has changed: read it again when asked."""
        self._progress.clear()
        self._states.clear()

    def forget_lessons(self) -> None:
        """Lessons may have changed: read them again too."""
        self.forget()
        self._outlines.clear()

    def open(self, ref: str) -> OpenCourse:
        """The opened course; TutorError if it cannot be opened."""
        if ref not in self._opened:
            opened = self._shelf.open(ref)
            # One of each: what it is told as must be one thing.
            opened = self._opened.setdefault(opened.entry.ref, opened)
            tell_as_chosen(opened, self._store)
            self._opened[ref] = opened
        return self._opened[ref]

    def keep(self, ref: str, opened: OpenCourse) -> None:
        """A course that is open already."""
        self._opened[ref] = self._opened[opened.entry.ref] = opened

    def told(self, entry: CourseEntry) -> CourseEntry:
        """The entry in the words that the learner reads the course in, once it is open."""
        opened = self._opened.get(entry.ref)
        return entry if opened is None else replace(opened.entry, ref=entry.ref)

    def offer(self, ref: str) -> Offer:
        """The levels and languages of a course that is open; of others nothing is known yet."""
        opened = self._opened.get(ref)
        return Offer() if opened is None else opened.offer

    def read_lesson(self, ref: str, lesson_id: str) -> LessonFile | None:
        """Read one lesson and keep its outline; None if the course cannot be opened."""
        try:
            opened = self.open(ref)
            file = opened.lesson(lesson_id)
        except TutorError:
            return None
        title = opened.entry.lesson_titles.get(lesson_id, "")
        self._outlines.setdefault(ref, {})[lesson_id] = outline_of(file, title=title)
        self._proofs[ref] = proof_lines(opened)
        self._states.pop(ref, None)
        return file

    def proof(self, ref: str) -> tuple[str, ...]:
        """Who verified the course and when, once a lesson of it was read."""
        return self._proofs.get(ref, ())

    def progress(self, course_id: str) -> Mapping[str, LessonProgress]:
        """What the log says of a course, by lesson."""
        if course_id not in self._progress:
            self._progress[course_id] = self._store.progress(course_id)
        return self._progress[course_id]

    def state(self, entry: CourseEntry) -> CourseState:
        """How far the learner is, as far as lessons are read."""
        if entry.course is None:
            return CourseState()
        if entry.ref not in self._states:
            known = {
                lesson: outline_from_facts(lesson, facts) for lesson, facts in entry.lesson_facts.items()
            }
            outlines = known | self._outlines.get(entry.ref, {})
            progress = self.progress(entry.course_id)
            self._states[entry.ref] = state_of(entry.course, progress, outlines, entry.lesson_titles)
        return self._states[entry.ref]

    def outline(self, ref: str, lesson_id: str) -> LessonOutline | None:
        """A lesson's outline with its cells, if the lesson was read."""
        return self._outlines.get(ref, {}).get(lesson_id)

    def resume(self) -> tuple[CourseEntry, CourseState, LessonState] | None:
        """The lesson to go on with: where the learner was last, or the one after it."""
        last = self._store.last_opened()
        if last is None:
            return None
        entry = next((x for x in self.entries() if x.course_id == last[0] and x.course), None)
        if entry is None:
            return None
        state = self.state(entry)
        lesson = state.next
        return (entry, state, lesson) if lesson and lesson.mark in ("here", "open") else None
