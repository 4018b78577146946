"""Match: every left side finds its right side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui_tutor.core.course import MatchQuiz
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import Shown, ShownItem, key_of, letter_of
from tui_tutor.core.grading.verdict import Answer, Mark, Verdict


def read_match(view: Shown, line: str) -> Answer | Rejected:
    """`1b 2a` -> `LEFT=RIGHT` keys, in the order of the left sides shown."""
    compact = re.sub(r"\s*[=:→-]\s*|(?<=[0-9])\s+(?=[A-Za-z])", "", line.strip())
    found = [re.fullmatch("([0-9]{1,4})([A-Za-z]{1,2})", word) for word in re.split(r"[\s,;]+", compact)]
    if not all(found):
        return Rejected("Type a number and a letter for each pair, for example 1b 2a.")
    pairs = [(int(match[1]), match[2].lower()) for match in found if match]
    problem = _problem(view, pairs)
    if problem:
        return Rejected(problem)
    rights = _by_letter(view.rights)
    return tuple(f"{view.items[number - 1].key}={rights[letter]}" for number, letter in sorted(pairs))


def _by_letter(rights: Sequence[ShownItem]) -> Mapping[str, str]:
    return {letter_of(index): item.key for index, item in enumerate(rights)}


def _problem(view: Shown, pairs: Sequence[tuple[int, str]]) -> str:
    count, numbers = len(view.items), [number for number, _ in pairs]
    letters = _by_letter(view.rights)
    if min(numbers) < 1 or max(numbers) > count:
        return f"The left sides are 1 to {count}."
    unknown = [letter for _, letter in pairs if letter not in letters]
    if unknown:
        return f"The right sides are a to {letter_of(len(letters) - 1)}."
    if len(set(numbers)) < len(numbers):
        return "Each number can have one letter only."
    missing = [number for number in range(1, count + 1) if number not in numbers]
    return f"Number {missing[0]} has no letter yet." if missing else ""


def typed_match(view: Shown, answer: Answer) -> str:
    """The line that `read_match` reads as this answer."""
    letters = {item.key: letter_of(index) for index, item in reversed(list(enumerate(view.rights)))}
    chosen = dict(_sides(entry) for entry in answer)
    return " ".join(
        f"{number}{letters[chosen[item.key]]}"
        for number, item in enumerate(view.items, 1)
        if chosen.get(item.key) in letters
    )


def _sides(entry: str) -> tuple[str, str]:
    left, _, right = entry.partition("=")
    return left, right


def right_match(quiz: MatchQuiz) -> Answer:
    """The author's pairs as an answer."""
    return tuple(f"{key_of(left)}={key_of(right)}" for left, right in quiz.pairs)


def grade_match(quiz: MatchQuiz, answer: Answer, *, reveal: bool) -> Verdict:
    """The share of pairs that are right; marks are keyed by the left side."""
    chosen = dict(_sides(entry) for entry in answer)
    partners = {key_of(left): right for left, right in quiz.pairs}
    marks = tuple(_mark(left, chosen.get(left), right, reveal=reveal) for left, right in partners.items())
    right = sum(mark.is_right is True for mark in marks)
    # An answer that says a thing twice, or speaks of more than was asked, is not right.
    is_right = right == len(marks) == len(answer)
    score = 1.0 if is_right else min(right, len(marks) - 1) / len(marks)
    messages = () if is_right else (f"{right} of {len(marks)} pairs are right.",)
    return Verdict(is_right, score, marks=marks, messages=messages)


def _mark(left: str, chosen: str | None, right: str, *, reveal: bool) -> Mark:
    is_right = chosen == key_of(right)
    feedback = f"Right here: {right}" if reveal and not is_right else ""
    return Mark(left, is_right, is_chosen=chosen is not None, feedback=feedback)
