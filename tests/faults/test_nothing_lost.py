"""What was acknowledged is kept, whatever happens; `make torture` does the same more often."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.crowding import crowded
from tests.faults.damaging import DAMAGES, damaged
from tests.faults.ending import KINDS, filled, injected
from tests.faults.injecting import Injector
from tests.faults.playing import played

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def injector() -> Iterator[Injector]:
    one = Injector()
    yield one
    one.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_step_costs_nothing_that_was_acknowledged(injector: Injector, kind: str):
    figures = injected(injector, kind, 24, seed=1)
    assert (figures.injections, figures.lost, figures.unsound, figures.problems) == (24, 0, 0, [])


def test_a_full_disk_costs_nothing_and_what_was_refused_is_stored_when_there_is_room(injector: Injector):
    figures = filled(injector, 12, seed=1)
    assert (figures.injections, figures.lost, figures.unsound, figures.problems) == (12, 0, 0, [])


def test_damaged_databases_are_kept_and_what_is_readable_is_brought_back():
    recovery = damaged(2 * len(DAMAGES), seed=1)
    assert recovery.starts == recovery.kept == recovery.databases
    assert recovery.recovered >= 0.95 * recovery.readable
    assert recovery.invented == 0


def test_however_the_app_ends_nothing_is_lost_or_left_and_the_terminal_is_restored():
    play = played(4, seed=1)
    assert (play.lost, play.orphans, play.restored, play.problems) == (0, 0, 4, [])


def test_instances_at_once_lose_nothing_and_show_no_error():
    crowd = crowded(writers=4, answers=60)
    assert (crowd.stored, crowd.said) == (240, ())
