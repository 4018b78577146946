"""What an exporter is given: a course as it was parsed, and as the values its author wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.parsing.course_file import COURSE_FILE, parse_course
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.inlining import inline_files
from tui_tutor.core.parsing.lesson_file import lesson_path, parse_lesson
from tui_tutor.core.safe_text import safe_line


@dataclass(frozen=True, slots=True)
class Exportable:
    """The lessons to write, in order; overlays are not among them, and drafts are apart.

    `header` and `tables` are the values of course.toml and of each lesson, every text in its place
    (no `x_file` is left). `files` are all files of the course, `lock` is its proof ({} if it has none).
    """

    course: Course
    header: Mapping[str, Any]
    lessons: Mapping[str, Lesson]
    tables: Mapping[str, Mapping[str, Any]]
    drafts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    lock: Mapping[str, Any] = field(default_factory=dict)


def exportable(files: Mapping[str, bytes], folder_name: str, only: str = "") -> Exportable:
    """The course in these files, or one lesson of it by id or number; TutorError if it cannot be read."""
    parsed = parse_course(files, folder_name=folder_name)
    _refuse_errors(parsed.diagnostics)
    assert parsed.value is not None
    course = parsed.value
    lessons, tables, drafts = {}, {}, {}
    for lesson_id in _wanted(course, only):
        read = parse_lesson(course, lesson_id, files)
        _refuse_errors(read.diagnostics)
        assert read.value is not None
        values = _tables_of(lesson_path(lesson_id), files)
        if read.value.draft:
            drafts[lesson_id] = values
        else:
            lessons[lesson_id], tables[lesson_id] = read.value, values
    if not lessons:
        raise TutorError(
            "There is no written lesson to export.", help="Drafts have no cells; write one first."
        )
    header = {**_tables_of(COURSE_FILE, files), "id": course.id}
    return Exportable(course, header, lessons, tables, drafts, files, _lock_in(files))


def _wanted(course: Course, only: str) -> tuple[str, ...]:
    if not only:
        return course.lessons
    if only in course.lessons:
        return (only,)
    if only.isdecimal() and 1 <= int(only) <= len(course.lessons):
        return (course.lessons[int(only) - 1],)
    names = ", ".join(course.lessons[:20])
    raise TutorError(f"The course has no lesson {safe_line(only)!r}.", help=f"It has {names}.")


def _refuse_errors(diagnostics: Sequence[Diagnostic]) -> None:
    if errors := errors_in(diagnostics):
        first = errors[0]
        place = f"{first.span.file}:{first.span.line}"
        raise TutorError(
            f"The course has errors, so nothing was written: {place}: {first.message}.",
            help="`tui-tutor check` shows them all.",
            exit_code=4,
        )


def _tables_of(name: str, files: Mapping[str, bytes]) -> Mapping[str, Any]:
    """The values of a document without mistakes, with every `x_file` read."""
    document = parse_toml(files[name], name)
    assert isinstance(document, Document)
    return inline_files(document.values, files, Findings(document))[0]


def _lock_in(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        lock = json.loads(files.get(LOCK_FILE, b""))
    except (ValueError, RecursionError):
        return {}
    return lock if isinstance(lock, dict) else {}
