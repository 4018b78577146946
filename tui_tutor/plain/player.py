"""The second face: one lesson after another, a line at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    PredictQuiz,
    QuizBase,
    QuizCell,
    ReflectQuiz,
    ShellCell,
    VizCell,
)
from tui_tutor.core.errors import TutorError
from tui_tutor.core.grading.quizzes import parse_typed
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import shown
from tui_tutor.core.plotting.describing import table
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import (
    CellEntered,
    CellReset,
    CheckRequested,
    HintAsked,
    InputGiven,
    InterruptRequested,
    LessonClosed,
    LessonOpened,
    NoticeRead,
    OutputGuessed,
    QuizAnswered,
    RestartRequested,
    RunRequested,
    SolutionAsked,
    SourceEdited,
    TrustAnswered,
)
from tui_tutor.core.study.state import EMPTY, is_runnable
from tui_tutor.core.wording.labels import output_label, plain_label
from tui_tutor.plain import surroundings
from tui_tutor.plain.commands import HELP, command_of, in_commands
from tui_tutor.plain.lines import LineReader, LineWriter
from tui_tutor.plain.live import LivePrinter
from tui_tutor.plain.showing import (
    cell_lines,
    check_lines,
    end_words,
    header_lines,
    one_line,
    verdict_lines,
    viz_lines,
)
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.opening import lesson_id_of, open_study
from tui_tutor.session.performing import Performer

PROMPT: Final = "> "
EDIT_HELP: Final = "Type the whole cell; a line with a single dot ends it."
NOT_TRUSTED: Final = (
    "This course has not been trusted, so its code does not run. Start with --trust once to run it this time."
)


class PlainPlayer:
    """Plays a course with lines. `trust_once` answers the trust question for scripts."""

    def __init__(
        self,
        session: CourseSession,
        reader: LineReader,
        writer: LineWriter,
        *,
        trust_once: bool = False,
    ) -> None:
        self._session = session
        self._reader = reader
        self._writer = writer
        self._trust_once = trust_once
        self._printer: LivePrinter | None = None
        self._following = ""
        self._heads_run = False
        self._old = EMPTY
        self._asks_trust = False
        self._ended = False
        self._next_lesson = ""
        self._performer: Performer

    # --- lessons --------------------------------------------------------------------------------

    async def play(self, lesson: str) -> int:
        """Play until the learner quits or the input ends; 0 however the answers were."""
        wanted = lesson
        while wanted:
            wanted = await self._play_lesson(wanted)
        return 0

    async def _play_lesson(self, wanted: str) -> str:
        lesson_id = lesson_id_of(self._session.opened.course, wanted)
        store = self._session.adapters.store
        study = open_study(self._session.opened, lesson_id, store, granted=self._session.granted)
        self._performer = Performer(
            study, self._session, on_change=self._on_change, ask_trust=self._trust_asked
        )
        self._performer.dispatch(LessonOpened(self._now()))
        self._next_lesson, self._ended = "", False
        self._writer.say(*header_lines(study), "")
        self._show_cell()
        while not self._ended:
            await self._one_command()
        self._performer.dispatch(LessonClosed(self._now()))
        await self._performer.close()
        return self._next_lesson

    @property
    def study(self) -> Study:
        return self._performer.study

    @property
    def _cell(self) -> Cell:
        return self.study.cell(self.study.at_cell)

    def _now(self) -> datetime:
        return self._session.adapters.clock.now()

    def _say(self, *lines: str) -> None:
        self._writer.say(*lines)

    def _show_cell(self) -> None:
        self._say(*cell_lines(self.study, self._cell))

    # --- what happens meanwhile -----------------------------------------------------------------

    def _on_change(self, study: Study) -> None:
        if self._printer is not None and study.running == self._following:
            state = study.state(self._following)
            if state.transcript is not self._old:  # else what stands there is of the run before
                self._say_running(state.count)
                self._printer.follow(state.transcript)

    def _say_running(self, count: int | None) -> None:
        """`In [7] [2] running`: said when the run has begun, because its count is not known before."""
        if self._printer is None or not self._heads_run:
            return
        self._heads_run = False
        cell = self.study.cell(self._following)
        number = self.study.number_of(cell.id)
        if isinstance(cell, CodeCell):
            self._say(f"{plain_label(cell, number, count)} [{number}] running")
            self._printer.heading = output_label(count)
        else:
            self._say(f"{plain_label(cell, number, count)} running")

    def _trust_asked(self) -> None:
        self._asks_trust = True

    def interrupt(self) -> bool:
        """Ctrl+C: stop what runs; False if nothing does."""
        if not self.study.running:
            return False
        self._performer.dispatch(InterruptRequested(self._now()))
        return True

    # --- commands -------------------------------------------------------------------------------

    async def _one_command(self) -> None:
        line = await self._reader.line(PROMPT)
        if line is None:
            self._ended = True
            return
        if not self._reader.is_terminal:
            self._say(line)
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        command = command_of(word)
        if isinstance(command, tuple):
            self._unknown(word, command)
            return
        try:
            await self._handlers()[command](rest.strip())
        except TutorError as error:
            self._say(*(in_commands(text) for text in (error.message, error.help) if text))
        self._say_notice()

    def _handlers(self) -> dict[str, Callable[[str], Awaitable[None]]]:
        return {
            "next": self._next,
            "back": self._back,
            "run": self._run,
            "edit": self._edit,
            "answer": self._answer,
            "check": self._check,
            "hint": self._hint,
            "solution": self._solution,
            "reset": self._reset,
            "restart": self._restart,
            "outline": self._outline,
            "go": self._go,
            "search": self._search,
            "points": self._points,
            "setup": self._setup,
            "results": self._results,
            "help": self._help,
            "quit": self._quit,
        }

    def _unknown(self, word: str, found: tuple[str, ...]) -> None:
        if found:
            self._say(f'"{word}" could be {", ".join(found)}.')
        else:
            self._say(f'"{word}" is not a command here; "help" lists them.')

    def _say_notice(self) -> None:
        notice = self.study.notice
        if notice is None:
            return
        self._say(*(in_commands(text) for text in (notice.text, notice.help) if text))
        self._performer.dispatch(NoticeRead(self._now()))

    # --- moving ---------------------------------------------------------------------------------

    async def _next(self, _: str) -> None:
        visible = [cell.id for cell in self.study.visible]
        place = visible.index(self.study.at_cell)
        if place + 1 < len(visible):
            self._enter(visible[place + 1])
            self._say("")
            self._show_cell()
            return
        self._performer.dispatch(CellEntered(self._cell.id, self._now(), left=self._cell.id))
        self._performer.dispatch(NoticeRead(self._now()))
        self._say(*self._ending(), "end of the lesson")

    def _ending(self) -> list[str]:
        following = surroundings.next_lesson(self._session.opened, self.study)
        if not self.study.is_done:
            done = f"{self.study.cells_done} of {self.study.cells_counted} cells are done."
            return [f"{done} {following}".rstrip()]
        return [f"Lesson {self.study.number} is done. {following}".rstrip()]

    async def _back(self, _: str) -> None:
        visible = [cell.id for cell in self.study.visible]
        place = visible.index(self.study.at_cell)
        if place == 0:
            self._say("This is the first cell of the lesson.")
            return
        self._enter(visible[place - 1])
        self._say("")
        self._show_cell()

    def _enter(self, cell_id: str) -> None:
        self._performer.dispatch(CellEntered(cell_id, self._now(), left=self._cell.id))

    async def _go(self, wanted: str) -> None:
        if not wanted:
            self._say('Which lesson? Such as "go 2"; "outline" lists them.')
            return
        lesson_id = lesson_id_of(self._session.opened.course, wanted)
        # Opened before this one is left: a lesson that cannot be opened changes nothing.
        open_study(self._session.opened, lesson_id, self._session.adapters.store)
        self._next_lesson, self._ended = lesson_id, True

    async def _quit(self, _: str) -> None:
        self._ended = True

    # --- running --------------------------------------------------------------------------------

    async def _run(self, _: str) -> None:
        cell = self._cell
        if not is_runnable(cell):
            self._say(f"{self._label(cell)} has nothing to run.")
            return
        self._performer.dispatch(RunRequested(cell.id, self._now()))
        await self._watch_run(cell)

    async def _check(self, _: str) -> None:
        cell = self._cell
        if not isinstance(cell, ExerciseCell | ShellCell):
            self._say(f"{self._label(cell)} has nothing to check.")
            return
        before = self.study.state(cell.id).verdict
        self._performer.dispatch(CheckRequested(cell.id, self._now()))
        await self._watch_run(cell, is_check=True)
        self._say_verdict(cell, before)

    async def _watch_run(self, cell: Cell, *, is_check: bool = False) -> None:
        if not await self._trusted():
            return
        if self.study.asks_guess:
            await self._ask_guess(cell)
        if not self.study.state(cell.id).is_busy:
            await self._performer.settle()
            return
        before = self.study.state(cell.id).verdict
        self._follow(cell, is_check=is_check)
        await self._until_settled()
        self._end_follow(cell, is_check=is_check)
        if isinstance(cell, ShellCell) and not is_check:
            self._say_verdict(cell, before)

    def _follow(self, cell: Cell, *, is_check: bool) -> None:
        self._printer, self._following = LivePrinter(self._writer), cell.id
        self._old = self.study.state(cell.id).transcript
        self._heads_run = not is_check

    def _end_follow(self, cell: Cell, *, is_check: bool) -> None:
        state = self.study.state(cell.id)
        self._say_running(state.count)
        printer, self._printer, self._following = self._printer, None, ""
        if printer is not None and state.transcript is not self._old:
            printer.finish(state.transcript)
        if not is_check or state.status != "ok":
            self._say(end_words(state))
        self._say_meaning(cell)

    def _say_meaning(self, cell: Cell) -> None:
        meaning = surroundings.meaning(self.study, cell)
        if meaning:
            self._say(meaning)

    def _say_verdict(self, cell: ExerciseCell | ShellCell, before: object) -> None:
        verdict = self.study.state(cell.id).verdict
        if verdict is not None and verdict is not before:
            self._say(*check_lines(cell, verdict))

    async def _until_settled(self) -> None:
        """Wait for the run; its questions for input take the next line."""
        settled = asyncio.ensure_future(self._performer.settle())
        has_input = True
        while not settled.done():
            await asyncio.wait({settled}, timeout=0.02)
            running = self.study.running
            prompt = self.study.state(running).prompt if running else None
            if prompt is not None and has_input:
                before = (
                    self._printer.before_input(self.study.state(running).transcript) if self._printer else ""
                )
                has_input = await self._give_input(before + prompt.prompt, settled, prompt.is_secret)
        settled.result()

    async def _give_input(self, prompt: str, settled: asyncio.Future[None], is_secret: bool) -> bool:
        """The next line goes to the program; False where the input ended, which stops the program."""
        reading = asyncio.ensure_future(self._reader.line(prompt, is_secret=is_secret))
        either: list[asyncio.Future[Any]] = [reading, settled]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()  # the run was stopped: the line will be a command
            return True
        text = reading.result()
        if text is None:
            self._performer.dispatch(InterruptRequested(self._now()))
            return False
        if not self._reader.is_terminal:
            self._say("" if is_secret else text)
        self._performer.dispatch(InputGiven(text, self._now()))
        return True

    async def _ask_guess(self, cell: Cell) -> None:
        self._say("What will it print? Type your guess; an empty line passes.")
        text = await self._reader.line(PROMPT)
        if text and not self._reader.is_terminal:
            self._say(text)
        self._performer.dispatch(OutputGuessed(cell.id, text or "", self._now()))

    async def _trusted(self) -> bool:
        """Whether the run may go on; asks the learner if nobody has."""
        if not self._asks_trust:
            return True
        self._asks_trust = False
        if self._trust_once:
            self._performer.dispatch(TrustAnswered("once", self._now()))
            return True
        if not self._reader.is_terminal:
            self._performer.dispatch(TrustAnswered("no", self._now()))
            self._performer.dispatch(NoticeRead(self._now()))
            self._say(NOT_TRUSTED)
            return False
        self._say(*surroundings.trust_question(self._session.opened))
        reply = (await self._reader.line("1, 2 or 3: ") or "3").strip()
        answers = {"1": "always", "2": "once"}
        answer = answers.get(reply, "no")
        self._performer.dispatch(TrustAnswered(answer, self._now()))  # type: ignore[arg-type]
        return answer != "no"

    async def _restart(self, _: str) -> None:
        self._performer.dispatch(RestartRequested(self._now()))
        await self._performer.settle()

    # --- editing and answering ------------------------------------------------------------------

    async def _edit(self, path: str) -> None:
        cell = self._cell
        if not is_runnable(cell):
            self._say(f"{self._label(cell)} has nothing to edit.")
            return
        if isinstance(cell, ExerciseCell) and cell.file:
            path = self._file_meant(cell, path)
            if not path:
                return
        self._say(EDIT_HELP)
        text = await self._lines_until_dot()
        if text is None:
            self._say("Not changed: the input ended before the dot.")
            return
        self._performer.dispatch(
            SourceEdited(cell.id, text, self._now(), path=path if cell.kind == "ex" else "")
        )
        if self.study.notice is None:
            self._say("Kept.")

    def _file_meant(self, cell: ExerciseCell, path: str) -> str:
        paths = [file.path for file in cell.file]
        if path in paths:
            return path
        if len(paths) == 1 and not path:
            return paths[0]
        self._say(f'Which file? Such as "edit {paths[0]}". There are: {", ".join(paths)}.')
        return ""

    async def _lines_until_dot(self) -> str | None:
        lines: list[str] = []
        while (line := await self._reader.line()) is not None:
            if not self._reader.is_terminal:
                self._say(line)
            if line.strip() == ".":
                return "\n".join(lines)
            lines.append(line)
        return None

    async def _answer(self, typed: str) -> None:
        cell = self._cell
        if not isinstance(cell, QuizBase):
            self._say(f"{self._label(cell)} is not a question.")
            return
        question: QuizCell = cell
        if isinstance(cell, PredictQuiz | ReflectQuiz) and not typed:
            self._say("Type your lines; a line with a single dot ends them.")
            typed = await self._lines_until_dot() or ""
        view = shown(question, seed=self.study.question_seed(cell.id))
        answer = parse_typed(question, view, typed)
        if isinstance(answer, Rejected):
            self._say(answer.sentence)
            return
        before = self.study.state(cell.id).verdict
        self._performer.dispatch(QuizAnswered(cell.id, answer, self._now()))
        if not await self._trusted():
            return
        await self._performer.settle()
        state = self.study.state(cell.id)
        if state.verdict is not None and state.verdict is not before:
            self._say(*verdict_lines(question, view, state.verdict, is_closed=state.is_closed))

    async def _hint(self, _: str) -> None:
        cell, before = self._cell, self.study.state(self._cell.id).hints_shown
        self._performer.dispatch(HintAsked(cell.id, self._now()))
        hints = cell.hints if isinstance(cell, ExerciseCell | QuizBase) else ()
        for number in range(before, self.study.state(cell.id).hints_shown):
            self._say(f"hint {number + 1} of {len(hints)}: {one_line(hints[number])}")

    async def _solution(self, _: str) -> None:
        cell = self._cell
        self._performer.dispatch(SolutionAsked(cell.id, self._now()))
        if isinstance(cell, ExerciseCell) and self.study.state(cell.id).is_solution_shown:
            self._say(*surroundings.solution_lines(cell, self.study.state(cell.id)))

    async def _reset(self, _: str) -> None:
        self._performer.dispatch(CellReset(self._cell.id, self._now()))
        self._show_cell()

    # --- looking around -------------------------------------------------------------------------

    async def _points(self, _: str) -> None:
        cell, state = self._cell, self.study.state(self._cell.id)
        if not isinstance(cell, VizCell):
            self._say(f"{self._label(cell)} is not a plot.")
        elif state.plot is None:
            self._say(*viz_lines(cell, state))
        else:
            self._say(*table(cell, state.plot))

    async def _outline(self, _: str) -> None:
        self._say(*surroundings.outline(self._session, self.study))

    async def _search(self, text: str) -> None:
        self._say(*surroundings.found(self._session.opened, text))

    async def _results(self, _: str) -> None:
        self._say(*surroundings.results(self._session, self.study))

    async def _setup(self, _: str) -> None:
        async for line in surroundings.setting_up(self._session.opened):
            self._say(line)

    async def _help(self, _: str) -> None:
        self._say(HELP, 'Any clear start of a word will do: "n" is next.')

    def _label(self, cell: Cell) -> str:
        return plain_label(cell, self.study.number_of(cell.id), self.study.state(cell.id).count)
