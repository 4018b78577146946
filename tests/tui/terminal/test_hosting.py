"""A session outlives its terminal, and every terminal is left as it was found."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from benchmarks.pty_driver import PtyDriver
from tests.tui.terminal.driving import (
    DEMO,
    LAST_LINE,
    assert_it_ends_well,
    assert_it_goes_on,
    assert_the_shell_has_its_terminal,
    children,
    shell,
    start,
)
from tests.tui.terminal.hosting import HostedDemo, wait_for
from tui_tutor.tui.terminal import frames, sessions

pytestmark = pytest.mark.slow

OFF = {7, 25}
ON = {1000, 1002, 1004, 1006, 1049, 2004}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[HostedDemo]:
    hosted = HostedDemo(tmp_path)
    yield hosted
    hosted.close()


def assert_left_as_found(driver: PtyDriver) -> None:
    assert driver.modes_left_on() == set()
    assert driver.echoes()
    assert driver.sent.count(b"\x1b[>25u") == driver.sent.count(b"\x1b[<u")


# --- the line drops ---------------------------------------------------------------------------------


def test_an_app_whose_line_dropped_is_there_as_it_was_on_a_terminal_of_another_size(demo):
    with demo.start() as first:
        first.type("x")
        first.wait_for("ximport torch")
        first.hang_up()
        assert first.wait_for_end() == 128 + signal.SIGHUP
    with demo.attach(width=90, height=30) as second:
        assert "ximport torch" in second.text()
        assert second.modes_left_on() == OFF | ON
        second.type("y")
        second.wait_for("xyimport torch")
        second.press("ctrl+q")
        assert second.wait_for_end() == 0
        assert_left_as_found(second)
    demo.wait_until_gone()


@pytest.mark.parametrize("name", ["SIGHUP", "SIGKILL"])
def test_a_client_that_is_ended_leaves_its_terminal_as_it_was_found_and_the_app_alive(demo, name):
    with demo.start() as first:
        first.type("x")
        first.wait_for("ximport torch")
        os.kill(children(first.pid)[0], signal.Signals[name])
        assert first.wait_for_end() == 128 + signal.Signals[name]
        assert_left_as_found(first)
    with demo.attach() as second:
        assert "ximport torch" in second.text()


def test_a_client_whose_guardian_was_killed_gives_the_terminal_back_and_leaves_the_app_alive(demo):
    with demo.start() as first:
        first.signal(signal.SIGKILL)
        first.wait(lambda: "This session goes on" in first.text())
        assert_left_as_found(first)
    with demo.attach():
        pass


def test_nothing_is_sent_while_nothing_happens_also_after_going_back(demo):
    with demo.start() as first:
        assert first.settle(1.0, 1.0) == 0
        first.hang_up()
    with demo.attach() as second:
        assert second.settle(1.0, 1.0) == 0


def test_going_back_paints_every_cell_once(demo):
    with demo.start() as first:
        cells, painted = first.cells(), len(first.sent)
        first.hang_up()
    with demo.attach() as second:
        assert second.cells() == cells
        assert second.sent.count(b"\x1b[2J") == 1
        assert len(second.sent) < 1.5 * painted


def test_a_paste_that_the_line_cut_does_not_swallow_what_is_typed_later(demo):
    with demo.start() as first:
        first.write(b"\x1b[200~lost")
        first.settle(0.2)
        first.hang_up()
    with demo.attach() as second:
        second.type("y")
        second.wait_for("yimport torch")


def test_a_terminal_that_goes_while_the_app_starts_finds_it_started(demo):
    with start(sys.executable, DEMO, "hosted", HOST_DATA=str(demo.data)) as first:
        wait_for(lambda: bool(sessions.running_sessions(demo.data)))
        demo.note_processes()
        first.hang_up()
    with demo.attach() as second:
        assert LAST_LINE in second.text()


# --- another terminal -------------------------------------------------------------------------------


def test_a_newer_terminal_takes_over_and_the_older_one_is_told(demo):
    with demo.start() as first, demo.attach() as second:
        assert first.wait_for_end() == 0
        assert "This session goes on in another terminal." in first.text()
        assert_left_as_found(first)
        second.type("x")
        second.wait_for("ximport torch")


@pytest.mark.parametrize(
    ("environ", "never"),
    [
        ({"COLORTERM": "", "TERM": "xterm-256color"}, rb"[34]8;2;"),
        ({"COLORTERM": "", "TERM": "xterm"}, rb"[34]8;"),
        ({"NO_COLOR": "1"}, rb"\x1b\[(?:[\d;]*;)?(?:3\d|4\d|9\d|10\d)[;m]"),
    ],
)
def test_a_terminal_is_sent_no_more_colours_than_it_has(demo, environ, never):
    with demo.start() as first:
        assert re.search(rb"[34]8;2;", first.sent)
        first.hang_up()
    with demo.attach(**environ) as second:
        assert re.search(never, second.sent) is None
        assert "import torch" in second.text()


def test_the_window_can_be_resized(demo):
    with demo.start() as driver:
        driver.resize(80, 24)
        driver.wait(lambda: driver.text().split("\n")[1].rstrip().endswith("╮"))
        driver.settle()
        cells = driver.cells()
        driver.hang_up()
    with demo.attach(width=80, height=24) as second:
        assert second.cells() == cells


def test_a_terminal_that_does_not_read_holds_nobody_up_and_shows_the_last_state_when_it_does(demo):
    with demo.start() as driver:
        driver.press("f10")
        wait_for(lambda: int(demo.info().runs or 0) > 300)  # while nobody reads
        driver.type("x")
        driver.wait_for("ximport torch")
        driver.press("ctrl+q")
        assert driver.wait_for_end() == 0
        assert_left_as_found(driver)


# --- ends -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGQUIT"])
def test_a_signal_to_end_ends_the_app(demo, name, tmp_path):
    mark = tmp_path / "mark"
    with demo.start(CLEANUP_MARK=str(mark)) as driver:
        driver.signal(signal.Signals[name])
        assert driver.wait_for_end() == 128 + signal.Signals[name]
        assert_left_as_found(driver)
    demo.wait_until_gone()
    assert mark.read_text() == "cleaned\n"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL", "SIGSEGV"])
def test_an_app_that_is_ended_leaves_the_terminal_as_it_was_found(demo, name):
    number = signal.Signals[name]
    with demo.start() as driver:
        demo.app.send_signal(number)
        assert driver.wait_for_end() == 128 + number
        assert_left_as_found(driver)
        assert ("TUI Tutor was ended by" in driver.text()) == (name in {"SIGKILL", "SIGSEGV"})
    demo.wait_until_gone()


def test_a_killed_app_takes_the_process_groups_it_registered_along(demo):
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as sleeper:
        with demo.start(WATCHED_GROUP=str(sleeper.pid)) as driver:
            demo.app.kill()
            driver.wait_for_end()
        assert sleeper.wait(10) == -signal.SIGKILL


def test_a_host_that_is_killed_ends_the_app_in_order_and_the_terminal_is_left_as_it_was_found(demo, tmp_path):
    mark = tmp_path / "mark"
    with demo.start(CLEANUP_MARK=str(mark)) as driver:
        demo.host.kill()
        assert driver.wait_for_end() == 1
        assert "What was answered and run is kept" in driver.text().replace("\n", "")
        assert_left_as_found(driver)
    demo.wait_until_gone()
    assert mark.read_text() == "cleaned\n"


def test_when_all_but_the_guardian_are_killed_it_puts_the_terminal_right(demo):
    with demo.start() as driver:
        for process in (demo.host, demo.app):
            process.suspend()
        os.kill(children(driver.pid)[0], signal.SIGKILL)
        for process in demo.seen:
            process.kill()
        driver.wait_for_end()
        assert_left_as_found(driver)


def test_a_mistake_of_ours_is_shown_with_where_to_report_it(demo):
    with demo.start() as driver:
        driver.press("f2")
        assert driver.wait_for_end() == 1
        assert "RuntimeError: a ␛[31mmistake" in driver.text()
        assert "Please report the lines above" in driver.text()
        assert_left_as_found(driver)


def test_an_app_that_is_stuck_ends_on_sigterm_all_the_same(demo):
    with demo.start() as driver:
        driver.press("f5")
        driver.signal(signal.SIGTERM)
        assert driver.wait_for_end() == 128 + signal.SIGTERM
        assert_left_as_found(driver)
    demo.wait_until_gone()


def test_a_session_that_nobody_goes_back_to_ends(demo, tmp_path):
    mark = tmp_path / "mark"
    with demo.start(HOST_KEEP_S="0.5", CLEANUP_MARK=str(mark)) as driver:
        driver.hang_up()
    demo.wait_until_gone()
    assert mark.read_text() == "cleaned\n"


def test_a_session_in_which_something_runs_waits_longer(demo):
    with demo.start(HOST_KEEP_S="0.2", RUNS="In [7]") as driver:
        driver.hang_up()
    wait_for(lambda: (demo.info().alone_s or 0) > 1.0)
    assert demo.info().runs == "In [7]"


# --- the shell --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["key", "signal", "app", "client"])
def test_a_stopped_session_gives_the_shell_its_terminal_and_draws_itself_again_when_it_goes_on(demo, how):
    with shell("hosted", HOST_DATA=str(demo.data)) as driver:
        demo.note_processes()
        before = driver.cells()
        if how == "key":
            driver.press("f8")
        elif how == "signal":
            os.kill(children(driver.pid)[0], signal.SIGTSTP)
        elif how == "app":
            demo.app.suspend()
        else:
            os.kill(children(children(driver.pid)[0])[0], signal.SIGSTOP)
        assert_the_shell_has_its_terminal(driver)
        assert_it_goes_on(driver, before)
        assert_it_ends_well(driver)


# --- strangers --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HostedDemo, PtyDriver]]:
    """One session and its terminal, for all strangers in turn: none may change anything."""
    hosted = HostedDemo(tmp_path_factory.mktemp("session"))
    with hosted.start() as driver:
        yield hosted, driver
    hosted.close()


def assert_it_takes_what_is_typed(driver: PtyDriver) -> None:
    """One more character stands where characters were typed before."""

    def typed() -> int:
        return len((re.search("(x*)import torch", driver.text()) or ("", ""))[1])

    before = typed()
    driver.type("x")
    driver.wait(lambda: typed() == before + 1)


def test_only_the_user_can_reach_the_socket(besieged):
    path = besieged[0].info().path
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_who_cannot_read_the_folder_of_the_socket_is_not_listened_to(besieged):
    demo, driver = besieged
    for first in (b"", frames.frame(frames.KEY, b"0" * 32)):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(demo.info().path))
            stranger.sendall(first + frames.frame(frames.END))
            with suppress(ConnectionResetError):
                assert stranger.recv(100) == b""
    assert_it_takes_what_is_typed(driver)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xff" * 64,
        frames.frame(b"?", b"x"),
        frames.frame(frames.ATTACH, b"[" * 100_000)[:50_000],
        frames.frame(frames.INPUT, b"q"),
        frames.frame(frames.SIZE, b"[]"),
        frames.frame(frames.SIGNAL, b"9"),
    ],
)
def test_a_peer_that_talks_nonsense_changes_nothing(besieged, nonsense):
    demo, driver = besieged
    with socket.socket(socket.AF_UNIX) as stranger:
        path = demo.info().path
        stranger.connect(str(path))
        stranger.sendall(frames.frame(frames.KEY, sessions.read_key(path)) + nonsense)
    assert_it_takes_what_is_typed(driver)
    assert demo.info().alone_s is None


# --- chance -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_terminals_lost_at_any_moment_leave_the_app_as_it_was(demo, seed):
    chance = random.Random(seed)
    with demo.start() as first:
        first.type("x")
        first.wait_for("ximport torch")
        first.press("f10")
    for _ in range(6):
        with demo.attach_early(width=chance.randint(60, 140), height=chance.randint(18, 50)) as driver:
            driver.settle(0.01, chance.random() * 0.8)
            how = chance.choice(["line", "client", "guardian", "SIGHUP"])
            if how == "line":
                driver.hang_up()
            elif how == "SIGHUP":
                driver.signal(signal.SIGHUP)
            else:
                os.kill(driver.pid if how == "guardian" else (children(driver.pid) or [driver.pid])[0], 9)
    demo.app.send_signal(signal.SIGCONT)
    with demo.attach(width=100, height=40) as last:
        assert "ximport torch" in last.text()
        last.press("ctrl+q")
        assert last.wait_for_end() == 0
        assert_left_as_found(last)
    demo.wait_until_gone()


@pytest.mark.parametrize("seed", range(3))
def test_deaths_at_any_moment_leave_the_terminal_as_it_was_found(demo, seed):
    chance = random.Random(seed)
    with start(sys.executable, DEMO, "hosted", HOST_DATA=str(demo.data)) as driver:
        driver.wait(lambda: bool(sessions.running_sessions(demo.data)))
        demo.note_processes()
        victims = [*demo.seen, psutil.Process(children(driver.pid)[0])]
        driver.settle(0.01, chance.random() * 1.5)
        for victim in chance.sample(victims, chance.randint(1, 3)):
            victim.kill()
        driver.wait(driver.has_ended)
        driver.settle(0.1)
        assert_left_as_found(driver)
