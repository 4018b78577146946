"""Outputs compared as people compare them: what is on screen at the end, `...` for any text, near numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.course import PredictQuiz
from tui_tutor.core.grading.verdict import Mark, Verdict
from tui_tutor.core.safe_text import safe_line

ANY: Final = "..."
MAX_LENGTH: Final = 4_000_000
_MAX_STEPS: Final = 2_000_000
_ESCAPE: Final = re.compile(
    r"\x1b\[[0-?]{0,256}[ -/]{0,16}[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)"
    r"|\x1b[ -/]{0,4}[0-~]"
)
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TOKEN: Final = re.compile(rf"{_NUMBER.pattern}|\n|\w+?(?=[0-9\W]|$)|[^\S\n]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first line that differs, from 1 (in the expectation); a missing line is None."""

    line: int
    expected: str | None
    actual: str | None

    def sentences(self) -> tuple[str, ...]:
        """At most two lines in plain words."""
        if self.actual is None:
            return (f"line {self.line}: expected {_quoted(self.expected)}, found no such line",)
        if self.expected is None:
            return (f"line {self.line}: expected no further line, found {_quoted(self.actual)}",)
        return (f"line {self.line}: expected {_quoted(self.expected)}", f"found {_quoted(self.actual)}")


def _quoted(line: str | None) -> str:
    text = safe_line(line or "", limit=120)
    return f'"{text}"' if text else "an empty line"


def as_seen(text: str) -> str:
    """The text left on screen: ANSI taken out, carriage returns and backspaces carried out, ends trimmed."""
    plain = _ESCAPE.sub("", text.replace("\r\n", "\n"))
    lines = [_overwritten(line).rstrip() for line in plain.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)


def _overwritten(line: str) -> str:
    if "\r" not in line and "\b" not in line:
        return line
    cells: list[str] = []
    column = 0
    for character in line:
        if character == "\r":
            column = 0
        elif character == "\b":
            column = max(0, column - 1)
        else:
            cells[column : column + 1] = [character]
            column += 1
    return "".join(cells)


def same_output(
    expected: str, actual: str, *, tolerance: float | None = None, wildcards: bool = True
) -> Difference | None:
    """None if the output is as expected: `...` is any text, also of lines; numbers within `tolerance`.

    Time is about linear in both lengths; what would take longer differs.
    """
    if len(actual) > MAX_LENGTH:
        return Difference(1, expected.partition("\n")[0], "more than 4 MB of output")
    wanted, found = as_seen(expected), as_seen(actual)
    if wanted == found:  # also where dots of the output would be read as part of a number
        return None
    chunks = wanted.split(ANY) if wildcards else [wanted]
    if len(chunks) == 1:
        return _first_difference(wanted, found, tolerance)
    return _glob_difference(chunks, found, tolerance)


def _first_difference(wanted: str, found: str, tolerance: float | None) -> Difference | None:
    left, right = wanted.split("\n"), found.split("\n")
    for number, (expected, actual) in enumerate(zip(left, right, strict=False), 1):
        if not _same_line(expected, actual, tolerance):
            return Difference(number, expected, actual)
    if len(left) == len(right):
        return None
    number = min(len(left), len(right))
    missing = left[number] if len(left) > number else None
    extra = right[number] if len(right) > number else None
    return Difference(number + 1, missing, extra)


def _same_line(expected: str, actual: str, tolerance: float | None) -> bool:
    if expected == actual:
        return True
    if tolerance is None:
        return False
    left, right = _TOKEN.findall(expected), _TOKEN.findall(actual)
    return len(left) == len(right) and _same_tokens(left, right, 0, tolerance)


def _same_tokens(left: Sequence[str], right: Sequence[str], start: int, tolerance: float) -> bool:
    return all(_same_token(token, right[start + offset], tolerance) for offset, token in enumerate(left))


def _same_token(left: str, right: str, tolerance: float) -> bool:
    if left == right:
        return True
    if not (_NUMBER.fullmatch(left) and _NUMBER.fullmatch(right)):
        return False
    # A hair more than the tolerance: 0.13 and 0.12 are 0.010000000000000009 apart.
    distance = abs(float(left) - float(right))
    return distance <= tolerance * (1 + 1e-9) + 1e-15 * abs(float(left))


