"""The commands that move: next, back, go, quit."""

from __future__ import annotations

from tui_tutor.core.study.events import CellEntered, NoticeRead
from tui_tutor.plain import surroundings
from tui_tutor.plain.commands import Command
from tui_tutor.plain.lesson import PlainLesson
from tui_tutor.session.opening import lesson_id_of, open_study


class MoveCommands:
    """Moves in one lesson and out of it. `next_lesson` is the one to play after it, "" for none."""

    def __init__(self, lesson: PlainLesson) -> None:
        self._lesson = lesson
        self.has_left = False
        self.next_lesson = ""

    def commands(self) -> dict[str, Command]:
        return {"next": self._next, "back": self._back, "go": self._go, "quit": self._quit}

    def leave(self, next_lesson: str = "") -> None:
        self.has_left, self.next_lesson = True, next_lesson

    async def _next(self, _: str) -> None:
        visible, place = self._cells()
        if place + 1 < len(visible):
            self._lesson.enter(visible[place + 1])
            return
        lesson, last = self._lesson, visible[place]
        lesson.dispatch(CellEntered(last, lesson.now(), left=last))
        lesson.dispatch(NoticeRead(lesson.now()))
        lesson.say(self._ending(), "end of the lesson")

    async def _back(self, _: str) -> None:
        visible, place = self._cells()
        if place == 0:
            self._lesson.say("This is the first cell of the lesson.")
            return
        self._lesson.enter(visible[place - 1])

    def _cells(self) -> tuple[list[str], int]:
        """The ids of the cells to walk through, and which of them the learner is at."""
        study = self._lesson.study
        visible = [cell.id for cell in study.visible]
        return visible, visible.index(study.at_cell)

    def _ending(self) -> str:
        study = self._lesson.study
        following = surroundings.next_lesson(self._lesson.session.opened, study)
        if not study.is_done:
            return f"{study.cells_done} of {study.cells_counted} cells are done. {following}".rstrip()
        return f"Lesson {study.number} is done. {following}".rstrip()

    async def _go(self, wanted: str) -> None:
        if not wanted:
            self._lesson.say('Which lesson? Such as "go 2"; "outline" lists them.')
            return
        session = self._lesson.session
        lesson_id = lesson_id_of(session.opened.course, wanted)
        # Opened before this one is left: a lesson that cannot be opened changes nothing.
        open_study(session.opened, lesson_id, session.adapters.store)
        self.leave(lesson_id)

    async def _quit(self, _: str) -> None:
        self.leave()
