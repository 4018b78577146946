"""Lessons as Markdown: what is asked comes first, every answer stands at the end, all of it safe to print."""

from __future__ import annotations

from tests.unit.formats.test_html import CODE, PNG, QUESTIONS, a_course, a_lesson
from tui_tutor.core.course import Lesson
from tui_tutor.core.execution import StreamText
from tui_tutor.core.execution_json import event_as_json
from tui_tutor.core.study.recording import source_hash
from tui_tutor.formats.exportable import Exportable
from tui_tutor.formats.markdown_export import export, fenced


def exported(lesson: Lesson, **fields: object) -> dict[str, str]:
    course = Exportable(a_course(), {}, {"first": lesson}, {}, **fields)  # type: ignore[arg-type]
    return {path: data.decode(errors="replace") for path, data in export(course).items()}


def test_a_page_begins_with_its_place_and_objective():
    page = exported(a_lesson(CODE, minutes=15, bloom="apply", objective="Trace gradients"))["first.md"]
    assert page.startswith(
        "# First\n\n*lesson 1 / 1 · 15 min · Bloom's apply*\n\n**Objective:** Trace gradients\n\n"
        "```python\nprint(6 * 7)\n```\n"
    )


def test_keys_stand_after_the_word_answers_and_nowhere_before():
    asked, _, answers = exported(a_lesson(*QUESTIONS))["first.md"].partition("## Answers")
    assert "KEYWORD" not in asked
    assert "41.5" not in asked
    assert "[x]" not in asked
    assert answers.count("KEYWORD") == 3
    assert "41.5 ± 0.5" in answers
    assert "from 1.5 to 2.5 nats" in answers


def test_an_exercise_hides_its_solution_and_names_what_is_checked():
    check = {"kind": "value", "says": "x is two", "expr": "x", "equals": 2}
    cell = {
        "kind": "ex",
        "id": "e",
        "task": "Set x.",
        "starter": "x = 1",
        "solution": "x = 2  # free",
        "check": [check],
    }
    asked, _, answers = exported(a_lesson(cell))["first.md"].partition("## Answers")
    assert "- [ ] x is two" in asked
    assert "x = 2" not in asked
    assert "```python\nx = 2\n```" in answers


def test_recorded_output_is_said_to_be_recorded():
    lesson = a_lesson(CODE)
    entry = {
        "source_hash": source_hash(lesson.cells[0]),
        "output": [event_as_json(StreamText("stdout", "42\n"))],
    }
    lock = {"lessons": {"first": {"cells": {"run": entry}}}}
    assert "*Recorded output:*\n\n```text\n42\n```" in exported(lesson, lock=lock)["first.md"]


def test_a_fence_is_longer_than_what_it_holds():
    assert fenced("a ``` b ````", "md") == "`````md\na ``` b ````\n`````"


def test_pictures_that_are_shown_go_along():
    lesson = a_lesson({"kind": "md", "text": "![cat](files/cat.png) ![dog](../../etc/passwd)"})
    assert set(exported(lesson, files={"files/cat.png": PNG, "other": b""})) == {"first.md", "files/cat.png"}


def test_no_escape_reaches_the_page():
    assert "\x1b" not in exported(a_lesson({"kind": "md", "text": "\x1b]52;c;aGk=\x07"}))["first.md"]
