"""The full-screen face for an author: it looks whether something was saved, and tells what is shown."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, Protocol, runtime_checkable

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import PreviewedCourse
from tui_tutor.tui.app import LessonPlace, TutorApp
from tui_tutor.tui.screens.waiting import WaitingScreen

LOOK_EVERY_S: Final = 0.5


@runtime_checkable
class Follower(Protocol):
    """A screen that shows what the author saved."""

    def course_saved(self) -> None:
        """There is a new edition, or the folder can be read no more."""
        ...


class PreviewApp(TutorApp):
    """`previewed` is the only course on the shelf, under `ref`."""

    def __init__(self, previewed: PreviewedCourse, ref: str, **fields: Any) -> None:
        super().__init__(**fields)
        self._previewed = previewed
        self._ref = ref

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        self.run_worker(self._look_once(), group="looking")

    async def _look_once(self) -> None:
        if not await self._previewed.look():
            return
        self.catalogue.forget_lessons()
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Follower):
                screen.course_saved()

    def show_lesson(self, ref: str, lesson_id: str = "", cell_id: str = "") -> None:
        """Open a lesson; where none is open yet, one that cannot be opened is waited for."""
        try:
            self._try_lesson(lesson_id, cell_id)
        except TutorError as error:
            if any(isinstance(screen, LessonPlace) for screen in self.screen_stack):
                self.say(f"{error.message} {error.help}".strip())
                return
            self._leave_pages("", "")
            again = partial(self.show_again, lesson_id, cell_id)
            self.push_screen(WaitingScreen(self._previewed, again, error.message.partition(":")[0]))

    def show_again(self, lesson_id: str, cell_id: str) -> None:
        """The lesson that was waited for, if it can be shown now."""
        try:
            self._try_lesson(lesson_id, cell_id)
        except TutorError:
            return

    def _try_lesson(self, lesson_id: str, cell_id: str) -> None:
        course = self.catalogue.open(self._ref)
        found = lesson_id or course.course.lessons[0]
        if self._is_at(self._ref, found) and not cell_id:
            return
        screen = self._open_lesson(course, found, cell_id)
        self._leave_pages("", "")
        self.push_screen(screen)
