"""Measure a build of the studio: the table in `tui_tutor/studio/estimating.py`, printed from finished steps.

    python tools/studio_usual.py DIR

DIR is a course that the studio has built: its `.studio/steps` hold every call with its tokens. By rule, not
by hand: how often an agent is asked for each lesson (the architect for the course, the leveller for each
level), and the means of its tokens. Of what a lesson's agent reads, its instruction and the form of its
answer are the same for any lesson; the rest grows with the lesson's minutes, and so does what it says. A
repairer hands in one cell and a critic five judgements, however long the lesson is.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

from tui_tutor.studio.estimating import FIXED_ANSWERS, ROLE_OF, SOURCES_HEADING
from tui_tutor.studio.steps import STEPS_FOLDER, Step, read_step
from tui_tutor.studio.studio_folder import StudioFolder

CHARACTERS = 4  # of a token: how the parts of a question are told apart, the whole was counted by the server


def agent_of(step: Step) -> str:
    """The repairers of all kinds count as one."""
    return step.agent if step.agent in ROLE_OF else step.agent.partition(":")[0]


def part_that_is_same(call: dict[str, Any]) -> float:
    """The part of a question that is the same for every lesson."""
    same = len(call["system"]) + len(json.dumps(call["schema"]))
    return same / (same + len(call["prompt"]))


def part_of_sources(call: dict[str, Any]) -> float:
    """The part of a question that shows passages of sources."""
    shown = len(call["inputs"].get(SOURCES_HEADING, ""))
    return shown / (len(call["system"]) + len(json.dumps(call["schema"])) + len(call["prompt"]))


def row(agent: str, steps: list[Step], units: int, minutes: float) -> str:
    """One line of the table."""
    read = [one.reply.usage for one in steps]
    tokens = [one.input_tokens + one.cache_read_tokens + one.cache_write_tokens for one in read]
    said = mean(one.output_tokens for one in read)
    sources = mean(count * part_of_sources(one.call) for count, one in zip(tokens, steps, strict=True))
    often = f"{len(steps) / units:.1f}"
    if agent.startswith("architect"):
        return f'    "{agent}": Usual({often}, {mean(tokens):.0f}, 0, {said:.0f}, 0),'
    same = mean(count * part_that_is_same(one.call) for count, one in zip(tokens, steps, strict=True))
    grows = (mean(tokens) - same - sources) / minutes
    answers = f"{said:.0f}, 0" if agent in FIXED_ANSWERS else f"0, {said / minutes:.0f}"
    return f'    "{agent}": Usual({often}, {same:.0f}, {grows:.0f}, {answers}),'


def main(root: Path) -> None:
    """Print the table."""
    folder = StudioFolder.there(root)
    outline, brief = folder.outline(), folder.brief()
    assert outline is not None, "the course was built"
    by_agent: dict[str, list[Step]] = defaultdict(list)
    for path in sorted((folder.hidden / STEPS_FOLDER).glob("*.json")):
        step = read_step(path)
        by_agent[agent_of(step)].append(step)
    lessons = len(outline.lesson)
    minutes = mean(one.minutes for one in outline.lesson)
    levels = len([level for level in brief.levels if level != brief.level])
    for agent in ROLE_OF:
        if steps := by_agent[agent]:
            units = 1 if agent.startswith("architect") else lessons * (levels if agent == "leveller" else 1)
            sys.stdout.write(row(agent, steps, units, minutes) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
