"""{path: bytes} -> Course and Lesson, or every mistake found."""

from __future__ import annotations

from tui_tutor.core.parsing.course_file import COURSE_FILE, parse_course
from tui_tutor.core.parsing.findings import Parsed
from tui_tutor.core.parsing.lesson_file import files_named, lesson_file, parse_lesson
from tui_tutor.core.parsing.overlays import overlay_files
from tui_tutor.core.parsing.whole_course import check_course

__all__ = [
    "COURSE_FILE",
    "Parsed",
    "check_course",
    "files_named",
    "lesson_file",
    "overlay_files",
    "parse_course",
    "parse_lesson",
]
