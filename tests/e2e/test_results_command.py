"""`tui-tutor results` as a learner sees it, from a log that a session wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import a_course_folder, a_lesson, a_markdown, a_quiz, a_text_quiz
from tests.e2e.playing import Player

pytestmark = pytest.mark.slow


def answered(player: Player, parent: Path) -> Path:
    """A course outside the library, with two questions answered and one cell of three done."""
    cells = (a_quiz(1, shuffle=False), a_text_quiz(id="quiz-2"), a_markdown())
    lessons = (a_lesson(cells), a_lesson(id="second", title="Second"))
    folder = a_course_folder(parent, lessons=lessons)
    player.learn(folder, "answer 1", "next", "answer shell")
    return folder


def said(player: Player, *arguments: str) -> list[str]:
    done = player.run("results", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_course_outside_the_library_is_told_without_a_denominator(player: Player, tmp_path: Path) -> None:
    answered(player, tmp_path)
    assert said(player) == [
        "a-course: 1 lesson begun, of how many is not known here, 0 min",
        "  first  1 cell done",
        "  1 of 2 attempts right",
    ]
    (course,) = json.loads(player.run("results", "--json").stdout)["courses"]
    assert (course["lessons"], course["lesson"]) == (
        None,
        [{"id": "first", "done": False, "cells_done": 1, "cells": None}],
    )


def test_attempts_at_cells_that_are_gone_are_retired(player: Player, tmp_path: Path) -> None:
    folder = answered(player, tmp_path)
    assert said(player, str(folder))[-1] == "  1 of 2 attempts right"
    a_course_folder(tmp_path, lessons=(a_lesson((a_quiz(1), a_markdown())),))
    assert said(player, str(folder)) == [
        "a-course: 0 of 1 lessons done, 0 min",
        "  open  first  1 of 2 cells",
        "  1 of 2 attempts right",
        "  retired  first  quiz-2  0 of 1 attempt right",
    ]


def test_a_lesson_with_errors_retires_nothing(player: Player, tmp_path: Path) -> None:
    folder = answered(player, tmp_path)
    (folder / "lessons" / "first.toml").write_text("title =")
    assert not any("retired" in line for line in said(player, str(folder)))
