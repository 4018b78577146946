"""The real command on a real terminal: a lesson played by keys, ended in every way, and nothing lost."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.pty_driver import PtyDriver
from tests.builders import a_code, a_course_folder, a_lesson, a_markdown, a_text_quiz
from tests.e2e.playing import Player, words_of

pytestmark = pytest.mark.slow


def focus_on(terminal: PtyDriver, label: str) -> None:
    """Go down until the cell with this label has the focus."""
    for _ in range(12):
        if any(row.startswith(f"▌{label}") for row in terminal.screen.display):
            return
        terminal.press("ctrl+down")
        terminal.settle(0.15, 2)
    raise AssertionError(f"{label} never had the focus:\n{terminal.text()}")


def leave(terminal: PtyDriver) -> int:
    """Quit with Ctrl+Q; a run that goes on is stopped."""
    terminal.press("ctrl+q")
    terminal.wait(lambda: terminal.has_ended() or "Quit?" in terminal.text(), what="Quit? or the end")
    if not terminal.has_ended():
        terminal.type("q")
    return terminal.wait_for_end()


@pytest.mark.torch
def test_the_reparameterisation_lesson_by_keys_to_its_recorded_answer(player: Player) -> None:
    with player.on_a_terminal("learn", "vae", "3") as terminal:
        terminal.wait_for("Reparameterisation trick")
        focus_on(terminal, "In  [ ]")
        terminal.press("f5")
        terminal.wait_for("In  [1]", 60)
        terminal.wait_for("✓ ran")
        assert "out [1]   torch.Size([1, 32]) -0.01793839782476425" in terminal.text()
        focus_on(terminal, "viz [3]")
        terminal.wait_for("drawn after In [1]")
        focus_on(terminal, "ex  [4]")
        terminal.press("c")
        terminal.wait_for("0 of 3 pass")
        terminal.press("enter")
        terminal.wait_for("editing")
        terminal.press(*["down"] * 9, "end")
        terminal.type("\rmu = mu + 2.0\rlogvar = logvar - 2.0\rz = reparameterise(mu, logvar)")
        terminal.press("escape")
        terminal.wait_until_gone("editing")
        terminal.press("c")
        terminal.wait_for("3 of 3 pass")
        focus_on(terminal, "?   [5]")
        terminal.settle(0.2)
        row = terminal.screen.display[terminal.row_of("It carries all the randomness")]
        terminal.type(row.split("It carries")[0].strip(" ▌▸▐")[-1])
        terminal.wait_for("chosen")
        terminal.press("enter")
        terminal.wait_for("✓ right")
        assert leave(terminal) == 0
        assert terminal.modes_left_on() == set()
        assert terminal.echoes()
    kept = [(a["cell"], a["correct"]) for a in player.attempts()]
    assert kept == [("variance", False), ("variance", True), ("role-of-epsilon", True)]


def a_folder(parent: Path) -> Path:
    long_run = "import time\nprint('be' + 'gun')\ntime.sleep(600)"
    cells = (a_text_quiz(), a_code(long_run), a_markdown("The end."))
    return a_course_folder(parent, lessons=(a_lesson(cells, title="First"),))


def answer(terminal: PtyDriver, text: str, tries: int) -> None:
    """Answer the question and wait until the verdict is on the screen."""
    terminal.press("enter")
    terminal.wait_for("Enter answer  Esc")
    terminal.type("\x15" + text + "\r")
    terminal.wait_for("not yet" if tries == 1 else f"{tries} tries")


@pytest.mark.parametrize("seed", range(3))
def test_kill_loses_nothing_that_was_shown(player: Player, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), "--trust", "once") as terminal:
        terminal.wait_for("What runs the code?")
        shown = chance.randint(1, 4)
        for tries in range(1, shown + 1):
            answer(terminal, f"wrong {tries}", tries)
        if chance.random() < 0.5:
            terminal.press("ctrl+down", "f5")
            terminal.wait_for("begun")
        time.sleep(chance.random() * 0.05)  # any moment will do: that is the point
        for process in (*psutil.Process(terminal.pid).children(recursive=True), psutil.Process(terminal.pid)):
            if "tui_tutor" in " ".join(words_of(process)):
                process.kill()
        terminal.wait_for_end()
    assert [a["answer"] for a in player.attempts()] == [[f"wrong {n}"] for n in range(1, shown + 1)]


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]
)
def test_no_process_is_left_however_it_ends(player: Player, tmp_path: Path, number: signal.Signals) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), "--trust", "once") as terminal:
        terminal.wait_for("What runs the code?")
        terminal.press("ctrl+down", "f5")
        terminal.wait_for("begun")
        terminal.signal(number)
        terminal.wait_for_end()
    # The learner's fixture sees to it that nothing is left.


def test_the_lesson_goes_on_where_it_was(player: Player, tmp_path: Path) -> None:
    folder = str(a_folder(tmp_path))
    with player.on_a_terminal("learn", folder, "--trust", "once") as terminal:
        terminal.wait_for("What runs the code?")
        answer(terminal, "shell", 1)
        terminal.press("ctrl+down", "enter")
        terminal.wait_for("editing")
        terminal.type("# mine\r")
        terminal.wait_for("# mine")
        terminal.press("escape")
        terminal.wait_until_gone("editing")
        assert leave(terminal) == 0
    with player.on_a_terminal("learn", folder) as terminal:
        terminal.wait_for("# mine")
        assert "answer    shell" in terminal.text()
        assert leave(terminal) == 0


def test_a_lesson_that_cannot_be_opened_is_refused_as_in_plain_mode(player: Player, tmp_path: Path) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), "9") as terminal:
        assert terminal.wait_for_end() == 1
        assert "has no lesson 9." in terminal.text()


def test_keys_of_one_burst_act_in_their_order(player: Player, tmp_path: Path) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), "--trust", "once") as terminal:
        terminal.wait_for("What runs the code?")
        terminal.press(
            "ctrl+down", "enter", *["down"] * 9, "end", "enter", "a", "b", "c", "escape", "ctrl+down"
        )
        terminal.wait_for("▌md  [3]")
        rows = terminal.text().split("\n")
        place = terminal.row_of("time.sleep(600)")
        assert rows[place + 1].split() == ["abc"]
        assert leave(terminal) == 0


# --- levels -----------------------------------------------------------------------------------------


def test_a_level_that_was_chosen_is_there_after_a_kill_and_gives_way_to_the_option(player: Player) -> None:
    with player.on_a_terminal("learn", "start-here", "2") as terminal:
        terminal.wait_for("beginner · 4 min")
        terminal.type("l")
        terminal.wait_for("How this course is told")
        terminal.press("down", "down", "enter")
        terminal.wait_for("Now advanced. What you did is kept.")
        terminal.type("o")
        terminal.wait_for("advanced · 11 min")
        terminal.signal(signal.SIGKILL)
        terminal.wait_for_end()
    for option, level in (((), "advanced"), (("--level", "intermediate"), "intermediate")):
        with player.on_a_terminal("learn", "start-here", "2", *option) as terminal:
            terminal.wait_for(f"{level} · 4 min")
            assert leave(terminal) == 0


def test_a_level_that_there_is_not_is_refused_before_the_screen_is_taken(player: Player) -> None:
    with player.on_a_terminal("learn", "start-here", "--level", "expert") as terminal:
        assert terminal.wait_for_end() == 2
        assert "There is beginner, intermediate, advanced." in terminal.text()
