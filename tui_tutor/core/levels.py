"""For whom and in which language a course is told: what it offers, and what a learner chose of that.

The course's own words are its base; every other level and language lies over them as overlays, see
docs/course-format.md. Learner's work hangs on the ids of cells and is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, get_args

from tui_tutor.core.course import Course, Level

STANDARD: Final = "standard"
"""The level of a course that is offered at several and does not say which its own is."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The levels and languages that a course can be read in, its own first."""

    levels: tuple[str, ...] = (STANDARD,)
    languages: tuple[str, ...] = ("en",)

    @property
    def has_levels(self) -> bool:
        return len(self.levels) > 1

    @property
    def has_languages(self) -> bool:
        return len(self.languages) > 1

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose."""
        return self.has_levels or self.has_languages

    def chosen(self, level: str = "", language: str = "") -> Reading:
        """The nearest that there is: the course's own for what is left out or not offered."""
        return Reading(
            level if level in self.levels else self.levels[0],
            language if language in self.languages else self.languages[0],
        )

    def overlay(self, reading: Reading) -> str:
        """What lies over the base for a reading, as `parse_lesson` takes it; "" for the course's own."""
        language = "" if reading.language == self.languages[0] else reading.language
        level = "" if reading.level == self.levels[0] else reading.level
        return ".".join(part for part in (language, level) if part)

    def reading(self, overlay: str) -> Reading:
        """The reading that an overlay of this offer is for."""
        tags = overlay.split(".")
        level = next((tag for tag in tags if tag in self.levels), "")
        return self.chosen(level, next((tag for tag in tags if tag in self.languages), ""))

    def overlays(self) -> tuple[str, ...]:
        """Every overlay that a learner may choose, the base left out."""
        readings = (Reading(level, language) for language in self.languages for level in self.levels)
        return tuple(overlay for reading in readings if (overlay := self.overlay(reading)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A level and a language of an offer."""

    level: str
    language: str


def offer_of(course: Course, tags: Iterable[tuple[str, str]]) -> Offer:
    """What a course offers, from the (language, level) of each overlay; "" for what one leaves out."""
    found = tuple(tags)
    own_level, own_language = course.level or STANDARD, course.language
    levels = {level for _, level in found} - {"", own_level}
    languages = {language for language, _ in found} - {"", own_language}
    return Offer(
        (own_level, *(level for level in get_args(Level) if level in levels)),
        (own_language, *sorted(languages)),
    )
