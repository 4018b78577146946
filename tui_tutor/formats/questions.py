"""What other formats ask -> quiz cells that are right by our rules, and what of the question was not kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tui_tutor.core.grading.patterns import MAX_PATTERN, PatternRefusedError, compiled
from tui_tutor.core.parsing.rules.answers import folded

Cell = dict[str, Any]
_NO_QUESTION: Final = "(The source has no text for this question.)"
_PARTLY: Final = "Partly right."


@dataclass(frozen=True, slots=True)
class Stem:
    """What every question has."""

    question: str
    title: str = ""
    explain: str = ""
    hints: tuple[str, ...] = ()

    def cell(self, form: str) -> Cell:
        """The beginning of a quiz cell."""
        cell: Cell = {"kind": "quiz", "form": form, "title": self.title.strip()}
        cell["question"] = self.question.strip("\n").rstrip() if self.question.strip() else _NO_QUESTION
        cell["hints"] = [hint.strip() for hint in self.hints if hint.strip()]
        cell["explain"] = self.explain.strip("\n").rstrip()
        return {key: value for key, value in cell.items() if value}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice."""

    text: str
    is_correct: bool
    feedback: str = ""

    def table(self) -> Cell:
        """As `[[cell.option]]`."""
        table: Cell = {"text": self.text.strip()}
        if self.is_correct:
            table["correct"] = True
        if self.feedback.strip():
            table["feedback"] = self.feedback.strip()
        return table


class Made(NamedTuple):
    """A cell, and sentences that say what of the question it does not hold."""

    cell: Cell
    doubts: tuple[str, ...] = ()


# --- choice -----------------------------------------------------------------------------------------


def choice_cell(stem: Stem, choices: Iterable[Choice], *, shuffle: bool) -> Made:
    """A choice; where the options do not make one, an open question that lists them."""
    options, doubts = _distinct(choices)
    right = [option for option in options if option.is_correct]
    if len(options) == 1 and right:
        made = text_cell(stem, [right[0].text])
        return Made(made.cell, (*doubts, "a choice with one option is asked as a text", *made.doubts))
    if len(options) < 2 or not right:
        why = "no option is marked as right" if options else "it has no options"
        listed = "\n".join(f"- {option.text.strip()}" for option in options)
        return Made(open_cell(stem, listed).cell, (*doubts, f"{why}: it is kept as an open question"))
    cell = stem.cell("choice")
    if shuffle:
        cell["shuffle"] = True
    return Made({**cell, "option": [option.table() for option in options]}, tuple(doubts))


def _distinct(choices: Iterable[Choice]) -> tuple[list[Choice], list[str]]:
    """Options that have a text of their own; of two alike the right one is kept."""
    kept: dict[str, Choice] = {}
    doubts: list[str] = []
    for choice in choices:
        key = " ".join(choice.text.split())
        if not key:
            doubts.append("an option without text was left out")
        elif key in kept:
            doubts.append(f"the option {key[:60]!r} stands there twice; one was left out")
            kept[key] = choice if choice.is_correct and not kept[key].is_correct else kept[key]
        else:
            kept[key] = choice
    return list(kept.values()), doubts


def open_cell(stem: Stem, addition: str = "") -> Made:
    """A question that nobody marks; `addition` stands below it."""
    cell = stem.cell("reflect")
    if addition:
        cell["question"] += f"\n\n{addition}"
    return Made(cell)


# --- text -------------------------------------------------------------------------------------------


def text_cell(
    stem: Stem, accept: Sequence[str], *, near: Sequence[tuple[str, str]] = (), exact: bool = False
) -> Made:
    """A word or phrase; `near` are (answer, feedback)."""
    cell = stem.cell("text")
    compared = str.strip if exact else folded
    accepted = _distinct_texts(accept, compared)
    if not accepted:
        return Made(open_cell(stem).cell, ("it has no right answer: it is kept as an open question",))
    cell["accept"] = accepted
    if exact:
        cell["match"] = "exact"
    return Made({**cell, **_near(near, {compared(text) for text in accepted}, compared)})


def _distinct_texts(texts: Iterable[str], compared: Any) -> list[str]:
    kept = {compared(text): text.strip() for text in reversed(list(texts)) if text.strip()}
    return list(reversed(kept.values()))


def _near(near: Sequence[tuple[str, str]], taken: set[str], compared: Any) -> Cell:
    tables: list[Cell] = []
    for answer, feedback in near:
        if answer.strip() and compared(answer) not in taken:
            taken.add(compared(answer))
            tables.append({"answer": answer.strip(), "feedback": feedback.strip() or _PARTLY})
    return {"near": tables} if tables else {}


def pattern_cell(stem: Stem, patterns: Sequence[str], *, otherwise: Sequence[str]) -> Made:
    """A text judged by patterns; where they cannot be matched in bounded time, by `otherwise`."""
    if not patterns or not all(is_pattern(pattern) for pattern in patterns):
        made = text_cell(stem, otherwise)
        return Made(made.cell, ("its pattern cannot be matched here; one answer is accepted", *made.doubts))
    return Made({**stem.cell("text"), "accept": list(dict.fromkeys(patterns)), "match": "regex"})


