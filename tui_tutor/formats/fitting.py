"""An imported course within the limits: long texts in files of their own, long lessons in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from tui_tutor.core.course import FILE_FIELDS
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.imported import Imported, Lost

MOST_LESSON: Final = 800_000  # bytes of a lesson's file; 1,000,000 are read
MOST_TEXT: Final = 900_000  # bytes of one text
_LONG: Final = 20_000  # characters from which a text gets a file of its own, in a lesson that is too long
_ENDINGS: Final = {"code": "py", "sh": "sh"}


def fitted(imported: Imported) -> Imported:
    """The same course, whose files are none of them larger than may be read."""
    files = dict(imported.files)
    lost: list[Lost] = []
    lessons: dict[str, Mapping[str, Any]] = {}
    parts_of: dict[str, list[str]] = {}
    for name, lesson in imported.lessons.items():
        if "cell" not in lesson:  # a draft
            lessons[name] = lesson
            continue
        whole = _shortened(name, lesson, lost)
        if _size(whole) > MOST_LESSON:
            whole = _with_files(name, whole, files)
        for part_id, part in _parts(name, whole, {*imported.lessons, *lessons}):
            lessons[part_id] = part
            parts_of.setdefault(name, []).append(part_id)
        if len(parts_of[name]) > 1:
            why = f"it is too long for one: it is in {len(parts_of[name])}, each with a kernel of its own"
            lost.append(Lost(name, "lesson", why))
    course = {**imported.course, "lessons": list(lessons)}
    recorded = dict(_recorded(imported, lessons, parts_of))
    return replace(
        imported, course=course, lessons=lessons, files=files, recorded=recorded, lost=(*imported.lost, *lost)
    )


def _size(table: Mapping[str, Any]) -> int:
    return len(toml_text(table).encode())


def _shortened(name: str, lesson: Mapping[str, Any], lost: list[Lost]) -> dict[str, Any]:
    return {**lesson, "cell": [_shortened_cell(name, cell, lost) for cell in lesson["cell"]]}


def _shortened_cell(name: str, cell: Mapping[str, Any], lost: list[Lost]) -> Mapping[str, Any]:
    made = dict(cell)
    for key, value in cell.items():
        if isinstance(value, str) and len(value) > MOST_TEXT // 4 and len(value.encode()) > MOST_TEXT:
            made[key] = value.encode()[:MOST_TEXT].decode("utf-8", "ignore")
            why = f"it has {len(value):,} characters; the first {len(made[key]):,} are kept"
            lost.append(Lost(f"{name}/{cell['id']}", f"the end of `{key}`", why))
    return made


def _with_files(name: str, lesson: Mapping[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    """The lesson with its long texts in cells/."""
    cells = []
    for cell in lesson["cell"]:
        made = dict(cell)
        for key, value in cell.items():
            if key in FILE_FIELDS and isinstance(value, str) and len(value) > _LONG:
                path = f"cells/{name}-{cell['id']}-{key}.{_ENDINGS.get(cell['kind'], 'md')}"
                files[path] = value.encode()
                del made[key]
                made[f"{key}_file"] = path
        cells.append(made)
    return {**lesson, "cell": cells}


def _parts(name: str, lesson: Mapping[str, Any], taken: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The lesson, or as many as are needed."""
    if _size(lesson) <= MOST_LESSON:
        yield name, lesson
        return
    groups: list[list[Any]] = [[]]
    room = MOST_LESSON
    for cell in lesson["cell"]:
        size = _size({"cell": [cell]}) + 2
        if size > room and groups[-1]:
            groups.append([])
            room = MOST_LESSON
        room -= size
        groups[-1].append(cell)
    for number, cells in enumerate(groups, 1):
        part_id = name if number == 1 else _free(f"{name[:56]}-{number}", taken)
        taken.add(part_id)
        title = lesson["title"] if number == 1 else f"{lesson['title']} ({number})"
        yield part_id, {**lesson, "title": title, "cell": cells}


def _free(wanted: str, taken: set[str]) -> str:
    while wanted in taken:
        wanted += "x"
    return wanted


def _recorded(
    imported: Imported, lessons: Mapping[str, Mapping[str, Any]], parts_of: Mapping[str, list[str]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, cells in imported.recorded.items():
        for part in parts_of.get(name, ()):
            ids = {cell["id"] for cell in lessons[part]["cell"]}
            if kept := {cell_id: entry for cell_id, entry in cells.items() if cell_id in ids}:
                yield part, kept
