"""The app stops and goes on like any program of the shell."""

from __future__ import annotations

import os
import signal

import pytest

from tests.tui.terminal.driving import (
    assert_it_ends_well,
    assert_it_goes_on,
    assert_the_shell_has_its_terminal,
    children,
    demo,
    run_a_command,
    shell,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", ["key", "signal"])
def test_a_stopped_app_gives_the_shell_its_terminal_and_draws_itself_again_when_it_goes_on(how):
    with shell() as driver:
        before = driver.cells()
        if how == "key":
            driver.press("f8")
        else:
            os.kill(children(driver.pid)[0], signal.SIGTSTP)
        assert_the_shell_has_its_terminal(driver)
        assert_it_goes_on(driver, before)
        assert_it_ends_well(driver)


def test_an_app_sent_to_the_background_waits_there_and_leaves_the_shell_alone():
    with shell() as driver:
        before = driver.cells()
        driver.press("f8")
        driver.wait_for("Stopped")
        driver.settle()
        driver.type("bg\r")
        driver.settle()
        run_a_command(driver)
        assert driver.text().count("Stopped") == 2
        assert driver.modes_left_on() <= {2004}, "bash itself may use bracketed paste"
        driver.type("fg\r")
        driver.wait(lambda: driver.cells() == before)


def test_a_stopped_app_that_is_killed_leaves_the_shell_alone():
    with shell() as driver:
        driver.press("f8")
        driver.wait_for("Stopped")
        driver.settle()
        guardian = children(driver.pid)[0]
        os.kill(children(guardian)[0], signal.SIGKILL)
        os.kill(guardian, signal.SIGCONT)
        driver.settle()
        run_a_command(driver)


def test_an_app_stopped_by_force_gives_the_shell_its_terminal_too():
    with shell() as driver:
        before = driver.cells()
        guardian = children(driver.pid)[0]
        os.kill(children(guardian)[0], signal.SIGSTOP)
        assert_the_shell_has_its_terminal(driver)
        assert_it_goes_on(driver, before)


def test_an_app_continued_without_having_been_stopped_draws_itself_again():
    with demo("no-guardian") as driver:
        before = driver.cells()
        driver.screen.erase_in_display(2)
        driver.signal(signal.SIGCONT)
        driver.wait(lambda: driver.cells() == before)
        driver.press("ctrl+q")
        assert driver.wait_for_end() == 0
        assert driver.modes_left_on() == set()
