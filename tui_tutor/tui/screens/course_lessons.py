"""The lessons of the course that is studied, with their marks."""

from __future__ import annotations

from tui_tutor.core.progress import LessonState, outline_from_facts, state_of
from tui_tutor.core.study import Study
from tui_tutor.session.course_session import CourseSession


class CourseLessons:
    """Asks the log again only when a cell of this lesson has been done."""

    def __init__(self, session: CourseSession) -> None:
        self._session = session
        self._lessons: tuple[LessonState, ...] = ()
        self._cells_done = -1  # when the log was asked

    def at(self, study: Study) -> tuple[LessonState, ...]:
        """All lessons of the course."""
        if self._cells_done != study.cells_done:
            self._lessons = self._ask()
            self._cells_done = study.cells_done
        return self._lessons

    def _ask(self) -> tuple[LessonState, ...]:
        opened = self._session.opened
        facts = opened.entry.lesson_facts
        outlines = {lesson_id: outline_from_facts(lesson_id, known) for lesson_id, known in facts.items()}
        progress = self._session.adapters.store.progress(opened.course.id)
        return state_of(opened.course, progress, outlines, opened.entry.lesson_titles).lessons

    def forget(self) -> None:
        """The course has changed: ask again."""
        self._cells_done = -1
