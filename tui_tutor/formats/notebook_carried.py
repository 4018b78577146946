"""What a notebook that we wrote carries in its metadata, so that importing it gives the same course.

`metadata.tui_tutor` of a cell: `toml` (the whole cell as a lesson has it), `cell` (its id), `field` (what of
it the notebook cell's source is), `hash` (of that source as it was written); `part` instead of `toml` where
there is more than one notebook cell for it. Of a notebook: `course` and `header` (TOML), `lesson` (its id),
`drafts` (TOML by id).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.parsing.cells import KINDS
from tui_tutor.core.parsing.inlining import is_inside
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.ipynb_reading import Notebook, NotebookCell, mapping

KEY: Final = "tui_tutor"


@dataclass(frozen=True, slots=True)
class Carried:
    """A notebook's own account of itself; empty tables where it says nothing that can be read."""

    course: Mapping[str, Any]
    lesson: str
    header: Mapping[str, Any]
    drafts: Mapping[str, Mapping[str, Any]]


def carried_header(notebook: Notebook) -> Carried:
    """What the notebook carries of its course and lesson."""
    own = notebook.mapping(KEY)
    lesson = own.get("lesson")
    drafts = {name: _table(text) for name, text in mapping(own.get("drafts")).items()}
    return Carried(
        _table(own.get("course")),
        lesson if isinstance(lesson, str) else "",
        _table(own.get("header")),
        {name: {**draft, "draft": True} for name, draft in drafts.items() if draft and "cell" not in draft},
    )


def carried_cell(cell: NotebookCell) -> dict[str, Any] | None:
    """The cell of a lesson that a notebook cell carries; None if it carries none that can be read."""
    tables = _table(cell.mapping(KEY).get("toml")).get("cell")
    if not isinstance(tables, list) or len(tables) != 1 or tables[0].get("kind") not in KINDS:
        return None
    return dict(tables[0])


def carried_part(cell: NotebookCell) -> str:
    """Which part of a course a notebook cell is that carries no cell of its own, "" if none."""
    part = cell.mapping(KEY).get("part")
    return part if isinstance(part, str) else ""


def carried_setup(cell: NotebookCell) -> str:
    """The path of the setup file that a notebook cell is, "" if it is none."""
    path = cell.mapping(KEY).get("path")
    if carried_part(cell) != "setup" or not isinstance(path, str) or not is_inside(path):
        return ""
    folder, _, name = path.rpartition("/")
    # A folder may not be what is a file of the course.
    return path if name.endswith(".py") and "." not in folder else ""


def carried_field(cell: NotebookCell) -> tuple[str, str]:
    """(cell id, field) that the source of a notebook cell stands for."""
    own = cell.mapping(KEY)
    return str(own.get("cell", "")), str(own.get("field", ""))


def is_edited(cell: NotebookCell) -> bool:
    """Whether the source was changed since we wrote it."""
    return cell.mapping(KEY).get("hash") != text_hash(cell.source)


def text_hash(text: str) -> str:
    """Identifies a source; blanks and line ends at its end do not count, for editors change them."""
    return hashlib.sha256(text.rstrip().encode("utf-8", "replace")).hexdigest()[:16]


def as_carried(table: Mapping[str, Any], field: str, source: str) -> dict[str, Any]:
    """The metadata of the notebook cell that carries a lesson's cell."""
    text = toml_text({"cell": [table]})
    return {KEY: {"cell": table.get("id", ""), "field": field, "hash": text_hash(source), "toml": text}}


def as_part(part: str, source: str, **facts: str) -> dict[str, Any]:
    """The metadata of a further notebook cell, or of one that is only there to make the notebook run."""
    return {KEY: {"part": part, "hash": text_hash(source), **facts}}


def _table(text: object) -> Mapping[str, Any]:
    if not isinstance(text, str):
        return {}
    document = parse_toml(text.encode("utf-8", "replace"), "")
    return document.values if isinstance(document, Document) else {}