def _glob_difference(chunks: Sequence[str], found: str, tolerance: float | None) -> Difference | None:
    """Every chunk in its turn, as early as it goes; the first stands at the start, the last at the end."""
    failed = _failed_text(chunks, found) if tolerance is None else _failed_tokens(chunks, found, tolerance)
    if failed is None:
        return None
    if failed == 0:
        return _start_difference(chunks[0], found, tolerance)
    number = sum(chunk.count("\n") for chunk in chunks[:failed])
    chunk = chunks[failed]
    # A chunk may begin with the line feed that ends the line of the `...`.
    number += len(chunk) - len(chunk.lstrip("\n"))
    return Difference(number + 1, chunk.strip("\n").partition("\n")[0], None)


def _start_difference(chunk: str, found: str, tolerance: float | None) -> Difference:
    """Where the lines before the first `...` differ; the last of them may go on."""
    wanted, lines = chunk.split("\n"), found.split("\n")
    for number, expected in enumerate(wanted):
        actual = lines[number] if number < len(lines) else None
        is_last = number == len(wanted) - 1
        if actual is None or is_last or not _same_line(expected, actual, tolerance):
            return Difference(number + 1, expected, actual)
    return Difference(1, wanted[0], lines[0])


def _failed_text(chunks: Sequence[str], found: str) -> int | None:
    first, *middle, last = chunks
    if not found.startswith(first):
        return 0
    place = len(first)
    for index, chunk in enumerate(middle, 1):
        place = found.find(chunk, place)
        if place < 0:
            return index
        place += len(chunk)
    fits = found.endswith(last) and len(found) - len(last) >= place
    return None if fits else len(chunks) - 1


def _failed_tokens(chunks: Sequence[str], found: str, tolerance: float) -> int | None:
    parts = [_TOKEN.findall(chunk) for chunk in chunks]
    tokens = _TOKEN.findall(found)
    first, *middle, last = parts
    if len(first) > len(tokens) or not _same_tokens(first, tokens, 0, tolerance):
        return 0
    place, budget = len(first), _MAX_STEPS
    for index, part in enumerate(middle, 1):
        begin = _find_tokens(part, tokens, place, tolerance, budget)
        if begin is None:
            return index
        budget -= (begin - place) * max(1, len(part))
        place = begin + len(part)
    start = len(tokens) - len(last)
    return None if start >= place and _same_tokens(last, tokens, start, tolerance) else len(chunks) - 1


def _find_tokens(
    part: Sequence[str], tokens: Sequence[str], place: int, tolerance: float, budget: int
) -> int | None:
    stop = min(len(tokens) - len(part), place + budget // max(1, len(part)))
    for start in range(place, stop + 1):
        if _same_tokens(part, tokens, start, tolerance):
            return start
    return None


def grade_predicted(quiz: PredictQuiz, text: str, *, reveal: bool) -> Verdict:
    """Right if the learner wrote what the program prints; else the share of lines that agree."""
    difference = same_output(quiz.stdout, text, wildcards=False)
    if difference is None:
        return Verdict(True, 1.0, marks=(Mark("answer", True, is_chosen=True),))
    left, right = as_seen(quiz.stdout).split("\n"), as_seen(text).split("\n")
    same = sum(expected == actual for expected, actual in zip(left, right, strict=False))
    score = min(same / max(len(left), len(right)), 1 - 1 / (len(left) + 1))
    marks = (Mark("answer", False, is_chosen=True),)
    return Verdict(False, score, marks=marks, messages=_predicted_words(difference, reveal=reveal))


def _predicted_words(difference: Difference, *, reveal: bool) -> tuple[str, ...]:
    if reveal:
        return tuple(sentence[:1].upper() + sentence[1:] for sentence in difference.sentences()[:1])
    if difference.actual is None:
        return (f"The program prints more: line {difference.line} is missing.",)
    if difference.expected is None:
        return (f"The program prints fewer lines: line {difference.line} is too many.",)
    return (f"Line {difference.line} is not what the program prints.",)
