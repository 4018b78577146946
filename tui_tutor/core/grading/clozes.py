"""Cloze: every blank is a choice, a text or a number of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from tui_tutor.core.course import Blank, ChoiceBlank, ClozeQuiz, NumberBlank, Option, TextBlank
from tui_tutor.core.grading.numbers import judge_number, key_value, read_number
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import Shown, ShownItem, option_key
from tui_tutor.core.grading.texts import fold, judge_text
from tui_tutor.core.grading.verdict import Answer, Mark, Verdict


def read_cloze(quiz: ClozeQuiz, view: Shown, line: str) -> Answer | Rejected:
    """`0.37; 2` -> one entry for each blank: the text as typed, or an option's key."""
    parts = [part.strip() for part in line.split(";")] if len(quiz.blank) > 1 else [line.strip()]
    if len(parts) != len(quiz.blank):
        return Rejected(_ask(len(quiz.blank)))
    entries: list[str] = []
    for number, (blank, items, part) in enumerate(zip(quiz.blank, view.blanks, parts, strict=True), 1):
        entry = _read_blank(blank, items, part)
        if isinstance(entry, Rejected):
            return Rejected(f"Blank {number}: {entry.sentence}") if len(parts) > 1 else entry
        entries.append(entry)
    return tuple(entries)


def _ask(count: int) -> str:
    blanks = f"{count} blanks" if count > 1 else "one blank"
    example = "; ".join(["...", "..."][:count])
    return f"There are {blanks}: type an answer for each, separated by semicolons, as in {example}"


def _read_blank(blank: Blank, items: Sequence[ShownItem], part: str) -> str | Rejected:
    if not part:
        return Rejected("Type something here too.")
    match blank:
        case ChoiceBlank():
            return _read_option(items, part)
        case NumberBlank():
            number = read_number(part)
            return Rejected(number) if isinstance(number, str) else part
        case TextBlank():
            return part
        case _:
            assert_never(blank)


def _read_option(items: Sequence[ShownItem], part: str) -> str | Rejected:
    if part.isdecimal() and part.isascii() and 1 <= int(part[:6]) <= len(items):
        return items[int(part) - 1].key
    for item in items:
        if fold(item.text) == fold(part):
            return item.key
    return Rejected(f"Type the number of an option, 1 to {len(items)}.")


def typed_cloze(quiz: ClozeQuiz, view: Shown, answer: Answer) -> str:
    """The line that `read_cloze` reads as this answer."""
    parts = [
        _typed_option(items, entry) if items else entry
        for items, entry in zip(view.blanks, answer, strict=False)
    ]
    return "; ".join(parts)


def _typed_option(items: Sequence[ShownItem], key: str) -> str:
    return next((str(number) for number, item in enumerate(items, 1) if item.key == key), "")


def right_cloze(quiz: ClozeQuiz, derived: Mapping[str, object]) -> Answer | None:
    """A right answer; None where a pattern describes it."""
    entries = [_right_blank(blank, derived) for blank in quiz.blank]
    return None if None in entries else tuple(entry or "" for entry in entries)


def _right_blank(blank: Blank, derived: Mapping[str, object]) -> str | None:
    match blank:
        case ChoiceBlank():
            return next(option_key(option) for option in blank.option if option.correct)
        case TextBlank():
            return None if blank.match == "regex" else blank.accept[0]
        case NumberBlank():
            value = key_value(blank, derived)
            return repr(_middle(blank.range) if value is None else value)
        case _:
            assert_never(blank)


def _middle(limits: tuple[float, float] | None) -> float:
    low, high = limits or (0.0, 0.0)
    return (low + high) / 2


def grade_cloze(quiz: ClozeQuiz, answer: Answer, derived: Mapping[str, object], *, reveal: bool) -> Verdict:
    """The share of blanks that are right; each has its own mark, keyed by its number in the question."""
    entries = (*answer, *[""] * len(quiz.blank))[: len(quiz.blank)]
    marks = tuple(
        _mark_blank(str(number), blank, entry, derived, reveal=reveal)
        for number, (blank, entry) in enumerate(zip(quiz.blank, entries, strict=True), 1)
    )
    right = sum(mark.is_right is True for mark in marks)
    is_right = right == len(marks) == len(answer)
    messages = () if is_right or len(marks) == 1 else (f"{right} of {len(marks)} blanks are right.",)
    return Verdict(is_right, 1.0 if is_right else _share(right, len(marks)), marks=marks, messages=messages)


def _share(right: int, count: int) -> float:
    # An answer with entries too many is not right, whatever its blanks say.
    return min(right, count - 1) / count


def _mark_blank(key: str, blank: Blank, entry: str, derived: Mapping[str, object], *, reveal: bool) -> Mark:
    is_right, feedback = _judge_blank(blank, entry, derived)
    if reveal and not is_right and not feedback:
        right = _words_of(blank, _right_blank(blank, derived))
        feedback = f"Right here: {right}" if right else ""
    return Mark(key, is_right, is_chosen=True, feedback=feedback)


def _judge_blank(blank: Blank, entry: str, derived: Mapping[str, object]) -> tuple[bool, str]:
    match blank:
        case ChoiceBlank():
            chosen = _option(blank, entry)
            return (chosen.correct, chosen.feedback) if chosen else (False, "")
        case TextBlank():
            text = judge_text(entry, blank.accept, blank.match, blank.near)
            return text.is_right, text.feedback
        case NumberBlank():
            number = judge_number(entry, blank, derived)
            return number.is_right, number.feedback
        case _:
            assert_never(blank)


def _option(blank: ChoiceBlank, key: str | None) -> Option | None:
    return next((option for option in blank.option if option_key(option) == key), None)


def _words_of(blank: Blank, entry: str | None) -> str:
    if isinstance(blank, ChoiceBlank):
        option = _option(blank, entry)
        return option.text if option else ""
    return entry or ""
