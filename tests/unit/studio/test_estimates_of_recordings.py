"""What an author is told that a course will cost, against what recorded builds used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tools.record_studio import Beginning
from tui_tutor import studio
from tui_tutor.core.language_model import Role
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.briefing import brief_of
from tui_tutor.studio.drafts import GraphDraft, ObjectivesDraft, OutlineDraft
from tui_tutor.studio.estimating import ROLE_OF, build_estimate, outline_estimate
from tui_tutor.studio.outline import Outline, outline_of
from tui_tutor.studio.prices import Price, prices_with
from tui_tutor.studio.steps import reply_of

DEMO = Path(studio.__file__).parent / "demo"
TESTS = Path(__file__).parents[2]
TWINS, RECORDINGS = TESTS / "studio_twins", TESTS / "studio_recordings"
BUILDS = {
    "demo": (DEMO / "brief.toml", DEMO / "transcript.jsonl"),
    "hospitals": (TWINS / "brief.toml", TWINS / "hospitals.jsonl"),
    "trucking": (TWINS / "brief.toml", TWINS / "trucking.jsonl"),
    **{
        one.name: (one / "brief.toml", one / "transcript.jsonl")
        for one in sorted(RECORDINGS.iterdir())
        if one.is_dir()
    },
}
WITHIN = 0.30


@dataclass(frozen=True)
class Recorded:
    """A recorded build: what was asked for, what came of the outline, and (agent, reply) of each call."""

    brief: Brief
    outline: Outline
    calls: list[tuple[str, Any]]

    def used(self) -> float:
        """Dollars."""
        prices = prices_of(self.brief)
        nano = sum(prices[ROLE_OF[agent]].cost(reply.usage) for agent, reply in self.calls)
        return float(Decimal(nano) / 1_000_000_000)

    def estimate(self) -> float:
        """Dollars, as its author is told them: for the outline, and then for the lessons."""
        prices = prices_of(self.brief)
        outline = outline_estimate(prices, self.brief).dollars
        return outline + build_estimate(prices, self.brief, self.outline).dollars


def prices_of(brief: Brief) -> dict[Role, Price]:
    table = prices_with((DEMO / "prices.toml").read_text())
    return {role: table.of(getattr(brief.models, role)) for role in set(ROLE_OF.values())}


def recorded(brief_file: Path, transcript: Path) -> Recorded:
    brief, _ = brief_of(str(brief_file))
    lines = [json.loads(line) for line in transcript.read_text().splitlines()]
    replies = [(str(line["agent"]), reply_of(line["reply"])) for line in lines]
    said = {agent: reply.data for agent, reply in replies}  # the last answer to each is the one that held
    outline = outline_of(
        brief.id,
        ObjectivesDraft.model_validate(said["architect: objectives"]),
        GraphDraft.model_validate(said["architect: prerequisites"]),
        OutlineDraft.model_validate(said["architect: outline"]),
    )
    calls = [(agent if agent in ROLE_OF else agent.partition(":")[0], reply) for agent, reply in replies]
    return Recorded(brief, outline, calls)


@pytest.mark.parametrize("build", BUILDS)
def test_an_estimate_is_right_to_a_third_for_every_recorded_build(build: str):
    there = recorded(*BUILDS[build])
    assert there.used() * (1 - WITHIN) <= there.estimate() <= there.used() * (1 + WITHIN)


@pytest.mark.parametrize("build", BUILDS)
def test_a_recorded_build_can_be_made_anew_from_its_folder(build: str, tmp_path: Path):
    there = Beginning(BUILDS[build][0].parent).at(tmp_path / "course")
    assert (there.hidden / "prices.toml").read_bytes() == (DEMO / "prices.toml").read_bytes()


def test_recorded_builds_differ_in_what_makes_a_build_dear():
    there = [recorded(*files) for files in BUILDS.values()]
    assert {len(one.outline.lesson) for one in there} == {1, 2}
    assert {len(one.brief.levels) for one in there} == {0, 1, 2}
    assert {bool(one.brief.sources) for one in there} == {True, False}
    repairs = [sum(agent == "repairer" for agent, _ in one.calls) for one in there]
    assert min(repairs) == 0
    assert max(repairs) >= 3
