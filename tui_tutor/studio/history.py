"""What made each written lesson, kept for the report of a later build: work, solvers' answers, judgements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from tui_tutor.core.course import Lesson
from tui_tutor.core.study.asking import asked_hash
from tui_tutor.studio.gates.built import CellWork, Judgement, SolverAnswer
from tui_tutor.studio.solving import asked_of
from tui_tutor.studio.studio_folder import StudioFolder

_FOLDER: Final = "history"


class Histories:
    """The histories of one course's lessons. A broken one counts as none."""

    def __init__(self, folder: StudioFolder) -> None:
        self._folder = folder

    def keep(
        self,
        lesson: Lesson,
        work: Sequence[CellWork],
        answers: Sequence[SolverAnswer],
        judgements: Sequence[Judgement],
    ) -> None:
        """Keep what made a lesson, instead of what was kept before."""
        self._put(
            lesson, {"work": _values(work), "answers": _values(answers), "judgements": _values(judgements)}
        )

    def solved(self, lesson: Lesson, answers: Sequence[SolverAnswer]) -> None:
        """Keep new answers to some questions of a lesson; those to its other questions stay if these do."""
        new = {one.cell for one in answers}
        others = [one for one in self.answers(lesson) if one.cell not in new]
        self._put(lesson, {**self._read(lesson.id), "answers": _values([*others, *answers])})

    def answers(self, lesson: Lesson) -> list[SolverAnswer]:
        """The known answers to what the questions of a lesson ask now: one counts for no other question."""
        history = self._read(lesson.id)
        asked = history.get("asked")
        known = asked if isinstance(asked, dict) else {}
        same = {quiz.id for quiz in asked_of(lesson) if known.get(quiz.id) == asked_hash(quiz)}
        return [one for one in _recalled(history, "answers", SolverAnswer) if one.cell in same]

    def work(self, lesson_id: str) -> list[CellWork]:
        """How each cell of a lesson came about."""
        return _recalled(self._read(lesson_id), "work", CellWork)

    def judgements(self, lesson_id: str) -> list[Judgement]:
        """What judges said of a lesson."""
        return _recalled(self._read(lesson_id), "judgements", Judgement)

    def _put(self, lesson: Lesson, values: Mapping[str, Any]) -> None:
        asked = {quiz.id: asked_hash(quiz) for quiz in asked_of(lesson)}
        text = json.dumps({**values, "asked": asked}, ensure_ascii=False, indent=1)
        self._folder.put(f"{_FOLDER}/{lesson.id}.json", text)

    def _read(self, lesson_id: str) -> Mapping[str, Any]:
        try:
            found = json.loads(self._folder.get(f"{_FOLDER}/{lesson_id}.json") or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _values(items: Sequence[CellWork] | Sequence[SolverAnswer] | Sequence[Judgement]) -> list[dict[str, Any]]:
    return [asdict(one) for one in items]


def _recalled(history: Mapping[str, Any], name: str, kind: type[Any]) -> list[Any]:
    """Values that were kept; what has another form is left out."""
    found = []
    for one in history.get(name, ()):
        try:
            found.append(kind(**one))
        except TypeError:
            continue
    return found
