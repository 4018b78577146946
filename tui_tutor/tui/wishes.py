"""What a page wishes the app to show next; screens know no other screen."""

from __future__ import annotations

from textual.message import Message


class Wish(Message):
    """Bubbles to the app."""


class LessonWished(Wish):
    """Open a lesson at a cell; "" is the lesson to go on with, the cell where it was left."""

    def __init__(self, ref: str, lesson_id: str = "", cell_id: str = "") -> None:
        super().__init__()
        self.ref = ref
        self.lesson_id = lesson_id
        self.cell_id = cell_id


class OutlineWished(Wish):
    """Show a course's lessons, or its mistakes when it is broken."""

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref


class BrokenWished(Wish):
    """Show what is wrong with a course, or with one of its lessons."""

    def __init__(self, ref: str, lesson_id: str = "") -> None:
        super().__init__()
        self.ref = ref
        self.lesson_id = lesson_id


class ResultsWished(Wish):
    """Show the results in a course."""

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref


class RetellWished(Wish):
    """Choose the level and the language of a course."""

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref


class SearchWished(Wish):
    """Search a course."""

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref


class AddWished(Wish):
    """Add a course to the library."""
