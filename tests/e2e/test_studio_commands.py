"""A course by the commands alone: from a brief to publication, over the real wire, with real kernels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.studio.answered import ARCHITECT
from tests.studio_server import StudioServer, says, studio_server
from tests.unit.studio.pipeline_pieces import agents
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.workshop import AGENTS

pytest.importorskip("anthropic")
pytestmark = pytest.mark.slow

SCRIPT: Mapping[str, Any] = {**agents(), **ARCHITECT}
TOPIC = "Adding up"


def answer(body: Mapping[str, Any]) -> Any:
    """What the agent says whose instruction was sent."""
    [agent] = [one for one in AGENTS if one.system in body["system"]]
    said = SCRIPT.get(agent.name, SCRIPT.get(agent.name.partition(":")[0]))
    return solved(body["messages"][0]["content"]) if agent.name == "solver" else said


def solved(prompt: str) -> Any:
    """The letter that 18 has in this order of the options."""
    [question] = json.loads(prompt.rpartition("# The questions\n")[2])
    [letter] = [one[0] for one in question["options"] if one.endswith(") 18")]
    return {"answer": [{"id": question["id"], "answer": letter, "why": "12 and 6 are 18."}]}


@pytest.fixture
def server() -> Iterator[StudioServer]:
    with studio_server() as started:
        started.default = lambda handler, body: says(answer(body))(handler, body)
        yield started


def brief_in(folder: Path, server: StudioServer, **more: str) -> Path:
    lines = {"topic": TOPIC, "id": "adding", **more}
    models = {"provider": "local", "base_url": server.url, "creative": "maker", "solver": "checker"}
    path = folder / "brief.toml"
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in lines.items())
    models_text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in models.items())
    path.write_text(f"{text}minutes = 6\n\n[models]\n{models_text}")
    return path


def run(place: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui_tutor", "studio", *words],
        env={**os.environ, "TUI_TUTOR_DATA": str(place / "data"), "NO_COLOR": "1", **variables},
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_brief_becomes_a_published_course_and_the_author_has_a_turn(server, tmp_path):
    brief_in(tmp_path, server)
    began = run(tmp_path, "new", "brief.toml", "-o", "course")
    assert began.returncode == 0, began.stderr
    assert "1. Sums" in began.stdout
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/Adding up/Sums of money/" "$1"\n')
    editor.chmod(0o755)
    edited = run(tmp_path, "outline", "course", "--edit", EDITOR=str(editor))
    assert edited.stdout.startswith("Sums of money\n"), edited.stderr
    built = run(tmp_path, "build", "course", "--json")
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["proof"]["agreed"] == 1
    course = tmp_path / "course"
    assert 'title = "Sums of money"' in (course / "course.toml").read_text()
    status = json.loads(run(tmp_path, "status", "course", "--json").stdout)
    assert [status["published"], [one["state"] for one in status["lessons"]]] == [True, ["written"]]
    assert status["steps"] == len(server.asked)
    again = run(tmp_path, "build", "course")
    assert [again.returncode, status["steps"]] == [0, len(server.asked)], again.stderr


def test_a_model_that_costs_more_than_the_cap_is_not_asked(server, tmp_path):
    path = brief_in(tmp_path, server)
    path.write_text(f"budget_usd = 0.01\n{path.read_text()}")
    prices = "".join(f"[model.{name}]\ninput = 50\noutput = 250\n" for name in ("maker", "checker"))
    (tmp_path / "prices.toml").write_text(prices)
    refused = run(tmp_path, "new", "brief.toml", "-o", "course", "--yes")
    assert refused.returncode == 1
    assert "it was not made, and what is finished is kept" in refused.stderr
    assert [path for path in server.paths() if "count_tokens" not in path] == []


def test_what_costs_money_is_not_begun_where_nobody_can_be_asked(server, tmp_path):
    brief_in(tmp_path, server)
    (tmp_path / "prices.toml").write_text(
        "[model.maker]\ninput = 5\noutput = 25\n[model.checker]\ninput = 1\noutput = 1\n"
    )
    refused = run(tmp_path, "new", "brief.toml", "-o", "course")
    assert [refused.returncode, "Nobody can be asked" in refused.stderr, server.asked] == [1, True, []]
    goes_on = run(tmp_path, "new", "brief.toml", "-o", "course", "--yes")
    assert goes_on.returncode == 0, goes_on.stderr


@pytest.mark.parametrize("is_building", [True, False])
def test_an_outline_that_cannot_be_kept_is_not_lost(server, tmp_path, is_building):
    brief_in(tmp_path, server)
    assert run(tmp_path, "new", "brief.toml", "-o", "course").returncode == 0
    folder = StudioFolder(tmp_path / "course")
    before, editor = folder.get("outline.toml"), tmp_path / "editor"
    to = 'title = "Sums of money"' if is_building else "title = 3"
    editor.write_text(f'#!/bin/sh\nsed -i \'s/^title = "Adding up"/{to}/\' "$1"\n')
    editor.chmod(0o755)
    with folder.held() if is_building else nullcontext():
        refused = run(tmp_path, "outline", "course", "--edit", EDITOR=str(editor))
    said = "Another build is at work" if is_building else "The outline cannot be used"
    assert [refused.returncode != 0, said in refused.stderr] == [True, True], refused.stderr
    assert "What you wrote is in course/.studio/outline.toml.rejected" in refused.stderr
    assert to.encode() in (folder.get("outline.toml.rejected") or b"")
    assert folder.get("outline.toml") == before


def test_what_the_file_system_refuses_is_a_sentence(tmp_path):
    refused = run(tmp_path, "status", "x" * 300)
    assert refused.returncode == 1
    assert refused.stderr.startswith("tui-tutor: The disk refused: file name too long (xxx"), refused.stderr
