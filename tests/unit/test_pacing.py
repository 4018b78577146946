"""Which changes of a study may wait a moment before they are drawn."""

from __future__ import annotations

from tests.builders import NOON, a_code, a_markdown
from tests.unit.study.studying import a_study, printed
from tui_tutor.core.execution import InputAsked, RunEvent, Started
from tui_tutor.core.study import Study, update
from tui_tutor.core.study.events import RunReported, RunRequested
from tui_tutor.tui.screens.pacing import has_only_begun

SHOWN = a_study((a_code(id="c"), a_markdown()))


def begun(*said: RunEvent) -> Study:
    study, _ = update(SHOWN, RunRequested("c", NOON))
    return update(study, RunReported("c", (Started(1), *said), NOON))[0]


def test_a_run_that_has_said_nothing_may_wait():
    assert has_only_begun(SHOWN, begun())


def test_what_a_run_prints_is_drawn_at_once():
    assert not has_only_begun(SHOWN, begun(printed("one\n")))


def test_a_question_of_a_program_is_drawn_at_once():
    assert not has_only_begun(SHOWN, begun(InputAsked("name? ")))


def test_a_run_that_is_shown_already_waits_no_more():
    assert not has_only_begun(begun(), begun())


def test_without_a_run_nothing_waits():
    assert not has_only_begun(SHOWN, SHOWN)
