"""Two sheets of the studio: a question before money is spent or words are lost, and a note to a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_tutor.core.errors import TutorError
from tui_tutor.core.prose.lines import wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import DeskNews, DeskOutcome, OnDeskNews
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.finding import FindingSheet
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.studio_progress import progress_rows
from tui_tutor.tui.studio_words import label_rows, sentence_of
from tui_tutor.tui.studio_working import Errand, Stopped
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said, text_width

LOOK_EVERY_S = 0.2


class QuestionSheet(Sheet[bool]):
    """`words` are ours or have passed the gate; the result is True for `yes`, the word of Enter and y."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "take", "Yes", show=False)]

    def __init__(self, title: str, words: Sequence[str], yes: str) -> None:
        self._title, self._words, self._yes = title, words, yes
        super().__init__()

    def title_row(self) -> Row:
        return Row(text=said(self._title, "title"), start=1)

    def content(self, width: int, chosen: str) -> Sheetful:
        lines = [line for one in self._words for line in wrap(said(one), width - 4)]
        return Sheetful(blocks=(Block(tuple(Row(text=line, start=1) for line in lines)),))

    def footer_keys(self) -> Keys:
        return (("Enter", self._yes), ("Esc", "back"))

    def action_take(self) -> None:
        self.dismiss(True)


class NoteSheet(FindingSheet[str]):
    """A cell is made anew with a note. `make` begins it; the result is what came of it, once it is good."""

    PLACEHOLDER: ClassVar[str] = "what should be otherwise"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, priority=True),
        Binding("f9", "stop", "Stop it", show=False, priority=True),
    ]

    def __init__(
        self, title: str, facts: str, make: Callable[[str, OnDeskNews], Errand[DeskOutcome]]
    ) -> None:
        self._title, self._facts, self._make = title, facts, make
        self._errand: Errand[DeskOutcome] | None = None
        self._news: DeskNews | None = None
        self._shown: DeskNews | None = None
        self._failure: Sequence[str] = ()
        super().__init__()

    @property
    def is_working(self) -> bool:
        """Whether it is being made."""
        return self._errand is not None

    def what_would_be_lost(self) -> str:
        """The cell that is being made."""
        return self._title if self.is_working else ""

    def title_row(self) -> Row:
        return Row(text=said(self._title, "title"), start=1, right=said(self._facts, "muted"))

    def footer_keys(self) -> Keys:
        if self.is_working:
            return (("Esc", "stop"),)
        return (("Enter", "make it anew"), ("Esc", "back"))

    def found(self, width: int, chosen: str) -> Sheetful:
        room = text_width(width)
        if self.is_working:
            return Sheetful((BLANK,), (Block(tuple(progress_rows(self._news, room))),))
        if self._failure:
            mark = said(f"{glyphs.FAILED} not kept", "alarm")
            rows = [
                row
                for number, one in enumerate(self._failure)
                for row in label_rows(mark if number == 0 else (), one, room, "bright")
            ]
            return Sheetful((BLANK,), (Block(tuple(rows)),))
        words = (
            "Say in your own words what is to be otherwise; without a word it is just another. "
            "Asking costs a little, within the budget.",
            "It is run and proven before it takes the old one's place; else the old one stays.",
        )
        rows = [row for one in words for row in label_rows((), one, room, "muted")]
        return Sheetful((BLANK,), (Block(tuple(rows)),))

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(LOOK_EVERY_S, self._look)

    @on(Input.Changed)
    def _forget(self) -> None:
        self._failure = ()
        self.redraw()

    def action_take(self) -> None:
        if not self.is_working:
            self._failure, self._news = (), None
            self._errand = self._make(self.typed.strip(), self._take_news)
            self.redraw()
            self._wait(self._errand)

    def action_stop(self) -> None:
        if self._errand is not None:
            self._errand.stop()

    def action_close(self) -> None:
        if self._errand is not None:
            self._errand.stop()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        self.action_stop()

    def _take_news(self, news: DeskNews) -> None:
        """Called on the desk's thread; it is shown at the next look."""
        self._news = news

    def _look(self) -> None:
        if self._news is not self._shown:
            self._shown = self._news
            self.page.rebuild()

    @work(exclusive=True)
    async def _wait(self, errand: Errand[DeskOutcome]) -> None:
        try:
            outcome = await errand.value()
        except TutorError as error:
            self._end([sentence_of(error)])
        except Stopped:
            self._end(["Stopped. The cell is as it was."])
        else:
            lines = [safe_line(line) for line in outcome.lines]
            if outcome.is_good:
                self.dismiss(" ".join(lines) or "Done.")
            else:
                self._end(lines)

    def _end(self, lines: Sequence[str]) -> None:
        self._errand, self._failure = None, lines
        self.redraw()
