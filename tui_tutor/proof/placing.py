"""From a problem to its place in the author's file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tui_tutor.core.course import Lesson
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.parsing import lesson_path, overlay_files
from tui_tutor.core.ports import OpenCourse
from tui_tutor.proof.reports import Problem


class Places:
    """Where the cells of a course are written; each lesson's file is read once."""

    def __init__(self, opened: OpenCourse) -> None:
        self._opened = opened
        self._document = cache(self._read)

    def _read(self, path: str) -> Document | None:
        document = parse_toml(self._opened.asset(path) or b"", path)
        return document if isinstance(document, Document) else None

    def _told(self, lesson: Lesson, problem: Problem) -> Iterator[tuple[str, int]]:
        """(file, index of the cell's table) of the overlays that say it; the one laid last comes first."""
        for path in reversed(overlay_files(lesson.id, problem.overlay)):
            document = self._document(path)
            cells = document.values.get("cell", ()) if document is not None else ()
            for index, cell in enumerate(cells):
                if cell.get("id") == problem.cell and problem.at[:1] and problem.at[0] in cell:
                    yield path, index

    def diagnostic(self, lesson: Lesson, problem: Problem) -> Diagnostic:
        """The problem as a diagnostic with file, line and column."""
        path, message = lesson_path(lesson.id), f"{problem.cell}: {problem.message}"
        index = next((n for n, cell in enumerate(lesson.cells) if cell.id == problem.cell), 0)
        if problem.overlay:
            message = f"{problem.cell}: at {problem.overlay}, {problem.message}"
            path, index = next(self._told(lesson, problem), (path, index))
        document = self._document(path)
        if document is None:
            return Diagnostic(problem.code, message, Span(path), problem.severity, problem.help)
        span = document.key_span(("cell", index, *problem.at))
        return document.diagnostic(problem.code, message, span, severity=problem.severity, help=problem.help)
