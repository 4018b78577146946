"""Order: lines to be brought into a right order, with their indent where it counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from tui_tutor.core.course import OrderQuiz
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import (
    ShownItem,
    indent_levels,
    line_key,
    right_orders,
)
from tui_tutor.core.grading.verdict import Answer, Mark, Verdict

MAX_LEVEL: Final = 20
_INDENT: Final = "    "


def read_order(quiz: OrderQuiz, items: Sequence[ShownItem], line: str) -> Answer | Rejected:
    """`3 1> 2>>` -> the keys in that order, each with its `>` for every level of indent."""
    words = [word for word in re.split(r"[\s,;]+", re.sub(r"\s+(?=>)", "", line.strip())) if word]
    found = [re.fullmatch("([0-9]{1,4})(>*)", word) for word in words]
    if not words or not all(found):
        return Rejected(_ask(quiz))
    pairs = [(int(match[1]), match[2]) for match in found if match]
    problem = _problem(quiz, len(items), pairs)
    return Rejected(problem) if problem else tuple(items[n - 1].key + marks for n, marks in pairs)


def _ask(quiz: OrderQuiz) -> str:
    example = "3 1> 2>> (one > for each level of indent)" if quiz.indent else "3 1 2"
    leave = " Leave out what does not belong." if quiz.distractors else ""
    return f"Type the numbers of the lines in order, for example {example}.{leave}"


def _problem(quiz: OrderQuiz, count: int, pairs: Sequence[tuple[int, str]]) -> str:
    numbers = [number for number, _ in pairs]
    if min(numbers) < 1 or max(numbers) > count:
        return f"There are {count} lines, 1 to {count}."
    doubled = [number for number, times in Counter(numbers).items() if times > 1]
    if doubled:
        return f"Line {doubled[0]} stands there twice."
    if any(marks for _, marks in pairs) and not quiz.indent:
        return "The indent is not asked here: type the numbers alone."
    if max(len(marks) for _, marks in pairs) > MAX_LEVEL:
        return f"At most {MAX_LEVEL} levels of indent."
    if len(numbers) < count and not quiz.distractors:
        missing = next(number for number in range(1, count + 1) if number not in numbers)
        return f"All {count} lines are needed; line {missing} is missing."
    return ""


def typed_order(items: Sequence[ShownItem], answer: Answer) -> str:
    """The line that `read_order` reads as this answer; lines that look the same are taken in turn."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items, 1):
        places[item.key].append(number)
    words = []
    for entry in answer:
        key, marks = _split(entry)
        if places[key]:
            words.append(f"{places[key].pop(0)}{marks}")
    return " ".join(words)


def right_order(quiz: OrderQuiz) -> Answer:
    """The author's own order as an answer."""
    return _as_answer(quiz, range(len(quiz.items)))


def _as_answer(quiz: OrderQuiz, order: Sequence[int]) -> Answer:
    levels = indent_levels(quiz.items)
    return tuple(
        line_key(quiz, quiz.items[position]) + (">" * levels[position] if quiz.indent else "")
        for position in order
    )


def _split(entry: str) -> tuple[str, str]:
    key = entry.rstrip(">")
    return key, entry[len(key) :]


def program_of(quiz: OrderQuiz, answer: Answer) -> str:
    """The program that an answer puts together, for a question with checks; four blanks for each level."""
    texts = {line_key(quiz, item): item.rstrip() for item in (*quiz.items, *quiz.distractors)}
    lines = []
    for entry in answer:
        key, marks = _split(entry)
        text = texts.get(key, "")
        lines.append(_INDENT * len(marks) + text.strip() if quiz.indent else text)
    return "\n".join(lines) + "\n"


def grade_order(quiz: OrderQuiz, answer: Answer, *, reveal: bool) -> Verdict:
    """Right in the author's order or one of `orders`; else the share of lines in the longest right run."""
    keys = [_as_answer(quiz, order) for order in right_orders(quiz)]
    if answer in keys:
        marks = tuple(Mark(entry, True, is_chosen=True) for entry in answer)
        return Verdict(True, 1.0, marks=marks)
    best = max(keys, key=lambda key: len(_in_order(answer, key)))
    kept = _in_order(answer, best)
    messages = _messages(quiz, answer, best, len(kept))
    if reveal:
        messages = (*messages, "Right order: " + " | ".join(_texts(quiz, best)))
    return Verdict(
        False, _score(len(kept), len(best), len(answer)), marks=_marks(answer, kept), messages=messages
    )


def _score(kept: int, wanted: int, given: int) -> float:
    # Lines too many weigh like lines missing, so that only the right answer reaches 1.
    return min(kept / max(wanted, given), (wanted - 1) / wanted)


def _in_order(answer: Answer, key: Answer) -> set[int]:
    """Places of the answer that form its longest part standing in the key's order."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(key):
        places[entry].append(place)
    ranked = [(place, places[entry].pop(0)) for place, entry in enumerate(answer) if places[entry]]
    return {ranked[index][0] for index in _longest_increasing([rank for _, rank in ranked])}


def _longest_increasing(values: Sequence[int]) -> list[int]:
    """Indices of one longest increasing subsequence (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, value in enumerate(values):
        place = bisect_left(tails, value)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [index]
        previous.append(ends[place - 1] if place else -1)
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(index)
        index = previous[index]
    return chain[::-1]


def _marks(answer: Answer, kept: set[int]) -> tuple[Mark, ...]:
    return tuple(Mark(entry, place in kept, is_chosen=True) for place, entry in enumerate(answer))


def _messages(quiz: OrderQuiz, answer: Answer, best: Answer, kept: int) -> tuple[str, ...]:
    bare = [_split(entry)[0] for entry in answer]
    wanted = [_split(entry)[0] for entry in best]
    if bare == wanted:
        return ("The order is right; look at the indent.",)
    messages = [f"{kept} of {len(best)} lines stand in the right order."]
    extra = Counter(bare) - Counter(wanted)
    if extra:
        count = extra.total()
        messages.append("One line does not belong." if count == 1 else f"{count} lines do not belong.")
    missing = (Counter(wanted) - Counter(bare)).total()
    if missing:
        messages.append("One line is missing." if missing == 1 else f"{missing} lines are missing.")
    return tuple(messages)


def _texts(quiz: OrderQuiz, answer: Answer) -> list[str]:
    texts = {line_key(quiz, item): item for item in quiz.items}
    return [texts[_split(entry)[0]].strip() for entry in answer]
