"""Coming back to a lesson in plain mode: yesterday's names are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import a_code, a_course_folder, a_lesson
from tests.e2e.playing import Player

pytestmark = pytest.mark.slow

CELLS = (a_code("a = 20", id="one"), a_code("print(a + 1)", id="two"), a_code("print(a * 2)", id="three"))


@pytest.fixture
def folder(player: Player, tmp_path: Path) -> Path:
    """A course in which the first two cells were run."""
    folder = a_course_folder(tmp_path, lessons=(a_lesson(CELLS),))
    player.learn(folder, "run", "next", "run")
    return folder


def test_a_cell_that_needs_yesterdays_names_runs(player: Player, folder: Path) -> None:
    said = player.learn(folder, "next", "run", "outline")
    assert (
        "> run\n"
        "Restoring your last visit: 2 cells run again. Ctrl+C skips it.\n"
        "2 cells ran again: names are as you left them.\n"
        "In [3] [3] running\n"
        "out [3]\n"
        "40\n"
    ) in said
    assert "ran again" not in said.split("> outline")[1]


def test_a_visit_that_only_reads_runs_nothing(player: Player, folder: Path) -> None:
    assert "Restoring" not in player.learn(folder, "back", "next", trust=False)


def trusted(player: Player, folder: Path) -> None:
    """The learner trusts the folder for good."""
    with player.on_a_terminal("learn", str(folder), "--plain") as terminal:
        terminal.wait_for("> ")
        terminal.type("run\r")
        terminal.wait_for("1, 2 or 3: ")
        terminal.type("1\r")
        terminal.wait_for("ran in")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0


def test_where_trust_lasts_it_begins_at_once_and_tells_how_it_went(player: Player, folder: Path) -> None:
    trusted(player, folder)
    said = player.learn(folder, "run", "next", trust=False)
    assert "\n\nRestoring your last visit: 2 cells run again. Ctrl+C skips it.\nIn [ ] [2]" in said
    assert "names are as you left them.\nIn [3] [2] running\nout [3]\n21\n" in said


def test_ctrl_c_at_the_prompt_skips_it_and_the_lesson_goes_on(player: Player, tmp_path: Path) -> None:
    source = "import os, time\ntime.sleep(60 if os.path.exists('slow') else 0)\nopen('slow', 'w').close()"
    folder = a_course_folder(tmp_path, lessons=(a_lesson([a_code(source)]),))
    trusted(player, folder)
    with player.on_a_terminal("learn", str(folder), "--plain") as terminal:
        terminal.wait_for("Restoring your last visit")
        terminal.wait_for("> ")
        terminal.press("ctrl+c")
        terminal.type("run\r")
        terminal.wait_for("Restoring was stopped, 0 of 1 cell ran again.")
        terminal.wait_for("running")
        terminal.settle(0.5)  # right behind the first it would mean the same
        terminal.press("ctrl+c")
        terminal.wait_for("stopped by you")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0
