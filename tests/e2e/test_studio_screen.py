"""`tui-tutor studio open` as an author uses it: a terminal, kernels, and answers that are there."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.pty_driver import PtyDriver
from tests.adapters.studio.answered import a_built_course, with_answers_of
from tests.e2e.playing import Player, words_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that was built and published."""
    root = tmp_path_factory.mktemp("built") / "adding"
    a_built_course(root)
    return root


def leave(terminal: PtyDriver) -> int:
    terminal.press("ctrl+q")
    return terminal.wait_for_end()


def test_from_a_brief_to_an_outline_a_built_course_its_review_and_its_player(
    player: Player, built: Path
) -> None:
    folder = player.data.parent / "adding"
    with_answers_of(built, folder)
    with player.on_a_terminal("studio", "open", str(folder)) as terminal:
        terminal.wait_for("b has it made.")
        terminal.type("b")
        terminal.wait_for("Have an outline made?")
        terminal.press("enter")
        terminal.wait_for("The outline is made.")
        terminal.type("b")
        terminal.wait_for("Build 1 lesson?")
        terminal.press("enter")
        terminal.wait_for("The course is in")
        terminal.press("enter")
        terminal.wait_for("0 of 5 seen")
        terminal.type("al")
        terminal.wait_for("2 of 5 seen")
        terminal.type("p")
        terminal.wait_for("lesson 1 / 1")
        terminal.press("ctrl+q")
        terminal.wait_for("2 of 5 seen")
        assert leave(terminal) == 0
    assert (folder / "QUALITY.md").is_file()
    assert player.run("verify", str(folder)).returncode == 0


def test_a_brief_that_is_typed_in_one_burst_arrives_whole(player: Player) -> None:
    folder = player.data.parent / "queues"
    with player.on_a_terminal("studio", "open", str(folder), ANTHROPIC_API_KEY="sk-nobody") as terminal:
        terminal.wait_for("F5 go on")
        terminal.type(
            "Queues, quickly\t\x1b[C\t\t\x7f\x7f30\t\t\x7f\x7fde\ta plot\ra table\t\t\t\t\x7f2\x1b[15~"
        )
        terminal.wait_for("b has it made.")
        assert leave(terminal) == 0
    brief = (folder / ".studio/brief.toml").read_text()
    assert brief.splitlines() == [
        'topic = "Queues, quickly"',
        'level = "advanced"',
        "minutes = 30",
        'language = "de"',
        'must = ["a plot", "a table"]',
        "budget_usd = 2.0",
    ]


def test_without_a_terminal_the_lines_are_named_that_do_the_same(player: Player) -> None:
    done = player.run("studio", "open", "adding")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("tui-tutor: The studio's screen needs a terminal that can draw.\n")
    for command in ("studio new", "studio outline adding", "studio build adding"):
        assert command in done.stderr


def test_a_folder_of_something_else_is_told_before_the_screen_opens(player: Player) -> None:
    folder = player.data.parent / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    with player.on_a_terminal("studio", "open", str(folder)) as terminal:
        terminal.wait_for("Name a folder that is not there yet")  # the line before may break
        assert terminal.wait_for_end() == 1


def test_another_studio_in_the_same_folder_is_told_while_the_first_builds(
    player: Player, built: Path
) -> None:
    folder = player.data.parent / "adding"
    with_answers_of(built, folder)
    assert player.run("studio", "outline", str(folder), "--yes").returncode == 0
    first, second = (player.on_a_terminal("studio", "open", str(folder)) for _ in range(2))
    with first as one, second as two:
        for terminal in (one, two):
            terminal.wait_for("not written")
            terminal.type("b")
            terminal.wait_for("Build 1 lesson?")
        one.press("enter")
        one.wait_for("Building")
        two.press("enter")
        two.wait_for("Another build is at work in this folder")
        one.wait_for("The course is in")
        assert (leave(one), leave(two)) == (0, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_build_that_is_ended_leaves_no_process_and_goes_on_later(
    player: Player, built: Path, number: signal.Signals
) -> None:
    folder = player.data.parent / "adding"
    with_answers_of(built, folder)
    assert player.run("studio", "outline", str(folder), "--yes").returncode == 0
    with player.on_a_terminal("studio", "open", str(folder)) as terminal:
        terminal.wait_for("not written")
        terminal.type("b")
        terminal.wait_for("Build 1 lesson?")
        terminal.press("enter")
        terminal.wait_for("proven")
        terminal.wait_for("running")
        if number == signal.SIGKILL:
            for process in player.processes():
                if "studio" in words_of(process):
                    process.kill()
        else:
            terminal.signal(number)
        terminal.wait_for_end()
    _gone(player)
    assert player.run("studio", "build", str(folder), "--yes").returncode == 0


def _gone(player: Player) -> None:
    """No process of it is left; kernels end a moment after their parent."""
    end = time.monotonic() + 10
    left: list[psutil.Process] = []
    while time.monotonic() < end:
        left = player.processes()
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError([words_of(process) for process in left])
