"""A doubt: what a rule says of a course, and the path of the table or key that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from tui_tutor.core.course import Cell, Lesson

Path = tuple[str | int, ...]
Raw = Mapping[str, Any]


class Doubt(NamedTuple):
    """A warning. `inside` is a line and column (from 1) of the text at `path`, where that is known."""

    code: str
    message: str
    path: Path
    help: str = ""
    at: Literal["key", "value"] = "key"
    inside: tuple[int, int] | None = None


class PlacedCell(NamedTuple):
    """A cell and the path of its table."""

    cell: Cell
    path: Path


class ReadLesson(NamedTuple):
    """A lesson without errors, as the rules read it; `language` is that of its words."""

    lesson: Lesson
    cells: tuple[PlacedCell, ...]
    header: Raw
    language: str = "en"


class LessonDoubt(NamedTuple):
    """A doubt about a lesson; `cell` is the id of the cell it concerns, "" for the lesson itself."""

    lesson: str
    cell: str
    doubt: Doubt


CellRule = Callable[[Cell, Path, str], Iterator[Doubt]]

# Every rule that a [[silence]] may name, with the sentence that stands in the documentation.
RULES: Final[Mapping[str, str]] = {
    "license-missing": "A course and every file of others say how they may be used.",
    "draft-lesson": "A lesson that cannot be opened yet is not handed out unnoticed.",
    "objective-missing": "A lesson says what one can do afterwards.",
    "bloom-missing": "A lesson says on which level of Bloom's taxonomy it works.",
    "minutes-missing": "A lesson says how long it takes.",
    "alt-missing": "What is shown can also be read.",
    "solution-missing": "An exercise can be solved, and its solution proves it.",
    "check-missing": "An exercise checks its answer.",
    "says-missing": "A check says in words what it checks.",
    "explain-missing": "A question explains its answer.",
    "feedback-missing": "An option says something when it is chosen.",
    "params-not-drawn": "What a question shows is what its author sees.",
    "half-free": "Most lines of a solution are proven.",
    "key-unreachable": "The key of a question can be given as an answer.",
    "near-accepted": "A nearly right answer is not accepted.",
    "longest-option-is-key": "The right option is not given away by its length.",
    "negated-stem": "A question asks for what is, not for what is not.",
    "above-with-shuffle": "No option points at others whose place changes.",
    "key-position": "The right options do not all stand at the same place.",
    "hint-gives-answer": "A hint helps to find the answer and does not contain it.",
    "objective-unassessed": "What a lesson promises is asked or exercised.",
    "bloom-mismatch": "The verb of an objective, its level and its cells fit each other.",
    "use-before-teaching": "A name is taught before it is used.",
    "minutes-off": "The minutes fit the length of the lesson.",
    "asset-unlisted": "A picture or other binary file says whose it is.",
    "duplicate-stem": "A question is asked once.",
    "env-changes-programs": "A course does not change which programs and libraries are run.",
}
