"""Every journey has a learner of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.playing import Player, words_of


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    """A learner; whatever was started must have ended with the command."""
    learner = Player(tmp_path / "data")
    yield learner
    left = learner.processes()
    _, alive = psutil.wait_procs(left, timeout=5)
    said = [" ".join(words_of(process)) for process in alive if process.is_running()]
    for process in alive:
        process.kill()
    assert said == []
