"""What going on will cost, before it is begun: so many calls of each agent, each with its usual tokens."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from tui_tutor.core.language_model import Role, Usage
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.prices import Price

ROLE_OF: Final[Mapping[str, Role]] = {
    "architect: objectives": "extract",
    "architect: prerequisites": "extract",
    "architect: outline": "creative",
    "writer": "creative",
    "coder": "creative",
    "illustrator": "creative",
    "exercise maker": "creative",
    "examiner": "creative",
    "repairer": "creative",
    "leveller": "creative",
    "solver": "solver",
    "critic": "judge",
}


class Usual(NamedTuple):
    """One agent's calls: how often it is asked, and the tokens of one call with what a minute of lesson adds.

    `often` counts for each lesson; for the architect in the course, for the leveller for each further level,
    for the solver for each level, the course's own too.
    """

    often: float
    read: float
    read_a_minute: float
    said: float
    said_a_minute: float


# Printed by tools/studio_usual.py from the six recorded builds that are kept with the studio and its tests;
# nothing is set by hand.
USUAL: Final[Mapping[str, Usual]] = {
    "architect: objectives": Usual(1.17, 1557, 0, 327, 0),
    "architect: prerequisites": Usual(1, 1369, 0, 62, 0),
    "architect: outline": Usual(1.33, 1749, 0, 489, 0),
    "writer": Usual(1, 1122, 112, 0, 204),
    "coder": Usual(1, 1026, 342, 0, 56),
    "illustrator": Usual(1, 1062, 314, 0, 11),
    "exercise maker": Usual(1, 2840, 347, 0, 158),
    "examiner": Usual(1, 2382, 499, 0, 88),
    "repairer": Usual(1.12, 1853, 568, 624, 0),
    "leveller": Usual(1, 786, 523, 0, 195),
    "solver": Usual(2.14, 632, 238, 0, 10),
    "critic": Usual(1, 612, 522, 749, 0),
}
FIXED_ANSWERS: Final = frozenset({"repairer", "critic"})  # as long for any lesson
SOURCES_HEADING: Final = "Passages of the sources"
_SOURCES: Final = 3_000  # tokens of passages that a writer is shown at most, where there are sources


@dataclass(frozen=True, slots=True)
class Estimate:
    """Dollars by agent; `calls` counts them."""

    by_agent: Mapping[str, float]
    calls: int

    @property
    def dollars(self) -> float:
        """All agents together."""
        return sum(self.by_agent.values())


def outline_estimate(
    prices: Mapping[Role, Price], brief: Brief, table: Mapping[str, Usual] = USUAL
) -> Estimate:
    """What the outline costs."""
    architects = [(agent, usual.often, 0.0) for agent, usual in table.items() if is_of_the_course(agent)]
    return _estimate(prices, architects, brief, table)


def build_estimate(
    prices: Mapping[Role, Price],
    brief: Brief,
    outline: Outline,
    built: Collection[str] = (),
    table: Mapping[str, Usual] = USUAL,
) -> Estimate:
    """What the lessons cost that are not built yet; `built` are the ids of those that are."""
    calls = [
        (agent, usual.often * forms_of(agent, brief), lesson.minutes)
        for lesson in outline.lesson
        for agent, usual in table.items()
        if lesson.id not in built and not is_of_the_course(agent)
    ]
    return _estimate(prices, calls, brief, table)


def is_of_the_course(agent: str) -> bool:
    """Whether an agent is asked for the course, and not for each lesson."""
    return agent.startswith("architect")


def forms_of(agent: str, brief: Brief) -> int:
    """For how many forms of a lesson an agent is asked: each is put into words, and each solved."""
    levels = len([level for level in brief.levels if level != brief.level])
    return {"leveller": levels, "solver": 1 + levels}.get(agent, 1)


def _estimate(
    prices: Mapping[Role, Price],
    calls: Sequence[tuple[str, float, float]],
    brief: Brief,
    table: Mapping[str, Usual],
) -> Estimate:
    """`calls`: (agent, how often, minutes of the lesson)."""
    by_agent: dict[str, float] = {}
    count = 0.0
    for agent, times, minutes in calls:
        if not times:
            continue
        usage = _usage(agent, table[agent], minutes, bool(brief.sources))
        cost = Decimal(prices[ROLE_OF[agent]].cost(usage)) / 1_000_000_000
        by_agent[agent] = by_agent.get(agent, 0.0) + times * float(cost)
        count += times
    return Estimate(by_agent, round(count))


def _usage(agent: str, usual: Usual, minutes: float, is_grounded: bool) -> Usage:
    grounds = _SOURCES if is_grounded and agent == "writer" else 0
    return Usage(
        round(usual.read + grounds + usual.read_a_minute * minutes),
        round(usual.said + usual.said_a_minute * minutes),
    )
