"""The course for instructors: its commands are those of this installation, and stay in its workspace."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.courses.shipped import lesson_of
from tests.e2e.playing import Player
from tui_tutor.core.course import CodeCell, ExerciseCell, Lesson, ShellCell

pytestmark = pytest.mark.slow
NAME = "write-your-own"


def typed(text: str) -> list[str]:
    """The lines that give a cell another text in plain mode."""
    return ["edit", *text.strip("\n").split("\n"), "."]


def walked(lesson: Lesson) -> Iterator[str]:
    """The lines of one who runs every cell, and answers every exercise with its solution."""
    for cell in lesson.visible_cells:
        if isinstance(cell, ExerciseCell):
            yield from typed(cell.file[0].solution if cell.file else cell.solution)
            yield "check"
        elif isinstance(cell, CodeCell | ShellCell):
            yield "run"
        yield "next"


def test_a_command_in_a_cell_is_that_of_the_tutor_it_runs_in(player: Player):
    said = player.learn(NAME, "next", *typed("command -v tui-tutor"), "run", lesson="write-and-check")
    assert str(Path(sys.executable).with_name("tui-tutor")) in said.splitlines()


def test_the_longest_lesson_is_walked_through_and_its_exercises_pass(player: Player):
    said = player.learn(NAME, *walked(lesson_of(NAME, "hand-it-out")), lesson="hand-it-out")
    assert said.count("checks pass\nwhy: ") == 2
    assert "end of the lesson" in said
    assert "Traceback" not in said


def test_what_its_commands_install_never_gets_into_the_library_of_the_learner(player: Player):
    install = typed("tui-tutor install ./taxi && tui-tutor list | tail -1")
    said = player.learn(NAME, "next", *install, "run", lesson="write-and-check")
    assert "taxi                 Taking a taxi 1.0.0" in said
    assert "taxi" not in player.run("list").stdout
    assert (player.data / "workspaces" / NAME / "scratch" / "courses").is_dir()
