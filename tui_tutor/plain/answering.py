"""The commands that work on the learner's answer: edit, answer, hint, solution, reset."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.course import ExerciseCell, PredictQuiz, QuizBase, QuizCell, ReflectQuiz
from tui_tutor.core.grading.quizzes import parse_typed
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import shown
from tui_tutor.core.study.events import CellReset, HintAsked, QuizAnswered, SolutionAsked, SourceEdited
from tui_tutor.core.study.state import is_runnable
from tui_tutor.plain import surroundings
from tui_tutor.plain.commands import Command
from tui_tutor.plain.lesson import PlainLesson
from tui_tutor.plain.showing import one_line, verdict_lines
from tui_tutor.plain.trusting import TrustQuestion

EDIT_HELP: Final = "Type the whole {what}; a line with a single dot ends it."
ANSWER_HELP: Final = "Type your lines; a line with a single dot ends them."


class AnswerCommands:
    """Takes what the learner writes in the cell where they are."""

    def __init__(self, lesson: PlainLesson, trust: TrustQuestion) -> None:
        self._lesson = lesson
        self._trust = trust

    def commands(self) -> dict[str, Command]:
        return {
            "edit": self._edit,
            "answer": self._answer,
            "hint": self._hint,
            "solution": self._solution,
            "reset": self._reset,
        }

    # --- code -----------------------------------------------------------------------------------

    async def _edit(self, path: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        if not is_runnable(cell):
            lesson.say(f"{lesson.label(cell)} has nothing to edit.")
            return
        if isinstance(cell, ExerciseCell) and cell.file:
            path = self._file_meant(cell, path)
            if not path:
                return
        lesson.say(EDIT_HELP.format(what=path if cell.kind == "ex" and path else "cell"))
        text = await lesson.lines_until_dot()
        if text is None:
            lesson.say("Not changed: the input ended before the dot.")
            return
        lesson.dispatch(SourceEdited(cell.id, text, lesson.now(), path=path if cell.kind == "ex" else ""))
        if lesson.study.notice is None:
            is_saving = lesson.session.adapters.store.is_saving
            lesson.say("Kept." if is_saving else "Kept until you leave.")

    def _file_meant(self, cell: ExerciseCell, path: str) -> str:
        paths = [file.path for file in cell.file]
        if path in paths:
            return path
        meant = [one for one in paths if not path or one.rpartition("/")[2] == path]
        if len(meant) == 1:
            return meant[0]
        self._lesson.say(f'Which file? Such as "edit {paths[0]}". There are: {", ".join(paths)}.')
        return ""

    # --- questions ------------------------------------------------------------------------------

    async def _answer(self, typed: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        if not isinstance(cell, QuizBase):
            lesson.say(f"{lesson.label(cell)} is not a question.")
            return
        if isinstance(cell, PredictQuiz | ReflectQuiz) and not typed:
            lesson.say(ANSWER_HELP)
            typed = await lesson.lines_until_dot() or ""
        await self._give_answer(cell, typed)

    async def _give_answer(self, cell: QuizCell, typed: str) -> None:
        lesson = self._lesson
        view = shown(cell, seed=lesson.study.question_seed(cell.id))
        answer = parse_typed(cell, view, typed)
        if isinstance(answer, Rejected):
            lesson.say(answer.sentence)
            return
        before = lesson.study.state(cell.id).verdict
        lesson.dispatch(QuizAnswered(cell.id, answer, lesson.now()))
        if not await self._trust.is_trusted():
            return
        await lesson.performer.settle()
        state = lesson.study.state(cell.id)
        if state.verdict is not None and state.verdict is not before:
            lesson.say(*verdict_lines(cell, view, state.verdict, is_closed=state.is_closed))

    # --- help, and beginning again --------------------------------------------------------------

    async def _hint(self, _: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        before = lesson.study.state(cell.id).hints_shown
        lesson.dispatch(HintAsked(cell.id, lesson.now()))
        hints = cell.hints if isinstance(cell, ExerciseCell | QuizBase) else ()
        for number in range(before, lesson.study.state(cell.id).hints_shown):
            lesson.say(f"hint {number + 1} of {len(hints)}: {one_line(hints[number])}")

    async def _solution(self, _: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        lesson.dispatch(SolutionAsked(cell.id, lesson.now()))
        state = lesson.study.state(cell.id)
        if isinstance(cell, ExerciseCell) and state.is_solution_shown:
            lesson.say(*surroundings.solution_lines(cell, state))

    async def _reset(self, _: str) -> None:
        self._lesson.dispatch(CellReset(self._lesson.cell.id, self._lesson.now()))
        self._lesson.show_cell()
