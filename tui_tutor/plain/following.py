"""Following one run: its heading, what it prints, and how it ended, as lines."""

from __future__ import annotations

from tui_tutor.core.course import Cell, CodeCell
from tui_tutor.core.study import Study
from tui_tutor.core.wording.labels import output_label
from tui_tutor.plain import surroundings
from tui_tutor.plain.lesson import PlainLesson
from tui_tutor.plain.live import LivePrinter
from tui_tutor.plain.showing import end_words


class FollowedRun:
    """Says what a run of one cell does. A check has no heading, and no end unless it failed."""

    def __init__(self, lesson: PlainLesson, cell: Cell, *, is_check: bool) -> None:
        self._lesson = lesson
        self._cell = cell
        self._is_check = is_check
        self._printer = LivePrinter(lesson.writer)
        self._old = lesson.study.state(cell.id).transcript
        self._wants_heading = not is_check

    def show(self, study: Study) -> None:
        """Say what is new in a study."""
        state = study.state(self._cell.id)
        if study.running != self._cell.id or state.transcript is self._old:
            return  # what stands there is of the run before
        self._say_running(state.count)
        self._printer.follow(state.transcript)

    def unfinished_line(self) -> str:
        """What the program printed on the line where it now asks for input."""
        return self._printer.before_input(self._lesson.study.state(self._cell.id).transcript)

    def end(self) -> None:
        """The run is over: say the rest, how it ended, and what its error means."""
        state = self._lesson.study.state(self._cell.id)
        if state.transcript is self._old and state.status in ("idle", "ok"):
            return  # it was refused: the notice that follows says why
        self._say_running(state.count)
        if state.transcript is not self._old:
            self._printer.finish(state.transcript)
        if not self._is_check or state.status != "ok":
            self._lesson.say(end_words(state))
        if meaning := surroundings.meaning(self._lesson.study, self._cell):
            self._lesson.say(meaning)

    def _say_running(self, count: int | None) -> None:
        """`In [7] [2] running`: said when the run has begun, because its count is not known before."""
        if not self._wants_heading:
            return
        self._wants_heading = False
        label = self._lesson.label(self._cell)
        if isinstance(self._cell, CodeCell):
            label = f"{label} [{self._lesson.study.number_of(self._cell.id)}]"
            self._printer.heading = output_label(count)
        self._lesson.say(f"{label} running")
