"""ports.StudioDesk over the studio's folder: what the studio screen works with."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from tui_tutor.cli.scratch import scratch_folder
from tui_tutor.cli.studio_forms import Forms
from tui_tutor.cli.studio_proofs import proofs_of
from tui_tutor.cli.studio_teller import Teller
from tui_tutor.cli.studio_trials import FolderTrials
from tui_tutor.cli.studio_wiring import open_workshop, price_of_building, price_of_outline
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import (
    BriefForm,
    CellMark,
    DeskCell,
    DeskLesson,
    DeskOutcome,
    DeskStage,
    DeskState,
    LessonState,
    OnDeskNews,
)
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.changes import By, CellChange, pages_after, unproven
from tui_tutor.studio.choosing_models import choose
from tui_tutor.studio.drafts import LessonOutline
from tui_tutor.studio.grounding.ingesting import ingest, keep
from tui_tutor.studio.histories import Histories
from tui_tutor.studio.industries.catalogue import find
from tui_tutor.studio.ledger import read_ledger, totals_of
from tui_tutor.studio.outline import OUTLINE_FILE, read_outline
from tui_tutor.studio.prices import NANO
from tui_tutor.studio.recorded import RecordedModel
from tui_tutor.studio.reviewing import Change, ReviewedCell, cells_of, proven_with, taken_back
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.workshop import Workshop, with_pages

_OUGHT = {"language": "it should be such as en, de or pt-BR"}
_FIELDS = {"budget_usd": "budget", "creative": "model"}  # as the form calls them


class FolderDesk:
    """A desk for the course in one folder. `transcript` answers instead of models, where there is one.

    `forms`: where briefs that are not finished are kept, if they are.
    """

    def __init__(
        self, root: Path, *, transcript: RecordedModel | None = None, forms: Forms | None = None
    ) -> None:
        self._root, self._transcript, self._forms = root, transcript, forms
        self._folder = StudioFolder(root)
        self._notes: tuple[str, ...] = ()

    # --- what is there ------------------------------------------------------------------------------

    def state(self) -> DeskState:
        if not self._is_begun():
            self._require_room()
            form = self._forms.kept(self._root) if self._forms else None
            return DeskState("brief", str(self._root), form=form)
        brief, outline = self._folder.brief(), self._folder.outline()
        if outline is None:
            return DeskState(
                "outline",
                str(self._root),
                brief.topic,
                price_usd=0.0 if self._transcript else price_of_outline(self._folder, brief),
                spent_usd=self._spent(),
                cap_usd=brief.budget_usd,
            )
        written = self._folder.written_lessons()
        left = {path.stem: _first_line(path) for path in (self._folder.hidden / "left").glob("*.toml")}
        price = 0.0 if self._transcript else price_of_building(self._folder, brief, outline)
        stage: DeskStage = "review" if written else "outline"
        return DeskState(
            stage=stage,
            folder=str(self._root),
            title=outline.title,
            lessons=tuple(_lesson(one, written, left) for one in outline.lesson),
            price_usd=price,
            spent_usd=self._spent(),
            cap_usd=brief.budget_usd,
            is_published=(self._root / "QUALITY.json").is_file(),
            notes=(*self._notes, *_unproven_notes(self._folder)),
        )

    def _spent(self) -> float:
        """In US dollars; what a replay had cost is not spent."""
        return totals_of(read_ledger(self._folder.hidden)).paid.cost / NANO

    def _require_room(self) -> None:
        """TutorError where a course could not be begun: before anything is typed."""
        shown = safe_line(str(self._root))
        try:
            is_free = not self._root.exists() or (self._root.is_dir() and not any(self._root.iterdir()))
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise TutorError(f"{shown} cannot be read: {reason}.", help="Check its rights.") from error
        if not is_free:
            raise TutorError(
                f"{shown} is not empty, and was not begun by the studio; it is as it was.",
                help="Name a folder that is not there yet, or one that the studio began.",
            )

    def _is_begun(self) -> bool:
        return (self._folder.hidden / "brief.toml").is_file()

    def industries(self, text: str) -> Sequence[tuple[str, str]]:
        return [(one.code, one.title) for one in find(text)] if text.strip() else []

    # --- brief and outline ----------------------------------------------------------------------------

    def keep_form(self, form: BriefForm) -> None:
        if self._forms:
            self._forms.keep(self._root, form)

    def begin(self, form: BriefForm) -> None:
        brief = _brief_of(self._values(form))
        choose(brief, os.environ)
        sources = ingest(brief.sources, Path())
        self._folder = StudioFolder.begun(self._root, brief)
        keep(sources, self._folder.hidden)
        if self._forms:
            self._forms.forget(self._root)

    def _values(self, form: BriefForm) -> dict[str, Any]:
        models: dict[str, Any] = {"provider": form.provider, "preset": form.preset, "region": form.region}
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
            "packages": list(form.packages),
            "budget_usd": _number(form.budget, "budget", float),
            "residency": form.residency,
            "models": models,
        }

    def _code(self, words: str) -> str:
        words = words.strip()
        found = self.industries(words)
        is_code = words.isdigit() and len(words) == 4
        if not words or (is_code and words in [code for code, _ in found]):
            return words
        if not found or is_code:
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
        outline = read_outline(text.encode("utf-8", "replace"))
        with self._folder.held():
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
        teller = Teller(on_news)
        with open_workshop(self._folder, teller.news, teller.saying, transcript=self._transcript) as workshop:
            teller.workshop = workshop
            try:
                yield workshop
            finally:
                await workshop.model.close()

    # --- reviewing --------------------------------------------------------------------------------------

    def cells(self) -> tuple[DeskCell, ...]:
        marks, proofs = self._folder.review(), proofs_of(self._folder)
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
        tell = Teller(on_news).running(lesson)
        self._cell(lesson, cell)
        with self._folder.held(), scratch_folder() as scratch:  # nobody is asked, so no key is needed
            before = self._folder.files()
            trials = FolderTrials(scratch, self._folder.hidden / "proofs")
            files = await proven_with(self._folder, trials, Change(lesson, cell, text), tell)
            self._exchange(before, files, _change(lesson, cell, "author"))
            self.mark(lesson, cell, "locked")
        return DeskOutcome(True, (f"{cell} is kept, proven and locked.",))

    async def regenerate(self, lesson: str, cell: str, note: str, on_news: OnDeskNews) -> DeskOutcome:
        self._require_unlocked(lesson, cell)
        teller = Teller(on_news)
        async with self._workshop(on_news) as workshop:
            before = self._folder.files()
            maker = workshop.regenerator()
            remade = await maker.regenerate(lesson, cell, note, teller.running(lesson))
            self._require_unlocked(lesson, cell)  # it may have been locked meanwhile
            self._exchange(before, remade.files, _change(lesson, cell, "model"))
            Histories(self._folder).remember_answers(lesson, remade.answers)
            self.mark(lesson, cell, "")
        retold = taken_back(before, lesson, cell)
        notes = (
            (f"Its words in {', '.join(retold)} were for the old one and are taken back.",) if retold else ()
        )
        return DeskOutcome(True, (f"{cell} is made anew and proven.", *notes))

    def _require_unlocked(self, lesson: str, cell: str) -> None:
        if self._folder.review().get(f"{lesson}/{cell}") == "locked":
            raise TutorError(f"{cell} is locked; it is as it was.", help="Unlock it first, if you mean it.")

    def _exchange(self, before: Mapping[str, bytes], files: Mapping[str, bytes], change: CellChange) -> None:
        """Publish a course with one cell changed; its report says so. What was saved meanwhile stays."""
        self._folder.require_unchanged(
            before,
            f"while {change.cell} was proven; the cell is as it was.",
            "Do it again, so that what you saved is proven with it: nothing is paid for twice.",
        )
        self._folder.replace(with_pages(files, pages_after(files, change)))


def _unproven_notes(folder: StudioFolder) -> Sequence[str]:
    """What the author has changed by hand in a course that was proven."""
    changed = [safe_line(one) for one in unproven(folder.files())]
    return [f"changed since it was proven: {', '.join(changed)}; a build proves it anew"] if changed else ()


def _change(lesson: str, cell: str, by: By) -> CellChange:
    return CellChange(lesson, cell, by, datetime.now(UTC).isoformat(timespec="seconds"))


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


def _brief_of(values: Mapping[str, Any]) -> Brief:
    """The brief, or a TutorError that begins with the name of the field that has the first mistake."""
    if not values["topic"]:
        raise TutorError("topic: it is empty.", help="Say in a sentence what the course is about.")
    try:
        return Brief.model_validate_json(json.dumps(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = [str(part) for part in first["loc"]]
        name = place[1] if place[0] == "models" and len(place) > 1 else place[0]
        said = _OUGHT.get(name) or str(first["msg"]).replace("Input should", "it should")
        raise TutorError(f"{_FIELDS.get(name, name)}: {said}.", help="Nothing was made.") from None


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline(500).lstrip("# ").rstrip("\n")


def _number(text: str, name: str, kind: type[int] | type[float]) -> int | float:
    try:
        return kind(text.strip())
    except ValueError:
        raise TutorError(f"{name}: {text.strip()!r} is no number.", help="Such as 45, or 5.") from None
