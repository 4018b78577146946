"""Whatever a learner and the world do, in whatever order, a lesson stays a lesson."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.study.any_events import apply, wishes
from tests.unit.study.studying import Notebook, a_study, every_kind
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import RestoreNames, RunCode, RunScript
from tui_tutor.core.study.state import Rerun, Trust

TRUSTS = st.sampled_from(["unknown", "once", "trusted", "refused"])


def visited(trust: Trust = "trusted") -> Study:
    """A lesson with something to restore."""
    return replace(a_study(every_kind(), trust=trust), reruns=(Rerun("one", "x = 2", 60.0),))


def running(study: Study) -> list[str]:
    return [cell_id for cell_id, state in study.cells.items() if state.status == "running"]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(TRUSTS, wishes())
def test_at_most_one_cell_runs_and_only_those_that_wait_are_queued(trust, events):
    notebook = Notebook(visited(trust))
    for event in events:
        apply(notebook, event)
        study = notebook.study
        assert running(study) == ([study.running] if study.running else [])
        queued = [cell_id for cell_id, state in study.cells.items() if state.status == "queued"]
        assert sorted(queued) == sorted(cell_id for cell_id, _ in study.queue)
        assert study.running or study.restoring or not study.queue


@settings(max_examples=150, deadline=None)
@given(wishes())
def test_nothing_is_ordered_to_run_before_a_yes(events):
    notebook = Notebook(visited("unknown"))
    for event in events:
        apply(notebook, event)
        if notebook.study.trust in ("unknown", "refused"):
            continue
        return
    assert not [
        effect for effect in notebook.effects if isinstance(effect, RunCode | RunScript | RestoreNames)
    ]


@settings(max_examples=150, deadline=None)
@given(wishes())
def test_what_is_done_stays_done(events):
    notebook, done = Notebook(visited()), set()
    for event in events:
        apply(notebook, event)
        now = {cell_id for cell_id, state in notebook.study.cells.items() if state.is_done}
        assert done <= now
        done = now


@settings(max_examples=100, deadline=None)
@given(wishes())
def test_the_same_events_give_the_same_lesson(events):
    first, second = Notebook(visited()), Notebook(visited())
    for event in events:
        apply(first, event)
        apply(second, event)
    assert (first.study, first.log, first.effects) == (second.study, second.log, second.effects)
