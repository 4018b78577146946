"""{path: bytes} -> Course and Lesson, or every mistake found.

The library reads course.toml alone: what only lessons or a whole check need is imported when it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from tui_tutor.core.parsing.course_file import COURSE_FILE, parse_course
from tui_tutor.core.parsing.findings import Parsed

if TYPE_CHECKING:
    from tui_tutor.core.parsing.lesson_file import files_named, lesson_path, parse_lesson
    from tui_tutor.core.parsing.overlays import overlay_files
    from tui_tutor.core.parsing.whole_course import check_course

__all__ = [
    "COURSE_FILE",
    "Parsed",
    "check_course",
    "files_named",
    "lesson_path",
    "overlay_files",
    "parse_course",
    "parse_lesson",
]

_LATER: Final = {
    "check_course": "whole_course",
    "files_named": "lesson_file",
    "lesson_path": "lesson_file",
    "overlay_files": "overlays",
    "parse_lesson": "lesson_file",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    module = importlib.import_module(f"tui_tutor.core.parsing.{_LATER[name]}")
    globals()[name] = value = getattr(module, name)
    return value
