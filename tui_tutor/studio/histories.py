"""What made each lesson, kept for the report of a later build: tries, answers of solvers, judgements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

from tui_tutor.studio.gates.built import CellWork, Judgement, SolverAnswer
from tui_tutor.studio.lesson_work import LessonWork
from tui_tutor.studio.studio_folder import StudioFolder

_HISTORY: Final = "history"
Value = TypeVar("Value", CellWork, SolverAnswer, Judgement)


@dataclass(frozen=True)
class Histories:
    """The histories of a course's lessons."""

    folder: StudioFolder

    def remember(self, work: LessonWork) -> None:
        """Keep how a lesson came about."""
        values = {
            "work": [asdict(one) for one in work.work()],
            "answers": [asdict(one) for one in work.answers],
            "judgements": [asdict(one) for one in work.judgements],
        }
        self._put(work.lesson, values)

    def remember_answers(self, lesson: str, answers: Sequence[SolverAnswer]) -> None:
        """Keep the answers to questions that were changed, in the place of those to what they were."""
        values, known = dict(self._values(lesson)), self.recalled([lesson], "answers", SolverAnswer)
        values["answers"] = [asdict(one) for one in (*others(known, answers), *answers)]
        self._put(lesson, values)

    def recalled(self, lessons: Sequence[str], name: str, kind: type[Value]) -> list[Value]:
        """Values of lessons that were kept; what has another form is left out."""
        found = []
        for one in (one for lesson in lessons for one in self._values(lesson).get(name, ())):
            try:
                found.append(kind(**one))
            except TypeError:
                continue
        return found

    def knows(self, lesson: str) -> bool:
        """Whether the studio has made this lesson."""
        return self.folder.get(f"{_HISTORY}/{lesson}.json") is not None

    def _values(self, lesson: str) -> Mapping[str, Any]:
        data = self.folder.get(f"{_HISTORY}/{lesson}.json")
        try:
            found = json.loads(data) if data else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _put(self, lesson: str, values: Mapping[str, Any]) -> None:
        self.folder.put(f"{_HISTORY}/{lesson}.json", json.dumps(values, ensure_ascii=False, indent=1))


def others(answers: Sequence[SolverAnswer], new: Sequence[SolverAnswer]) -> list[SolverAnswer]:
    """The answers to other questions than these new ones."""
    asked = {(one.level, one.lesson, one.cell) for one in new}
    return [one for one in answers if (one.level, one.lesson, one.cell) not in asked]
