"""Asking whether code of this course may run: the learner at a terminal, `--trust once` in a script."""

from __future__ import annotations

from typing import Final, Literal

from tui_tutor.core.study.events import NoticeRead, TrustAnswered
from tui_tutor.plain import surroundings
from tui_tutor.plain.lesson import PlainLesson

NOT_TRUSTED: Final = (
    "This course has not been trusted, so its code does not run. Start with --trust once to run it this time."
)
ANSWERS: Final[dict[str, Literal["always", "once"]]] = {"1": "always", "2": "once"}

WITH_NETWORK: Final = "4"


class TrustQuestion:
    """Put to the learner when a run waits for its answer. `is_once` answers it for scripts."""

    def __init__(self, lesson: PlainLesson, *, is_once: bool) -> None:
        self._lesson = lesson
        self._is_once = is_once

    async def is_trusted(self) -> bool:
        """Whether what was asked for may go on; asks if nobody has answered."""
        if not self._lesson.asks_trust:
            return True
        self._lesson.asks_trust = False
        if self._is_once:
            return self._answered("once")
        if not self._lesson.reader.is_terminal:
            self._answered("no")
            self._lesson.dispatch(NoticeRead(self._lesson.now()))
            self._lesson.say(NOT_TRUSTED)
            return False
        return await self._ask()

    async def _ask(self) -> bool:
        session = self._lesson.session
        asks_network = session.opened.course.permissions.network
        self._lesson.say(*surroundings.trust_question(session.opened, session.adapters.confinement()))
        choices = "1, 2, 3 or 4: " if asks_network else "1, 2 or 3: "
        reply = (await self._lesson.reader.line(choices) or "3").strip()
        session.network = asks_network and reply == WITH_NETWORK
        return self._answered("always" if session.network else ANSWERS.get(reply, "no"))

    def _answered(self, answer: Literal["always", "once", "no"]) -> bool:
        self._lesson.dispatch(TrustAnswered(answer, self._lesson.now()))
        return answer != "no"
