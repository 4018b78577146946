"""Whether who sees only the lesson answers as the key does: twice, with the options shuffled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell
from tui_tutor.studio.gates.built import Built, SolverAnswer
from tui_tutor.studio.gates.finding import Finding

SHUFFLES: Final = 2
_HELP: Final = "make the question or the lesson plainer, or correct the key"


def findings_about_solving(built: Built) -> Iterator[Finding]:
    """Questions that a blind solver answered otherwise, or that it was not asked often enough."""
    answers: dict[tuple[str, str], list[SolverAnswer]] = defaultdict(list)
    for answer in built.answers:
        answers[answer.lesson, answer.cell].append(answer)
    for lesson, cell in built.cells():
        if is_solved_blind(cell):
            about = [one for one in answers[lesson.id, cell.id] if one.is_about(cell)]
            yield from _about(lesson.id, cell.id, about)


def is_solved_blind(cell: Cell) -> bool:
    """Whether a solver is asked: a program's output is derived by running, and a reflection has no key."""
    return isinstance(cell, models.QuizBase) and not isinstance(cell, models.PredictQuiz | models.ReflectQuiz)


def _about(lesson: str, cell: str, answers: Sequence[SolverAnswer]) -> Iterator[Finding]:
    usable = {one.shuffle: one for one in answers if one.is_right is not None}
    wrong = [one for one in usable.values() if not one.is_right]
    if wrong:
        said = f": {wrong[0].said[:80]!r}" if wrong[0].said else ""
        message = f"the solver answered otherwise in {len(wrong)} of {len(usable)} shuffles{said}"
        yield Finding("solver-disagrees", lesson, cell, message, _HELP)
    elif len(usable) < SHUFFLES:
        message = f"the solver answered it in {len(usable)} of {SHUFFLES} shuffles"
        yield Finding("solver-disagrees", lesson, cell, message, "ask the solver again")
