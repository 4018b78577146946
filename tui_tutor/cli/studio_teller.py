"""News of the studio, lesson by lesson, as the studio screen takes them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Final

from tui_tutor.core.language_model import Saying
from tui_tutor.core.studio_desk import DeskNews, OnDeskNews
from tui_tutor.studio.news import News
from tui_tutor.studio.workshop import Workshop

_OF_PROOF: Final = 0.2  # of a build's time, for the proof of the whole
_PROVING: Final = re.compile(r"(\d+) % · (.*)")


class Teller:
    """The studio's news as the screen takes them: lessons are built side by side, and each has its own."""

    def __init__(self, on_news: OnDeskNews) -> None:
        self._on_news = on_news
        self.workshop: Workshop | None = None
        self._began = time.monotonic()
        self._proven: dict[str, int] = {}
        self._done: set[str] = set()
        self._doing: dict[str, tuple[str, str]] = {}  # (stage, what) by lesson
        self._part = 0.0  # of the proof of the whole

    def news(self, news: News) -> None:
        """Something begins or is done."""
        stage, what = news.stage, news.what
        if stage == "proving" and (found := _PROVING.match(what)):
            self._part, what = int(found[1]) / 100, found[2]
        self._doing[news.lesson] = (stage, what.removeprefix(f"{news.lesson} ") if news.lesson else what)
        self._proven[news.lesson] = max(news.cells_proven, self._proven.get(news.lesson, 0))
        if news.is_end:
            self._done.add(news.lesson)
        self._tell(news.lesson)

    def saying(self, saying: Saying) -> None:
        """Tokens of an answer come, or an agent has to wait."""
        lesson = _lesson_of(saying.call.subject)
        stage, what = self._doing.get(lesson, ("asking", saying.call.subject))
        self._doing[lesson] = (stage, what)
        self._tell(lesson, saying.call.agent, saying.output_tokens, saying.note)

    def running(self, lesson: str) -> Callable[[float, str], None]:
        """What tells of a proof."""

        def tell(part: float, what: str) -> None:
            self._on_news(DeskNews("proving", lesson, what, fraction=part, seconds_left=self._left(part)))

        return tell

    def _left(self, part: float | None) -> float | None:
        spent = time.monotonic() - self._began
        return spent / part * (1 - part) if part and 0.05 < part < 1 else None

    def _tell(self, lesson: str, agent: str = "", tokens: int = 0, note: str = "") -> None:
        stage, what = self._doing[lesson]
        part = self._fraction(stage, lesson)
        self._on_news(
            DeskNews(
                stage=stage,
                lesson=lesson,
                what=note or what,
                agent=agent,
                tokens=tokens,
                cells_proven=sum(self._proven.values()),
                spent_usd=self.workshop.money().spent_usd if self.workshop else 0.0,
                fraction=part,
                seconds_left=self._left(part),
            )
        )

    def _fraction(self, stage: str, lesson: str) -> float | None:
        """Four fifths are the lessons that are to be built, one is the proof of the whole.

        The first lesson says nothing until its end. What was written before is solved after the proof.
        """
        if stage == "proving" or (self._part and lesson in self._written()):
            return 1 - _OF_PROOF * (1 - self._part)
        done = len(self._done - {""})
        if self.workshop is None or stage == "outline" or not done:
            return None
        outline, written = self.workshop.folder.outline(), self._written()
        wanted = [one.id for one in outline.lesson if one.id not in written] if outline else []
        return (1 - _OF_PROOF) * min(1.0, done / len(wanted)) if wanted else None

    def _written(self) -> Sequence[str]:
        return self.workshop.folder.written_lessons() if self.workshop else ()


def _lesson_of(subject: str) -> str:
    """The lesson that a call is about: `lesson sums, shuffle 2` is about sums."""
    name, _, _ = subject.removeprefix("lesson ").partition(",")
    return name if subject.startswith("lesson ") else ""
