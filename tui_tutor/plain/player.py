"""The second face: one lesson after another, a line at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.study.events import LessonClosed, LessonOpened
from tui_tutor.plain.answering import AnswerCommands
from tui_tutor.plain.commands import command_of
from tui_tutor.plain.lesson import PROMPT, PlainLesson
from tui_tutor.plain.lines import LineReader, LineWriter
from tui_tutor.plain.looking import LookCommands
from tui_tutor.plain.moving import MoveCommands
from tui_tutor.plain.restoring import RestoringLines
from tui_tutor.plain.running import RunCommands
from tui_tutor.plain.showing import header_lines
from tui_tutor.plain.telling import TellingCommands, told_as
from tui_tutor.plain.trusting import TrustQuestion
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.opening import lesson_id_of

NOT_SAVED: Final = "Not saved: nothing you do in this lesson is kept."


BeforeCommand = Callable[[PlainLesson], Awaitable[None]]


class PlainPlayer:
    """Plays a course with lines. `trust_once` answers the trust question for scripts.

    `before_command` is awaited between a line that was typed and what it asks for, an empty line too.
    """

    def __init__(
        self,
        session: CourseSession,
        reader: LineReader,
        writer: LineWriter,
        *,
        trust_once: bool = False,
        before_command: BeforeCommand | None = None,
    ) -> None:
        self._before_command = before_command
        self._session = session
        self._reader = reader
        self._writer = writer
        self._trust_once = trust_once
        self._played: _PlayedLesson | None = None

    async def play(self, lesson: str) -> int:
        """Play until the learner quits or the input ends; 0 however the answers were."""
        wanted = lesson
        while wanted:
            lesson_id = lesson_id_of(self._session.opened.course, wanted)
            opened = PlainLesson(lesson_id, self._session, self._reader, self._writer)
            self._played = _PlayedLesson(opened, self._before_command, trust_once=self._trust_once)
            wanted = await self._played.play()
        return 0

    def interrupt(self) -> bool:
        """Ctrl+C: stop what runs; False if nothing does."""
        return self._played is not None and self._played.running.interrupt()


class _PlayedLesson:
    """One lesson with all its commands."""

    def __init__(
        self, lesson: PlainLesson, before_command: BeforeCommand | None, *, trust_once: bool
    ) -> None:
        self._before_command = before_command
        trust = TrustQuestion(lesson, is_once=trust_once)
        self.running = RunCommands(lesson, trust)
        self._restoring = RestoringLines(lesson)
        self._lesson = lesson
        self._moving = MoveCommands(lesson)
        self._commands = {
            **self._moving.commands(),
            **self.running.commands(),
            **AnswerCommands(lesson, trust).commands(),
            **LookCommands(lesson).commands(),
            **TellingCommands(lesson).commands(),
        }

    async def play(self) -> str:
        """Take commands until the learner leaves; the lesson to play next, "" for none."""
        lesson = self._lesson
        lesson.dispatch(LessonOpened(lesson.now()))
        if not self._lesson.session.adapters.store.is_saving:
            lesson.say(NOT_SAVED)
        lesson.say(*header_lines(lesson.study, told_as(lesson)), "")
        if lesson.study.reruns:
            with self._restoring.heard():
                lesson.performer.restore()
        lesson.show_cell()
        while not self._moving.has_left:
            await self._take_command()
        lesson.dispatch(LessonClosed(lesson.now()))
        await lesson.performer.close()
        return self._moving.next_lesson

    async def _take_command(self) -> None:
        line = await self._lesson.line(PROMPT)
        if line is None:
            self._moving.leave()
            return
        if self._before_command is not None:
            await self._before_command(self._lesson)
        self._lesson.say_notice()
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        command = command_of(word)
        if isinstance(command, tuple):
            self._say_unknown(word, command)
        else:
            await self._perform(command, rest.strip())

    async def _perform(self, command: str, rest: str) -> None:
        try:
            with self._restoring.heard():
                await self._commands[command](rest)
        except TutorError as error:
            self._lesson.say_in_commands(error.message, error.help)
        self._lesson.say_notice()

    def _say_unknown(self, word: str, found: tuple[str, ...]) -> None:
        if found:
            self._lesson.say(f'"{word}" could be {", ".join(found)}.')
        else:
            self._lesson.say(f'"{word}" is not a command here; "help" lists them.')
