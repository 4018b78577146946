"""What the studio finds out by running, in a kernel of its own."""

from __future__ import annotations

import asyncio

import pytest

from tui_tutor.cli.studio_trials import FolderTrials

pytestmark = pytest.mark.slow


def test_what_a_program_prints_is_found_out_by_running_it(tmp_path):
    trials = FolderTrials(tmp_path, tmp_path / "memory")
    assert asyncio.run(trials.printed("print('one')\nprint(1 + 1)")) == (True, "one\n2")


def test_a_program_that_ends_badly_says_so(tmp_path):
    ended_well, said = asyncio.run(FolderTrials(tmp_path, tmp_path / "memory").printed("print(1 / 0)"))
    assert not ended_well
    assert said.endswith("ZeroDivisionError: division by zero")
