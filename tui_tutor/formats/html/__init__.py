"""A lesson as one HTML page: works offline, prints well, and can do nothing: no script, nothing loaded."""

from tui_tutor.formats.html.page import contents_page, lesson_page

__all__ = ["contents_page", "lesson_page"]
