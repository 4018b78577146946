"""lessons/ID.toml -> Lesson, or every mistake in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tui_tutor.core.course import Cell, Course, Lesson, LessonHeader
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document, Path, early_subtable, parse_toml
from tui_tutor.core.parsing.cells import check_ids_of, fill_ids, read_cell
from tui_tutor.core.parsing.findings import Findings, Parsed
from tui_tutor.core.parsing.inlining import inline_files, named_files, read_named
from tui_tutor.core.parsing.overlays import overlaid, overlay_tags
from tui_tutor.core.parsing.rules.cells import index_cells, require_cell
from tui_tutor.core.parsing.rules.lessons import (
    require_cells,
    require_known_names,
    require_setup,
    require_unique_ids,
)
from tui_tutor.core.parsing.rules.numbers import require_finite
from tui_tutor.core.parsing.validating import make

FOLDER: Final = "lessons"


def lesson_path(lesson_id: str) -> str:
    """Where a lesson stands, relative to the course."""
    return f"{FOLDER}/{lesson_id}.toml"


def files_named(data: bytes, file: str = "") -> tuple[str, ...]:
    """The further files of the course that a document (course.toml, a lesson, an overlay) needs."""
    document = parse_toml(data, file)
    return tuple(dict.fromkeys(named_files(document.values))) if isinstance(document, Document) else ()


def parse_lesson(
    course: Course, lesson_id: str, files: Mapping[str, bytes], *, overlay: str = ""
) -> Parsed[Lesson]:
    """Read one lesson; `files` holds it, its overlays and the files they name.

    `overlay` is a language, a level or both (`de`, `beginner`, `de.beginner`): what there is for it is
    laid over the base, level first.
    """
    file = lesson_path(lesson_id)
    if file not in files:
        help = "make the file, or take the lesson from `lessons` in course.toml"
        missing = Diagnostic("lesson-missing", f"the course has no {file}", Span(file), help=help)
        return Parsed(None, (missing,))
    document = parse_toml(files[file], file)
    if not isinstance(document, Document):
        return Parsed(None, document)
    findings = Findings(document)
    raw = inlined_lesson(document, files, findings)
    lesson = read_lesson(lesson_id, raw, findings, course)
    # Words are laid only over a lesson that is right by itself: its places are those of the base.
    if lesson and not findings.has_errors and (tags := overlay_tags(overlay)):
        told, base = raw, lesson
        for tag in tags:
            told = RawLesson(overlaid(told.tables, lesson_id, tag, files, findings), raw.unread)
        if told.tables is not raw.tables and (lesson := read_lesson(lesson_id, told, findings, course)):
            lesson = lesson.over(base)
    return Parsed(None if findings.has_errors else lesson, findings.sorted())


class RawLesson(NamedTuple):
    """A lesson's tables with every `x_file` read; `unread` are the fields whose file could not be."""

    tables: dict[str, Any]
    unread: frozenset[Path]


def inlined_lesson(document: Document, files: Mapping[str, bytes], findings: Findings) -> RawLesson:
    """The tables of a lesson, complete, with an id in every cell."""
    tables, unread = inline_files(document.values, files, findings)
    _inline_setup(tables, files, findings)
    return RawLesson(tables, unread)


def read_lesson(lesson_id: str, raw: RawLesson, findings: Findings, course: Course | None) -> Lesson | None:
    """The lesson that its tables describe; what is wrong is added to the findings."""
    header = {key: value for key, value in raw.tables.items() if key != "cell"}
    tables = raw.tables.get("cell", [])
    require_finite(findings.document.values, findings)
    require_cells(header, tables, findings)
    require_setup(header, findings)
    if course:
        require_known_names(lesson_id, header, course, findings)
    made = make(LessonHeader, {**header, "id": lesson_id}, findings)
    cells = _read_cells(tables, findings, raw.unread)
    return Lesson.model_construct(**dict(made), cell=cells) if made else None


def _inline_setup(raw: dict[str, Any], files: Mapping[str, bytes], findings: Findings) -> None:
    for name, help in _FILLED_IN.items():
        if raw.pop(name, None) is not None:
            findings.error("unknown-key", f"`{name}` is not a key here", (name,), help=help, at="key")
    if "setup" not in raw:
        return
    if text := read_named(raw["setup"], files, findings, ("setup",)):
        raw["setup_source"] = text.text
        findings.origins[("setup_source",)] = text
    else:
        del raw["setup"]


_FILLED_IN: Final = {
    "id": "a lesson's id is its file's name without .toml",
    "setup_source": "did you mean `setup`?",
}


def _read_cells(tables: object, findings: Findings, unread: frozenset[Path]) -> tuple[Cell, ...]:
    if not isinstance(tables, list):
        _refuse_cells(findings)
        return ()
    ids = fill_ids(tables)
    index_of = index_cells(tables, ids)
    require_unique_ids(tables, findings)
    cells: list[Cell] = []
    for index, (table, made) in enumerate(zip(tables, ids, strict=True)):
        if not isinstance(table, dict):
            help = "begin it with `[[cell]]`"
            findings.error("wrong-type", "a cell must be a table", ("cell", index), help=help)
        elif cell := read_cell(table, made, index, findings, unread):
            require_cell(cell, ("cell", index), findings, index_of, check_ids_of(table))
            cells.append(cell)
    return tuple(cells)


def _refuse_cells(findings: Findings) -> None:
    if early := early_subtable(findings.document.text):
        span = Span(findings.document.file, early.line, early.column)
        findings.items.append(findings.document.diagnostic(early.code, early.message, span, help=early.help))
        return
    help = "every cell begins with `[[cell]]`, in double brackets"
    findings.error("wrong-type", "`cell` must be a list of tables", ("cell",), help=help, at="key")
