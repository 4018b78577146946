"""The app stops and goes on like any program of the shell."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.tui.terminal.driving import DEMO, LAST_LINE, children, demo, start

pytestmark = pytest.mark.slow


def shell():
    driver = start("bash", "--norc", "--noprofile", "-i", PS1="ready> ")
    driver.wait_for("ready> ")
    driver.type(f"{sys.executable} {DEMO}\r")
    driver.wait_for(LAST_LINE)
    driver.settle()
    return driver


@pytest.mark.parametrize("how", ["key", "signal"])
def test_a_stopped_app_gives_the_shell_its_terminal_and_draws_itself_again_when_it_goes_on(how):
    with shell() as driver:
        before = driver.cells()
        if how == "key":
            driver.press("f8")
        else:
            os.kill(children(driver.pid)[0], signal.SIGTSTP)
        driver.wait_for("Stopped")
        driver.settle()
        assert driver.modes_left_on() <= {2004}, "bash itself may use bracketed paste"
        driver.type("echo so$((1 + 1))far\r")
        driver.wait_for("so2far")
        driver.type("fg\r")
        driver.wait(lambda: driver.cells() == before)
        driver.type("y")
        driver.wait_for("yimport torch")
        driver.press("ctrl+q")
        driver.wait(lambda: driver.text().rstrip().endswith("ready>"))
        driver.type("echo code $?\r")
        driver.wait_for("code 0")


def test_an_app_sent_to_the_background_waits_there_and_leaves_the_shell_alone():
    with shell() as driver:
        before = driver.cells()
        driver.press("f8")
        driver.wait_for("Stopped")
        driver.settle()
        driver.type("bg\r")
        driver.settle()
        driver.type("echo so$((1 + 1))far\r")
        driver.wait_for("so2far")
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
        driver.type("echo so$((1 + 1))far\r")
        driver.wait_for("so2far")


def test_an_app_stopped_by_force_gives_the_shell_its_terminal_too():
    with shell() as driver:
        before = driver.cells()
        guardian = children(driver.pid)[0]
        os.kill(children(guardian)[0], signal.SIGSTOP)
        driver.wait_for("Stopped")
        driver.type("echo so$((1 + 1))far\r")
        driver.wait_for("so2far")
        driver.type("fg\r")
        driver.wait(lambda: driver.cells() == before)
        driver.type("y")
        driver.wait_for("yimport torch")


def test_an_app_continued_without_having_been_stopped_draws_itself_again():
    with demo("no-guardian") as driver:
        before = driver.cells()
        driver.screen.erase_in_display(2)
        driver.signal(signal.SIGCONT)
        driver.wait(lambda: driver.cells() == before)
        driver.press("ctrl+q")
        assert driver.wait_for_end() == 0
        assert driver.modes_left_on() == set()
