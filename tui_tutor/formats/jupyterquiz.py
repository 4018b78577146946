"""jupyterquiz JSON -> a course: each file is a lesson of questions.

Source of the schema: the README and schemas of jupyterquiz.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.formats.gathering import Gathering
from tui_tutor.formats.html_text import markdown_from_html
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.pictures import with_pictures
from tui_tutor.formats.questions import (
    Choice,
    Interval,
    Made,
    Stem,
    around,
    choice_cell,
    match_cell,
    number_cell,
    open_cell,
    text_cell,
)
from tui_tutor.formats.source_text import files_ending, refuse, stem_of, text_of

SUFFIXES: Final = (".json",)
Table = Mapping[str, Any]


def read(source: Source) -> Imported:
    """Every JSON file of the source that has questions; each is a list of them."""
    gathering = Gathering("jupyterquiz", stem_of(source.name))
    files = files_ending(source, SUFFIXES) or sorted(source.files)
    for file in files:
        text = text_of(source, file)
        if len(files) > 1 and '"question"' not in text:
            continue
        questions = _questions(text, file)
        gathering.begin(stem_of(file))
        for number, question in enumerate(questions, 1):
            _Question(question, source, file, f"{file}, question {number}", gathering).add()
    return gathering.imported()


def _questions(text: str, file: str) -> list[Table]:
    try:
        values = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        refuse(file, error.lineno, f"this is not JSON: {error.msg}")
    except (RecursionError, ValueError):
        refuse(file, 1, "this JSON is nested too deeply or holds a number that is too large")
    values = [values] if isinstance(values, dict) else values
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        refuse(file, 1, "a quiz is a list of questions", help='it begins with `[{"question": ...`')
    return values


def _tables(value: object) -> list[Table]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _plain(value: object) -> str:
    """A text, or a number as it is read; containers and null have none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) or abs(value) < 10**15:
        return value
    return float(value) if abs(value) < 10**300 else None


