"""Telling of runs of the last visit that are done again: one line when it begins, one when it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tui_tutor.core.study import Study
from tui_tutor.core.wording.restoring import begun_words
from tui_tutor.plain.lesson import PlainLesson


class RestoringLines:
    """Speaks while a command is under way; what happens at the prompt is told before the next command."""

    def __init__(self, lesson: PlainLesson) -> None:
        self._lesson = lesson
        self._follow = lesson.on_change
        self._is_heard = False
        self._is_told = self._was_restoring = False
        lesson.on_change = self._changed

    @contextmanager
    def heard(self) -> Iterator[None]:
        """The learner waits: lines may come."""
        self._is_heard = True
        self._tell()
        try:
            yield
        finally:
            self._is_heard = False

    def _changed(self, study: Study) -> None:
        has_ended = self._was_restoring and study.restoring is None
        self._was_restoring = study.restoring is not None
        if self._is_heard:
            self._tell()
            if has_ended and study.notice is not None:
                self._lesson.say_in_commands(study.notice.text, study.notice.help)
        self._follow(study)

    def _tell(self) -> None:
        """Say once that it goes on."""
        restoring = self._lesson.study.restoring
        if restoring is not None and not self._is_told:
            self._is_told = True
            self._lesson.say_in_commands(begun_words(restoring))
