"""A window too small for the app says so, quietly, and the app comes back as it was."""

from __future__ import annotations

import sys

import pytest

from tests.tui.terminal.driving import DEMO, LAST_LINE, demo, start
from tui_tutor.tui.terminal.too_small import is_too_small, too_small_message

SENTENCE = "This window is 52x16. TUI Tutor needs 60x18, or start it with --plain."


def words(driver) -> str:
    return " ".join(driver.text().split())


def test_the_sentence_names_the_window_and_what_is_needed():
    assert too_small_message(52, 16) == SENTENCE


def test_the_smallest_window_is_60_by_18():
    assert [is_too_small(60, 18), is_too_small(59, 18), is_too_small(60, 17)] == [False, True, True]


@pytest.mark.slow
def test_a_small_window_shows_the_sentence_alone_and_keys_do_nothing():
    with demo() as driver:
        before = driver.cells()
        driver.resize(52, 16)
        driver.wait(lambda: words(driver) == SENTENCE)
        driver.settle()
        assert driver.bytes_after(lambda: driver.type("blind")) == 0
        driver.resize(120, 36)
        driver.wait(lambda: driver.cells() == before)


@pytest.mark.slow
def test_a_window_that_is_small_from_the_start_shows_the_sentence_until_it_grows():
    with start(sys.executable, DEMO, width=52, height=16) as driver:
        driver.wait(lambda: words(driver) == SENTENCE)
        driver.resize(100, 30)
        driver.wait_for(LAST_LINE)


@pytest.mark.slow
def test_a_window_of_one_cell_is_quiet_and_the_app_can_be_quit():
    with demo() as driver:
        driver.resize(1, 1)
        driver.settle()
        assert driver.settle(1.0, 1.0) == 0
        driver.press("ctrl+q")
        assert driver.wait_for_end() == 0
        assert driver.modes_left_on() == set()
