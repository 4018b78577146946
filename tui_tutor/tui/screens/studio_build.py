"""A build as it goes: who works on which lesson, what is proven and spent, and what came of it in the end."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from tui_tutor.core.errors import TutorError
from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import DeskLesson, DeskNews, DeskOutcome, DeskState, OnDeskNews, StudioDesk
from tui_tutor.core.wording.labels import duration
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.studio_screen import StudioScreen
from tui_tutor.tui.studio_progress import asked_words, bar_row, stage_words
from tui_tutor.tui.studio_wishes import StudioWished
from tui_tutor.tui.studio_words import label_rows, money, sentence_of
from tui_tutor.tui.studio_working import DeskThread, Errand, Stopped
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, said, text_width
from tui_tutor.tui.words import counted

LOOK_EVERY_S: Final = 0.2
MOST_NEWS: Final = 2_000  # between two looks; the newest count
LOG_LINES: Final = 200
MOST_WORDS: Final = 44  # characters beside a lesson's title
DONE: Final = "done"
RUNS: Final = ("running", "proving")
KEPT: Final = "What came is kept: build again and it goes on there."


class StudioBuildScreen(StudioScreen):
    """Begins when it is shown. Esc or F9 stops it; at its end Enter goes on to what was made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Stop, then back", show=False),
        Binding("f9,ctrl+c", "stop", "Stop the build", show=False),
        Binding("b", "again", "Build again", show=False),
    ]

    def __init__(self, desk: DeskThread, state: DeskState) -> None:
        self._news: deque[DeskNews] = deque(maxlen=MOST_NEWS)
        self._last = DeskNews("", "", "")
        self._of_lesson: dict[str, DeskNews] = {}
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._errand: Errand[DeskOutcome] | None = None
        self._outcome: DeskOutcome | None = None
        self._is_stopping = False
        self._began = 0.0
        self._took_s = 0
        super().__init__(desk, state)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(LOOK_EVERY_S, self._look)
        self._begin()

    def on_screen_resume(self) -> None:
        """The build itself says how far it is."""

    def on_unmount(self) -> None:
        if self._errand is not None:
            self._errand.stop()

    def what_would_be_lost(self) -> str:
        """The build that runs."""
        return "The build" if self._errand is not None else ""

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        del chosen
        room = text_width(width)
        if self._outcome is not None:
            return Sheetful((*self._head(), BLANK), (Block(tuple(self._end_rows(room))),))
        rows = [self._lesson_row(one, n) for n, one in enumerate(self.state.lessons, 1)]
        if "" in self._of_lesson:
            rows.append(Row(said(glyphs.RUNNING, "bright"), said(self._words(self._of_lesson[""]))))
        if self._last.fraction is not None:
            rows += [BLANK, bar_row(self._last.fraction, self._last.seconds_left)]
        shown = max(3, self.app.size.height - 7 - len(rows))
        log = list(self._log)[-shown:]
        lines = [Row(said("log" if n == 0 else "", "muted"), said(one, "muted")) for n, one in enumerate(log)]
        return Sheetful((*self._head(), BLANK), (Block((*rows, BLANK, RULE, *lines)),))

    def _head(self) -> tuple[Row, ...]:
        state, spent = self.state, max(self.state.spent_usd, self._last.spent_usd)
        done = "Built" if self._outcome else "Stopping" if self._is_stopping else "Building"
        title = Row(
            text=(Span(f"{done}  ", "title"), Span(safe_line(state.title), "title")),
            start=1,
            right=said(duration(self._took_s), "muted"),
        )
        proven = counted(self._last.cells_proven, "cell") + " proven"
        figures = f"{money(spent)} of {money(state.cap_usd)} · {proven}"
        return (title, Row(said("spent", "muted"), said(figures, "bright")), RULE)

    def _lesson_row(self, lesson: DeskLesson, number: int) -> Row:
        news = self._of_lesson.get(lesson.id)
        title = safe_line(lesson.title)
        if lesson.state == "written" and news is None:
            return _row(glyphs.DONE, "accent", number, title, said("written", "muted"))
        if news is None:
            return _row(glyphs.OPEN, "text", number, title, said("waiting", "muted"))
        if news.stage == DONE:
            return _row(glyphs.DONE, "accent", number, title, said("done", "muted"))
        return _row(glyphs.RUNNING, "bright", number, title, said(self._words(news), "bright"))

    @staticmethod
    def _words(news: DeskNews) -> str:
        words = " · ".join(filter(None, (stage_words(news), asked_words(news))))
        return safe_line(words, limit=MOST_WORDS)

    def _end_rows(self, room: int) -> Iterator[Row]:
        assert self._outcome is not None
        good = self._outcome.is_good
        words = f"{glyphs.DONE} done" if good else f"{glyphs.FAILED} not yet"
        label = said(words, "accent-bold" if good else "alarm")
        for number, line in enumerate(self._outcome.lines):
            role: Role = "bright" if number == 0 else "text"
            yield from label_rows(label if number == 0 else (), safe_line(line, limit=2_000), room, role)

    def states(self) -> tuple[str, ...]:
        if self._outcome is not None:
            return ("j k scroll",)
        return ("stopping: what came is kept",) if self._is_stopping else ("F9 stops, what came is kept",)

    def footer_keys(self) -> Keys:
        if self._outcome is None:
            return (("F9", "stop"), ("?", "help"))
        again = () if self._outcome.is_good else (("b", "again"),)
        return (("Enter", "go on"), *again, ("?", "help"), ("Ctrl+Q", "quit"))

    # --- what is done -------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._outcome, self._is_stopping, self._began = None, False, time.monotonic()
        self._log.clear()
        self._of_lesson.clear()
        needs_outline = not self.state.lessons
        self._errand = self.desk.do(lambda desk: _built(desk, self._news.append, needs_outline=needs_outline))
        self._wait(self._errand)
        self.redraw()

    @work(exclusive=True, group="building")
    async def _wait(self, errand: Errand[DeskOutcome]) -> None:
        try:
            outcome = await errand.value()
        except TutorError as error:
            outcome = DeskOutcome(False, (sentence_of(error), KEPT))
        except Stopped:
            outcome = DeskOutcome(False, ("Stopped.", KEPT))
        await self._end(outcome)

    async def _end(self, outcome: DeskOutcome) -> None:
        self._look()
        was_outline = not self.state.lessons
        try:
            self.state = await self.desk.do(lambda desk: desk.state()).value()
        except (TutorError, Stopped):
            pass  # it is as it was
        self._errand, self._outcome = None, outcome
        self._last = DeskNews(
            "", "", "", cells_proven=self._last.cells_proven, spent_usd=self._last.spent_usd
        )
        if was_outline and outcome.is_good:
            self.post_message(StudioWished("outline", outcome.lines[0]))
        self.redraw()

    def _look(self) -> None:
        """Take in what the desk's thread told since the last look."""
        is_new = bool(self._news)
        while self._news:
            self._take(self._news.popleft())
        if self._errand is not None:
            took_s = int(time.monotonic() - self._began)
            is_new, self._took_s = is_new or took_s != self._took_s, took_s
        if is_new:
            self.page.rebuild()

    def _take(self, news: DeskNews) -> None:
        before = self._of_lesson.get(news.lesson)
        is_run = news.stage in RUNS  # cell after cell; the page says which, the log need not
        if before is None or before.stage != news.stage or (before.what != news.what and not is_run):
            place = f"{safe_line(news.lesson)}: " if news.lesson else ""
            self._log.append(f"{place}{stage_words(news)}")
        self._of_lesson[news.lesson] = self._last = news

    def action_stop(self) -> None:
        if self._errand is not None:
            self._is_stopping = True
            self._errand.stop()
            self.redraw()

    def action_leave(self) -> None:
        if self._errand is not None:
            self.action_stop()
        else:
            self.post_message(StudioWished("outline"))

    def action_take(self) -> None:
        if self._outcome is not None:
            self.post_message(StudioWished("" if self._outcome.is_good else "outline"))

    def action_again(self) -> None:
        if self._outcome is not None and not self._outcome.is_good:
            self._begin()


def _row(glyph: str, role: Role, number: int, title: str, words: Sequence[Span]) -> Row:
    label = (Span(glyph, role), Span(f"  {number}", "muted"))
    return Row(label, said(f"{title}  "), (), ()) if not words else Row(label, said(title), tuple(words))


async def _built(desk: StudioDesk, on_news: OnDeskNews, *, needs_outline: bool) -> DeskOutcome:
    """The outline, if there is none yet, for the author's turn comes before the build; else the build."""
    if not needs_outline:
        return await desk.build(on_news)
    await desk.make_outline(on_news)
    return DeskOutcome(True, ("The outline is made. Change it with e, or build with b.",))
