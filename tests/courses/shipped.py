"""The courses of this repository, read by the parser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.parsing import parse_course, parse_lesson

COURSES: Final = Path(__file__).parents[2] / "courses"
NAMES: Final = sorted(folder.name for folder in COURSES.iterdir() if (folder / "course.toml").exists())


Kind = TypeVar("Kind")


@cache
def files_of(name: str) -> Mapping[str, bytes]:
    folder = COURSES / name
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    return MappingProxyType(found)  # every test sees the same


@cache
def course_of(name: str) -> Course:
    parsed = parse_course(files_of(name), folder_name=name)
    assert parsed.value is not None, [d.as_text() for d in parsed.diagnostics]
    return parsed.value


@cache
def lesson_of(name: str, lesson_id: str) -> Lesson:
    parsed = parse_lesson(course_of(name), lesson_id, files_of(name))
    assert parsed.value is not None, [d.as_text() for d in parsed.diagnostics]
    return parsed.value


def lessons_of(name: str) -> list[Lesson]:
    return [lesson_of(name, lesson_id) for lesson_id in course_of(name).lessons]


def cells_of(name: str, kind: type[Kind]) -> Iterator[tuple[tuple[str, str], Kind]]:
    """((lesson, cell), the cell) for every cell of a kind."""
    for lesson in lessons_of(name):
        for cell in lesson.cells:
            if isinstance(cell, kind):
                yield (lesson.id, cell.id), cell
