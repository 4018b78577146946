"""The courses of this repository, read by the parser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.parsing import parse_course, parse_lesson

COURSES: Final = Path(__file__).parents[2] / "courses"
NAMES: Final = sorted(folder.name for folder in COURSES.iterdir() if (folder / "course.toml").exists())


def files_of(name: str) -> dict[str, bytes]:
    folder = COURSES / name
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def course_of(name: str) -> Course:
    parsed = parse_course(files_of(name), folder_name=name)
    assert parsed.value is not None, [d.as_text() for d in parsed.diagnostics]
    return parsed.value


def lesson_of(name: str, lesson_id: str) -> Lesson:
    parsed = parse_lesson(course_of(name), lesson_id, files_of(name))
    assert parsed.value is not None, [d.as_text() for d in parsed.diagnostics]
    return parsed.value


def lessons_of(name: str) -> list[Lesson]:
    return [lesson_of(name, lesson_id) for lesson_id in course_of(name).lessons]
