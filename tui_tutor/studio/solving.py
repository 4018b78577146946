"""Questions for a solver who does not see the keys, and what his answers are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tui_tutor.core.course import Lesson, MatchQuiz, OrderQuiz, PredictQuiz, QuizCell, ReflectQuiz
from tui_tutor.core.grading.quizzes import grade_quiz, parse_typed
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import Shown, letter_of, shown
from tui_tutor.studio.agents.solver import SOLVER
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.assembling import Table
from tui_tutor.studio.drafts import SolvedDraft
from tui_tutor.studio.gates.built import SolverAnswer, digest_of
from tui_tutor.studio.telling import cells_so_far

SHUFFLES: Final = (1, 2)
CANNOT: Final = "?"  # what a solver says of a question that has no answer
_UNSEEN: Final = ("solution", "check", "wrong", "right", "explain", "hints")
_TOLD: Final = ("title", "text", "task", "starter", "caption", "alt", "question")  # words that are shown
_RUN: Final = (PredictQuiz, ReflectQuiz)


def asked_of(lesson: Lesson) -> list[QuizCell]:
    """The questions with a key that is a judgement; what a program prints is found out by running it."""
    return [cell for cell in lesson.cells if isinstance(cell, QuizCell) and not isinstance(cell, _RUN)]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a solver is shown of a lesson: its cells, what they print, and some of its questions."""

    lesson: str
    cells: Sequence[Table]
    prints: Mapping[str, str]  # by cell
    asked: Sequence[QuizCell]
    level: str = ""  # whose words these are, "" for the base


def seen_at(level: str, base: Seen, read: Lesson, told: Lesson) -> Seen:
    """The same lesson in the words of a level: `read` is the base as a lesson, `told` what the level reads.

    Every question is asked anew: what it rests on has other words too.
    """
    return replace(base, cells=_tables_as_told(base.cells, read, told), asked=asked_of(told), level=level)


def _tables_as_told(tables: Sequence[Table], read: Lesson, told: Lesson) -> list[Table]:
    base, known = {cell.id: cell for cell in read.cells}, {str(one["id"]): one for one in tables}
    result: list[Table] = []
    for cell in told.cells:
        if cell.id not in known:  # a passage that only this level has
            result.append({"kind": "md", "id": cell.id, "text": getattr(cell, "text", "")})
            continue
        words = ((name, getattr(cell, name, None)) for name in _TOLD)
        changed = {name: word for name, word in words if word != getattr(base[cell.id], name, None)}
        result.append({**known[cell.id], **changed})
    return result


async def solved_blind(asker: Asker, subject: str, seen: Seen) -> tuple[SolverAnswer, ...]:
    """What is answered without the keys, in both orders of the options. UnusableAnswer as when asking."""
    cells = [_without_answers(cell) for cell in seen.cells if cell["kind"] != "quiz"]
    answers: list[SolverAnswer] = []
    for shuffle in SHUFFLES:
        told = {
            "The lesson": cells_so_far(cells, seen.prints),
            "The questions": [blind_question(quiz, shuffle) for quiz in seen.asked],
        }
        unread = _unread_once(seen, shuffle)
        solved = await asker.ask(SOLVER, f"{subject}, shuffle {shuffle}", told, unread)
        answers += graded(seen, shuffle, solved, asker.models["solver"])
    return tuple(answers)


def _unread_once(seen: Seen, shuffle: int) -> Callable[[SolvedDraft], Sequence[str]]:
    """Says once which answers are not there or cannot be read; what is not mended then is not solved."""
    told: list[str] = []

    def objections(solved: SolvedDraft) -> Sequence[str]:
        if told:
            return ()
        told.extend(_unread(seen, shuffle, solved))
        return tuple(told)

    return objections


def _unread(seen: Seen, shuffle: int, solved: SolvedDraft) -> Iterator[str]:
    said = {one.id: one.answer.strip() for one in solved.answer}
    for quiz in seen.asked:
        line = said.get(quiz.id)
        if line is None:
            yield f"there is no answer to `{quiz.id}`"
        elif line != CANNOT and _is_right(quiz, shuffle, line) is None:
            yield f"the answer to `{quiz.id}` cannot be read as one: {line[:40]!r}"


def _without_answers(cell: Table) -> Table:
    """A cell as a learner has seen it before the questions: solutions stay unseen."""
    return {key: value for key, value in cell.items() if key not in _UNSEEN}


def blind_question(quiz: QuizCell, shuffle: int) -> Mapping[str, Any]:
    """A question as a solver sees it, its parts in the order of this shuffle, as a learner numbers them."""
    view = _view(quiz, shuffle)
    parts: dict[str, Any] = {"id": quiz.id, "form": quiz.form, "question": quiz.question}
    if isinstance(quiz, MatchQuiz):
        parts["numbered"] = _numbered(view.items)
        parts["lettered"] = [f"{letter_of(n)}) {item.text}" for n, item in enumerate(view.rights)]
    elif view.items:
        parts["options" if not isinstance(quiz, OrderQuiz) else "lines"] = _numbered(view.items)
    for number, blank in enumerate(view.blanks, 1):
        parts[f"blank {number}"] = _numbered(blank)
    return parts


def _view(quiz: QuizCell, shuffle: int) -> Shown:
    is_choice = hasattr(quiz, "option")
    return shown(quiz.model_copy(update={"shuffle": True}) if is_choice else quiz, seed=shuffle)


def _numbered(items: Sequence[Any]) -> list[str]:
    return [f"{number}) {item.text}" for number, item in enumerate(items, 1)]


def graded(seen: Seen, shuffle: int, solved: SolvedDraft, model: str) -> Iterator[SolverAnswer]:
    """What each answer is worth; a question without an answer counts as not solved."""
    said = {one.id: one for one in solved.answer}
    for quiz in seen.asked:
        one = said.get(quiz.id)
        is_right = _is_right(quiz, shuffle, one.answer) if one else None
        words = f"{one.answer} ({one.why})" if one else ""
        yield SolverAnswer(seen.lesson, quiz.id, shuffle, is_right, words, model, digest_of(quiz), seen.level)


def _is_right(quiz: QuizCell, shuffle: int, line: str) -> bool | None:
    answer = parse_typed(quiz, _view(quiz, shuffle), line)
    return None if isinstance(answer, Rejected) else grade_quiz(quiz, answer).correct
