"""The commands that choose how the course is told: level, language."""

from __future__ import annotations

from tui_tutor.core.wording.levels import NO_CHOICE, offer_lines, reading_words, told_words
from tui_tutor.plain.commands import Command
from tui_tutor.plain.lesson import PlainLesson
from tui_tutor.plain.showing import header_lines
from tui_tutor.session.retelling import choose, retell


def told_as(lesson: PlainLesson) -> str:
    """`beginner`, `de` or both, as far as the course has several; else ""."""
    opened = lesson.session.opened
    return reading_words(opened.offer, opened.overlay)


class TellingCommands:
    """Lists what there is, or goes on in other words; what was done stays."""

    def __init__(self, lesson: PlainLesson) -> None:
        self._lesson = lesson

    def commands(self) -> dict[str, Command]:
        return {"level": self._level, "language": self._language}

    async def _level(self, wanted: str) -> None:
        self._choose(wanted, level=wanted)

    async def _language(self, wanted: str) -> None:
        self._choose(wanted, language=wanted)

    def _choose(self, wanted: str, *, level: str = "", language: str = "") -> None:
        lesson, opened = self._lesson, self._lesson.session.opened
        if not wanted:
            lesson.say(*(tuple(offer_lines(opened.offer, opened.overlay)) or (NO_CHOICE,)))
            return
        before = opened.overlay
        try:
            reading = choose(opened, lesson.session.adapters.store, level=level, language=language)
            lesson.say(told_words(opened.offer, reading))
        finally:  # what could not be remembered is told all the same
            if opened.overlay != before and retell(lesson.performer):
                lesson.say(*header_lines(lesson.study, told_as(lesson)), "")
                lesson.show_cell()
