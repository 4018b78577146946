"""A lesson as one HTML page: works offline, prints well, and can do nothing: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping

from tui_tutor.formats.exportable import Exportable
from tui_tutor.formats.html.page import contents_page, lesson_page

__all__ = ["contents_page", "export", "lesson_page"]


def export(course: Exportable) -> Mapping[str, bytes]:
    """A page for each lesson, and `index.html` where there is more than one."""
    pages = tuple(course.lessons) if len(course.lessons) > 1 else ()
    written = {
        f"{name}.html": lesson_page(
            course.course, lesson, course.lock, course.files.get, pages=pages
        ).encode()
        for name, lesson in course.lessons.items()
    }
    if pages:
        written["index.html"] = contents_page(course.course, course.lessons).encode()
    return written
