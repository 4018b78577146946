"""The commands that run a cell: run, check, restart. Its questions for input take the next line."""

from __future__ import annotations

import asyncio
from typing import Any

from tui_tutor.core.course import Cell, ExerciseCell, ShellCell
from tui_tutor.core.execution import InputAsked
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import (
    CheckRequested,
    InputGiven,
    InterruptRequested,
    OutputGuessed,
    RestartRequested,
    RunRequested,
)
from tui_tutor.core.study.running import is_right_behind
from tui_tutor.core.study.state import is_runnable
from tui_tutor.plain.commands import Command
from tui_tutor.plain.following import FollowedRun
from tui_tutor.plain.lesson import PROMPT, PlainLesson
from tui_tutor.plain.showing import check_lines
from tui_tutor.plain.trusting import TrustQuestion

LOOK_EVERY_S = 0.02


class RunCommands:
    """Runs cells of one lesson and waits for their end."""

    def __init__(self, lesson: PlainLesson, trust: TrustQuestion) -> None:
        self._lesson = lesson
        self._trust = trust
        self._followed: FollowedRun | None = None
        lesson.on_change = self._show

    def commands(self) -> dict[str, Command]:
        return {"run": self._run, "check": self._check, "restart": self._restart}

    def interrupt(self) -> bool:
        """Stop what runs; False if nothing does."""
        study, at = self._lesson.study, self._lesson.now()
        if not (study.running or study.restoring is not None or is_right_behind(study, at)):
            return False
        self._lesson.dispatch(InterruptRequested(at))
        return True

    def _show(self, study: Study) -> None:
        if self._followed is not None:
            self._followed.show(study)

    # --- commands -------------------------------------------------------------------------------

    async def _run(self, _: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        if not is_runnable(cell):
            lesson.say(f"{lesson.label(cell)} has nothing to run.")
            return
        lesson.dispatch(RunRequested(cell.id, lesson.now()))
        await self._watch(cell)

    async def _check(self, _: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        if not isinstance(cell, ExerciseCell | ShellCell):
            lesson.say(f"{lesson.label(cell)} has nothing to check.")
            return
        before = lesson.study.state(cell.id).verdict
        lesson.dispatch(CheckRequested(cell.id, lesson.now()))
        await self._watch(cell, is_check=True)
        self._say_verdict(cell, before)

    async def _restart(self, _: str) -> None:
        self._lesson.dispatch(RestartRequested(self._lesson.now()))
        await self._lesson.performer.settle()

    # --- a run ----------------------------------------------------------------------------------

    async def _watch(self, cell: Cell, *, is_check: bool = False) -> None:
        """Ask what must be asked before the run, follow it to its end."""
        if not await self._trust.is_trusted():
            return
        if self._lesson.study.asks_guess:
            await self._ask_guess(cell)
        state = self._lesson.study.state(cell.id)
        if not state.is_busy:
            await self._lesson.performer.settle()
            return
        await self._follow(cell, is_check=is_check)
        if isinstance(cell, ShellCell) and not is_check:
            self._say_verdict(cell, state.verdict)

    async def _ask_guess(self, cell: Cell) -> None:
        self._lesson.say("What will it print? Type your guess; an empty line passes.")
        text = await self._lesson.reader.line(PROMPT)
        if text and not self._lesson.reader.is_terminal:
            self._lesson.say(text)
        self._lesson.dispatch(OutputGuessed(cell.id, text or "", self._lesson.now()))

    async def _follow(self, cell: Cell, *, is_check: bool) -> None:
        self._followed = followed = FollowedRun(self._lesson, cell, is_check=is_check)
        await self._until_settled(followed)
        self._followed = None
        followed.end()

    def _say_verdict(self, cell: ExerciseCell | ShellCell, before: Verdict | None) -> None:
        verdict = self._lesson.study.state(cell.id).verdict
        if verdict is not None and verdict is not before:
            self._lesson.say(*check_lines(cell, verdict))

    async def _until_settled(self, followed: FollowedRun) -> None:
        settled = asyncio.ensure_future(self._lesson.performer.settle())
        has_input = True
        while not settled.done():
            await asyncio.wait({settled}, timeout=LOOK_EVERY_S)
            study = self._lesson.study
            prompt = study.state(study.running).prompt if study.running else None
            if prompt is not None and has_input:
                has_input = await self._give_input(prompt, followed.unfinished_line(), settled)
        settled.result()

    async def _give_input(self, asked: InputAsked, before: str, settled: asyncio.Future[None]) -> bool:
        """The next line goes to the program; False where the input ended, which stops the program."""
        lesson, is_secret = self._lesson, asked.is_secret
        reading = asyncio.ensure_future(lesson.reader.line(before + asked.prompt, is_secret=is_secret))
        either: list[asyncio.Future[Any]] = [reading, settled]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()  # the run was stopped: the line will be a command
            return True
        text = reading.result()
        if text is None:
            lesson.dispatch(InterruptRequested(lesson.now()))
            return False
        if not lesson.reader.is_terminal:
            lesson.say("" if is_secret else text)
        lesson.dispatch(InputGiven(text, lesson.now()))
        return True
