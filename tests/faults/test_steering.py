"""No string steers a terminal once it has passed a gate; `make torture` tries a million of them."""

from __future__ import annotations

import pytest

from tests.faults import steering
from tests.faults.steering import steered


def test_no_string_comes_out_steering_a_terminal():
    assert steered(20_000).leaks == ()


def test_a_gate_that_lets_everything_through_would_be_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(steering.GATES, "text", "".join)
    assert len(steered(200).leaks) == 20
