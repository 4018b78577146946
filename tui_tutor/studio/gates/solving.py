"""Whether who sees only the lesson answers as the key does: twice, with the options shuffled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.studio.gates.built import Built, SolverAnswer, is_retold
from tui_tutor.studio.gates.finding import Finding

SHUFFLES: Final = 2
_HELP: Final = "make the question or the lesson plainer, or correct the key"
_AT_A_LEVEL: Final = "make the words of this level say what the base says"


def findings_about_solving(built: Built) -> Iterator[Finding]:
    """Questions that a blind solver answered otherwise, or that it was not asked often enough."""
    answers: dict[tuple[str, str, str], list[SolverAnswer]] = defaultdict(list)
    for answer in built.answers:
        answers[answer.level, answer.lesson, answer.cell].append(answer)
    for level, lesson in readings(built):
        for cell in lesson.cells:
            if is_solved_blind(cell):
                about = [one for one in answers[level, lesson.id, cell.id] if one.is_about(cell)]
                yield from _about(level, lesson.id, cell.id, about)


def readings(built: Built) -> Iterator[tuple[str, Lesson]]:
    """(level, lesson) of every form in which a lesson is read; "" for the base."""
    yield from (("", lesson) for lesson in built.lessons)
    for level, lessons in built.levels.items():
        yield from ((level, lesson) for lesson in lessons if is_retold(lesson, built.lessons))


def is_solved_blind(cell: Cell) -> bool:
    """Whether a solver is asked: a program's output is derived by running, and a reflection has no key."""
    return isinstance(cell, models.QuizBase) and not isinstance(cell, models.PredictQuiz | models.ReflectQuiz)


def _about(level: str, lesson: str, cell: str, answers: Sequence[SolverAnswer]) -> Iterator[Finding]:
    usable = {one.shuffle: one for one in answers if one.is_right is not None}
    wrong = [one for one in usable.values() if not one.is_right]
    gate, at = ("level-disputed", f"as {level}s read it, ") if level else ("solver-disagrees", "")
    if wrong:
        said = f": {wrong[0].said[:80]!r}" if wrong[0].said else ""
        message = f"{at}the solver answered otherwise in {len(wrong)} of {len(usable)} shuffles{said}"
        yield Finding(gate, lesson, cell, message, _AT_A_LEVEL if level else _HELP)
    elif len(usable) < SHUFFLES:
        message = f"{at}the solver answered it in {len(usable)} of {SHUFFLES} shuffles"
        yield Finding(gate, lesson, cell, message, "ask the solver again")
