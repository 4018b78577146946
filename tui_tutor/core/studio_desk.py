"""ports.StudioDesk: what the studio screen needs of the studio, as values of plain text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

DeskStage = Literal["brief", "outline", "review"]  # what is there to be worked on
CellMark = Literal["", "accepted", "locked"]
LessonState = Literal["outline", "written", "left"]


@dataclass(frozen=True, slots=True)
class BriefForm:
    """A brief as it is filled in. Lists are lines; `budget` and `minutes` as they were typed."""

    topic: str = ""
    level: str = "intermediate"
    levels: Sequence[str] = ()
    minutes: str = "45"
    industry: str = ""  # a code, or words
    language: str = "en"
    must: Sequence[str] = ()
    must_not: Sequence[str] = ()
    sources: Sequence[str] = ()
    packages: Sequence[str] = ()
    budget: str = "5"
    provider: str = "anthropic"
    preset: str = "seed"
    base_url: str = ""
    model: str = ""  # of a local server
    region: str = ""  # of Bedrock
    residency: str = ""


@dataclass(frozen=True, slots=True)
class DeskLesson:
    """A lesson as the outline shows it; `note` says why it is left for the author."""

    id: str
    title: str
    minutes: float
    bloom: str
    objective: str
    state: LessonState
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeskCell:
    """A cell to be reviewed. `text` is its table as TOML, `proof` what running it showed, in a line."""

    lesson: str
    id: str
    number: int  # [n], 0 for a hidden one
    kind: str
    title: str
    text: str
    proof: str
    mark: CellMark


@dataclass(frozen=True, slots=True)
class DeskState:
    """How far a course is. Money in US dollars; None where nothing is known."""

    stage: DeskStage
    folder: str
    title: str = ""
    lessons: tuple[DeskLesson, ...] = ()
    price_usd: float | None = None  # of going on
    spent_usd: float = 0.0
    cap_usd: float = 0.0
    is_published: bool = False
    notes: tuple[str, ...] = ()  # what stopped it, what was left out
    form: BriefForm | None = None  # a brief that was filled in before, and not begun with


@dataclass(frozen=True, slots=True)
class DeskNews:
    """News of a running build: who works on what, and figures."""

    stage: str  # "writing", "running", "repairing", ...
    lesson: str
    what: str
    agent: str = ""
    tokens: int = 0
    cells_proven: int = 0
    spent_usd: float = 0.0
    fraction: float | None = None
    seconds_left: float | None = None


OnDeskNews = Callable[[DeskNews], None]


@dataclass(frozen=True, slots=True)
class DeskOutcome:
    """What a build or a change came to, in lines."""

    is_good: bool
    lines: tuple[str, ...] = ()


class StudioDesk(Protocol):
    """One course of the studio's. What asks a model is async and can be cancelled: what came is kept.

    TutorError with a sentence for all that can go wrong.
    """

    def state(self) -> DeskState:
        """How far it is; cheap enough for every screen that opens."""
        ...

    def industries(self, text: str) -> Sequence[tuple[str, str]]:
        """(code, title) of industries that a text may mean, the best first."""
        ...

    def keep_form(self, form: BriefForm) -> None:
        """Keep a brief that is not finished, for whoever opens the same folder again."""
        ...

    def begin(self, form: BriefForm) -> None:
        """Keep a brief in the desk's folder; TutorError names the first mistake."""
        ...

    async def make_outline(self, on_news: OnDeskNews) -> None:
        """Have an outline made. This spends money."""
        ...

    def outline_text(self) -> str:
        """The outline as TOML, to be edited."""
        ...

    def set_outline(self, text: str) -> None:
        """Keep an outline that the author changed; TutorError (nothing kept) where it has mistakes."""
        ...

    async def build(self, on_news: OnDeskNews) -> DeskOutcome:
        """Write, run and prove what is not written, and publish it if nothing stops it. This spends money."""
        ...

    def cells(self) -> tuple[DeskCell, ...]:
        """The cells of every written lesson, in order."""
        ...

    def mark(self, lesson: str, cell: str, mark: CellMark) -> None:
        """Accept or lock a cell, or take that back. A locked cell is never overwritten."""
        ...

    async def save_cell(self, lesson: str, cell: str, text: str, on_news: OnDeskNews) -> DeskOutcome:
        """Put the author's own table in a cell's place, prove the lesson anew, and lock the cell.

        Nothing is changed where the text does not parse or the course would not hold.
        """
        ...

    async def regenerate(self, lesson: str, cell: str, note: str, on_news: OnDeskNews) -> DeskOutcome:
        """Have a cell made anew with a note; what was there stays where the new one does not hold."""
        ...
