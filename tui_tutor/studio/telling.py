"""What agents are told, each part under a heading: the course, the lesson, its cells, sources, industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.studio.agents.agent import Worded
from tui_tutor.studio.assembling import Table
from tui_tutor.studio.brief import Brief, Question
from tui_tutor.studio.drafts import LessonOutline, Slot
from tui_tutor.studio.grounding.quoting import ABOUT_QUOTES, all_quoted
from tui_tutor.studio.grounding.searching import SourceIndex
from tui_tutor.studio.grounding.source import Source
from tui_tutor.studio.industries.catalogue import industry, profile
from tui_tutor.studio.industries.telling import prompt_text
from tui_tutor.studio.outline import Outline

PASSAGES: Final = 12  # of sources, that an agent is shown at once


@dataclass(frozen=True)
class Telling:
    """What all agents of one course are told."""

    brief: Brief
    sources: tuple[Source, ...] = ()

    def course(self) -> Mapping[str, Any]:
        """The brief, as headings."""
        brief = self.brief
        return {
            "The course": {
                "topic": brief.topic,
                "readers": f"{brief.level} level",
                "minutes": brief.minutes,
                "language": brief.language,
                "packages beside the standard library": list(brief.packages) or "none",
            },
            "The author demands": list(brief.must),
            "The author forbids": list(brief.must_not),
            "The industry of the readers": Worded(self.industry(), brief.industry),
        }

    def industry(self) -> str:
        """The profile of the readers' industry, or its name where there is none; "" for any industry."""
        if not self.brief.industry:
            return ""
        found = profile(self.brief.industry)
        return prompt_text(found) if found else industry(self.brief.industry).title

    def grounds(self, query: str) -> Mapping[str, Any]:
        """Passages of the sources that a query finds, and how to cite them; nothing without sources."""
        if not self.sources:
            return {}
        with SourceIndex(self.sources) as index:
            chunks = index.find(query, PASSAGES)
        places = sorted(f"{one.file}#{one.start}-{one.end} of {one.sha256}" for one in chunks)
        return {
            "How to cite": Worded(ABOUT_QUOTES),
            "Passages of the sources": Worded(all_quoted(chunks), places),
        }

    def lesson(self, outline: Outline, lesson: LessonOutline) -> Mapping[str, Any]:
        """The course, its outline in short, and one lesson in full."""
        return {
            **self.course(),
            "The lessons": [f"{one.id}: {one.title}. {one.objective}" for one in outline.lesson],
            "This lesson": lesson.model_dump(mode="json"),
            "Its objectives": [
                {"id": one.id, "text": one.text, "bloom": one.bloom, "evidence": one.evidence}
                for one in outline.objectives_of(lesson)
            ],
        }

    def questions(self, lesson_id: str) -> Sequence[Mapping[str, Any]]:
        """The author's own questions for a lesson, and those for any."""
        asked = (one for one in self.brief.question if one.lesson in (None, lesson_id))
        return [one.model_dump(mode="json", exclude_defaults=True) for one in asked]

    def own_questions(self, outline: Outline, lesson_id: str) -> Sequence[Question]:
        """The author's questions that this lesson must ask: its own, and all if it is the only one."""
        is_only = len(outline.lesson) == 1
        return [one for one in self.brief.question if is_only or one.lesson == lesson_id]


def cells_so_far(cells: Sequence[Table | Slot], prints: Mapping[str, str]) -> Worded:
    """Cells as agents see them; an empty place says what it is for, a cell that ran what it printed."""
    shown = [
        {"kind": cell.kind, "id": cell.id, "purpose": cell.purpose} if isinstance(cell, Slot) else cell
        for cell in cells
    ]
    printed = [{**cell, "it prints": prints[cell["id"]]} if cell["id"] in prints else cell for cell in shown]
    return Worded(printed, shown)


def places(slots: Sequence[Slot]) -> list[Mapping[str, Any]]:
    """The places that an agent fills."""
    return [slot.model_dump(mode="json", exclude_defaults=True) for slot in slots]
