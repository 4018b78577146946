"""Choice: one option, or all that apply."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui_tutor.core.course import ChoiceQuiz, Option
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import ShownItem, option_key
from tui_tutor.core.grading.verdict import Answer, Mark, Verdict


def is_single(options: Sequence[Option]) -> bool:
    """Whether exactly one option is right, so that one is to be chosen."""
    return sum(option.correct for option in options) == 1


def read_choice(quiz: ChoiceQuiz, items: Sequence[ShownItem], line: str) -> Answer | Rejected:
    """`2` or `1 3` -> the keys chosen, in the order shown."""
    numbers = re.split(r"[\s,;]+", line.strip().strip(",;"))
    if not all(re.fullmatch("[0-9]{1,4}", number) for number in numbers):
        return Rejected(_ask(quiz, len(items)))
    chosen = sorted({int(number) for number in numbers})
    if chosen[0] < 1 or chosen[-1] > len(items):
        return Rejected(f"There are {len(items)} options, 1 to {len(items)}.")
    if len(chosen) > 1 and is_single(quiz.option):
        return Rejected("One option is right here: type one number.")
    return tuple(items[number - 1].key for number in chosen)


def _ask(quiz: ChoiceQuiz, count: int) -> str:
    if is_single(quiz.option):
        return f"Type the number of one option, 1 to {count}."
    return "Type the numbers of all that apply, for example 1 3."


def typed_choice(items: Sequence[ShownItem], answer: Answer) -> str:
    """The line that `read_choice` reads as this answer."""
    return " ".join(str(number) for number, item in enumerate(items, 1) if item.key in answer)


def right_keys(options: Sequence[Option]) -> Answer:
    """The keys of the right options."""
    return tuple(option_key(option) for option in options if option.correct)


def grade_choice(quiz: ChoiceQuiz, answer: Answer, *, reveal: bool) -> Verdict:
    """Right if exactly the right options were chosen; each wrong one takes back one right one."""
    right, chosen = set(right_keys(quiz.option)), set(answer)
    is_right = chosen == right
    hits, slips = len(chosen & right), len(chosen - right)
    # One choice of one, or more than was asked for, has no part that is right.
    share = 0.0 if len(right) == 1 else max(0, hits - slips) / len(right)
    marks = tuple(_mark(option, chosen, reveal=reveal) for option in quiz.option)
    messages = _messages(right, chosen, hits, slips)
    return Verdict(correct=is_right, score=1.0 if is_right else share, marks=marks, messages=messages)


def _mark(option: Option, chosen: set[str], *, reveal: bool) -> Mark:
    key = option_key(option)
    is_chosen = key in chosen
    if is_chosen:
        return Mark(key, option.correct, is_chosen=True, feedback=option.feedback)
    if reveal:
        return Mark(key, option.correct or None, feedback=option.feedback)
    return Mark(key)


def _messages(right: set[str], chosen: set[str], hits: int, slips: int) -> tuple[str, ...]:
    if len(right) == 1 or chosen == right:
        return ()
    if hits and not slips:
        return (f"{hits} of {len(right)} found; there are more that apply.",)
    return (f"{hits} right, {slips} not.",)
