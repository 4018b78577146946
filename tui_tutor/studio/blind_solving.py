"""Having questions of a written lesson solved by who does not see their keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tui_tutor.core.course import Lesson, QuizCell
from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.parsing import lesson_path
from tui_tutor.studio.agents.solver import SOLVER
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.gates.built import SolverAnswer
from tui_tutor.studio.reviewing import cells_in
from tui_tutor.studio.solving import SHUFFLES, blind_question, graded, without_answers
from tui_tutor.studio.telling import cells_so_far


async def solved_blind(
    asker: Asker, lesson: Lesson, asked: Sequence[QuizCell], files: Mapping[str, bytes]
) -> tuple[SolverAnswer, ...]:
    """What a solver answers to these questions of a lesson, in each order of their options.

    `files` are the course's: the lesson as it is written, and the lock with what its cells print.
    """
    if not asked:
        return ()
    tables = [one.table for one in cells_in(lesson.id, files[lesson_path(lesson.id)])]
    shown = [without_answers(dict(one)) for one in tables if one["kind"] != "quiz"]
    names = {quiz.id for quiz in asked}
    answers: list[SolverAnswer] = []
    for shuffle in SHUFFLES:
        told = {
            "The lesson": cells_so_far(shown, _prints(files, lesson.id)),
            "The questions": [blind_question(quiz, shuffle) for quiz in asked],
        }
        subject = f"lesson {lesson.id}, {', '.join(sorted(names))}, shuffle {shuffle}"
        solved = await asker.ask(SOLVER, subject, told)
        judged = graded(lesson, shuffle, solved, asker.models["solver"])
        answers += [one for one in judged if one.cell in names]
    return tuple(answers)


def _prints(files: Mapping[str, bytes], lesson: str) -> dict[str, str]:
    """What each cell printed when the course was proven last; nothing where there is no proof."""
    try:
        cells = json.loads(files[LOCK_FILE])["lessons"][lesson]["cells"]
    except (KeyError, ValueError, TypeError):
        return {}
    return {
        cell: "".join(one.get("text", "") for one in entry.get("output", ()) if one.get("event") == "stream")
        for cell, entry in cells.items()
    }
