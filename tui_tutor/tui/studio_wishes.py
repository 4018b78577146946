"""What the studio's pages wish for; the app answers."""

from __future__ import annotations

from typing import Literal

from textual.message import Message

StudioPage = Literal["", "outline", "build", "review"]  # "": where the course is


class StudioWished(Message):
    """Show a page of the studio in the place of this one, and say a sentence there."""

    def __init__(self, page: StudioPage = "", sentence: str = "") -> None:
        super().__init__()
        self.page: StudioPage = page
        self.sentence = sentence


class PlayWished(Message):
    """Play the course, from this lesson on."""

    def __init__(self, lesson: str) -> None:
        super().__init__()
        self.lesson = lesson
