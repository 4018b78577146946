"""One lesson in words for readers of other levels: written, run, and its questions solved in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tui_tutor.core.course import Lesson, Level
from tui_tutor.studio.agents.leveller import LEVELLER
from tui_tutor.studio.asking import Asker, UnusableAnswer
from tui_tutor.studio.drafts import LevelDraft
from tui_tutor.studio.gates.built import Built, CellWork, SolverAnswer, is_retold
from tui_tutor.studio.grounding.citing import with_citations
from tui_tutor.studio.lesson_work import LessonWork, level_objections
from tui_tutor.studio.news import Stage
from tui_tutor.studio.solving import Seen, asked_of, seen_at, solved_blind
from tui_tutor.studio.telling import Telling
from tui_tutor.studio.trying import Tryer, printed_in

_MOST_REWORDINGS: Final = 2  # of a level whose questions are disputed


class Tell(Protocol):
    """Says what is being done."""

    def __call__(self, stage: Stage, what: str) -> None: ...


@dataclass
class LevelWriter:
    """Writes the levels of `work`, a lesson that holds as it is; `told` is what its agents are told."""

    asker: Asker
    tryer: Tryer
    telling: Telling
    work: LessonWork
    told: Mapping[str, Any]
    tell: Tell
    _prints: Mapping[str, str] = field(default_factory=dict)  # the same in the words of any level
    _tries: Counter[Level] = field(default_factory=Counter)  # words that came for each level

    async def write(self) -> None:
        """Words for every level that the brief names; a level that does not hold reads the base's."""
        for level in self.telling.brief.levels:
            if level != self.telling.brief.level:
                await self._word(level)
        await self.hold()

    async def hold(self, changed: Collection[str] = ()) -> None:
        """Whether the words of every level hold: run, and its questions solved by who reads only them.

        `changed`: what is asked in these cells is something else now; words for what it was are taken back.
        """
        for level in list(self.work.levels):
            self._take_back(level, changed, "what it was about is asked otherwise now")
        if not self.work.levels:
            return
        self.work.answers = tuple(one for one in self.work.answers if not one.level)
        built = await self._mend(list(self.work.levels))
        for level in list(self.work.levels):
            await self._solve(level, built)

    # --- writing ----------------------------------------------------------------------------------------

    async def _word(self, level: Level, disputed: Sequence[SolverAnswer] = ()) -> None:
        self.tell("levels", self._at(level))
        told = {**self.told, "The lesson": self.work.tables, "Write it for readers of this level": level}
        if disputed:
            told |= {
                "Your words for it": self.work.levels[level].model_dump(mode="json", exclude_defaults=True),
                "Who read only these words answered otherwise than the keys say": [
                    f"{one.cell}: {one.said}" for one in disputed
                ],
            }
        try:
            draft = await self.asker.ask(
                LEVELLER, self._subject(level), told, self._objections(level), corrections=2
            )
        except UnusableAnswer as error:  # its readers get the words that are there
            self._drop(level, error.message)
        else:
            self.work.levels[level] = self._cited(draft)

    def _subject(self, level: Level) -> str:
        return f"lesson {self.work.lesson}, {level}"

    def _at(self, level: Level) -> str:
        return f"{self.tryer.outline.lesson_named(self.work.lesson).title}, {level}"

    def _drop(self, level: Level, why: str) -> None:
        self.work.levels.pop(level, None)
        tries = max(1, self._tries[level])  # a refusal is one, too
        note = CellWork(self.work.lesson, f"level {level}", LEVELLER.name, tries, why)
        self.work.dropped.append(note)

    def _cited(self, draft: LevelDraft) -> LevelDraft:
        sources = self.telling.sources
        cells = (
            one.model_copy(update={"text": with_citations(one.text, sources).text}) for one in draft.cell
        )
        return draft.model_copy(update={"cell": tuple(cells)})

    def _objections(self, level: Level) -> Callable[[LevelDraft], list[str]]:
        def objections(draft: LevelDraft) -> list[str]:
            self._tries[level] += 1
            if strangers := list(level_objections(draft, self.work.tables)):
                return strangers
            tried = LessonWork(
                self.work.lesson,
                self.work.cells,
                levels={level: self._cited(draft)},
                answers=self.work.answers,
            )
            built = self.tryer.checked(tried, self.tryer.files(tried))
            if (there := built.levels.get(level)) and not is_retold(there[0], built.lessons):
                return ["every word is as it was"]
            return [
                one.message
                for one in self.tryer.findings(built, is_solved=True)
                if one.gate != "proof-missing"
            ]

        return objections

    # --- running ----------------------------------------------------------------------------------------

    async def _mend(self, levels: Sequence[Level]) -> Built:
        """Words of these levels that do not hold when they are run are taken back: the base's stand there.

        The others' are not touched: theirs held before, and may have been solved.
        """
        built = await self.tryer.built(self.work, lambda _, what: self.tell("running", what))
        self._prints = printed_in(built, self.work.lesson)
        if not (findings := self.tryer.findings(built, is_solved=True)):
            return built
        for level in (one for one in levels if one in self.work.levels):
            self._take_back(level, {one.cell for one in findings}, findings[0].message)
        return self.tryer.checked(self.work, self.tryer.files(self.work))

    def _take_back(self, level: Level, cells: Collection[str], why: str) -> None:
        """Leave a level without words for these cells; one that has none left is none."""
        draft = self.work.levels[level]
        kept = tuple(one for one in draft.cell if one.id not in cells)
        self.work.levels[level] = draft.model_copy(update={"cell": kept})
        if draft.cell and not kept:
            self._drop(level, why)

    # --- solving ----------------------------------------------------------------------------------------

    async def _solve(self, level: Level, built: Built) -> None:
        """Ask who reads only this level's words; reword what is answered otherwise, or take it all back."""
        for tries in range(_MOST_REWORDINGS + 1):
            if level not in self.work.levels:
                return
            try:
                answers = await self._answers(level, built)
            except UnusableAnswer as error:
                return self._drop(level, error.message)
            disputed = [one for one in answers if not one.is_right]
            if not disputed:
                self.work.answers = (*self.work.answers, *answers)
                return
            if tries < _MOST_REWORDINGS:
                await self._word(level, disputed)
                built = await self._mend([level])
        cells = ", ".join(sorted({one.cell for one in disputed}))
        self._drop(level, f"level-disputed: in its words {cells} has another answer than its key")

    async def _answers(self, level: Level, built: Built) -> tuple[SolverAnswer, ...]:
        [read] = built.lessons
        told: Lesson | None = next(iter(built.levels.get(level, ())), None)
        if told is None or not is_retold(told, [read]) or not asked_of(read):
            return ()
        base = Seen(self.work.lesson, self.work.tables, self._prints, asked_of(read))
        self.tell("solving", self._at(level))
        return await solved_blind(self.asker, self._subject(level), seen_at(level, base, read, told))
