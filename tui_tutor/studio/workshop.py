"""One course from brief to publication: what the commands and the studio screen both do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui_tutor import __version__
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import LanguageModel, OnSaying, Role
from tui_tutor.core.lock import LOCK_FILE, lock_text
from tui_tutor.core.parsing import lesson_path
from tui_tutor.core.reading_ease import prose_of, reading_ease
from tui_tutor.studio.agents.architect import GRAPH, OBJECTIVES, OUTLINE
from tui_tutor.studio.agents.coder import CODER
from tui_tutor.studio.agents.critic import CRITIC
from tui_tutor.studio.agents.examiner import EXAMINER
from tui_tutor.studio.agents.exercise_maker import EXERCISE_MAKER
from tui_tutor.studio.agents.illustrator import ILLUSTRATOR
from tui_tutor.studio.agents.leveller import LEVELLER
from tui_tutor.studio.agents.repairer import REPAIRERS
from tui_tutor.studio.agents.solver import SOLVER
from tui_tutor.studio.agents.writer import WRITER
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.building import CourseBuilder, Result
from tui_tutor.studio.estimating import Estimate, build_estimate, outline_estimate
from tui_tutor.studio.gates.built import Money
from tui_tutor.studio.gates.reading_levels import grades_of
from tui_tutor.studio.grounding.source import Source
from tui_tutor.studio.industries.catalogue import industry, profile
from tui_tutor.studio.ledger import Ledger, Totals
from tui_tutor.studio.news import OnNews
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.outlining import outlined
from tui_tutor.studio.prices import NANO, Price
from tui_tutor.studio.quality import QUALITY_DATA, QUALITY_PAGE, AgentCost, Making, Quality, as_json, quality
from tui_tutor.studio.quality_page import as_markdown
from tui_tutor.studio.regenerating import Regenerator
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.telling import Telling
from tui_tutor.studio.trials import Trials

AGENTS = (
    OBJECTIVES, GRAPH, OUTLINE, WRITER, CODER, ILLUSTRATOR, EXERCISE_MAKER, EXAMINER, LEVELLER, SOLVER,
    CRITIC, *REPAIRERS.values(),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """What a build came to, and its report."""

    result: Result
    quality: Quality | None
    is_published: bool


@dataclass
class Workshop:
    """A course in the making. Models, prices and a place to run are handed in."""

    folder: StudioFolder
    brief: Brief
    sources: tuple[Source, ...]
    model: LanguageModel
    models: Mapping[Role, str]
    prices: Mapping[Role, Price]
    ledger: Ledger
    trials: Trials
    on_news: OnNews
    on_saying: OnSaying
    is_replayed: bool = False
    _telling: Telling = field(init=False)

    def __post_init__(self) -> None:
        self._telling = Telling(self.brief, self.sources)

    def _asker(self) -> Asker:
        return Asker(self.model, self.models, self.on_saying)

    # --- the outline --------------------------------------------------------------------------------

    def price_of_outline(self) -> Estimate:
        """What an outline costs."""
        return outline_estimate(self.prices, self.brief)

    async def outline(self) -> Outline:
        """Have an outline made, and keep it."""
        outline = await outlined(self._asker(), self._telling, self.on_news)
        self.folder.set_outline(self.brief, outline)
        return outline

    def price_of_building(self, outline: Outline) -> Estimate:
        """What going on costs."""
        return build_estimate(self.prices, self.brief, outline, self.folder.written_lessons())

    # --- the course -----------------------------------------------------------------------------------

    async def build(self) -> Made:
        """Build what is not written, and publish it if nothing stops it. TutorError with what was kept."""
        outline = self.folder.outline()
        if outline is None:
            raise TutorError("There is no outline yet.", help="Make one: tui-tutor studio outline DIR")
        told = self.price_of_outline().dollars + self.price_of_building(outline).dollars
        self.folder.note_estimate(told)
        builder = CourseBuilder(
            self.folder, outline, self._asker(), self.trials, self._telling, self.on_news, self.money
        )
        result = await builder.build()
        for lesson, reasons in result.left.items():
            self.folder.leave(lesson_path(lesson), reasons, result.drafts[lesson])
        if not result.built.lessons:
            return Made(result, None, is_published=False)
        report = quality(result.built, result.findings, self._making(result))
        self.folder.put(QUALITY_PAGE, as_markdown(report))
        if result.is_publishable:
            self._publish(result, report)
        return Made(result, report, is_published=result.is_publishable)

    def regenerator(self) -> Regenerator:
        """What makes single cells anew; TutorError before there is an outline."""
        outline = self.folder.outline()
        if outline is None:
            raise TutorError("There is no outline yet.", help="Make one: tui-tutor studio outline DIR")
        return Regenerator(self.folder, outline, self._asker(), self._telling, self.trials)

    def _publish(self, result: Result, report: Quality) -> None:
        self.folder.require_unchanged(
            result.before,
            "while the course was built; nothing was published.",
            "Build again, so that what you saved is proven: nothing is asked or paid for twice.",
        )
        pages = {QUALITY_PAGE: as_markdown(report).encode(), QUALITY_DATA: as_json(report).encode()}
        self.folder.replace(with_pages(result.files, pages))
        self.folder.note_course_file(result.course_file)
        for name in (*result.gone, *map(lesson_path, result.left)):
            self.folder.take_out(name)

    # --- what it cost, and how it was made --------------------------------------------------------------

    def totals(self) -> Totals:
        """What was spent until now."""
        return self.ledger.totals()

    def money(self) -> Money:
        """The cap, what was spent, and what the author was told; a replay counts as what it had cost."""
        totals = self.totals()
        spent = totals.replayed if self._is_all_replayed(totals) else totals.paid
        return Money(self.brief.budget_usd, spent.cost / NANO, self.folder.estimate_usd)

    def _is_all_replayed(self, totals: Totals) -> bool:
        """Whether nobody was paid for this course: a later build of a replayed one does not change that."""
        return self.is_replayed or (totals.replayed.calls > 0 and totals.paid.calls == 0)

    def _making(self, result: Result) -> Making:
        code = self.brief.industry
        known = profile(code) if code else None
        is_replayed = self._is_all_replayed(self.totals())
        return Making(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            version=__version__,
            models={str(role): name for role, name in self.models.items()},
            prompts={one.name: one.version for one in AGENTS},
            costs=tuple(costs_of(self.totals(), is_replayed=is_replayed)),
            grades=grades_of(result.built, ease_of=reading_ease, prose_of=prose_of),
            industry=industry(code).title if code else "",
            is_industry_reviewed=bool(known and known.reviewed),
            is_replayed=is_replayed,
        )


def with_pages(files: Mapping[str, bytes], pages: Mapping[str, bytes]) -> dict[str, bytes]:
    """A course with pages that nothing runs; its proof tells of them too, as it tells of every file."""
    lock = json.loads(files[LOCK_FILE])
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in pages.items()}
    lock["files"] = dict(sorted({**lock.get("files", {}), **hashes}.items()))
    return {**files, **pages, LOCK_FILE: lock_text(lock).encode()}


def costs_of(totals: Totals, *, is_replayed: bool) -> Sequence[AgentCost]:
    """The ledger by agent and model."""
    return [
        AgentCost(
            agent,
            model,
            one.calls,
            one.usage.input_tokens + one.usage.cache_read_tokens + one.usage.cache_write_tokens,
            one.usage.output_tokens,
            one.cost / NANO,
            one.seconds,
            is_replayed,
        )
        for (agent, model), one in totals.lines.items()
    ]
