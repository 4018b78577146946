"""A disk that is full while a learner answers, in both faces. A limit on files stands for it."""

from __future__ import annotations

import re
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.builders import a_course_folder, a_lesson, a_text_quiz
from tests.e2e.playing import Player, said_until, tell

pytestmark = pytest.mark.slow


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    learner = Player(tmp_path / "data")
    yield learner
    psutil.wait_procs(learner.processes(), timeout=5)


def a_folder(parent: Path) -> str:
    return str(a_course_folder(parent, lessons=(a_lesson((a_text_quiz(),), title="First"),)))


def fill(pid: int) -> None:
    """Nothing can be written any more."""
    _, hard = psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE)
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        process.rlimit(resource.RLIMIT_FSIZE, (0, hard))


def free(pid: int) -> None:
    """There is room again."""
    _, hard = psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE)
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        process.rlimit(resource.RLIMIT_FSIZE, (hard, hard))


def with_an_answer_refused(player: Player, tmp_path: Path) -> subprocess.Popen[str]:
    """A lesson whose first answer was stored, and whose second the disk did not take."""
    process = player.start("learn", a_folder(tmp_path), "--plain")
    tell(process, "answer one")
    said_until(process, "not yet")
    fill(process.pid)
    tell(process, "answer two")
    said_until(process, "Not saved: the disk took no more.")
    return process


def test_plain_mode_says_so_goes_on_and_stores_it_later(player: Player, tmp_path: Path):
    process = with_an_answer_refused(player, tmp_path)
    free(process.pid)
    tell(process, "answer three")
    process.communicate(timeout=60)
    assert [attempt["answer"] for attempt in player.attempts()] == [["one"], ["two"], ["three"]]


def test_plain_mode_names_what_is_lost_at_the_end(player: Player, tmp_path: Path):
    process = with_an_answer_refused(player, tmp_path)
    said, _ = process.communicate(timeout=60)
    assert re.search(r"\d records of what you did could not be saved", said)
    assert [attempt["answer"] for attempt in player.attempts()] == [["one"]]


@pytest.mark.parametrize("key", ["", "escape"], ids=["by_itself", "after_a_key"])
def test_the_screen_says_so_goes_on_and_stores_it_as_soon_as_there_is_room(
    player: Player, tmp_path: Path, key: str
):
    with player.on_a_terminal("learn", a_folder(tmp_path), TUI_TUTOR_KEEP="0") as terminal:
        terminal.wait_for("What runs the code?")
        fill(terminal.pid)
        terminal.press("enter")
        terminal.wait_for("Enter answer  Esc")
        terminal.type("one\r")
        terminal.wait_for("Not saved: the disk took no more")
        free(terminal.pid)
        if key:
            terminal.press(key)
        terminal.wait_until_gone("Not saved")
        terminal.wait_for("not yet")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0
    assert [attempt["answer"] for attempt in player.attempts()] == [["one"]]
