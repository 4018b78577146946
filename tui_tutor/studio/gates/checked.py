"""What `check` says, as findings: a generated course passes `check --strict`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.parsing import COURSE_FILE
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding

# Which gate speaks for a warning; any other belongs to "complete".
_GATE_OF: Final[Mapping[str, str]] = {
    "use-before-teaching": "teaching-order",
    "objective-unassessed": "objective-assessed",
    "bloom-mismatch": "bloom-level",
    "duplicate-stem": "stem-repeated",
    "key-position": "key-position",
    "feedback-missing": "feedback",
    "hint-gives-answer": "hints",
    "longest-option-is-key": "item-flaw",
    "negated-stem": "item-flaw",
    "above-with-shuffle": "item-flaw",
    "key-unreachable": "item-flaw",
    "near-accepted": "item-flaw",
    "solution-missing": "exercise-proven",
    "check-missing": "exercise-proven",
    "half-free": "exercise-proven",
    "minutes-off": "lesson-length",
    "env-changes-programs": "reaches-outside",
}
_SOFT: Final = frozenset({"minutes-off", "license-missing", "silence-unused"})


def findings_of_check(built: Built) -> Iterator[Finding]:
    """Every error and warning of `check`, and every rule that the course silences."""
    places = _Places(built)
    for one in built.diagnostics:
        gate = "course-valid" if one.severity == "error" else _GATE_OF.get(one.code, "complete")
        is_hard = one.severity == "error" or one.code not in _SOFT
        lesson, cell = places.of(one)
        yield Finding(gate, lesson, cell, f"{one.code}: {one.message}", one.help, is_hard)
    for silence in built.course.silence:
        where = silence.where or "the whole course"
        message = f"`{silence.code}` is silenced for {where}: {silence.reason}"
        yield Finding("rule-silenced", "", "", message, is_hard=False)


class _Places:
    """Which lesson and cell a line of a file belongs to."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._documents: dict[str, Document | None] = {}

    def of(self, diagnostic: Diagnostic) -> tuple[str, str]:
        file = diagnostic.span.file
        if file == COURSE_FILE or not file.startswith("lessons/"):
            return self._naming(file)
        lesson = file.removeprefix("lessons/").split(".")[0]
        return lesson, self._cell_at(file, diagnostic.span.line)

    def _naming(self, file: str) -> tuple[str, str]:
        """A text in a file of its own belongs to the cell of that name, where the studio put it."""
        stem = file.rpartition("/")[2].partition(".")[0]
        found = [(lesson.id, cell.id) for lesson, cell in self._built.cells() if cell.id == stem]
        return found[0] if len(found) == 1 and "/" in file else ("", "")

    def _cell_at(self, file: str, line: int) -> str:
        if file not in self._documents:
            read = parse_toml(self._built.files[file], file) if file in self._built.files else ()
            self._documents[file] = read if isinstance(read, Document) else None
        document = self._documents[file]
        cells = document.values.get("cell") if document else None
        if document is None or not isinstance(cells, list):
            return ""
        before = [n for n in range(len(cells)) if document.key_span(("cell", n)).line <= line]
        return self._id_of(file, before[-1], cells[before[-1]]) if before else ""

    def _id_of(self, file: str, index: int, table: object) -> str:
        """The id in the file, else that of the cell at this place of the lesson as it was parsed."""
        if isinstance(table, dict) and isinstance(table.get("id"), str):
            return str(table["id"])
        lesson = next((one for one in self._built.lessons if file == f"lessons/{one.id}.toml"), None)
        return lesson.cells[index].id if lesson and index < len(lesson.cells) else ""
