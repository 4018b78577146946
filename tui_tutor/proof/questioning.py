"""Proving a question: its key is derived again, fits its form, and is what its program gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.core.course import OrderQuiz, PredictQuiz, QuizCell
from tui_tutor.core.grading.comparing import same_output
from tui_tutor.core.grading.orders import program_of
from tui_tutor.core.grading.probing import derive_request, derived_from
from tui_tutor.core.grading.quizzes import right_answer
from tui_tutor.core.study import Study
from tui_tutor.proof.keys import key_doubts
from tui_tutor.proof.reports import CellReport, Problem
from tui_tutor.proof.trying import ANSWER_TIMEOUT_S, KernelTries, Limits, ready
from tui_tutor.session.course_session import CourseSession

_WITHOUT_END: Final = {
    "timeout": f"does not end within {ANSWER_TIMEOUT_S:.0f} s",
    "died": "ends the interpreter that it runs in",
}


class Questioner:
    """Asks the kernel as it is at the question's place."""

    def __init__(self, study: Study, session: CourseSession, tries: KernelTries) -> None:
        self._study, self._session, self._tries = study, session, tries

    async def report(self, cell: QuizCell) -> CellReport:
        """`skipped` where nothing has to run and the key is sound; a question with parameters is left out."""
        if cell.params is not None:
            return CellReport(cell.id, cell.kind, "skipped")
        request = derive_request(cell)
        derived: Mapping[str, object] = {}
        if request is not None:
            await ready(self._study, self._session)
            (report,) = await self._session.kernel.probe((request,), timeout_s=ANSWER_TIMEOUT_S)
            derived = derived_from(report)
            if len(derived) < len(request["exprs"]):
                message = f"a key could not be derived: {_error_words(report)}"
                return _failed(cell, Problem("key-underivable", cell.id, message))
        if doubts := key_doubts(cell, derived):
            return _failed(cell, Problem("key-inconsistent", cell.id, "; ".join(doubts[:3])))
        if problem := await self._run(cell):
            return _failed(cell, problem)
        has_run = request is not None or _has_program(cell)
        entry = {"derived": dict(derived)} if derived else {}
        return CellReport(cell.id, cell.kind, "ok" if has_run else "skipped", entry=entry)

    async def _run(self, cell: QuizCell) -> Problem | None:
        if not _has_program(cell):
            return None
        return await (self._predicted(cell) if isinstance(cell, PredictQuiz) else self._ordered(cell))

    async def _predicted(self, cell: PredictQuiz) -> Problem | None:
        """What the program prints must be the author's key."""
        (one,) = await self._tries.tried(cell, (cell.program,), Limits(ANSWER_TIMEOUT_S))
        if one.outcome in _WITHOUT_END:
            message = f"the program {_WITHOUT_END[one.outcome]}, so nobody can know what it prints"
            return Problem("key-differs", cell.id, message, "let it end", at=("program",))
        said = "\n".join(text for text in (one.stdout.rstrip("\n"), one.error) if text)
        difference = same_output(cell.stdout, said)
        if difference is None:
            return None
        message = f"the program prints something else: {'; '.join(difference.sentences())}"
        return Problem("key-differs", cell.id, message, "correct `stdout`", at=("stdout",))

    async def _ordered(self, cell: QuizCell) -> Problem | None:
        """Every right order, put together, must pass the checks."""
        assert isinstance(cell, OrderQuiz)
        right = right_answer(cell) or ()
        answers = [right, *(tuple(right[number - 1] for number in order) for order in cell.orders)]
        sources = [program_of(cell, answer) for answer in answers]
        for one in await self._tries.tried(cell, sources, Limits(ANSWER_TIMEOUT_S)):
            if not one.verdict.correct:
                message = f"a right order does not pass its checks: {one.words()}"
                return Problem("key-inconsistent", cell.id, message)
        return None


def _has_program(cell: QuizCell) -> bool:
    if isinstance(cell, OrderQuiz):
        return bool(cell.check)
    return isinstance(cell, PredictQuiz) and cell.language == "python"


def _failed(cell: QuizCell, problem: Problem) -> CellReport:
    return CellReport(cell.id, cell.kind, "error", problems=(problem,))


def _error_words(report: Mapping[str, Any]) -> str:
    error = report.get("error")
    if not isinstance(error, Mapping):
        return "it is no number"
    return f"{error.get('name', 'an error')}: {error.get('message', '')}".rstrip(": ")
