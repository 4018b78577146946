"""Built: a course and all that is known about it, as the gates read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui_tutor.core.course import Bloom, Cell, Course, Lesson, Level
from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.grounding.source import Source

LEVELS: Final[tuple[Level, ...]] = ("beginner", "intermediate", "advanced")
_WORDS: Final = ("text", "title", "task", "caption", "alt", "question", "explain", "objective")
_PARTS: Final[Mapping[str, Sequence[str]]] = {
    "option": ("text", "feedback"),
    "near": ("feedback",),
    "check": ("says", "hint"),
    "wrong": ("hint",),
    "callout": ("text",),
    "blank": ("option", "near"),
}


@dataclass(frozen=True, slots=True)
class SolverAnswer:
    """A blind solver's answer to one question, options shuffled; `is_right` is None where it was unusable.

    `of` is the digest of the question: an answer to what has been changed since counts for nothing. `level`
    is whose words the lesson was read in, "" for the base.
    """

    lesson: str
    cell: str
    shuffle: int
    is_right: bool | None
    said: str = ""
    model: str = ""
    of: str = ""
    level: str = ""

    def is_about(self, cell: Cell) -> bool:
        """Whether this very question was asked."""
        return self.cell == cell.id and self.of in ("", digest_of(cell))


def digest_of(cell: Cell) -> str:
    """Names a cell by all that it says (SHA-256, 64 hex digits)."""
    return hashlib.sha256(cell.model_dump_json(exclude_defaults=True).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class CellWork:
    """How a cell came about: `tries` of its agent (1: right at once), and why it was dropped, if it was."""

    lesson: str
    cell: str
    agent: str
    tries: int = 1
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judge's opinion (1 to 5) of one lesson, with the words it rests on; None: none could be read."""

    lesson: str
    judge: str
    criterion: str
    score: int | None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """What the course cost, in US dollars; `estimated_usd` is what the author was told before."""

    cap_usd: float
    spent_usd: float = 0.0
    estimated_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Words that a learner reads: of which lesson, cell and key, for example "option 2 feedback"."""

    lesson: str
    cell: str
    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Built:
    """A course that was written, checked and run. What is not known yet is left out.

    `levels`: the lessons as readers of each level see them; `blooms`: the level of each objective by its id;
    `prompts`: the standing instructions of the agents; `terms`: how often each term of the industry occurs.
    """

    brief: Brief
    course: Course
    lessons: tuple[Lesson, ...]
    levels: Mapping[Level, tuple[Lesson, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    proven: Mapping[str, Sequence[ProvenCell]] = field(default_factory=dict)
    blooms: Mapping[str, Bloom] = field(default_factory=dict)
    answers: tuple[SolverAnswer, ...] = ()
    sources: tuple[Source, ...] = ()
    prompts: tuple[str, ...] = ()
    terms: Mapping[str, int] | None = None
    money: Money = Money(0.0)
    work: tuple[CellWork, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def cells(self) -> Iterator[tuple[Lesson, Cell]]:
        """Every cell of every lesson, hidden ones too."""
        return ((lesson, cell) for lesson in self.lessons for cell in lesson.cells)

    def all_lessons(self) -> Iterator[Lesson]:
        """The lessons as written, then as every level shows them where that differs."""
        yield from self.lessons
        for lessons in self.levels.values():
            yield from (lesson for lesson in lessons if is_retold(lesson, self.lessons))

    def proof_of(self, lesson: str, cell: str) -> ProvenCell | None:
        """What running showed of a cell, None if it was not run."""
        return next((one for one in self.proven.get(lesson, ()) if one.cell.id == cell), None)

    def texts(self) -> Iterator[Text]:
        """All words of the course that are no program; equal ones of several levels once."""
        seen: set[Text] = set()
        for text in self._texts():
            if text.words.strip() and text not in seen:
                seen.add(text)
                yield text

    def _texts(self) -> Iterator[Text]:
        yield Text("", "", "title", self.course.title)
        yield Text("", "", "summary", self.course.summary)
        yield from (Text("", "", f"objective {one.id}", one.text) for one in self.course.objective)
        for lesson in self.all_lessons():
            yield Text(lesson.id, "", "title", lesson.title)
            yield Text(lesson.id, "", "objective", lesson.objective)
            for cell in lesson.cells:
                yield from (Text(lesson.id, cell.id, key, words) for key, words in words_of(cell))


def further_levels(course: Course) -> tuple[Level, ...]:
    """The levels that a course may be told at beside its own: an overlay for that is never read."""
    return tuple(level for level in LEVELS if level != course.level)


def is_retold(told: Lesson, lessons: Sequence[Lesson]) -> bool:
    """Whether what a level reads has words of its own: an overlay need not change any."""
    return not any(_says(told) == _says(one) for one in lessons)


def _says(lesson: Lesson) -> list[object]:
    """All fields, without what the lesson was laid over."""
    return [getattr(lesson, name) for name in type(lesson).model_fields]


def words_of(cell: object) -> Iterator[tuple[str, str]]:
    """(key, words) of everything in a cell that is written for readers; programs are left out."""
    yield from ((name, words) for name in _WORDS if isinstance(words := getattr(cell, name, ""), str))
    yield from ((f"hint {n}", words) for n, words in enumerate(getattr(cell, "hints", ()), 1))
    for part, keys in _PARTS.items():
        for number, table in enumerate(getattr(cell, part, ()), 1):
            for key in keys:
                value = getattr(table, key, "")
                if isinstance(value, str):
                    yield f"{part} {number} {key}", value
            if part == "blank":
                yield from ((f"blank {number} {key}", words) for key, words in words_of(table))
    yield from ((f"{name} {n}", words) for name in ("items", "extra") for n, words in _listed(cell, name))
    yield from (("pairs", side) for pair in getattr(cell, "pairs", ()) for side in pair)


def _listed(cell: object, name: str) -> Iterator[tuple[int, str]]:
    if not getattr(cell, "language", ""):  # lines to be ordered may be a program
        yield from enumerate(getattr(cell, name, ()), 1)
