"""What every import must keep: no error that `check` would find, and nothing that vanishes in silence."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from tui_tutor.core.parsing import check_course
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.imported import Imported, Source

Cell = Mapping[str, Any]


def read(module: str, files: Mapping[str, str | bytes], name: str = "") -> Imported:
    """The import of these files, proven right by `check` before anybody mends it."""
    data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    reader = importlib.import_module(f"tui_tutor.formats.{module}")
    imported: Imported = reader.read(Source(name or next(iter(data)), data))
    assert errors_of(imported) == []
    return imported


def errors_of(imported: Imported) -> list[str]:
    """What `check` calls an error in the course as it would be written."""
    files = {"course.toml": toml_text(imported.course).encode(), **imported.files}
    for lesson_id, lesson in imported.lessons.items():
        files[f"lessons/{lesson_id}.toml"] = toml_text(lesson).encode()
    found = check_course(files)
    return [
        f"{one.span.file}:{one.span.line} {one.code} {one.message}"
        for one in found
        if one.severity == "error"
    ]


def cells_of(imported: Imported) -> list[Cell]:
    """All cells of all lessons."""
    return [cell for lesson in imported.lessons.values() for cell in lesson.get("cell", ())]


def cell_of(imported: Imported) -> Cell:
    """The only cell."""
    (cell,) = cells_of(imported)
    return cell


def reasons(imported: Imported) -> list[str]:
    """Why something was lost, in order."""
    return [lost.why for lost in imported.lost]
