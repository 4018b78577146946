"""A solution as a learner reads it."""

from __future__ import annotations

import pytest

from tui_tutor.core.wording.solutions import shown_solution


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("mu = 3.0  # free\nz = mu\n", "mu = 3.0\nz = mu\n"),
        ("x = 1  # free ", "x = 1"),
        ("x = 1  # free will", "x = 1  # free will"),
        ("# free\nx = 1", "\nx = 1"),
    ],
)
def test_marks_for_the_proof_are_not_shown(written, shown):
    assert shown_solution(written) == shown
