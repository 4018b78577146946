"""An imported course without a mistake that `check` calls an error: what cannot stand is kept as text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from tui_tutor.core.course import ID_PATTERN
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.document import Document
from tui_tutor.core.parsing.cells import KINDS, check_ids_of, fill_ids, read_cell
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.rules.cells import index_cells, require_cell
from tui_tutor.core.parsing.whole_course import check_course
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.fitting import fitted
from tui_tutor.formats.ids import numbered
from tui_tutor.formats.imported import Imported, Lost
from tui_tutor.formats.ipynb_text import fenced
from tui_tutor.formats.writing import course_files

Table = Mapping[str, Any]
_KERNEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_ESSENTIAL: Final = ("format", "id", "title", "version", "lessons", "kernel")


def mended(imported: Imported) -> Imported:
    """The same course as `check` finds no error in; what had to change stands in `lost`."""
    lost: list[Lost] = []
    lessons = {name: _mended_lesson(name, lesson, lost) for name, lesson in imported.lessons.items()}
    lessons = lessons or {"empty": _lesson_without_cells("empty", {"title": "Nothing"}, lost)}
    course = {**imported.course, "lessons": list(lessons)}
    whole = replace(imported, course=_clean(course), lessons=lessons, lost=(*imported.lost, *lost))
    return _with_plain_headers(fitted(whole))


def _with_plain_headers(imported: Imported) -> Imported:
    """Only titles and cells of a course whose headers are not right."""
    errors = errors_in(check_course(course_files(_without_cells(imported)), folder_name="course"))
    if not errors:
        return imported
    course = {name: imported.course[name] for name in _ESSENTIAL if name in imported.course}
    kernel = course.get("kernel")
    name = kernel.get("name") if isinstance(kernel, Mapping) else None
    course = {
        **course,
        "format": 1,
        "version": "0.1.0",
        "kernel": {"name": name if is_kernel(name) else "python3"},
    }
    course["id"] = course["id"] if _is_id(course.get("id")) else "course"
    course["title"] = _words(course.get("title"), "Untitled")
    lessons = {
        name: {"title": _words(lesson.get("title"), name), "cell": lesson["cell"]}
        for name, lesson in imported.lessons.items()
        if "cell" in lesson
    }
    course["lessons"] = list(lessons)
    lost = Lost(errors[0].span.file, "what the headers say beside titles", errors[0].message)
    return replace(imported, course=course, lessons=lessons, lost=(*imported.lost, lost))


def _without_cells(imported: Imported) -> Imported:
    """The course with one small cell in each lesson: its cells were looked at already."""
    cell = {"kind": "md", "text": "x"}
    lessons = {
        name: {**lesson, "cell": [cell]} if "cell" in lesson else lesson
        for name, lesson in imported.lessons.items()
    }
    return replace(imported, lessons=lessons)


def is_kernel(name: object) -> bool:
    """Whether a kernel can have this name."""
    return isinstance(name, str) and _KERNEL.fullmatch(name) is not None


def _words(value: object, otherwise: str) -> str:
    return value if isinstance(value, str) and value.strip() else otherwise


def _is_id(value: object) -> bool:
    return isinstance(value, str) and re.match(ID_PATTERN, value) is not None


# --- one lesson -------------------------------------------------------------------------------------


def _mended_lesson(name: str, lesson: Table, lost: list[Lost]) -> dict[str, Any]:
    if lesson.get("draft") is True and not lesson.get("cell"):
        return dict(_clean(lesson))
    header = {key: value for key, value in _clean(lesson).items() if key not in ("cell", "draft")}
    cells = [_clean(cell) for cell in lesson.get("cell", ())]
    if not cells:
        return _lesson_without_cells(name, header, lost)
    _make_unique(cells)
    # A cell that becomes text may be missed by one that names it, and so on: each round mends at least one.
    while faults := dict(_faults(cells)):
        for index, (code, message) in faults.items():
            cells[index] = _without_fault(name, cells[index], code, message, lost)
    return {**header, "cell": cells}


def _lesson_without_cells(name: str, header: Table, lost: list[Lost]) -> dict[str, Any]:
    lost.append(Lost(name, "lesson", "it has no cells; one that says so stands in it"))
    return {**header, "cell": [{"kind": "md", "id": "empty", "text": "There was nothing in this lesson."}]}


def _make_unique(cells: list[dict[str, Any]]) -> None:
    taken: set[str] = set()
    for cell in cells:
        wanted = cell["id"] if _is_id(cell.get("id")) else f"{cell.get('kind', 'cell')}-1"
        cell["id"] = numbered(wanted, taken)


def _faults(cells: list[dict[str, Any]]) -> Iterator[tuple[int, tuple[str, str]]]:
    """(position, (code, message)) of every cell that `check` would find an error in."""
    ids = fill_ids(cells)
    index_of = index_cells(cells, ids)
    for index, (table, cell_id) in enumerate(zip(cells, ids, strict=True)):
        # Places are of no use here, and finding them would cost a second parse.
        findings = Findings(Document("", "", {}))
        if not _is_finite(table):
            findings.error("not-finite", "it holds a number that is not finite", ())
        elif table.get("kind") not in KINDS:
            findings.error("unknown-kind", "it is of no known kind", ())
        elif cell := read_cell(table, cell_id, index, findings, frozenset()):
            require_cell(cell, ("cell", index), findings, index_of, check_ids_of(table))
        if errors := errors_in(findings.items):
            yield index, (errors[0].code, errors[0].message)


def _without_fault(
    lesson: str, cell: dict[str, Any], code: str, message: str, lost: list[Lost]
) -> dict[str, Any]:
    where = f"{lesson}/{cell['id']}"
    if code == "python-syntax" and cell["kind"] == "code":
        lost.append(Lost(where, "code", f"{message}; it is kept as it is, and expected to fail"))
        return {**cell, "expect": "error"}
    lost.append(Lost(where, f"{cell.get('kind')} cell", f"it is kept as text: {message}"))
    return {"kind": "md", "id": cell["id"], "text": fenced(toml_text({"cell": [cell]}), "toml")}


def _is_finite(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_is_finite(one) for one in value.values())
    if isinstance(value, list | tuple):
        return all(_is_finite(one) for one in value)
    return not isinstance(value, float) or math.isfinite(value)


def _clean(value: Any) -> Any:
    """The same without what no file can hold, and with line feeds as line ends."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value).replace("\r\n", "\n")
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value
