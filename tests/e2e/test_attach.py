"""A dropped line costs nothing: the lesson, its kernel and a long run go on, and the next start goes back."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import psutil
import pytest

from benchmarks.pty_driver import PtyDriver
from tests.builders import a_code, a_course_folder, a_lesson, a_markdown, a_text_quiz
from tests.e2e.playing import Player
from tests.e2e.test_screen_journey import answer, leave

pytestmark = pytest.mark.slow

SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
LONG_RUN = """
import time
from pathlib import Path
print('be' + 'gun')
while not Path('go').exists():
    time.sleep(0.02)
print('fini' + 'shed')
"""


def a_folder(parent: Path) -> Path:
    cells = (a_text_quiz(), a_code(LONG_RUN), a_markdown("The end."))
    return a_course_folder(parent, lessons=(a_lesson(cells, title="First"),))


def begin_long_run(terminal: PtyDriver) -> None:
    terminal.wait_for("What runs the code?")
    terminal.press("ctrl+down", "f5")
    terminal.wait_for("begun")


def let_it_finish(player: Player) -> None:
    """Make the file that the run waits for, where the kernel works."""
    (folder,) = (player.data / "workspaces").iterdir()
    (folder / "go").touch()


def no_session_is_left(player: Player) -> bool:
    return json.loads(player.run("attach", "--list", "--json").stdout) == {"sessions": []}


def test_over_ssh_a_long_run_goes_on_without_its_line_and_the_next_start_goes_back(
    player: Player, tmp_path: Path
) -> None:
    folder = str(a_folder(tmp_path))
    with player.on_a_terminal("learn", folder, "--trust", "once", **SSH) as terminal:
        begin_long_run(terminal)
        terminal.hang_up()
        assert terminal.wait_for_end() == 128 + signal.SIGHUP
    (session,) = json.loads(player.run("attach", "--list", "--json").stdout)["sessions"]
    assert session["runs"] == "In [1]"
    assert session["alone_s"] is not None
    let_it_finish(player)
    with player.on_a_terminal(width=100, height=30) as terminal:
        terminal.wait_for("A session is still running:")
        terminal.press("enter")
        terminal.wait_for("finished")
        terminal.wait_for("✓ ran")
        assert leave(terminal) == 0
        assert terminal.modes_left_on() == set()
        assert terminal.echoes()
    assert no_session_is_left(player)


def test_quitting_ends_a_kept_session_as_any_other(player: Player, tmp_path: Path) -> None:
    with player.on_a_terminal(
        "learn", str(a_folder(tmp_path)), "--trust", "once", TUI_TUTOR_KEEP="1"
    ) as terminal:
        begin_long_run(terminal)
        assert leave(terminal) == 0
    assert no_session_is_left(player)


def test_a_session_can_be_ended_instead_of_going_back(player: Player, tmp_path: Path) -> None:
    folder = str(a_folder(tmp_path))
    with player.on_a_terminal("learn", folder, "--trust", "once", TUI_TUTOR_KEEP="1") as terminal:
        terminal.wait_for("What runs the code?")
        answer(terminal, "shell", 1)
        terminal.hang_up()
    with player.on_a_terminal("learn", folder) as terminal:
        terminal.wait_for("A session is still running:")
        terminal.type("e\r")
        terminal.wait_for("answer    shell")
        assert leave(terminal) == 0
    assert no_session_is_left(player)


def test_another_session_can_be_started_beside_it(player: Player, tmp_path: Path) -> None:
    folder = str(a_folder(tmp_path))
    with player.on_a_terminal("learn", folder, TUI_TUTOR_KEEP="1") as first:
        first.wait_for("What runs the code?")
        with player.on_a_terminal("learn", folder, TUI_TUTOR_KEEP="1") as second:
            second.wait_for("open in another terminal")
            second.type("n\r")
            second.wait_for("What runs the code?")
            assert len(player.run("attach", "--list").stdout.splitlines()) == 2
            assert leave(second) == 0
        assert leave(first) == 0


def test_attach_takes_a_session_over_from_another_terminal(player: Player, tmp_path: Path) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), TUI_TUTOR_KEEP="1") as first:
        first.wait_for("What runs the code?")
        with player.on_a_terminal("attach", "--ascii", COLORTERM="") as second:
            second.wait_for("What runs the code?")
            assert first.wait_for_end() == 0
            assert "This session goes on in another terminal." in first.text()
            second.settle()
            assert second.text().isascii()
            assert leave(second) == 0


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [(("--no-keep",), SSH), ((), {**SSH, "TUI_TUTOR_KEEP": "0"}), ((), {**SSH, "TMUX": "x"}), ((), {})],
)
def test_where_sessions_are_not_kept_a_hang_up_ends_the_run_with_everything_kept(
    player: Player, tmp_path: Path, arguments: tuple[str, ...], environ: dict[str, str]
) -> None:
    folder = str(a_folder(tmp_path))
    with player.on_a_terminal("learn", folder, "--trust", "once", *arguments, **environ) as terminal:
        terminal.wait_for("What runs the code?")
        answer(terminal, "shell", 1)
        terminal.press("ctrl+down", "f5")
        terminal.wait_for("begun")
        terminal.hang_up()
        terminal.wait_for_end()
    _, alive = psutil.wait_procs(player.processes(), timeout=10)
    assert alive == []
    assert [attempt["answer"] for attempt in player.attempts()] == [["shell"]]


def test_the_setting_says_which_sessions_are_kept(player: Player, tmp_path: Path) -> None:
    folder = str(a_folder(tmp_path))
    with player.on_a_terminal(**SSH) as terminal:
        terminal.wait_for("Variational")
        terminal.press("ctrl+p")
        terminal.settle()
        terminal.type("settings")
        terminal.settle()
        terminal.press("enter")
        terminal.wait_for("outlives a broken line")
        terminal.press("down", "down", "left")
        terminal.wait_for("ends with its terminal")
        assert leave(terminal) == 0
    with player.on_a_terminal("learn", folder, **SSH) as terminal:
        terminal.wait_for("What runs the code?")
        assert no_session_is_left(player)
        assert leave(terminal) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_to_end_leaves_no_process_of_a_kept_session(
    player: Player, tmp_path: Path, number: signal.Signals
) -> None:
    with player.on_a_terminal(
        "learn", str(a_folder(tmp_path)), "--trust", "once", TUI_TUTOR_KEEP="1"
    ) as terminal:
        begin_long_run(terminal)
        terminal.signal(number)
        assert terminal.wait_for_end() == 128 + number
    # The learner's fixture sees to it that nothing is left.


def test_killing_every_process_at_once_loses_nothing_that_was_shown(player: Player, tmp_path: Path) -> None:
    with player.on_a_terminal(
        "learn", str(a_folder(tmp_path)), "--trust", "once", TUI_TUTOR_KEEP="1"
    ) as terminal:
        terminal.wait_for("What runs the code?")
        answer(terminal, "shell", 1)
        terminal.press("ctrl+down", "f5")
        terminal.wait_for("begun")
        (session,) = json.loads(player.run("attach", "--list", "--json").stdout)["sessions"]
        host = psutil.Process(session["session"])
        for process in (*host.children(), host):
            process.kill()
        terminal.wait_for_end()
        assert terminal.modes_left_on() == set()
        assert terminal.echoes()
    _, alive = psutil.wait_procs(player.processes(), timeout=10)
    assert alive == []
    assert [attempt["answer"] for attempt in player.attempts()] == [["shell"]]


def test_a_lesson_that_cannot_be_opened_is_refused_in_a_kept_session_as_in_any_other(
    player: Player, tmp_path: Path
) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), "9", TUI_TUTOR_KEEP="1") as terminal:
        assert terminal.wait_for_end() == 1
        assert "has no lesson 9." in terminal.text()


def test_there_is_nothing_to_go_back_to_without_a_session(player: Player) -> None:
    done = player.run("attach")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No session is running." in done.stderr


def test_a_number_of_hours_that_is_none_is_refused(player: Player) -> None:
    with player.on_a_terminal(TUI_TUTOR_KEEP="long") as terminal:
        assert terminal.wait_for_end() == 2
        assert "which is no number of hours" in terminal.text()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"TERM": "dumb"}, "TERM is dumb."),
        ({"TERM": ""}, "TERM is not set."),
    ],
)
def test_a_terminal_that_cannot_show_a_session_is_told_and_the_session_goes_on(
    environ: dict[str, str], said: str, player: Player, tmp_path: Path
) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), TUI_TUTOR_KEEP="1") as terminal:
        terminal.wait_for("What runs the code?")
        terminal.hang_up()
        terminal.wait_for_end()
    with player.on_a_terminal("attach", **environ) as terminal:
        terminal.wait_for(said)
        assert terminal.wait_for_end() == 1
    with player.on_a_terminal("attach") as terminal:
        terminal.wait_for("What runs the code?")
        assert leave(terminal) == 0


def test_a_terminal_of_another_encoding_gets_ascii(player: Player, tmp_path: Path) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), TUI_TUTOR_KEEP="1") as terminal:
        terminal.wait_for("What runs the code?")
        terminal.hang_up()
        terminal.wait_for_end()
    with player.on_a_terminal("attach", PYTHONIOENCODING="latin-1") as terminal:
        terminal.wait_for("What runs the code?")
        terminal.settle()
        assert terminal.sent.isascii()
        assert leave(terminal) == 0
