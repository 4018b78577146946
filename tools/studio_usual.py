"""Measure builds of the studio: the table in `tui_tutor/studio/estimating.py`, printed from finished steps.

    python tools/studio_usual.py DIR ... [--against DIR ...]

Each DIR is a course that the studio has built: its `.studio/steps` hold every call with its tokens. By rule,
not by hand: how often an agent is asked for each lesson (the architect for the course, the leveller for each
further level, the solver for each level), and the means of its tokens over all builds. Of what a lesson's
agent reads, its instruction and the form of its answer are the same for any lesson; the rest grows with the
lesson's minutes, and so does what it says. A repairer hands in one cell and a critic five judgements, however
long the lesson is.

A recording becomes such a DIR by `tools/record_studio.py DIR QUEUE --brief FOLDER --known TRANSCRIPT --roles
creative,extract,solver,judge`, with the `--industry` that it was recorded for if its brief names none: all of
its answers are known, so nobody is asked.

Then, for each build, how far this table's estimate is from what was used, and how far that of a table is
which all other builds make: what this one would have been told before. Builds after `--against` are compared
and not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import mean
from typing import Any

from tui_tutor.core.language_model import Role
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.estimating import (
    FIXED_ANSWERS,
    ROLE_OF,
    SOURCES_HEADING,
    Usual,
    build_estimate,
    forms_of,
    is_of_the_course,
    outline_estimate,
)
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.prices import Price, prices_with
from tui_tutor.studio.steps import STEPS_FOLDER, Step, read_step
from tui_tutor.studio.studio_folder import StudioFolder


@dataclass(frozen=True)
class Build:
    """One finished build: its calls by agent, and what they were for."""

    name: str
    brief: Brief
    outline: Outline
    steps: Mapping[str, Sequence[Step]]
    prices: Mapping[Role, Price]

    @classmethod
    def of(cls, root: Path) -> Build:
        """Read a course's folder."""
        folder = StudioFolder.there(root)
        outline, brief = folder.outline(), folder.brief()
        assert outline is not None, "the course was built"
        by_agent: dict[str, list[Step]] = defaultdict(list)
        for path in sorted((folder.hidden / STEPS_FOLDER).glob("*.json")):
            step = read_step(path)
            by_agent[agent_of(step)].append(step)
        table = prices_with((folder.get("prices.toml") or b"").decode())
        role_models = {step.call["role"]: step.call["model"] for steps in by_agent.values() for step in steps}
        prices = {role: table.of(model) for role, model in role_models.items()}
        return cls(str(root), brief, outline, by_agent, prices)

    @property
    def minutes(self) -> float:
        """Of a lesson."""
        return mean(one.minutes for one in self.outline.lesson)

    def units(self, agent: str) -> int:
        """How many things an agent is asked about: the course, or every form of every lesson."""
        return 1 if is_of_the_course(agent) else len(self.outline.lesson) * forms_of(agent, self.brief)

    def used(self) -> float:
        """Dollars."""
        nano = sum(
            self.prices[ROLE_OF[agent]].cost(step.reply.usage)
            for agent, steps in self.steps.items()
            for step in steps
        )
        return float(Decimal(nano) / 1_000_000_000)

    def estimate(self, table: Mapping[str, Usual]) -> float:
        """Dollars, as an author is told them for the outline and for the lessons."""
        outline = outline_estimate(self.prices, self.brief, table).dollars
        return outline + build_estimate(self.prices, self.brief, self.outline, table=table).dollars


def agent_of(step: Step) -> str:
    """The repairers of all kinds count as one."""
    return step.agent if step.agent in ROLE_OF else step.agent.partition(":")[0]


# --- the table --------------------------------------------------------------------------------------


def table_of(builds: Sequence[Build]) -> dict[str, Usual]:
    """What each agent is asked usually."""
    return {
        agent: usual_of(agent, builds) for agent in ROLE_OF if any(one.steps.get(agent) for one in builds)
    }


def usual_of(agent: str, builds: Sequence[Build]) -> Usual:
    """One agent's means; a build counts for as many as it has calls."""
    steps = [(step, one.minutes) for one in builds for step in one.steps.get(agent, ())]
    often = len(steps) / sum(one.units(agent) for one in builds)
    said = mean(step.reply.usage.output_tokens for step, _ in steps)
    if is_of_the_course(agent):
        return Usual(round(often, 2), round(mean(tokens_read(step) for step, _ in steps)), 0, round(said), 0)
    same = mean(tokens_read(step) * part_that_is_same(step.call) for step, _ in steps)
    grown = [
        tokens_read(step) * (1 - part_that_is_same(step.call) - part_of_sources(step.call))
        for step, _ in steps
    ]
    minutes = mean(minutes for _, minutes in steps)
    fixed, growing = (said, 0.0) if agent in FIXED_ANSWERS else (0.0, said / minutes)
    return Usual(round(often, 2), round(same), round(mean(grown) / minutes), round(fixed), round(growing))


def tokens_read(step: Step) -> int:
    """All that was read for a call, from a cache too."""
    usage = step.reply.usage
    return usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens


def part_that_is_same(call: dict[str, Any]) -> float:
    """The part of a question that is the same for every lesson."""
    same = len(call["system"]) + len(json.dumps(call["schema"]))
    return same / (same + len(call["prompt"]))


def part_of_sources(call: dict[str, Any]) -> float:
    """The part of a question that shows passages of sources."""
    shown = len(call["inputs"].get(SOURCES_HEADING, ""))
    return shown / (len(call["system"]) + len(json.dumps(call["schema"])) + len(call["prompt"]))


# --- printing ---------------------------------------------------------------------------------------


def row(agent: str, usual: Usual) -> str:
    """One line of the table."""
    return f'    "{agent}": Usual({", ".join(f"{value:g}" for value in usual)}),'


def compared(build: Build, table: Mapping[str, Usual], before: Mapping[str, Usual] | None) -> str:
    """One build, and how far its estimates are from what it used."""
    used = build.used()
    told = f"{build.name}: used {used:.2f}, estimated {build.estimate(table):.2f}"
    told += f" ({build.estimate(table) / used - 1:+.0%})"
    if before is not None:
        told += f", by the others {build.estimate(before) / used - 1:+.0%}"
    return told


def main() -> None:
    """Print the table and what it is worth."""
    words = argparse.ArgumentParser(description="Measure builds of the studio.")
    words.add_argument("builds", type=Path, nargs="+")
    words.add_argument("--against", type=Path, nargs="*", default=[])
    said = words.parse_args()
    builds = [Build.of(root) for root in said.builds]
    table = table_of(builds)
    lines = [row(agent, usual) for agent, usual in table.items()]
    for build in builds:
        rest = [one for one in builds if one is not build]
        lines.append(compared(build, table, table_of(rest) if rest else None))
    lines += [compared(Build.of(root), table, None) for root in said.against]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
