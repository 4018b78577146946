"""ports.StudioDesk over the studio's folder: what the studio screen works with."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from tui_tutor.cli.studio_wiring import open_workshop, price_of_building
from tui_tutor.core.errors import TutorError
from tui_tutor.core.studio_desk import (
    BriefForm,
    CellMark,
    DeskCell,
    DeskLesson,
    DeskNews,
    DeskOutcome,
    DeskStage,
    DeskState,
    LessonState,
    OnDeskNews,
)
from tui_tutor.studio.briefing import read_brief
from tui_tutor.studio.choosing_models import choose
from tui_tutor.studio.drafts import LessonOutline
from tui_tutor.studio.grounding.ingesting import ingest, keep
from tui_tutor.studio.industries.catalogue import find
from tui_tutor.studio.ledger import read_ledger, totals_of
from tui_tutor.studio.outline import OUTLINE_FILE, read_outline
from tui_tutor.studio.prices import NANO
from tui_tutor.studio.recorded import RecordedModel
from tui_tutor.studio.reviewing import Change, ReviewedCell, cells_of, proven_with
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.workshop import Workshop

_LOCK = "course.lock.json"


class FolderDesk:
    """A desk for the course in one folder. `transcript` answers instead of models, where there is one."""

    def __init__(self, root: Path, *, transcript: RecordedModel | None = None) -> None:
        self._root, self._transcript = root, transcript
        self._folder = StudioFolder(root)
        self._notes: tuple[str, ...] = ()

    # --- what is there ------------------------------------------------------------------------------

    def state(self) -> DeskState:
        if not self._is_begun():
            return DeskState("brief", str(self._root))
        brief, outline = self._folder.brief(), self._folder.outline()
        spent = totals_of(read_ledger(self._folder.hidden)).paid.cost / NANO
        if outline is None:
            return DeskState(
                "outline", str(self._root), brief.topic, spent_usd=spent, cap_usd=brief.budget_usd
            )
        written = self._folder.written_lessons()
        left = {path.stem: _first_line(path) for path in (self._folder.hidden / "left").glob("*.toml")}
        stage: DeskStage = "review" if written else "outline"
        return DeskState(
            stage=stage,
            folder=str(self._root),
            title=outline.title,
            lessons=tuple(_lesson(one, written, left) for one in outline.lesson),
            price_usd=price_of_building(self._folder, brief, outline),
            spent_usd=spent,
            cap_usd=brief.budget_usd,
            is_published=(self._root / "QUALITY.json").is_file(),
            notes=self._notes,
        )

    def _is_begun(self) -> bool:
        return (self._folder.hidden / "brief.toml").is_file()

    def industries(self, text: str) -> Sequence[tuple[str, str]]:
        return [(one.code, one.title) for one in find(text)] if text.strip() else []

    # --- brief and outline ----------------------------------------------------------------------------

    def begin(self, form: BriefForm) -> None:
        from tui_tutor.core.toml_writing import toml_text

        brief = read_brief(toml_text(self._values(form)).encode(), "the brief")
        choose(brief, os.environ)
        sources = ingest(brief.sources, Path())
        self._folder = StudioFolder.begun(self._root, brief)
        keep(sources, self._folder.hidden)

    def _values(self, form: BriefForm) -> dict[str, Any]:
        models: dict[str, Any] = {"provider": form.provider, "preset": form.preset}
        if form.provider == "local":
            models = {"provider": "local", "base_url": form.base_url, "creative": form.model}
        return {
            "topic": " ".join(form.topic.split()),
            "level": form.level,
            "levels": list(form.levels),
            "minutes": _number(form.minutes, "minutes", int),
            "industry": self._code(form.industry),
            "language": form.language,
            "must": list(form.must),
            "must_not": list(form.must_not),
            "sources": list(form.sources),
            "budget_usd": _number(form.budget, "budget", float),
            "residency": form.residency,
            "models": models,
        }

    def _code(self, words: str) -> str:
        words = words.strip()
        if not words or (words.isdigit() and len(words) == 4):
            return words
        found = self.industries(words)
        if not found:
            raise TutorError(
                f"No industry is found for {words!r}.", help="Leave it empty, or try another word."
            )
        return found[0][0]

    async def make_outline(self, on_news: OnDeskNews) -> None:
        async with self._workshop(on_news) as workshop:
            await workshop.outline()

    def outline_text(self) -> str:
        return (self._folder.get(OUTLINE_FILE) or b"").decode("utf-8", "replace")

    def set_outline(self, text: str) -> None:
        outline = read_outline(text.encode())
        self._folder.put(OUTLINE_FILE, text)
        self._folder.show_outline(self._folder.brief(), outline)

    # --- building -------------------------------------------------------------------------------------

    async def build(self, on_news: OnDeskNews) -> DeskOutcome:
        from tui_tutor.cli.studio import made_lines

        async with self._workshop(on_news) as workshop:
            made = await workshop.build()
        self._notes = tuple(made_lines(made, self._root))
        return DeskOutcome(made.is_published, self._notes)

    @asynccontextmanager
    async def _workshop(self, on_news: OnDeskNews) -> AsyncIterator[Workshop]:
        teller = _Teller(on_news)
        with open_workshop(self._folder, teller.news, teller.saying, transcript=self._transcript) as workshop:
            teller.workshop = workshop
            try:
                yield workshop
            finally:
                await workshop.model.close()

    # --- reviewing --------------------------------------------------------------------------------------

    def cells(self) -> tuple[DeskCell, ...]:
        marks, proofs = self._folder.review(), _proofs(self._folder)
        numbers: dict[str, int] = {}
        return tuple(_reviewed(cell, numbers, marks, proofs) for cell in cells_of(self._folder))

    def mark(self, lesson: str, cell: str, mark: CellMark) -> None:
        self._cell(lesson, cell)
        said = self._folder.review()
        said.pop(f"{lesson}/{cell}", None)
        if mark:
            said[f"{lesson}/{cell}"] = mark
        self._folder.set_review(said)

    def _cell(self, lesson: str, cell: str) -> ReviewedCell:
        for one in cells_of(self._folder):
            if (one.lesson, one.id) == (lesson, cell):
                return one
        raise TutorError(f"There is no cell {cell} in {lesson} any more.", help="Nothing was changed.")

    async def save_cell(self, lesson: str, cell: str, text: str, on_news: OnDeskNews) -> DeskOutcome:
        teller = _Teller(on_news)
        async with self._workshop(on_news) as workshop:
            change = Change(lesson, cell, text)
            files = await proven_with(self._folder, workshop.trials, change, teller.running(lesson))
            self._folder.publish(files)
        self.mark(lesson, cell, "locked")
        return DeskOutcome(True, (f"{cell} is kept, proven and locked.",))

    async def regenerate(self, lesson: str, cell: str, note: str, on_news: OnDeskNews) -> DeskOutcome:
        if self._folder.review().get(f"{lesson}/{cell}") == "locked":
            raise TutorError(f"{cell} is locked; it is as it was.", help="Unlock it first, if you mean it.")
        teller = _Teller(on_news)
        async with self._workshop(on_news) as workshop:
            maker = workshop.regenerator()
            files = await maker.regenerate(lesson, cell, note, teller.running(lesson))
            self._folder.publish(files)
        self.mark(lesson, cell, "")
        return DeskOutcome(True, (f"{cell} is made anew and proven.",))


def _lesson(one: LessonOutline, written: Sequence[str], left: Mapping[str, str]) -> DeskLesson:
    state: LessonState = "written" if one.id in written else "left" if one.id in left else "outline"
    return DeskLesson(one.id, one.title, one.minutes, one.bloom, one.objective, state, left.get(one.id, ""))


def _reviewed(
    cell: ReviewedCell,
    numbers: dict[str, int],
    marks: Mapping[str, str],
    proofs: Mapping[tuple[str, str], str],
) -> DeskCell:
    """A cell with its number, which `numbers` counts by lesson."""
    is_hidden = bool(cell.table.get("hidden"))
    numbers[cell.lesson] = numbers.get(cell.lesson, 0) + (not is_hidden)
    mark = marks.get(f"{cell.lesson}/{cell.id}", "")
    return DeskCell(
        lesson=cell.lesson,
        id=cell.id,
        number=0 if is_hidden else numbers[cell.lesson],
        kind=str(cell.table.get("kind", "")),
        title=str(cell.table.get("title", "")),
        text=cell.text,
        proof=proofs.get((cell.lesson, cell.id), ""),
        mark=cast(CellMark, mark if mark in ("accepted", "locked") else ""),
    )


class _Teller:
    """The studio's news as the screen takes them."""

    def __init__(self, on_news: OnDeskNews) -> None:
        self._on_news = on_news
        self.workshop: Workshop | None = None
        self._began = time.monotonic()
        self._proven: dict[str, int] = {}
        self._done: set[str] = set()
        self._stage, self._lesson, self._what = "", "", ""

    def news(self, news: Any) -> None:
        self._stage, self._lesson, self._what = news.stage, news.lesson, news.what
        self._proven[news.lesson] = max(news.cells_proven, self._proven.get(news.lesson, 0))
        if news.is_end:
            self._done.add(news.lesson)
        self._tell("", 0)

    def saying(self, saying: Any) -> None:
        if saying.note:
            self._what = saying.note
        self._tell(saying.call.agent, saying.output_tokens)

    def running(self, lesson: str) -> Callable[[float, str], None]:
        def tell(part: float, what: str) -> None:
            self._on_news(DeskNews("proving", lesson, what, fraction=part, seconds_left=self._left(part)))

        return tell

    def _left(self, part: float | None) -> float | None:
        spent = time.monotonic() - self._began
        return spent / part * (1 - part) if part and part > 0.05 else None

    def _tell(self, agent: str, tokens: int) -> None:
        spent, part = 0.0, None
        if self.workshop is not None:
            spent = self.workshop.money().spent_usd
            part = self._fraction(self.workshop)
        self._on_news(
            DeskNews(
                self._stage, self._lesson, self._what, agent, tokens, sum(self._proven.values()), spent, part,
                self._left(part),
            )
        )  # fmt: skip

    def _fraction(self, workshop: Workshop) -> float | None:
        """By lessons that are done; a build of one lesson says nothing until its end."""
        outline = workshop.folder.outline() if self._stage != "outline" else None
        return len(self._done - {""}) / len(outline.lesson) if outline else None


def _proofs(folder: StudioFolder) -> Mapping[tuple[str, str], str]:
    """A line about each cell's proof, from the lock."""
    import json

    try:
        lock = json.loads((folder.root / _LOCK).read_bytes())
        lessons = lock["lessons"].items()
        return {
            (lesson, cell): _proof_line(entry)
            for lesson, facts in lessons
            for cell, entry in facts["cells"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _proof_line(entry: Mapping[str, Any]) -> str:
    proof = entry.get("proof")
    if not isinstance(proof, Mapping):
        return str(entry.get("outcome", ""))
    mutants = proof.get("mutants", {})
    return (
        f"solved {proof.get('solution', 0)}/3, mutants {mutants.get('killed', 0)}/{mutants.get('total', 0)}"
    )


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline(500).lstrip("# ").rstrip("\n")


def _number(text: str, name: str, kind: type[int] | type[float]) -> int | float:
    try:
        return kind(text.strip())
    except ValueError:
        raise TutorError(f"{text.strip()!r} is no number, for {name}.", help="Such as 45, or 5.") from None
