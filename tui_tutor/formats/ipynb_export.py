"""A course -> Jupyter notebooks that run from top to bottom, and from which the same course can be made."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.study.recording import recorded_cells
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.exportable import Exportable
from tui_tutor.formats.ids import numbered
from tui_tutor.formats.notebook_carried import KEY, as_part
from tui_tutor.formats.notebook_cells import CellWriter, code_cell

FILES: Final = "files/"
_PATH: Final = """\
# In the shell cells, `python` is the one that runs this notebook.
import os
import sys

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
"""
_FORMAT: Final = {"nbformat": 4, "nbformat_minor": 5}


def export(course: Exportable) -> Mapping[str, bytes]:
    """A notebook for each lesson, numbered in order, and beside them the files that their code reads."""
    width = len(str(len(course.lessons)))
    beside = {path.removeprefix(FILES): data for path, data in course.files.items() if path.startswith(FILES)}
    made: dict[str, bytes] = {}
    for number, lesson_id in enumerate(course.lessons, 1):
        name = f"{lesson_id}.ipynb" if len(course.lessons) == 1 else f"{number:0{width}}-{lesson_id}.ipynb"
        while name in beside or name in made:  # a file of the course may have this name
            name = f"lesson-{name}"
        made[name] = notebook_bytes(course, lesson_id)
    return {**beside, **made}


def notebook_bytes(course: Exportable, lesson_id: str) -> bytes:
    """One lesson as a notebook."""
    lesson = course.lessons[lesson_id]
    notebook = {
        "cells": _with_ids(list(_cells(course, lesson))),
        "metadata": _metadata(course, lesson_id),
        **_FORMAT,
    }
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _cells(course: Exportable, lesson: Lesson) -> Iterator[dict[str, Any]]:
    is_python = _language(course.course, lesson) == "python"
    writer = CellWriter(recorded_cells(course.lock, lesson.id), course.files, is_python)
    if is_python:
        for name, source in _preludes(lesson):
            yield code_cell(name, source, as_part("prelude", source), ["hide-cell"])
    yield from _setups(course.course, lesson)
    tables = course.tables[lesson.id].get("cell", ())
    for cell, table in zip(lesson.cells, tables, strict=True):
        yield from writer.cells(cell, {**table, "id": cell.id})


def _setups(course: Course, lesson: Lesson) -> Iterator[dict[str, Any]]:
    """What runs unseen when a kernel starts."""
    setups = (
        ("course", course.kernel.setup, course.kernel.setup_source),
        ("lesson", lesson.setup, lesson.setup_source),
    )
    for name, path, source in setups:
        if source.strip():
            yield code_cell(f"{name}-setup", source, as_part("setup", source, path=path), ["hide-cell"])


def _account(course: Exportable, lesson_id: str, header: Mapping[str, Any]) -> dict[str, Any]:
    """What the notebook carries of its course and lesson; the first also carries the drafts."""
    account = {"course": toml_text(course.header), "lesson": lesson_id, "header": toml_text(header)}
    if course.drafts and lesson_id == next(iter(course.lessons)):
        return {**account, "drafts": {name: toml_text(draft) for name, draft in course.drafts.items()}}
    return account


def _preludes(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """What the player does for a lesson and Jupyter does not: the shell's `python`, plots, `tutor`."""
    if any(cell.kind == "sh" or getattr(cell, "run", "") for cell in lesson.cells):
        yield "tui-tutor-path", _PATH
    texts = (getattr(cell, name, "") for cell in lesson.cells for name in ("source", "solution", "starter"))
    if any(cell.kind == "viz" for cell in lesson.cells) or any("tutor" in text for text in texts):
        from tui_tutor.formats import inside_notebook

        yield "tui-tutor", inspect.getsource(inside_notebook)


def _language(course: Course, lesson: Lesson) -> str:
    """The language of the kernel, as far as the cells tell."""
    if course.kernel.name.startswith("python"):
        return "python"
    return next((cell.language for cell in lesson.cells if cell.kind == "code"), "python")


def _with_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each id once in the notebook, and of at most 64 characters."""
    taken: set[str] = set()
    for cell in cells:
        cell["id"] = numbered(cell["id"][:64], taken)
    return cells


def _metadata(course: Exportable, lesson_id: str) -> dict[str, Any]:
    name = course.course.kernel.name
    language = _language(course.course, course.lessons[lesson_id])
    shown = "Python 3 (ipykernel)" if name == "python3" else name
    header = {key: value for key, value in course.tables[lesson_id].items() if key != "cell"}
    return {
        "kernelspec": {"display_name": shown, "language": language, "name": name},
        "language_info": {"name": language},
        "title": course.lessons[lesson_id].title,
        KEY: _account(course, lesson_id, header),
    }
