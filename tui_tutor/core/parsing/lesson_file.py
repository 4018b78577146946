"""lessons/ID.toml -> Lesson, or every mistake in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.core.course import Cell, Course, Lesson, LessonHeader
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.parsing.cells import fill_ids, read_cell
from tui_tutor.core.parsing.findings import Findings, Parsed
from tui_tutor.core.parsing.inlining import inline_files, named_files, read_named

FOLDER: Final = "lessons"


def lesson_file(lesson_id: str) -> str:
    """Where a lesson stands, relative to the course."""
    return f"{FOLDER}/{lesson_id}.toml"


def files_named(data: bytes, file: str = "") -> tuple[str, ...]:
    """The further files of the course that a document (course.toml, a lesson, an overlay) needs."""
    document = parse_toml(data, file)
    return tuple(dict.fromkeys(named_files(document.values))) if isinstance(document, Document) else ()


def parse_lesson(course: Course, lesson_id: str, files: Mapping[str, bytes]) -> Parsed[Lesson]:
    """Read one lesson; `files` holds it and the files it names."""
    file = lesson_file(lesson_id)
    if file not in files:
        help = "make the file, or take the lesson from `lessons` in course.toml"
        missing = Diagnostic("lesson-missing", f"the course has no {file}", Span(file), help=help)
        return Parsed(None, (missing,))
    document = parse_toml(files[file], file)
    if not isinstance(document, Document):
        return Parsed(None, document)
    findings = Findings(document)
    lesson = read_lesson(lesson_id, document, files, findings)
    return Parsed(None if findings.has_errors else lesson, findings.sorted())


def read_lesson(
    lesson_id: str, document: Document, files: Mapping[str, bytes], findings: Findings
) -> Lesson | None:
    """The lesson that a parsed file describes; what is wrong is added to the findings."""
    raw, unread = inline_files(document.values, files, findings)
    tables = raw.pop("cell", [])
    header = _read_header(lesson_id, raw, files, findings)
    cells = _read_cells(tables, findings, unread)
    if header is None:
        return None
    return Lesson.model_construct(**dict(header), cell=cells)


def _read_header(
    lesson_id: str, raw: dict[str, Any], files: Mapping[str, bytes], findings: Findings
) -> LessonHeader | None:
    from tui_tutor.core.parsing.validating import make

    for name in ("id", "setup_source"):
        if name in raw:
            del raw[name]
            help = "a lesson's id is its file's name without .toml" if name == "id" else ""
            findings.error("unknown-key", f"`{name}` is not a key here", (name,), help=help, at="key")
    if "setup" in raw:
        if text := read_named(raw["setup"], files, findings, ("setup",)):
            raw["setup_source"] = text.text
            findings.origins[("setup_source",)] = text
        else:
            del raw["setup"]
    return make(LessonHeader, {**raw, "id": lesson_id}, findings)


def _read_cells(
    tables: object, findings: Findings, unread: frozenset[tuple[str | int, ...]]
) -> tuple[Cell, ...]:
    if not isinstance(tables, list):
        help = "every cell begins with `[[cell]]`, in double brackets"
        findings.error("table-before-cell", "`cell` must be a list of tables", ("cell",), help=help, at="key")
        return ()
    ids = fill_ids(tables)
    cells = (
        read_cell({**table, "id": table.get("id", made)}, index, findings, unread, has_own_id="id" in table)
        if isinstance(table, dict)
        else _not_a_table(index, findings)
        for index, (table, made) in enumerate(zip(tables, ids, strict=True))
    )
    return tuple(cell for cell in cells if cell is not None)


def _not_a_table(index: int, findings: Findings) -> None:
    findings.error("wrong-type", "a cell must be a table", ("cell", index), help="begin it with `[[cell]]`")
