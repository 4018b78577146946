"""A typed word or phrase: folded, exact or by pattern; near answers get their own feedback."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tui_tutor.core.course import Match, Near
from tui_tutor.core.grading.patterns import PatternRefusedError, matches_whole

MAX_LENGTH: Final = 2000
_ENDS: Final = ".,;:!?…"
_QUOTES: Final = "\"'`“”„‟‘’‚«»‹›"


@dataclass(frozen=True, slots=True)
class TextJudgement:
    """Whether a text is accepted, and what to say of it."""

    is_right: bool
    feedback: str = ""


def fold(text: str) -> str:
    """Case, width, blanks, quotes around and sentence marks at the end do not count.

    What consists of such marks alone is kept, so that `?` and `!` stay different answers.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = unicodedata.normalize("NFKC", plain)
    bare = plain.strip(_QUOTES + " ").rstrip(_ENDS + " ").strip(_QUOTES + " ")
    return bare or plain


def judge_text(text: str, accept: Sequence[str], match: Match, near: Sequence[Near]) -> TextJudgement:
    """Right if any of `accept` agrees; else the feedback of the first near answer."""
    if len(text) > MAX_LENGTH:
        return TextJudgement(False, f"Your answer is longer than {MAX_LENGTH} characters.")
    if any(_agrees(text, key, match) for key in accept):
        return TextJudgement(True)
    folded = fold(text)
    for candidate in near:
        if fold(candidate.answer) == folded:
            return TextJudgement(False, candidate.feedback)
    return TextJudgement(False, _hint_of(text, accept, match))


def _agrees(text: str, key: str, match: Match) -> bool:
    if match == "fold":
        return fold(text) == fold(key)
    if match == "exact":
        return text.strip() == key.strip()
    try:
        return matches_whole(key, text.strip())
    except PatternRefusedError:
        return False


def _hint_of(text: str, accept: Sequence[str], match: Literal["fold", "exact", "regex"]) -> str:
    if match == "exact" and any(fold(text) == fold(key) for key in accept):
        return "The words are right; capitals, blanks and signs count here too."
    return ""
