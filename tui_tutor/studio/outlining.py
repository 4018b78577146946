"""From a brief to an outline: objectives, what needs what, lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui_tutor.studio.agents.architect import GRAPH, OBJECTIVES, OUTLINE
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.briefing import course_id
from tui_tutor.studio.drafts import GraphDraft, ObjectivesDraft, OutlineDraft
from tui_tutor.studio.news import News, OnNews
from tui_tutor.studio.outline import (
    Outline,
    graph_mistakes,
    lesson_mistakes,
    objective_mistakes,
    outline_of,
)
from tui_tutor.studio.telling import Telling

_MOST_MINUTES_OFF = 0.34  # of the minutes that the author wants


async def outlined(asker: Asker, telling: Telling, on_news: OnNews) -> Outline:
    """The outline that the architect proposes; the author has the last word on it."""
    brief = telling.brief
    subject = "the course"
    told = {
        **telling.course(),
        **telling.grounds(brief.topic),
        "The author's own questions": _questions(brief),
    }
    on_news(News("outline", "", "objectives"))
    heads: ObjectivesDraft = await asker.ask(
        OBJECTIVES, subject, told, lambda said: list(objective_mistakes([one.id for one in said.objective]))
    )
    objectives = [one.model_dump(mode="json") for one in heads.objective]
    on_news(News("outline", "", "prerequisites"))
    graph: GraphDraft = await asker.ask(
        GRAPH, subject, {**told, "The objectives": objectives}, lambda said: _graph_faults(heads, said)
    )
    needs = {edge.objective: list(edge.requires) for edge in graph.edge}
    told = {**told, "The objectives": objectives, "What needs what": needs}
    on_news(News("outline", "", "lessons"))
    lessons: OutlineDraft = await asker.ask(
        OUTLINE, subject, told, lambda said: _lesson_faults(brief, needs, said)
    )
    on_news(News("outline", "", "the outline", is_end=True))
    return outline_of(course_id(brief), heads, graph, lessons)


def _questions(brief: Brief) -> list[Mapping[str, Any]]:
    return [one.model_dump(mode="json", exclude_defaults=True) for one in brief.question]


def _graph_faults(heads: ObjectivesDraft, graph: GraphDraft) -> list[str]:
    ids = [one.id for one in heads.objective]
    needs = {edge.objective: edge.requires for edge in graph.edge}
    faults = [f"there is no edge for the objective `{one}`" for one in ids if one not in needs]
    faults += [f"`{one}` is no objective" for one in needs if one not in ids]
    return faults or list(graph_mistakes(needs))


def _lesson_faults(brief: Brief, needs: Mapping[str, Sequence[str]], draft: OutlineDraft) -> list[str]:
    faults = list(lesson_mistakes(draft.lesson, needs))
    minutes = sum(one.minutes for one in draft.lesson)
    if abs(minutes - brief.minutes) > _MOST_MINUTES_OFF * brief.minutes:
        faults.append(f"the lessons take {minutes} minutes and the course {brief.minutes}")
    known = {one.id for one in draft.lesson}
    faults += [
        f"the author's question names the lesson `{one.lesson}`"
        for one in brief.question
        if one.lesson and one.lesson not in known
    ]
    return faults
