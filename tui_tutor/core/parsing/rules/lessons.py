"""Rules about a lesson as a whole, and about what it names in its course."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui_tutor.core.course import ID_PATTERN, Course
from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.rules.sources import require_program
from tui_tutor.core.parsing.validating import nearest

ID: Final = re.compile(ID_PATTERN)


def require_cells(header: Mapping[str, Any], tables: object, findings: Findings) -> None:
    """A lesson has cells, a draft has none."""
    is_draft = header.get("draft") is True
    if is_draft and tables:
        help = "take `draft` away to let learners open the lesson, or move the cells elsewhere"
        findings.error("draft-with-cells", "a draft has no cells", ("draft",), help=help, at="key")
    elif not is_draft and tables == []:
        help = "begin a cell with `[[cell]]`, or say `draft = true`"
        findings.error("lesson-without-cells", "the lesson has no cells", (), help=help)


def require_unique_ids(tables: Sequence[object], findings: Findings) -> None:
    """No two cells of a lesson share an id."""
    first: dict[str, int] = {}
    for index, table in enumerate(tables):
        cell_id = table.get("id") if isinstance(table, dict) else None
        if not isinstance(cell_id, str):
            continue
        if cell_id in first:
            line = findings.document.key_span(("cell", first[cell_id], "id")).line
            message = f"the id {cell_id} is taken by the cell of line {line}"
            findings.error("duplicate-id", message, ("cell", index, "id"))
        first.setdefault(cell_id, index)


def require_known_names(
    lesson_id: str, header: Mapping[str, Any], course: Course, findings: Findings
) -> None:
    """`requires` names other lessons of the course, `objectives` its objectives."""
    for index, name in _texts(header.get("requires")):
        at: Path = ("requires", index)
        if name == lesson_id:
            findings.error("requires-itself", "a lesson cannot require itself", at)
        elif ID.fullmatch(name) and name not in course.lessons:
            help = _did_you_mean(name, course.lessons) or "it names a lesson listed in course.toml"
            findings.error("unknown-lesson", f"the course has no lesson `{name}`", at, help=help)
    objectives = [*(objective.id for objective in course.objective), *course.lessons]
    for index, name in _texts(header.get("objectives")):
        if ID.fullmatch(name) and name not in objectives:
            help = _did_you_mean(name, objectives) or "add an [[objective]] with this id to course.toml"
            message = f"the course has no objective `{name}`"
            findings.error("unknown-objective", message, ("objectives", index), help=help)


def require_setup(header: Mapping[str, Any], findings: Findings) -> None:
    """The text run unseen when a kernel starts is Python."""
    if source := header.get("setup_source"):
        require_program(source, ("setup_source",), findings)


def _texts(value: object) -> list[tuple[int, str]]:
    if not isinstance(value, list):
        return []
    return [(index, item) for index, item in enumerate(value) if isinstance(item, str)]


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    return f"did you mean `{close}`?" if close else ""
