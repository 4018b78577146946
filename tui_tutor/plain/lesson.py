"""One lesson played with lines: its study, and the lines in and out that all commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tui_tutor.core.course import Cell
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import CellEntered, Event, NoticeRead
from tui_tutor.core.wording.labels import plain_label
from tui_tutor.plain.commands import in_commands
from tui_tutor.plain.lines import LineReader, LineWriter
from tui_tutor.plain.showing import cell_lines
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.session.performing import Performer

PROMPT: Final = "> "
EDIT_END: Final = "."


class PlainLesson:
    """What the commands work on. `on_change(study)` is called after every event of the study."""

    def __init__(
        self, lesson_id: str, session: CourseSession, reader: LineReader, writer: LineWriter
    ) -> None:
        store = session.adapters.store
        study = open_study(
            session.opened, lesson_id, store, granted=session.granted, is_held=session.holds(lesson_id)
        )
        self.session = session
        self.reader = reader
        self.writer = writer
        self.asks_trust = False
        self.on_change: Callable[[Study], None] = lambda _: None
        self.performer = Performer(study, session, on_change=self._changed, ask_trust=self._trust_asked)

    @property
    def study(self) -> Study:
        return self.performer.study

    @property
    def cell(self) -> Cell:
        return self.study.cell(self.study.at_cell)

    def now(self) -> datetime:
        return self.session.adapters.clock.now()

    def dispatch(self, event: Event) -> None:
        self.performer.dispatch(event)

    def _changed(self, study: Study) -> None:
        self.on_change(study)

    def _trust_asked(self) -> None:
        self.asks_trust = True

    # --- lines out ------------------------------------------------------------------------------

    def say(self, *lines: str) -> None:
        self.writer.say(*lines)

    def say_in_commands(self, *sentences: str) -> None:
        """Say sentences that both faces share, with commands in place of keys; empty ones are left out."""
        self.say(*(in_commands(sentence) for sentence in sentences if sentence))

    def say_notice(self) -> None:
        """Say what the study has to tell, once."""
        notice = self.study.notice
        if notice is None:
            return
        self.say_in_commands(notice.text, notice.help)
        self.dispatch(NoticeRead(self.now()))

    def show_cell(self) -> None:
        self.say(*cell_lines(self.study, self.cell))

    def enter(self, cell_id: str) -> None:
        """Go to a cell and show it."""
        self.dispatch(CellEntered(cell_id, self.now(), left=self.cell.id))
        self.say("")
        self.show_cell()

    def label(self, cell: Cell) -> str:
        return plain_label(cell, self.study.number_of(cell.id), self.study.state(cell.id).count)

    # --- lines in -------------------------------------------------------------------------------

    async def line(self, prompt: str = "") -> str | None:
        """The next line, shown where no terminal shows what is typed; None at the end of input."""
        text = await self.reader.line(prompt)
        if text is not None and not self.reader.is_terminal:
            self.say(text)
        return text

    async def lines_until_dot(self) -> str | None:
        """All lines before one with a single dot; None if the input ends before it."""
        lines: list[str] = []
        while (line := await self.line()) is not None:
            if line.strip() == EDIT_END:
                return "\n".join(lines)
            lines.append(line)
        return None