def is_pattern(pattern: str) -> bool:
    """Whether answers can be matched with it in bounded time."""
    if not pattern.strip() or len(pattern) > MAX_PATTERN:
        return False
    try:
        re.compile(pattern)
        compiled(pattern)
    except (re.error, PatternRefusedError, RecursionError, OverflowError, MemoryError):
        return False
    return True


# --- number -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers that are right: from `low` to `high`, or one where both are the same.

    `around` is there where the source says a number and how far from it one may be.
    """

    low: float
    high: float
    around: tuple[float, float] | None = None

    @property
    def is_finite(self) -> bool:
        """Whether TOML and our rules can hold it."""
        return math.isfinite(self.low) and math.isfinite(self.high) and math.isfinite(self.high - self.low)

    def ordered(self) -> Interval:
        """With the smaller number first."""
        return self if self.low <= self.high else Interval(self.high, self.low)

    def holds(self, other: Interval) -> bool:
        """Whether all of the other's numbers are right too."""
        return self.low <= other.low and other.high <= self.high

    def key(self) -> Cell:
        """As the key of a number."""
        if self.low == self.high:
            return {"value": self.low}
        if self.around is not None:
            return {"value": self.around[0], "tolerance": self.around[1]}
        return {"range": [self.low, self.high]}


def number_cell(stem: Stem, intervals: Sequence[Interval]) -> Made:
    """A number; of several intervals the first is asked, or one that holds it."""
    usable = [interval.ordered() for interval in intervals if interval.is_finite]
    if not usable:
        return Made(open_cell(stem).cell, ("it has no number as its answer: it is kept as an open question",))
    chosen = usable[0]
    for interval in usable[1:]:
        chosen = interval if interval.holds(chosen) else chosen
    others = [interval for interval in usable if not chosen.holds(interval)]
    doubts = [f"{_shown(interval)} would be right too" for interval in others]
    return Made({**stem.cell("number"), **chosen.key()}, tuple(doubts))


def around(middle: float, distance: float) -> Interval:
    """The numbers at most `distance` from `middle`."""
    distance = abs(distance)
    return Interval(tidy(middle - distance), tidy(middle + distance), (middle, distance))


def tidy(number: float) -> float:
    """Without the dust of binary fractions: 0.3 - 0.1 is 0.2 to an author."""
    return number if isinstance(number, int) else float(f"{number:.15g}")


def _shown(interval: Interval) -> str:
    return f"{interval.low:g}" if interval.low == interval.high else f"{interval.low:g} to {interval.high:g}"


def number_in(text: str) -> float | None:
    """A number as a program writes it, or None."""
    if not re.fullmatch(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*", text):
        return None
    if re.fullmatch(r"\s*[+-]?[0-9]{1,15}\s*", text):
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None


# --- match and gaps ---------------------------------------------------------------------------------


def match_cell(stem: Stem, pairs: Iterable[tuple[str, str]], *, extra: Iterable[str], shuffle: bool) -> Made:
    """Pairs to be matched; fewer than two are kept as an open question."""
    kept: dict[str, str] = {}
    doubts: list[str] = []
    for left, right in pairs:
        if not left.strip() or not right.strip() or left.strip() in kept:
            doubts.append(f"the pair {left.strip()[:40]!r}, {right.strip()[:40]!r} was left out")
        else:
            kept[left.strip()] = right.strip()
    if len(kept) < 2:
        listed = "\n".join(f"- {left} → {right}" for left, right in kept.items())
        made = open_cell(stem, listed)
        return Made(made.cell, (*doubts, "it has fewer than two pairs: it is kept as an open question"))
    cell = stem.cell("match")
    if shuffle:
        cell["shuffle"] = True
    cell["pairs"] = [[left, right] for left, right in kept.items()]
    spare = dict.fromkeys(text.strip() for text in extra if text.strip())
    if left_over := [text for text in spare if text not in kept.values()]:
        cell["extra"] = left_over
    return Made(cell, tuple(doubts))


def gap_cell(before: str, after: str, made: Made) -> Made:
    """The question `made` asked inside its sentence: a cloze with one blank."""
    rest = braces_kept(after).lstrip()
    glue = "" if rest[:1] in (*".,;:!?)",) else " "
    question = f"{braces_kept(before).rstrip()} {{{{1}}}}{glue}{rest}".strip()
    form = made.cell["form"]
    if form not in ("choice", "text", "number"):
        return made
    header: Cell = {key: made.cell[key] for key in ("title", "hints", "explain") if key in made.cell}
    keys = ("option", "accept", "match", "near", "value", "tolerance", "range")
    blank: Cell = {"form": form, **{key: made.cell[key] for key in keys if key in made.cell}}
    cell: Cell = {"kind": "quiz", "form": "cloze", **header, "question": question, "blank": [blank]}
    return Made(cell, made.doubts)


def braces_kept(text: str) -> str:
    """A text whose double braces are no blanks."""
    return re.sub(r"\{\{", r"\\{{", text)
