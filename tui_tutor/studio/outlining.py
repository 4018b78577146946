"""From a brief to an outline: objectives, what needs what, lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui_tutor.core.course import Bloom
from tui_tutor.core.linting.bloom import LEVELS, levels_of
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
        OBJECTIVES, subject, told, lambda said: _objective_faults(brief, said)
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
        OUTLINE, subject, told, lambda said: _lesson_faults(brief, heads, needs, said)
    )
    on_news(News("outline", "", "the outline", is_end=True))
    return outline_of(course_id(brief), heads, graph, lessons)


def _questions(brief: Brief) -> list[Mapping[str, Any]]:
    return [one.model_dump(mode="json", exclude_defaults=True) for one in brief.question]


def _objective_faults(brief: Brief, heads: ObjectivesDraft) -> list[str]:
    faults = list(objective_mistakes([one.id for one in heads.objective]))
    for one in heads.objective:
        faults += _verb_faults(brief, f"the objective `{one.id}`", one.text, one.bloom)
    return faults


def _verb_faults(brief: Brief, what: str, text: str, bloom: Bloom) -> list[str]:
    """A verb that `check` would find to be of another level; English alone has a list of verbs."""
    fitting = levels_of(text) if brief.language.startswith("en") else frozenset()
    if not fitting or bloom in fitting:
        return []
    names = " or ".join(level for level in LEVELS if level in fitting)
    return [f"{what} begins with “{text.split(maxsplit=1)[0]}”, a verb of {names}, and its level is {bloom}"]


def _graph_faults(heads: ObjectivesDraft, graph: GraphDraft) -> list[str]:
    ids = [one.id for one in heads.objective]
    needs = {edge.objective: edge.requires for edge in graph.edge}
    faults = [f"there is no edge for the objective `{one}`" for one in ids if one not in needs]
    faults += [f"`{one}` is no objective" for one in needs if one not in ids]
    return faults or list(graph_mistakes(needs))


def _lesson_faults(
    brief: Brief, heads: ObjectivesDraft, needs: Mapping[str, Sequence[str]], draft: OutlineDraft
) -> list[str]:
    faults = list(lesson_mistakes(draft.lesson, needs))
    minutes = sum(one.minutes for one in draft.lesson)
    if abs(minutes - brief.minutes) > _MOST_MINUTES_OFF * brief.minutes:
        faults.append(f"the lessons take {minutes} minutes and the course {brief.minutes}")
    blooms = {one.id: LEVELS.index(one.bloom) for one in heads.objective}
    for one in draft.lesson:
        faults += _verb_faults(brief, f"the objective of the lesson `{one.id}`", one.objective, one.bloom)
        highest = max((blooms.get(objective, 0) for objective in one.objectives), default=0)
        if not faults and LEVELS.index(one.bloom) != highest:
            faults.append(f"the highest level of the objectives of `{one.id}` is {LEVELS[highest]}")
    known = {one.id for one in draft.lesson}
    faults += [
        f"the author's question names the lesson `{one.lesson}`"
        for one in brief.question
        if one.lesson and one.lesson not in known
    ]
    return faults
