"""The studio's screen on a stage: a desk that replays what it is told to, and what is seen of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from textual.pilot import Pilot

from tests.tui.replaying import MemoryStore, ReplayShelf, StoppedClock
from tests.tui.stage import OpenedLesson, screen_text
from tui_tutor.core.errors import TutorError
from tui_tutor.core.studio_desk import (
    BriefForm,
    CellMark,
    DeskCell,
    DeskLesson,
    DeskNews,
    DeskOutcome,
    DeskState,
    OnDeskNews,
)
from tui_tutor.tui.screens.studio_screen import StudioScreen
from tui_tutor.tui.studio_app import StudioApp

EMPTY = DeskState("brief", "waiting-lines")
BEGUN = DeskState("outline", "waiting-lines", "Waiting lines", price_usd=0.08, cap_usd=5.0)
LESSONS = (
    DeskLesson("lines", "Why lines form", 9, "understand", "Explain why a line forms", "outline"),
    DeskLesson("simulate", "Simulate a practice", 14, "apply", "Simulate a day at a practice", "outline"),
    DeskLesson("plan", "Plan for the peak", 12, "evaluate", "Judge two plans for a busy day", "outline"),
)
OUTLINED = replace(
    BEGUN,
    title="Waiting lines: why a full practice makes patients wait",
    lessons=LESSONS,
    price_usd=1.2,
    spent_usd=0.06,
)
WRITTEN = replace(
    OUTLINED,
    stage="review",
    lessons=tuple(
        replace(one, state="written" if n < 2 else "left", note="" if n < 2 else "the exercise never held")
        for n, one in enumerate(LESSONS)
    ),
    price_usd=0.4,
    spent_usd=0.93,
    is_published=True,
)
PROSE = '[[cell]]\nkind = "md"\nid = "md-1"\ntext = """\nOne doctor sees six patients an hour.\n"""\n'
CODE = '[[cell]]\nkind = "code"\nid = "arrivals"\nsource = """\narrivals = [2, 9, 14]\nprint(arrivals)\n"""\n'
EXERCISE = (
    '[[cell]]\nkind = "ex"\nid = "wait"\ntitle = "The mean wait"\n'
    'task = "Write `mean_wait(arrivals)`."\nstarter = "def mean_wait(arrivals): ..."\n'
)
CELLS = (
    DeskCell("lines", "md-1", 1, "md", "", PROSE, "ok", ""),
    DeskCell("lines", "arrivals", 2, "code", "", CODE, "ok", "accepted"),
    DeskCell("lines", "wait", 3, "ex", "The mean wait", EXERCISE, "solved 3/3, mutants 7/7", "locked"),
    DeskCell("simulate", "setup", 0, "code", "", CODE.replace("arrivals", "setup", 1), "ok", ""),
    DeskCell("simulate", "day", 1, "md", "", PROSE.replace("md-1", "day"), "ok", ""),
)
NEWS = (
    DeskNews("writing", "lines", "the plan", "writer", 312, 0, 0.08),
    DeskNews("running", "lines", "In [2]", "", 0, 3, 0.12, 0.25, 90),
    DeskNews("writing", "simulate", "the plan", "writer", 40, 3, 0.14, 0.25, 90),
    DeskNews("done", "lines", "7 cells", "", 0, 7, 0.4, 0.5, 60),
)


PUBLISHED = DeskOutcome(True, ("The course is in waiting-lines.",))


@dataclass
class ReplayDesk:
    """Says what it was told to. `holds` keeps long work going until it is set, `refusal` refuses all."""

    said: DeskState = EMPTY
    news: Sequence[DeskNews] = ()
    outcome: DeskOutcome = PUBLISHED
    after: DeskState | None = None  # how far it is after long work
    refusal: str = ""
    holds: Event | None = None
    shown: Sequence[DeskCell] = CELLS
    text: str = 'id = "waiting-lines"\ntitle = "Waiting lines"\n'
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    was_stopped: bool = False

    def _hear(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.refusal:
            raise TutorError(self.refusal, help="Do something else.")

    async def _work(self, on_news: OnDeskNews, outcome: DeskOutcome) -> DeskOutcome:
        for news in self.news:
            on_news(news)
        try:
            if self.holds is not None:
                await asyncio.to_thread(self.holds.wait)
        except asyncio.CancelledError:
            self.was_stopped = True
            assert self.holds is not None
            self.holds.set()  # the thread that waits ends too
            raise
        self.said = self.after or self.said
        return outcome

    def state(self) -> DeskState:
        return self.said

    def industries(self, text: str) -> Sequence[tuple[str, str]]:
        self.asked.append(("industries", text))
        found = (("6211", "Offices of Physicians"), ("6221", "General Medical and Surgical Hospitals"))
        return found if text.strip() else ()

    def keep_form(self, form: BriefForm) -> None:
        self.asked.append(("keep_form", form))

    def begin(self, form: BriefForm) -> None:
        self._hear("begin", form)
        self.said = BEGUN

    async def make_outline(self, on_news: OnDeskNews) -> None:
        self._hear("make_outline")
        await self._work(on_news, self.outcome)

    def outline_text(self) -> str:
        return self.text

    def set_outline(self, text: str) -> None:
        self._hear("set_outline", text)
        self.text = text

    async def build(self, on_news: OnDeskNews) -> DeskOutcome:
        self._hear("build")
        return await self._work(on_news, self.outcome)

    def cells(self) -> tuple[DeskCell, ...]:
        return tuple(self.shown)

    def mark(self, lesson: str, cell: str, mark: CellMark) -> None:
        self._hear("mark", lesson, cell, mark)
        self.shown = [
            replace(one, mark=mark) if (one.lesson, one.id) == (lesson, cell) else one for one in self.shown
        ]

    async def save_cell(self, lesson: str, cell: str, text: str, on_news: OnDeskNews) -> DeskOutcome:
        self._hear("save_cell", lesson, cell, text)
        return await self._work(on_news, DeskOutcome(True, (f"{cell} is kept, proven and locked.",)))

    async def regenerate(self, lesson: str, cell: str, note: str, on_news: OnDeskNews) -> DeskOutcome:
        self._hear("regenerate", lesson, cell, note)
        return await self._work(on_news, DeskOutcome(True, (f"{cell} is made anew and proven.",)))

    def asked_for(self, name: str) -> list[tuple[Any, ...]]:
        """What it was asked for under this name."""
        return [asked[1:] for asked in self.asked if asked[0] == name]


@dataclass
class Author:
    """Somebody at the screen."""

    app: StudioApp
    pilot: Pilot[int]
    desk: ReplayDesk
    played: list[str]

    @property
    def seen(self) -> str:
        return screen_text(self.app)

    @property
    def chosen(self) -> str:
        """The key of what is chosen on the page."""
        screen = self.app.screen
        assert isinstance(screen, StudioScreen)
        return screen.page.chosen

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)

    async def type(self, text: str) -> None:
        names = {" ": "space", "\n": "enter"}
        await self.press(*(names.get(letter, letter) for letter in text))

    async def sees(self, words: str) -> str:
        return await self.until(lambda: words in self.seen)

    async def until(self, holds: Callable[[], bool]) -> str:
        for _ in range(1_000):
            if holds():
                return self.seen
            await self.pilot.pause(0.01)
        raise AssertionError(f"it never came to that; seen:\n{self.seen}\nasked: {self.desk.asked}")


def studio_app(desk: Any, played: list[str], **given: Any) -> StudioApp:
    """The studio over a desk."""
    fields: dict[str, Any] = {
        "shelf": ReplayShelf(()),
        "store": MemoryStore(),
        "clock": StoppedClock(),
        "open_lesson": OpenedLesson,
    }
    return StudioApp(desk, desk.state(), played.append, **{**fields, **given})


@asynccontextmanager
async def at_the_studio(
    desk: ReplayDesk | None = None, *, size: tuple[int, int] = (80, 24), first: str = "Studio", **given: Any
) -> AsyncIterator[Author]:
    """The screen of this size, when `first` can be seen."""
    desk, played = desk or ReplayDesk(), []
    app = studio_app(desk, played, **given)
    async with app.run_test(size=size) as pilot:
        author = Author(app, pilot, desk, played)
        await author.sees(first)
        yield author
