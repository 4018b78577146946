"""What an exporter is given: a course as it was parsed, and as the values its author wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_tutor.core.course import Course, Lesson


@dataclass(frozen=True, slots=True)
class Exportable:
    """The lessons to write, in order; drafts and overlays are not among them.

    `header` and `tables` are the values of course.toml and of each lesson, every text in its place
    (no `x_file` is left). `files` are all files of the course, `lock` is its proof ({} if it has none).
    """

    course: Course
    header: Mapping[str, Any]
    lessons: Mapping[str, Lesson]
    tables: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)
    lock: Mapping[str, Any] = field(default_factory=dict)
