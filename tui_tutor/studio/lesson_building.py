"""Building one lesson: written, filled, run, repaired, solved, put into other words, judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from tui_tutor.studio.agents.agent import Agent, Worded
from tui_tutor.studio.agents.coder import CODER
from tui_tutor.studio.agents.critic import CRITIC
from tui_tutor.studio.agents.examiner import EXAMINER
from tui_tutor.studio.agents.exercise_maker import EXERCISE_MAKER
from tui_tutor.studio.agents.illustrator import ILLUSTRATOR
from tui_tutor.studio.agents.repairer import REPAIRERS
from tui_tutor.studio.agents.writer import WRITER
from tui_tutor.studio.asking import Asker, UnusableAnswer
from tui_tutor.studio.assembling import Table, cell_table
from tui_tutor.studio.brief import Question
from tui_tutor.studio.drafts import LessonPlan, Passage, Slot, SlotKind
from tui_tutor.studio.gates.built import Built, Judgement
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.own_questions import is_asked
from tui_tutor.studio.grounding.citing import with_citations
from tui_tutor.studio.lesson_levels import LevelWriter
from tui_tutor.studio.lesson_work import (
    MOST_TRIES,
    CellInWork,
    LessonWork,
    filling_objections,
    plan_objections,
)
from tui_tutor.studio.news import News, OnNews, Stage
from tui_tutor.studio.solving import Seen, asked_of, solved_blind
from tui_tutor.studio.telling import Telling, cells_so_far, places
from tui_tutor.studio.trying import Tryer, evidence, printed_by, printed_in, survivors_in

_MAKERS: Final[Sequence[tuple[Agent, frozenset[SlotKind]]]] = (
    (CODER, frozenset({"code", "sh"})),
    (ILLUSTRATOR, frozenset({"viz"})),
    (EXERCISE_MAKER, frozenset({"ex"})),
    (EXAMINER, frozenset({"quiz"})),
)
_MOST_ROUNDS: Final = 40
_SHOWN: Final = frozenset({"code", "sh", "viz"})
_ASKED: Final = frozenset({"ex", "quiz"})  # what a level puts into other words beside prose
# What follows from a cell that did not run is no fault of the cells after it.
_FIRST_ALONE: Final = frozenset({"cells-run", "course-valid"})


class LessonBuilder:
    """Builds the lesson `lesson_id` of the tryer's outline."""

    def __init__(self, asker: Asker, tryer: Tryer, telling: Telling, lesson_id: str, on_news: OnNews) -> None:
        self._asker, self._tryer, self._telling, self._on_news = asker, tryer, telling, on_news
        self._outline = tryer.outline.lesson_named(lesson_id)
        self._told = telling.lesson(tryer.outline, self._outline)
        self._subject = f"lesson {lesson_id}"
        self.work = LessonWork(lesson_id)
        self._prints: dict[str, str] = {}  # what each cell that ended well has printed
        self._survivors: dict[str, list[Finding]] = {}  # of each exercise
        self._levels = LevelWriter(asker, tryer, telling, self.work, self._told, self._tell)

    async def build(self) -> LessonWork:
        """The finished lesson; `left` says why it is left for the author, if it is.

        TutorError where going on makes no sense: no money, no server, nothing that runs code.
        """
        try:
            self._tell("writing", self._outline.title)
            slots = await self._plan()
            for agent, kinds in _MAKERS:
                await self._fill(agent, [slot for slot in slots if slot.kind in kinds])
                if agent is ILLUSTRATOR:  # who asks about a program knows what it prints
                    await self.mend(only=_SHOWN)
            await self._finish()
            if not self.work.left:
                await self._levels.write()
                await self._judge()
        except UnusableAnswer as error:
            self.work.left = (*self.work.left, error.message)
        self._tell("done", self._outline.title, is_end=True)
        return self.work

    def _tell(self, stage: Stage, what: str, *, proven: int = 0, is_end: bool = False) -> None:
        self._on_news(News(stage, self.work.lesson, what, proven, is_end))

    async def amend(self, findings: Sequence[Finding], *, is_last: bool) -> None:
        """Mend what only the whole course showed; at last what cannot be mended leaves the lesson."""
        before = {cell.id: cell.table for cell in self.work.cells if cell.kind in _ASKED}
        try:
            if is_last or not await self._mended(findings):
                self.work.left = tuple(f"{one.gate}: {one.message}" for one in findings)
                return
            await self._finish()
            if not self.work.left:
                now = {cell.id: cell.table for cell in self.work.cells}
                await self._levels.hold([one for one, table in before.items() if now.get(one) != table])
        except UnusableAnswer as error:
            self.work.left = (*self.work.left, error.message)

    # --- writing ------------------------------------------------------------------------------------

    async def _plan(self) -> list[Slot]:
        query = " ".join([self._outline.title, self._outline.objective, self._outline.story])
        own = {"The author's own questions": self._telling.questions(self.work.lesson)}
        told = {**self._told, **self._telling.grounds(query), **own}
        plan = await self._asker.ask(WRITER, self._subject, told, self._plan_objections)
        slots = [cell for cell in plan.cell if isinstance(cell, Slot)]
        self._order = [cell.id for cell in plan.cell]
        self._slots = {slot.id: slot for slot in slots}
        self.work.cells = [CellInWork(self._passage(cell)) for cell in plan.cell if isinstance(cell, Passage)]
        return slots

    def _plan_objections(self, plan: LessonPlan) -> list[str]:
        served = {one.id: one.bloom for one in self._tryer.outline.objectives_of(self._outline)}
        passages = [cell for cell in plan.cell if isinstance(cell, Passage)]
        return [
            *plan_objections(plan.cell, served, self._outline.bloom),
            *self._too_few_places(plan),
            *(fault for passage in passages for fault in self._unfounded(passage)),
        ]

    def _own_questions(self) -> Sequence[Question]:
        return self._telling.own_questions(self._tryer.outline, self.work.lesson)

    def _too_few_places(self, plan: LessonPlan) -> list[str]:
        own, places = len(self._own_questions()), sum(cell.kind == "quiz" for cell in plan.cell)
        return [f"the author has {own} questions for it, and it has {places} `quiz`"] if own > places else []

    def _objections(self, agent: Agent, cells: Sequence[Any], slots: Sequence[Slot]) -> list[str]:
        """What is wrong with the cells that an agent hands in for its places."""
        own = self._own_questions() if agent is EXAMINER else ()
        changed = [
            f"the author's question is not there with its words, options and key: {one.question}"
            for one in own
            if not is_asked(one, cells)
        ]
        return [*filling_objections(cells, slots), *changed]

    def _unfounded(self, passage: Passage) -> list[str]:
        missing = with_citations(passage.text, self._telling.sources).missing
        return [f"`{passage.id}` cites words that stand in no source: {mark}" for mark in missing]

    def _passage(self, passage: Passage) -> Table:
        cited = with_citations(passage.text, self._telling.sources)
        return cell_table(passage.model_copy(update={"text": cited.text}))

    def _so_far(self) -> Worded:
        made = {cell.id: cell.table for cell in self.work.cells}
        dropped = {one.cell for one in self.work.dropped}
        there = [one for one in self._order if one in made or (one in self._slots and one not in dropped)]
        return cells_so_far([made.get(one) or self._slots[one] for one in there], self._prints)

    async def _fill(self, agent: Agent, slots: Sequence[Slot]) -> None:
        if not slots:
            return
        told = {**self._told, "The lesson so far": self._so_far(), "Your places": places(slots)}
        if agent is EXAMINER:
            told["The author's own questions"] = self._telling.questions(self.work.lesson)
        answer = await self._asker.ask(
            agent, self._subject, told, lambda given: self._objections(agent, given.cell, slots)
        )
        for cell in answer.cell:
            self.work.cells.append(
                CellInWork(await self._table(cell, self._slots[cell.id]), self._slots[cell.id])
            )
        self.work.cells.sort(key=lambda cell: self._order.index(cell.id))

    async def _table(self, draft: Any, slot: Slot | None) -> Table:
        """A cell's table; what a program prints comes from running it."""
        if isinstance(draft, Passage):
            return self._passage(draft)
        table = cell_table(draft, slot)
        if table.get("form") == "predict":
            table["stdout"] = await printed_by(self._tryer.trials, table["program"], self._tryer.course())
        return table

    # --- running and repairing ------------------------------------------------------------------------

    async def mend(self, *, only: frozenset[str] | None = None) -> Built:
        """Run, repair what fails, drop what cannot be repaired, until nothing stops the lesson.

        `only`: the kinds of cells that are looked at, for a lesson whose other cells are not made yet.
        """
        for _ in range(_MOST_ROUNDS):
            self._tell("running", self._outline.title)
            built = await self._tryer.built(self.work, self._running)
            self._prints, self._survivors = printed_in(built, self.work.lesson), survivors_in(built)
            findings = [
                one
                for one in self._tryer.findings(built, is_solved=False)
                if only is None or ((cell := self.work.cell(one.cell)) and cell.kind in only)
            ]
            self._tell("running", self._outline.title, proven=_proven(built, findings))
            if not findings:
                return built
            if not await self._mended(findings):
                self.work.left = tuple(f"{one.gate}: {one.message}" for one in findings)
                return built
        self.work.left = ("it could not be mended in time",)
        return built

    def _running(self, part: float, what: str) -> None:
        del part
        self._tell("running", what)

    async def _mended(self, findings: Sequence[Finding]) -> bool:
        """Whether anything could be done about them."""
        by_cell = [
            (cell, list(group))
            for cell_id, group in groupby(findings, key=lambda one: one.cell)
            if (cell := self.work.cell(cell_id)) and not cell.is_locked
        ]
        first = next((n for n, (_, group) in enumerate(by_cell) if _of(group, _FIRST_ALONE)), None)
        for cell, group in by_cell if first is None else by_cell[first : first + 1]:
            await self._repair(cell, group)
        return bool(by_cell)

    async def _repair(self, cell: CellInWork, findings: Sequence[Finding]) -> None:
        if cell.tries >= MOST_TRIES:
            return self.work.drop(cell, f"{findings[0].gate}: {findings[0].message}")
        self._tell("repairing", cell.id)
        told = {
            **self._told,
            **(self._telling.grounds(cell.table["text"]) if cell.kind == "md" else {}),
            "The lesson": self._so_far(),
            "The cell": cell.table,
            "Its purpose": cell.place.purpose if cell.place else "",
            "Evidence": Worded(
                evidence([*findings, *self._survivors.get(cell.id, [])]), [one.gate for one in findings]
            ),
            "What a solver answered": [one.said for one in self.work.answers if one.cell == cell.id],
            "Earlier attempts": list(cell.earlier),
        }
        return await self._exchange(cell, told, findings[0])

    async def _exchange(self, cell: CellInWork, told: Mapping[str, Any], finding: Finding) -> None:
        place = cell.place or Slot.model_construct(kind=cell.kind, id=cell.id, purpose="")
        try:
            answer = await self._asker.ask(
                REPAIRERS[cell.kind],
                f"{self._subject}, {cell.id}",
                told,
                lambda given: self._repair_objections(given.cell, place),
            )
        except UnusableAnswer as error:
            self.work.drop(cell, f"{finding.gate}: {finding.message} ({error.message})")
        else:
            self.work.replace(cell, await self._table(answer.cell[0], cell.place))

    def _repair_objections(self, cells: Sequence[Any], place: Slot) -> list[str]:
        passages = [cell for cell in cells if isinstance(cell, Passage)]
        unfounded = (fault for passage in passages for fault in self._unfounded(passage))
        return [*filling_objections(cells, [place]), *unfounded]

    # --- solving ------------------------------------------------------------------------------------

    async def _finish(self) -> None:
        """Until it runs, and who does not see the keys finds them, in two orders of the options."""
        for _ in range(_MOST_ROUNDS):
            built = await self.mend()
            if self.work.left or not (asked := asked_of(built.lessons[0])):
                return
            self._tell("solving", self._outline.title)
            seen = Seen(self.work.lesson, self.work.tables, self._prints, asked)
            self.work.answers = await solved_blind(self._asker, self._subject, seen)
            findings = self._tryer.findings(replace(built, answers=self.work.answers), is_solved=True)
            if not findings:
                return
            if not await self._mended(findings):
                self.work.left = tuple(f"{one.gate}: {one.message}" for one in findings)
                return
            self.work.answers = ()  # the questions, or what they rest on, are others now
        self.work.left = ("solver-disagrees: its questions are still disputed",)

    # --- a judgement -------------------------------------------------------------------------------

    async def _judge(self) -> None:
        """Advice: what cannot be read is missing."""
        self._tell("judging", self._outline.title)
        told = {**self._told, "The lesson": cells_so_far(self.work.tables, self._prints)}
        judge = self._asker.models["judge"]
        try:
            criticism = await self._asker.ask(CRITIC, self._subject, told)
        except UnusableAnswer:
            self.work.judgements = (Judgement(self.work.lesson, judge, "all", None),)
            return
        self.work.judgements = tuple(
            Judgement(self.work.lesson, judge, one.criterion, one.score, one.evidence)
            for one in criticism.score
        )


def _of(findings: Sequence[Finding], gates: frozenset[str]) -> bool:
    return any(one.gate in gates for one in findings)


def _proven(built: Built, findings: Sequence[Finding]) -> int:
    failed = {one.cell for one in findings}
    return sum(1 for _, cell in built.cells() if cell.id not in failed) if built.proven else 0
