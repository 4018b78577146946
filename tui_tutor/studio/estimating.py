"""What going on will cost, before it is begun: so many calls of each agent, each with its usual tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

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
# Input and output tokens of one call, and what a minute of lesson adds to both. Measured on the recorded
# build that ships with the studio (docs/studio.md says how to measure again).
_USUAL: Final[Mapping[str, tuple[int, int, int, int]]] = {
    "architect: objectives": (900, 600, 0, 0),
    "architect: prerequisites": (1_300, 250, 0, 0),
    "architect: outline": (1_500, 900, 0, 0),
    "writer": (2_600, 1_600, 0, 90),
    "coder": (2_400, 300, 110, 50),
    "illustrator": (2_600, 200, 160, 10),
    "exercise maker": (3_400, 900, 190, 40),
    "examiner": (3_600, 900, 240, 60),
    "repairer": (4_200, 500, 260, 0),
    "leveller": (3_800, 1_200, 330, 110),
    "solver": (2_200, 300, 230, 10),
    "critic": (3_000, 450, 330, 0),
}
_REPAIRS: Final = 1.0  # of a lesson
_SOURCES: Final = 3_000  # tokens of passages, where there are sources


@dataclass(frozen=True, slots=True)
class Estimate:
    """Dollars by agent; `calls` counts them."""

    by_agent: Mapping[str, float]
    calls: int

    @property
    def dollars(self) -> float:
        """All agents together."""
        return sum(self.by_agent.values())


def outline_estimate(prices: Mapping[Role, Price], brief: Brief) -> Estimate:
    """What the outline costs."""
    return _estimate(prices, [(agent, 1.0, 0.0) for agent in ROLE_OF if agent.startswith("architect")], brief)


def build_estimate(prices: Mapping[Role, Price], brief: Brief, outline: Outline, built: int = 0) -> Estimate:
    """What the lessons cost that are not built yet; `built` of them are, the first ones."""
    return _estimate(prices, list(_calls(brief, outline, built)), brief)


def _calls(brief: Brief, outline: Outline, built: int) -> Iterator[tuple[str, float, float]]:
    """(agent, how often, minutes of the lesson)."""
    levels = len([level for level in brief.levels if level != brief.level])
    often = {"repairer": _REPAIRS, "solver": 2.0, "leveller": float(levels)}
    for lesson in outline.lesson[built:]:
        for agent in ROLE_OF:
            if not agent.startswith("architect") and (times := often.get(agent, 1.0)):
                yield agent, times, lesson.minutes


def _estimate(prices: Mapping[Role, Price], calls: list[tuple[str, float, float]], brief: Brief) -> Estimate:
    by_agent: dict[str, float] = {}
    count = 0.0
    for agent, times, minutes in calls:
        usage = _usage(agent, minutes, bool(brief.sources))
        cost = Decimal(prices[ROLE_OF[agent]].cost(usage)) / 1_000_000_000
        by_agent[agent] = by_agent.get(agent, 0.0) + times * float(cost)
        count += times
    return Estimate(by_agent, round(count))


def _usage(agent: str, minutes: float, is_grounded: bool) -> Usage:
    read, said, more_read, more_said = _USUAL[agent]
    grounds = _SOURCES if is_grounded and agent == "writer" else 0
    return Usage(round(read + grounds + more_read * minutes), round(said + more_said * minutes))
