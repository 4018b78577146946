"""Level and language of a course in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core.levels import Offer, Reading

NO_CHOICE: Final = "This course has one level and one language."
MEANINGS: Final = {
    "beginner": "more words, more hints, more to begin with",
    "intermediate": "for who knows the basics",
    "advanced": "fewer words, less to begin with",
}


def reading_words(offer: Offer, overlay: str) -> str:
    """`beginner`, `de` or `beginner · de`: of each only where the course has several."""
    reading = offer.reading(overlay)
    words = (reading.level if offer.has_levels else "", reading.language if offer.has_languages else "")
    return " · ".join(filter(None, words))


def told_words(offer: Offer, reading: Reading) -> str:
    """What is read from now on, and that nothing was lost."""
    return f"Now {reading_words(offer, offer.overlay(reading))}. What you did is kept."


def offer_lines(offer: Offer, overlay: str) -> Iterator[str]:
    """`level: beginner (now), advanced` and the same of languages; nothing where there is no choice."""
    reading = offer.reading(overlay)
    if offer.has_levels:
        yield f"level: {_marked(offer.levels, reading.level)}"
    if offer.has_languages:
        yield f"language: {_marked(offer.languages, reading.language)}"


def _marked(words: Sequence[str], now: str) -> str:
    return ", ".join(f"{word} (now)" if word == now else word for word in words)