class _Question:
    """One question of a file."""

    def __init__(self, table: Table, source: Source, file: str, where: str, gathering: Gathering) -> None:
        self.table = table
        self.source = source
        self.file = file
        self.where = where
        self.gathering = gathering
        self.answers = _tables(table.get("answers"))
        self.doubts: list[str] = []

    def add(self) -> None:
        kind = _plain(self.table.get("type")) or "question"
        self.gathering.count(kind)
        make = _MAKERS.get(kind)
        if make is None:
            self.doubts.append("questions of this type are not known: it is kept as an open question")
        made = make(self) if make else open_cell(self._stem())
        words = _plain(self.table.get("id")) or _plain(self.table.get("question"))
        self.gathering.add(made.cell, id=words, where=self.where)
        for doubt in dict.fromkeys((*made.doubts, *self.doubts)):
            self.gathering.lose(self.where, kind, doubt)

    def _shown(self, value: object) -> str:
        text = _plain(value)
        shown = markdown_from_html(text)
        self.doubts.extend(f"{element} cannot be shown" for element in shown.left_out)
        return with_pictures(shown.text, self.source, self.file, self.gathering, where=self.where)

    def _stem(self, *explained: str) -> Stem:
        question = self._shown(self.table.get("question"))
        if code := _plain(self.table.get("code")).strip("\n"):
            question += f"\n\n{_fenced(code)}"
        hints = self.table.get("hints", self.table.get("hint"))
        texts = hints if isinstance(hints, list) else [hints]
        explain = "\n\n".join(dict.fromkeys(part for part in explained if part.strip()))
        return Stem(question, explain=explain, hints=tuple(self._shown(text) for text in texts))

    def _feedback(self, *, is_right: bool) -> list[str]:
        """What is said of right or wrong answers that have no place of their own."""
        return [
            self._shown(answer.get("feedback"))
            for answer in self.answers
            if answer.get("feedback") and (answer.get("correct") is True) == is_right
        ]

    # --- types of question --------------------------------------------------------------------------

    def choice(self) -> Made:
        """Several options; of `multiple_choice` one is enough, of `many_choice` all are wanted."""
        options = [self._option(answer) for answer in self.answers]
        if self.table.get("type") == "multiple_choice" and sum(option.is_correct for option in options) > 1:
            self.doubts.append("one of its right answers was enough; here all of them are to be chosen")
        return choice_cell(self._stem(), options, shuffle=self.table.get("shuffle_answers") is not False)

    def _option(self, answer: Table) -> Choice:
        text = self._shown(answer.get("answer"))
        if code := _plain(answer.get("code")).strip("\n"):
            text = f"{text} {_in_line(code)}".strip()
        return Choice(text, answer.get("correct") is True, self._shown(answer.get("feedback")))

    def numeric(self) -> Made:
        """Values and ranges, rounded to `precision` significant digits."""
        precision = _number(self.table.get("precision"))
        intervals: list[Interval] = []
        for answer in self.answers:
            interval = _interval(answer, precision)
            if interval and answer.get("correct") is True:
                intervals.append(interval)
            elif answer.get("feedback"):
                said = "any other number" if answer.get("type") == "default" else "some wrong numbers"
                self.doubts.append(f"what is said of {said} has no place: a number has one key")
        return number_cell(self._stem(*self._feedback(is_right=True)), intervals)

    def string(self) -> Made:
        """Words; wrong ones that are named get their feedback."""
        right = [answer for answer in self.answers if answer.get("correct") is True]
        wrong = [
            answer
            for answer in self.answers
            if answer.get("correct") is not True and answer.get("type") != "default"
        ]
        if any(answer.get("fuzzy_threshold") for answer in self.answers):
            self.doubts.append("answers that are only similar are not accepted here")
        if any(answer.get("type") == "default" and answer.get("feedback") for answer in self.answers):
            self.doubts.append("what is said of any other answer has no place")
        near = [(_plain(answer.get("answer")), self._shown(answer.get("feedback"))) for answer in wrong]
        exact = bool(right) and all(answer.get("match_case") is True for answer in right)
        accept = [_plain(answer.get("answer")) for answer in right]
        return text_cell(self._stem(*self._feedback(is_right=True)), accept, near=near, exact=exact)

    def match(self) -> Made:
        """Labels and the answers that belong to them."""
        pairs = [
            (self._shown(pair.get("label")), self._shown(pair.get("answer")))
            for pair in _tables(self.table.get("pairs"))
        ]
        options = self.table.get("options")
        extra = [self._shown(option) for option in options] if isinstance(options, list) else []
        return match_cell(self._stem(), pairs, extra=extra, shuffle=True)


def _interval(answer: Table, precision: float | None) -> Interval | None:
    limits = answer.get("range")
    if isinstance(limits, list) and len(limits) == 2:
        low, high = _number(limits[0]), _number(limits[1])
        return Interval(low, high) if low is not None and high is not None else None
    value = _number(answer.get("value"))
    if value is None:
        return None
    return around(value, _half_digit(value, precision)) if precision else Interval(value, value)


def _half_digit(value: float, precision: float) -> float:
    """Half a unit of the last of `precision` significant digits of a value."""
    if not 1 <= precision <= 17 or value == 0:
        return 0.0
    exponent = int(f"{value:.{int(precision) - 1}e}".partition("e")[2])
    return float(f"5e{exponent - int(precision)}")


def _fenced(code: str) -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code)), 3)
    return f"{fence}python\n{code}\n{fence}"


def _in_line(code: str) -> str:
    """Code as an option shows it, on one line."""
    ticks = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
    gap = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{gap}{'; '.join(line for line in code.split(chr(10)) if line.strip())}{gap}{ticks}"


_MAKERS: Final = {
    "multiple_choice": _Question.choice,
    "many_choice": _Question.choice,
    "numeric": _Question.numeric,
    "string": _Question.string,
    "match": _Question.match,
}
