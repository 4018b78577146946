"""Flaws of a question by itself: a key that cannot be met, or that its wording gives away.

Source: T. M. Haladyna, S. M. Downing and M. C. Rodriguez, "A review of multiple-choice item-writing
guidelines for classroom assessment" (2002): word the stem positively, keep the length of choices about equal,
avoid "all of the above", use "none of the above" carefully.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell, NumberKey, Option
from tui_tutor.core.grading.patterns import PatternRefusedError, matches_whole
from tui_tutor.core.grading.texts import MAX_LENGTH, fold
from tui_tutor.core.linting.doubt import Doubt, Path
from tui_tutor.core.linting.words import MAX_READ, prose_of, shown_length

TextKey = models.TextQuiz | models.TextBlank
MIN_OPTIONS: Final = 3
LONGER_RATIO: Final = 1.3
LONGER_BY: Final = 15  # characters
_MAX_TRIED: Final = 50  # patterns, and answers tried on them
MAX_DIGITS: Final = 8  # that somebody types without a tolerance to help


def doubts_of_question(cell: Cell, path: Path, language: str) -> Iterator[Doubt]:
    """Everything that is doubtful about one question."""
    if not isinstance(cell, models.QuizBase):
        return
    yield from _negated(cell, path, language)
    match cell:
        case models.ChoiceQuiz():
            yield from _doubts_of_options(cell.option, path, language, is_shuffled=cell.shuffle)
        case models.TextQuiz():
            yield from _unreachable_text(cell, cell.question, path)
        case models.NumberQuiz():
            yield from _unreachable_number(cell, path)
        case models.ClozeQuiz():
            yield from _doubts_of_blanks(cell, path, language)
        case _:
            pass


def _doubts_of_blanks(cell: models.ClozeQuiz, path: Path, language: str) -> Iterator[Doubt]:
    for index, blank in enumerate(cell.blank):
        at = (*path, "blank", index)
        match blank:
            case models.ChoiceBlank():
                yield from _doubts_of_options(blank.option, at, language, is_shuffled=cell.shuffle)
            case models.TextBlank():
                yield from _unreachable_text(blank, cell.question, at)
            case models.NumberBlank():
                yield from _unreachable_number(blank, at)


def _doubts_of_options(
    options: Sequence[Option], path: Path, language: str, *, is_shuffled: bool
) -> Iterator[Doubt]:
    yield from _longest_is_key(options, path)
    if is_shuffled:
        yield from _pointing_above(options, path, language)


# --- the key can be given ---------------------------------------------------------------------------

# p(x|z), [0] * 5, a[n-1] and \beta are answers, not patterns.
_LIKE_A_PATTERN: Final = re.compile(
    r"\\[dwsDWS](?![A-Za-z])|\.[*+]|\[[^\]]*(?:a-z|A-Z|0-9)[^\]]*\]|^\^.+\$$|(?<!\w)\(\w{2,}(?:\|\w{2,})+\)"
)
_ABOUT_PATTERNS: Final = re.compile(r"regular expression|regex|pattern|glob|ausdr|muster", re.IGNORECASE)


def _unreachable_text(key: TextKey, question: str, path: Path) -> Iterator[Doubt]:
    for index, text in enumerate(key.accept):
        at = (*path, "accept", index)
        if key.match == "exact" and "\n" in text.strip():
            help = "an answer is one line: accept one line of it, or ask with an exercise"
            yield Doubt("key-unreachable", "nobody can type an answer of several lines", at, help, "value")
        elif len(text) > MAX_LENGTH:
            message = f"an answer has at most {MAX_LENGTH:,} characters; this has {len(text):,}"
            yield Doubt("key-unreachable", message, at, "ask for less", "value")
        elif key.match != "regex" and _LIKE_A_PATTERN.search(text) and not _ABOUT_PATTERNS.search(question):
            message = f"{_shown(text)} looks like a pattern, but is compared letter by letter"
            yield Doubt("key-unreachable", message, at, 'add `match = "regex"`', "value")
    yield from _accepted_near(key, path)


def _accepted_near(key: TextKey, path: Path) -> Iterator[Doubt]:
    """What is nearly right is judged only after what is right: its feedback would never be shown."""
    compared = fold if key.match == "fold" else str.strip
    accepted = {compared(text) for text in key.accept}
    for index, near in enumerate(key.near):
        is_accepted = compared(near.answer) in accepted
        if key.match == "regex":
            is_accepted = index < _MAX_TRIED and _fits(key.accept, near.answer.strip())
        if is_accepted:
            message = f"{_shown(near.answer)} is accepted, so its feedback is never shown"
            at = (*path, "near", index, "answer")
            yield Doubt("near-accepted", message, at, "remove it, or accept less", "value")


def _fits(patterns: Sequence[str], answer: str) -> bool:
    try:
        return any(matches_whole(pattern, answer[:MAX_LENGTH]) for pattern in patterns[:_MAX_TRIED])
    except PatternRefusedError:
        return False


def _unreachable_number(key: NumberKey, path: Path) -> Iterator[Doubt]:
    if key.value is None or key.tolerance or key.rel_tolerance:
        return
    if len(Decimal(repr(key.value)).normalize().as_tuple().digits) > MAX_DIGITS:
        message = f"nobody will type {key.value!r} to its last digit"
        help = "say how close is close enough: tolerance = 0.001, or rel_tolerance"
        yield Doubt("key-unreachable", message, (*path, "value"), help, "value")


# --- the key is not given away ----------------------------------------------------------------------


def _longest_is_key(options: Sequence[Option], path: Path) -> Iterator[Doubt]:
    keys = [index for index, option in enumerate(options) if option.correct]
    if len(options) < MIN_OPTIONS or len(keys) != 1 or not prose_of(options[keys[0]].text).strip():
        return
    length = shown_length(options[keys[0]].text)
    next_length = max(shown_length(option.text) for option in options if not option.correct)
    if length >= LONGER_RATIO * next_length and length >= next_length + LONGER_BY:
        message = f"the right option is the longest by far: {length} characters, the next has {next_length}"
        help = "shorten it and move what is more into `feedback`, or make the others as precise"
        yield Doubt("longest-option-is-key", message, (*path, "option", keys[0], "text"), help, "value")


_ABOVE: Final = {
    "en": re.compile(
        r"\b(?:all|none|any|both|neither|either|each|some|two)\b[^.;]{0,30}\b(?:above|below|preceding)\b",
        re.I,
    ),
    "de": re.compile(
        r"\b(?:alle[sr]?|keine?[rs]?|nichts|beide[sr]?)\b[^.;]{0,30}\b(?:oben|obige[nrs]?|obenstehenden|genannten)\b",
        re.I,
    ),
}


def _pointing_above(options: Sequence[Option], path: Path, language: str) -> Iterator[Doubt]:
    pointing = _ABOVE.get(language, _ABOVE["en"])
    for index, option in enumerate(options):
        if pointing.search(prose_of(option.text)):
            message = f"{_shown(option.text)} points at options that are shuffled"
            help = "let several options be correct instead, or take `shuffle` away"
            yield Doubt("above-with-shuffle", message, (*path, "option", index, "text"), help, "value")


# --- what is asked for ------------------------------------------------------------------------------

_SENTENCE: Final = re.compile(r"[^.?!\n]+[.?!]*")
# What depends on a condition or names a purpose is not what is asked for.
_ASIDE: Final = {
    "en": re.compile(
        r"\b(?:when|if|unless|although|though|because|since|while|whether|why|how come|or not|"
        r"so that|so as|in order)\b.*",
        re.I | re.S,
    ),
    "de": re.compile(
        r"\b(?:wenn|falls|obwohl|weil|da|während|ob|warum|weshalb|wieso|damit|um|oder nicht)\b.*", re.I | re.S
    ),
}
_QUOTED: Final = re.compile("[\"“„‚‘'][^\"“”„‘’']{1,40}[\"”“‘’']")
_ALL_BUT: Final = re.compile(r"\b(?:all|every|each)\b.*\bexcept\b", re.I)
_NEGATION: Final = {
    "en": re.compile(
        r"\b(?:not(?!\s+only\b)|never|cannot|NOT|NEVER|CANNOT|EXCEPT)\b|n['’]t\b"
        # `except` is also a word of Python.
        r"|(?i:\b(?:all|every|each|any|true|correct)\b[^?]*\bexcept\b|\bexcept\s*(?:for\b|[:?.…]|$))"
        r"|\b(?i:(?:which|what)\b[^?]*\b(?:is|are|were|was))\s+(?:false|FALSE|untrue|incorrect|INCORRECT)\b"
    ),
    "de": re.compile(
        r"\b(?:nicht(?!\s+nur\b)|nie|niemals|außer|NICHT|NIE|AUSSER|kein(?:e[mnrs]?)?)\b|"
        r"\b(?i:welche[mnrs]?\b[^?]*\b(?:ist|sind))\s+(?:falsch|unzutreffend)\b"
    ),
}


def _negated(cell: models.QuizBase, path: Path, language: str) -> Iterator[Doubt]:
    """Only where something is chosen or named: a program's lines or a cloze are statements, not questions."""
    choosing = models.ChoiceQuiz | models.TextQuiz | models.NumberQuiz | models.MatchQuiz
    if language not in _NEGATION or not isinstance(cell, choosing) or len(cell.question) > MAX_READ:
        return
    for sentence in _asking(cell.question):
        if found := _NEGATION[language].search(_ASIDE[language].sub("", sentence)):
            message = f"the question is negated: {_shown(found[0].split()[-1])}"
            help = "ask for what is true; a learner who overlooks one word answers the opposite question"
            yield Doubt("negated-stem", message, (*path, "question"), help, "value")
            return


def _asking(question: str) -> list[str]:
    """The sentences that ask, code left out; without a question mark the last one."""
    words = " ".join(_QUOTED.sub(" ", prose_of(question)).split())
    sentences = [found[0] for found in _SENTENCE.finditer(words)]
    asking = [text for text in sentences if "?" in text or _ALL_BUT.search(text)]
    return asking or sentences[-1:]


def _shown(text: str) -> str:
    one_line = " ".join(text.split())
    return f"“{one_line if len(one_line) <= 40 else one_line[:39] + '…'}”"
