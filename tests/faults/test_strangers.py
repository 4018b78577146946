"""Texts, answers and floods of strangers; `make torture` does the same more often."""

from __future__ import annotations

import pytest

from tests.faults.cheating import cheated
from tests.faults.cheats import KINDS
from tests.faults.flooding import flooded
from tests.faults.fuzzing import fuzzed
from tests.faults.shell_cheats import SHELL_KINDS

pytestmark = pytest.mark.slow


def test_no_text_gets_through_the_gate_as_an_order():
    fuzz = fuzzed(20_000, seed=1)
    assert (fuzz.texts, fuzz.leaks) == (20_000, [])


@pytest.mark.timeout(400)
def test_no_cheating_submission_passes_a_check_and_honest_ones_do():
    cheating = cheated(is_short=True)
    assert cheating.kinds == len(KINDS) + len(SHELL_KINDS)
    assert (cheating.passes, cheating.crashes, cheating.refused) == ([], [], [])


def test_a_flood_ends_leaves_the_app_answering_and_its_memory_bounded():
    assert [flood.faults() for flood in flooded(50)] == [[], [], []]
