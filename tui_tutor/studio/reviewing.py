"""The author's turn, cell by cell: accept, lock, edit, have made anew. What does not hold changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.lock import LOCK_FILE, lock_text
from tui_tutor.core.parsing import check_course, lesson_path, parse_course, parse_lesson
from tui_tutor.core.parsing.overlays import overlays_in
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.agents.agent import HOUSE
from tui_tutor.studio.gates.all_gates import findings_before_running
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.grounding.ingesting import kept
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.trials import Tell, Trials
from tui_tutor.studio.trying import write_course

REVIEW_FOLDER: Final = "review"
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewedCell:
    """A cell as its file has it: its table, and the text of it."""

    lesson: str
    id: str
    table: Table
    text: str


def cells_of(folder: StudioFolder) -> Iterator[ReviewedCell]:
    """Every cell of every written lesson, in the course's order."""
    outline = folder.outline()
    written = folder.written_lessons()
    listed = [one.id for one in outline.lesson] if outline else []
    files = folder.files()
    for lesson in [
        *(one for one in listed if one in written),
        *(one for one in written if one not in listed),
    ]:
        yield from cells_in(lesson, files[lesson_path(lesson)])


def cells_in(lesson: str, data: bytes) -> Iterator[ReviewedCell]:
    """The cells of one lesson's file."""
    document = parse_toml(data, lesson_path(lesson))
    if not isinstance(document, Document):
        return
    cells = document.values.get("cell", [])
    for number, table in enumerate(cells if isinstance(cells, list) else []):
        if isinstance(table, dict):
            first, last = _rows(document, len(cells), number)
            text = "\n".join(document.lines[first:last]).strip("\n") + "\n"
            yield ReviewedCell(lesson, str(table.get("id", "")), table, text)


def _rows(document: Document, count: int, number: int) -> tuple[int, int]:
    """The rows from a cell's `[[cell]]` to before the next one's; comments above that belong to the next."""
    lines = document.lines
    first = document.key_span(("cell", number)).line - 1
    if number + 1 == count:
        return first, len(lines)
    last = document.key_span(("cell", number + 1)).line - 1
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].startswith("#")):
        last -= 1
    return first, last


def exchanged(lesson: str, data: bytes, cell: str, text: str) -> bytes:
    """A lesson's file with one cell's text exchanged; all else, comments too, is as it was.

    TutorError where there is no such cell, or the text is no single cell of that id.
    """
    _require_cell(cell, text)
    document = parse_toml(data, lesson_path(lesson))
    if not isinstance(document, Document):
        raise TutorError(
            f"{lesson_path(lesson)} has mistakes; it is as it was.", help="tui-tutor check shows them."
        )
    cells = document.values.get("cell", [])
    for number, table in enumerate(cells):
        if table.get("id") == cell:
            first, last = _rows(document, len(cells), number)
            after = document.lines[last:]
            gap = [""] if after and after[0].strip() else []
            lines = [*document.lines[:first], *text.strip("\n").split("\n"), *gap, *after]
            return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "replace")
    raise TutorError(f"There is no cell {cell} in {lesson} any more; nothing was changed.")


def taken_back(files: Mapping[str, bytes], lesson: str, cell: str) -> dict[str, bytes]:
    """The overlays of a lesson without the words that they have for a cell; those that have any.

    Another cell stands there now: words for the old one would say what it no longer is.
    """
    changed: dict[str, bytes] = {}
    for name, stem, _ in overlays_in(files, "lessons"):
        document = parse_toml(files[name], name) if stem == lesson else ()
        if isinstance(document, Document) and (numbers := _numbers_of(document, cell)):
            changed[name] = _without(document, numbers).encode("utf-8", "replace")
    return changed


def _numbers_of(document: Document, cell: str) -> list[int]:
    """Which tables of an overlay are about a cell."""
    cells = document.values.get("cell", [])
    listed = cells if isinstance(cells, list) else []
    return [n for n, one in enumerate(listed) if isinstance(one, dict) and one.get("id") == cell]


