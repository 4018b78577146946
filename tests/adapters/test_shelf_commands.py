"""`list`, `results` and `setup`: shapes that other programs read, and words for people."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.builders import NOON, a_course_folder, a_lesson, a_markdown, a_quiz, a_record, write_files
from tui_tutor.cli.main import group
from tui_tutor.cli.setup import ProgressDrawing
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.store.sqlite import SqliteStore


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TUI_TUTOR_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, standalone_mode=False)


def remember(data: Path, *records: object) -> None:
    store = SqliteStore(data / "progress.db")
    store.append(records)
    store.close()


def installed(data: Path) -> Path:
    lessons = [a_lesson([a_markdown(), a_quiz()]), a_lesson([a_markdown()], id="second", title="Second")]
    return a_course_folder(data / "courses", lessons=lessons)


# --- list -------------------------------------------------------------------------------------------


def test_list_tells_each_course_and_how_many_lessons_are_done(data: Path):
    folder = installed(data)
    remember(data, a_record("passed", "md-1", lesson="second"), a_record("passed", "md-1"))
    courses = json.loads(run("list", "--json").stdout)["courses"]
    assert [course for course in courses if course["id"] == "a-course"] == [
        {
            "id": "a-course",
            "title": "A course",
            "version": "1.0.0",
            "path": str(folder),
            "origin": "",
            "signer": "",
            "lessons": 2,
            "done": 1,
            "problems": [],
        }
    ]


def test_list_names_the_problems_of_a_broken_course(data: Path):
    write_files(data / "courses" / "broken", {"course.toml": "format = "})
    [course] = [one for one in json.loads(run("list", "--json").stdout)["courses"] if one["id"] == "broken"]
    assert course["problems"][0].startswith("course.toml:1:")
    assert "broken: 1 error; tui-tutor check" in run("list").stdout


# --- results ----------------------------------------------------------------------------------------


def test_results_tell_lessons_time_and_attempts(data: Path):
    installed(data)
    remember(
        data,
        a_record("passed", "md-1"),
        a_record("studied", minutes=2.5),
        a_record(
            "attempted", "quiz-1", kind="quiz", form="choice", answer=["option-2"], correct=False, score=0.0
        ),
        a_record(
            "attempted", "quiz-1", kind="quiz", form="choice", answer=["option-1"], correct=True, score=1.0
        ),
    )
    attempt = {"lesson": "first", "cell": "quiz-1", "kind": "quiz", "form": "choice", "at": NOON.isoformat()}
    assert json.loads(run("results", "--json").stdout) == {
        "courses": [
            {
                "id": "a-course",
                "lessons_done": 1,
                "lessons": 2,
                "minutes": 2.5,
                "lesson": [
                    {"id": "first", "done": True, "cells_done": 2, "cells": 2},
                    {"id": "second", "done": False, "cells_done": 0, "cells": 1},
                ],
                "attempts": [
                    {**attempt, "answer": ["option-2"], "correct": False, "score": 0.0},
                    {**attempt, "answer": ["option-1"], "correct": True, "score": 1.0},
                ],
            }
        ]
    }
    assert run("results", "a-course").stdout.splitlines() == [
        "a-course: 1 of 2 lessons done, 2 min",
        "  done  first  2 of 2 cells",
        "  open  second  0 of 1 cells",
        "  1 of 2 attempts right",
    ]


def test_results_as_csv_have_one_line_for_each_attempt(data: Path):
    remember(
        data, a_record("attempted", "q", kind="quiz", form="text", answer=["a, b"], correct=True, score=1.0)
    )
    assert run("results", "--csv").stdout == (
        "course,lesson,cell,kind,form,answer,correct,score,at\n"
        f'a-course,first,q,quiz,text,"a, b",True,1.0,{NOON.isoformat()}\n'
    )


def test_results_of_a_course_that_is_gone_are_kept(data: Path):
    remember(data, a_record("passed", "md-1", course="gone"))
    [course] = json.loads(run("results", "--json").stdout)["courses"]
    assert (course["id"], course["lesson"]) == (
        "gone",
        [{"id": "first", "done": False, "cells_done": 1, "cells": None}],
    )


def test_results_without_any_say_how_to_begin(data: Path):
    assert run("results").stdout == "Nothing done yet. tui-tutor learn start-here begins.\n"


def test_results_of_an_unknown_course_are_refused(data: Path):
    error = run("results", "nowhere").exception
    assert isinstance(error, TutorError)
    assert error.message == "There is no course 'nowhere' in the library."


# --- setup ------------------------------------------------------------------------------------------


def test_setup_has_nothing_to_do_where_nothing_is_missing(data: Path):
    installed(data)
    assert run("setup", "a-course").stdout == "Nothing to install: this course has what it needs.\n"


def test_progress_into_a_pipe_is_a_line_for_each_new_step_or_tenth():
    page = io.StringIO()
    drawing = ProgressDrawing(page)
    for fraction in (0.0, 0.01, 0.05, 0.11, 0.19):
        drawing.draw(Progress("fetching", fraction))
    drawing.draw(Progress("unpacking", None))
    drawing.finish()
    assert page.getvalue() == "  0%  fetching\n 11%  fetching\nunpacking\n"


def test_progress_on_a_terminal_is_one_line_with_a_bar_and_the_time_left(monkeypatch: pytest.MonkeyPatch):
    class Terminal(io.StringIO):
        encoding = "ascii"

        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    page = Terminal()
    drawing = ProgressDrawing(page)
    drawing.draw(Progress("fetching", 0.5, 72.0))
    drawing.finish()
    assert page.getvalue() == "\r\x1b[K  ##########----------  50%  fetching  1 min 12 s left\r\x1b[K"
