"""Doing runs of the last visit again, one after another, until one does not go as it went then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from tui_tutor.core.execution import Finished, InputAsked, RunEvent, Started
from tui_tutor.core.output import Transcript
from tui_tutor.core.study import Event
from tui_tutor.core.study.events import RerunBegan, RerunEnded, RestoreEnd, RestoreEnded
from tui_tutor.core.study.replaying import shown_line, why_to_stop
from tui_tutor.core.study.state import GivenLine, Rerun
from tui_tutor.session.course_session import CourseSession

RESTORE_LIMIT_S: Final = 120.0
"""Of all runs together: names that take longer to make are made when the learner wants them."""
HIDDEN_TIMEOUT_S: Final = 60.0


class Replaying:
    """One restoring of a kernel: all runs in their order, until `stop`."""

    def __init__(self, session: CourseSession, tell: Callable[[Event], None]) -> None:
        self.is_stopped = False
        self._run: _Run | None = None
        self._session = session
        self._tell = tell
        self._clock = session.adapters.clock
        self._began_s = self._clock.monotonic_s()

    async def stop(self) -> None:
        """End it with the run under way. A second stop within two seconds ends the kernel."""
        is_first, self.is_stopped = not self.is_stopped, True
        if self._run is None or self._run.has_begun or not is_first:
            await self._session.kernel.interrupt()
        # Else the run is on its way to the kernel, which would not know what to interrupt.

    def _is_stopped(self) -> bool:
        return self.is_stopped

    async def all_of(self, reruns: Sequence[Rerun]) -> RestoreEnded:
        """Do them in their order, telling of each; how it ended."""
        self._began_s = self._clock.monotonic_s()
        for rerun in reruns:
            if self.is_stopped:
                return self._ended("stopped", rerun)
            if rerun.elapsed_ms / 1000 > self._left_s():
                return self._ended("limit", rerun)
            self._tell(RerunBegan(rerun, self._now()))
            ended = await self._again(rerun)
            if ended is not None:
                return ended
        return RestoreEnded("done", self._now())

    def _left_s(self) -> float:
        return RESTORE_LIMIT_S - (self._clock.monotonic_s() - self._began_s)

    def _now(self) -> datetime:
        return self._clock.now()

    def _ended(self, why: RestoreEnd, rerun: Rerun, detail: str = "") -> RestoreEnded:
        if self.is_stopped and why != "died":  # a stop that took the kernel along is told as that
            why = "stopped"
        return RestoreEnded(why, self._now(), rerun.cell_id, detail)

    async def _again(self, rerun: Rerun) -> RestoreEnded | None:
        """Run one as it ran then, hidden cells before it; None if the next may follow."""
        for _, source in rerun.hidden:
            run = self._run = _Run(self._session, self._is_stopped, is_silent=True)
            await run.through(source, min(HIDDEN_TIMEOUT_S, self._left_s()))
            if run.end.outcome != "ok":
                # Then the visible cell does not run, as at the last visit; its error stands for both.
                return self._judged(rerun, run)
        run = self._run = _Run(self._session, self._is_stopped, given=rerun.given)
        await run.through(rerun.source, min(rerun.timeout_s, self._left_s()))
        return self._ended("asked", rerun) if run.lacks_line else self._judged(rerun, run)

    def _judged(self, rerun: Rerun, run: _Run) -> RestoreEnded | None:
        why = why_to_stop(rerun, run.transcript, run.end)
        if why is not None:
            return self._ended(why[0], rerun, why[1])
        self._tell(RerunEnded(rerun, run.transcript, run.end, self._now()))
        return None


class _Run:
    """One run whose questions get the lines of the last visit. `lacks_line`: one of them was not kept."""

    def __init__(
        self,
        session: CourseSession,
        is_stopped: Callable[[], bool],
        *,
        given: Sequence[GivenLine] = (),
        is_silent: bool = False,
    ) -> None:
        self.transcript = Transcript()
        self.end = Finished("interrupted")
        self.has_begun = self.lacks_line = False
        self._is_stopped = is_stopped
        self._session = session
        self._given = list(given)
        self._is_silent = is_silent

    async def through(self, source: str, timeout_s: float) -> None:
        """Run to the end, whatever it is."""
        kernel = self._session.kernel
        async for event in kernel.run(source, timeout_s=timeout_s, is_silent=self._is_silent):
            await self._take(event)
        if self.end.outcome == "died":
            self._session.is_dead = True

    async def _take(self, event: RunEvent) -> None:
        if isinstance(event, Started):
            self.has_begun = True
            if self._is_stopped():
                await self._session.kernel.interrupt()
        elif isinstance(event, InputAsked):
            await self._answer(event)
        elif isinstance(event, Finished):
            self.end = event
        else:
            self.transcript = self.transcript.after(event)

    async def _answer(self, asked: InputAsked) -> None:
        line = self._given.pop(0) if self._given else GivenLine(None)
        if line.text is None:
            self.lacks_line = True
            await self._session.kernel.interrupt()
            return
        self.transcript = shown_line(self.transcript, asked, line)
        await self._session.kernel.answer_input(line.text)
