"""However the app ends, the terminal is left as it was found and the exit code says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from benchmarks.pty_driver import PtyDriver
from tests.tui.terminal.driving import DEMO, LAST_LINE, children, demo, start

pytestmark = pytest.mark.slow

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL", "SIGSEGV")


def assert_left_as_found(driver: PtyDriver) -> None:
    assert driver.modes_left_on() == set()
    assert driver.echoes()


def wait_until_gone(pid: int, timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while is_alive(pid):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_to_the_app_leaves_the_terminal_as_it_was_found(name):
    number = signal.Signals[name]
    with demo() as driver:
        os.kill(children(driver.pid)[0], number)
        assert driver.wait_for_end() == 128 + number
        assert_left_as_found(driver)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_to_the_process_the_shell_knows_reaches_the_app(name, tmp_path):
    number = signal.Signals[name]
    mark = tmp_path / "mark"
    with demo(CLEANUP_MARK=str(mark)) as driver:
        app = children(driver.pid)[0]
        driver.signal(number)
        assert driver.wait_for_end() == 128 + number
        assert_left_as_found(driver)
    wait_until_gone(app)
    assert mark.read_text() == "cleaned\n"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_without_a_guardian_signals_leave_the_terminal_as_it_was_found(name):
    number = signal.Signals[name]
    with demo("no-guardian") as driver:
        driver.signal(number)
        assert driver.wait_for_end() == 128 + number
        assert_left_as_found(driver)


def test_a_killed_app_says_so_on_the_screen_it_was_started_from():
    with demo() as driver:
        os.kill(children(driver.pid)[0], signal.SIGKILL)
        driver.wait_for_end()
        assert driver.text().split("\n", 2)[1].startswith("TUI Tutor was ended by SIGKILL.")


def test_a_killed_app_takes_the_process_groups_it_registered_along():
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as sleeper:
        with demo(WATCHED_GROUP=str(sleeper.pid)) as driver:
            os.kill(children(driver.pid)[0], signal.SIGKILL)
            driver.wait_for_end()
        assert sleeper.wait(10) == -signal.SIGKILL


def test_a_crash_shows_where_it_happened():
    with demo() as driver:
        driver.press("f4")
        assert driver.wait_for_end() == 128 + signal.SIGSEGV
        assert "action_crash" in driver.text()
        assert_left_as_found(driver)


def test_a_mistake_of_ours_is_shown_safely_with_where_to_report_it():
    with demo() as driver:
        driver.press("f2")
        assert driver.wait_for_end() == 1
        assert "RuntimeError: a ␛[31mmistake" in driver.text()
        assert "Please report the lines above" in driver.text()
        assert_left_as_found(driver)


def test_a_refusal_of_the_world_is_told_in_its_own_words():
    with demo() as driver:
        driver.press("f3")
        assert driver.wait_for_end() == 1
        assert [row.rstrip() for row in driver.screen.display if row.strip()] == [
            "the disk is full; nothing was lost",
            "make room and start again",
        ]


def test_an_app_that_is_stuck_ends_on_sigterm_all_the_same():
    with demo() as driver:
        driver.press("f5")
        driver.signal(signal.SIGTERM)
        assert driver.wait_for_end() == 128 + signal.SIGTERM
        assert_left_as_found(driver)


def test_an_app_whose_terminal_is_not_read_ends_on_sigterm_all_the_same():
    with demo() as driver:
        app = children(driver.pid)[0]
        for _ in range(60):
            driver.press("f9")
            time.sleep(0.02)
        driver.signal(signal.SIGTERM)
        wait_until_gone(app)


def test_ctrl_c_while_the_app_starts_ends_it_without_a_traceback():
    with start(sys.executable, DEMO) as driver:
        driver.wait(lambda: bool(children(driver.pid)))
        driver.press("ctrl+c")
        assert driver.wait_for_end() == 128 + signal.SIGINT
        assert driver.text().replace("^C", "").strip() == ""
        assert_left_as_found(driver)


@pytest.mark.parametrize("arguments", [(), ("no-guardian",)])
def test_an_app_whose_terminal_is_gone_ends_and_cleans_up(arguments, tmp_path):
    mark = tmp_path / "mark"
    with demo(*arguments, CLEANUP_MARK=str(mark)) as driver:
        family = [driver.pid, *children(driver.pid)]
        driver.hang_up()
        for pid in family:
            if pid == driver.pid:
                driver.wait_for_end()
            wait_until_gone(pid)
        assert mark.read_text() == "cleaned\n"


def test_an_app_under_nohup_ends_with_its_terminal():
    with start("/bin/sh", "-c", f"trap '' HUP; {sys.executable} {DEMO}; :") as driver:
        driver.wait_for(LAST_LINE)
        guardian = children(driver.pid)[0]
        app = children(guardian)[0]
        driver.hang_up()
        wait_until_gone(app)
        wait_until_gone(guardian)


def test_an_app_whose_guardian_was_killed_ends_and_puts_the_terminal_right():
    with start("/bin/sh", "-c", f"{sys.executable} {DEMO}; sleep 600") as driver:
        driver.wait_for(LAST_LINE)
        guardian = children(driver.pid)[0]
        app = children(guardian)[0]
        os.kill(guardian, signal.SIGKILL)
        wait_until_gone(app)
        driver.settle()
        assert driver.modes_left_on() == set()


def test_an_ordinary_end_gives_the_apps_exit_code_and_runs_the_cleanups(tmp_path):
    mark = tmp_path / "mark"
    with demo(CLEANUP_MARK=str(mark)) as driver:
        driver.press("ctrl+q")
        assert driver.wait_for_end() == 0
        assert_left_as_found(driver)
    assert mark.read_text() == "cleaned\n"
