"""kill -9 at any moment of a build: nothing finished is asked again, nothing billed is forgotten."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.studio_calls import a_call
from tests.studio_server import StudioServer, says, studio_server
from tui_tutor.core.language_model import Usage
from tui_tutor.studio.ledger import read_ledger
from tui_tutor.studio.prices import shipped_prices
from tui_tutor.studio.steps import read_step

pytest.importorskip("anthropic")
pytestmark = pytest.mark.slow

CALLS = 18
ROOT = Path(__file__).parents[3]


def start(server: StudioServer, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.adapters.studio.stack_child", server.url, str(folder), str(CALLS)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finished(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "steps").glob("*.json")}


def test_a_build_that_is_killed_again_and_again_is_finished_and_pays_for_nothing_twice(tmp_path):
    with studio_server() as server:
        server.default = says({"ok": True}, pieces=3)
        kept: dict[str, bytes] = {}
        for kill_after in (2, 3, 5, 6):
            child = start(server, tmp_path)
            before = len(server.asked)
            while len(server.asked) < before + kill_after:
                time.sleep(0.001)
            child.kill()
            child.wait()
            now = finished(tmp_path)
            assert {name: now[name] for name in kept} == kept
            kept = now
        asked = len(server.asked)
        child = start(server, tmp_path)
        output, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        assert int(output) == len(kept)
        assert len(server.asked) - asked == CALLS - len(kept)

        billed = len(server.asked) * shipped_prices().of("claude-opus-4-6").cost(Usage(40, 25))
        assert sum(entry.counts for entry in read_ledger(tmp_path)) >= billed
        asked_for = Counter(asked.body["messages"][0]["content"] for asked in server.asked)
        assert set(asked_for) == {a_call(str(number)).prompt for number in range(CALLS)}
        steps = [read_step(path) for path in (tmp_path / "steps").glob("*.json")]
        assert {step.subject for step in steps} == {str(number) for number in range(CALLS)}
        assert all(json.loads(step.reply.text) == {"ok": True} for step in steps)
        assert len(server.asked) <= CALLS + 4 * 3  # those that ran when a build was killed
