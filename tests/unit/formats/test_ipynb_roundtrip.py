"""A valid notebook is never refused, and comes back from its export as the same course."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.formats.notebooks import valid_notebooks
from tests.unit.parsing_examples import a_course
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import check_course
from tui_tutor.formats.exportable import exportable
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.registry import export, read
from tui_tutor.formats.writing import course_files
from tui_tutor.shelf.folder import read_course_files

COURSES = Path(__file__).parents[3] / "courses"
SETTINGS = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def imported(notebook: dict[str, Any]) -> Imported:
    return read(Source("made.ipynb", {"made.ipynb": json.dumps(notebook).encode()}))


def errors_of(course: Imported) -> list[str]:
    return [str(error) for error in errors_in(check_course(course_files(course), folder_name="made"))]


def exported(files: dict[str, bytes]) -> dict[str, bytes]:
    return dict(export(exportable(files, "made"), "ipynb"))


@pytest.mark.slow
@SETTINGS
@given(valid_notebooks())
def test_a_valid_notebook_becomes_a_course_without_an_error(notebook: dict[str, Any]) -> None:
    nbformat.validate(nbformat.from_dict(notebook))
    course = imported(notebook)
    assert errors_of(course) == []
    assert sum(course.counted_in.values()) == len(notebook["cells"])


@SETTINGS
@given(valid_notebooks())
def test_every_cell_of_a_notebook_is_in_the_lesson_or_in_the_report(notebook: dict[str, Any]) -> None:
    course = imported(notebook)
    assert sum(course.counted_in.values()) <= sum(course.counted_out.values()) + len(course.lost)


@pytest.mark.slow
@SETTINGS
@given(valid_notebooks())
def test_a_notebook_that_was_imported_exported_and_imported_again_is_the_same_course(
    notebook: dict[str, Any],
) -> None:
    first = imported(notebook)
    made = exported(course_files(first))
    for name, data in made.items():
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.reads(data.decode(), as_version=4))
    again = read(Source("again", made))
    assert again.course == first.course
    assert again.lessons == first.lessons
    assert again.files == first.files


@pytest.mark.parametrize("name", ["start-here", "vae", "write-your-own"])
def test_a_course_that_was_exported_and_imported_is_the_same_course(name: str) -> None:
    files = read_course_files(COURSES / name)
    whole = exportable(files, name)
    again = read(Source("again", export(whole, "ipynb")))
    assert again.course == whole.header
    assert {**whole.tables, **whole.drafts} == again.lessons
    assert again.files == {path: data for path, data in files.items() if path.startswith("files/")}
    assert again.lost == ()


def test_a_cell_of_every_kind_and_form_comes_back_as_it_was() -> None:
    whole = exportable(a_course(), "made")
    again = read(Source("again", export(whole, "ipynb")))
    assert again.course == whole.header
    assert again.lessons == {
        name: {
            **table,
            "cell": [{"id": cell.id, **raw} for cell, raw in zip(lesson.cells, table["cell"], strict=True)],
        }
        for (name, table), lesson in zip(whole.tables.items(), whole.lessons.values(), strict=True)
    } | {**whole.drafts}
    assert again.lost == ()


EMPTY = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_notebooks_among_the_files_of_a_course_come_back_as_files() -> None:
    lesson = next(name for name in exported(a_course()) if name.endswith(".ipynb"))
    files = {f"files/{lesson}": EMPTY, "files/data/broken.ipynb": b"no notebook"}
    whole = exportable(a_course() | files, "made")
    again = read(Source("again", export(whole, "ipynb")))
    assert again.lessons.keys() == {**whole.tables, **whole.drafts}.keys()
    assert {path: data for path, data in again.files.items() if path in files} == files


def test_a_notebook_that_cannot_be_read_is_refused_where_none_is_a_lesson_of_ours() -> None:
    with pytest.raises(TutorError, match="is no notebook"):
        read(Source("made", {"a.ipynb": EMPTY, "b.ipynb": b"no notebook"}))


@pytest.mark.parametrize("name", ["start-here", "vae", "write-your-own"])
def test_outputs_recorded_in_a_course_stay_with_its_cells(name: str) -> None:
    files = read_course_files(COURSES / name)
    whole = exportable(files, name)
    again = read(Source("again", export(whole, "ipynb")))
    runnable = {
        (lesson_id, cell.id)
        for lesson_id, lesson in whole.lessons.items()
        for cell in lesson.cells
        if cell.kind in ("code", "sh") and not cell.hidden
    }
    recorded = {
        (lesson_id, cell_id): entry["source_hash"]
        for lesson_id, cells in again.recorded.items()
        for cell_id, entry in cells.items()
    }
    lock = whole.lock["lessons"]
    assert recorded == {
        (lesson_id, cell_id): lock[lesson_id]["cells"][cell_id]["source_hash"]
        for lesson_id, cell_id in runnable
        if any(event["event"] != "started" for event in lock[lesson_id]["cells"][cell_id]["output"])
    }