def _without(document: Document, numbers: Sequence[int]) -> str:
    """An overlay without some of its tables; as it is written, unless they share lines with others."""
    cells = document.values["cell"]
    rows = {row for n in numbers for row in range(*_rows(document, len(cells), n))}
    left = "\n".join(line for row, line in enumerate(document.lines) if row not in rows).rstrip("\n") + "\n"
    others = [one for n, one in enumerate(cells) if n not in numbers]
    wanted = {key: value for key, value in {**document.values, "cell": others}.items() if value != []}
    there = parse_toml(left.encode("utf-8", "replace"), document.file)
    return left if isinstance(there, Document) and there.values == wanted else toml_text(wanted)


def _require_cell(cell: str, text: str) -> None:
    document = parse_toml(text.encode("utf-8", "replace"), f"{cell}.toml")
    if not isinstance(document, Document):
        first: Diagnostic = document[0]
        raise TutorError(
            f"This is no TOML: {first.message} (line {first.span.line}). The cell is as it was.", exit_code=4
        )
    values = document.values
    cells = values.get("cell")
    if set(values) != {"cell"} or not isinstance(cells, list) or len(cells) != 1:
        raise TutorError("A cell is one [[cell]] and what belongs to it. It is as it was.", exit_code=4)
    if not isinstance(cells[0], dict) or cells[0].get("id") != cell:
        raise TutorError(
            f"Its id must stay {cell}: learners' answers hang on it. It is as it was.", exit_code=4
        )


def cell_text(table: Table) -> str:
    """A cell's table as its file has it."""
    return toml_text({"cell": [table]})


@dataclass(frozen=True, slots=True)
class Change:
    """A cell of a lesson, and the text that is to stand in its place."""

    lesson: str
    cell: str
    text: str


async def proven_with(
    folder: StudioFolder, trials: Trials, change: Change, tell: Tell, *, is_model_s: bool = False
) -> dict[str, bytes]:
    """The course's files with a change, and their new lock. TutorError where they do not hold.

    What a model wrote passes every gate that reads before it is run; the author's own text is the author's.
    """
    files = folder.files()
    path = lesson_path(change.lesson)
    files[path] = exchanged(change.lesson, files[path], change.cell, change.text)
    files |= taken_back(files, change.lesson, change.cell) if is_model_s else {}
    files.pop(LOCK_FILE, None)
    if errors := errors_in(check_course(files, folder_name=folder.root.resolve().name)):
        raise _does_not_hold(f"{errors[0].message} ({errors[0].code})", errors[0].help)
    if is_model_s and (finding := _stops(folder, files, change)):
        raise _does_not_hold(finding.message, finding.help)
    place = folder.hidden / REVIEW_FOLDER
    write_course(place, files)
    trial = await trials.prove(place, tell)
    for problem in (problem for cells in trial.proven.values() for one in cells for problem in one.problems):
        if problem.severity == "error":
            raise _does_not_hold(f"{problem.cell}: {problem.message}", problem.help)
    return {**files, LOCK_FILE: lock_text(trial.lock).encode()}


def _stops(folder: StudioFolder, files: Mapping[str, bytes], change: Change) -> Finding | None:
    """What a gate has against a cell before it is run, None if nothing."""
    course = parse_course(files).value
    assert course is not None, "it was checked"
    read = (parse_lesson(course, one, files).value for one in course.lessons)
    lessons = tuple(one for one in read if one is not None)
    built = Built(folder.brief(), course, lessons, files=files, sources=kept(folder.hidden), prompts=(HOUSE,))
    place = (change.lesson, change.cell)
    found = (one for one in findings_before_running(built) if one.is_hard and (one.lesson, one.cell) == place)
    return next(found, None)


def _does_not_hold(why: str, help: str) -> TutorError:
    said = why[:1].upper() + why[1:].rstrip(".")
    return TutorError(f"{said}. The cell is as it was.", help=help, exit_code=4)
