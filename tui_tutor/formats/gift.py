"""Moodle GIFT -> a course: one lesson for each category.

Source of the grammar: Moodle's documentation of the GIFT format, as its own importer reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tui_tutor.formats.gathering import Gathering
from tui_tutor.formats.gift_blocks import CATEGORY, SHOWN, Block, blocks, hidden
from tui_tutor.formats.html_text import literal, markdown_from_html, plain_from_html, with_dollars
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.questions import (
    Choice,
    Interval,
    Made,
    Stem,
    around,
    choice_cell,
    gap_cell,
    match_cell,
    number_cell,
    number_in,
    open_cell,
    pattern_cell,
    text_cell,
)
from tui_tutor.formats.source_text import files_ending, refuse, stem_of, text_of

SUFFIXES: Final = (".gift", ".txt")
_FORMAT: Final = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_TITLE: Final = re.compile(r"\s*::(.*?)::", re.DOTALL)
_WEIGHT: Final = re.compile(r"\s*%(-?[0-9]{1,3}(?:[.,][0-9]{0,10})?)%")
_TRUTH: Final = re.compile(r"\s*(TRUE|T|FALSE|F)\s*(?:#|$)", re.IGNORECASE)


class _Answer(NamedTuple):
    """One answer as written; `weight` in per cent, None where none is given."""

    is_right: bool
    weight: float | None
    text: str
    feedback: str


@dataclass(slots=True)
class _Question:
    stem: Stem
    format: str
    answers: str
    before: str = ""
    after: str = ""
    doubts: list[str] = field(default_factory=list)

    def shown(self, text: str) -> str:
        """A text of the question as Markdown."""
        given = _FORMAT.match(text)
        format = given[1].lower() if given else self.format
        plain = text[given.end() if given else 0 :].translate(SHOWN).strip()
        if format == "markdown":
            return plain
        plain = with_dollars(plain)
        if format == "plain" or "<" not in plain:
            return literal(plain if format == "plain" else markdown_from_html(plain).text, has_math=True)
        shown = markdown_from_html(plain)
        self.doubts.extend(f"{element} cannot be shown" for element in shown.left_out)
        return shown.text

    def typed(self, text: str) -> str:
        """A text of the question as a learner types it."""
        return plain_from_html(_FORMAT.sub("", text, count=1).translate(SHOWN))


def read(source: Source) -> Imported:
    """Every `.gift` (or `.txt`) file of the source; its questions in their order."""
    gathering = Gathering("gift", stem_of(source.name))
    named, texts = (files_ending(source, (suffix,)) for suffix in SUFFIXES)
    files = named or texts or sorted(source.files)
    for file in files:
        if len(files) > 1:
            gathering.begin(stem_of(file))
        _read_file(text_of(source, file), file, gathering)
    return gathering.imported()


def _read_file(text: str, file: str, gathering: Gathering) -> None:
    category = ""
    for block in blocks(hidden(text), file):
        if found := CATEGORY.match(block.text):
            category = found[1].translate(SHOWN).strip()
            rest = block.text[found.end() :]
            block.line += block.text[: found.end()].count("\n")
            block.text = rest
        if not block.text.strip():
            continue
        if category:
            gathering.begin(_category_title(category))
            category = ""
        _add_question(block, file, gathering)


def _category_title(path: str) -> str:
    parts = [part.strip() for part in re.split(r"(?<!/)/(?!/)", path)]
    named = [part.replace("//", "/") for part in parts if part and not re.fullmatch(r"\$.*\$|top", part)]
    return " · ".join(named[-2:]) or "Questions"


def _add_question(block: Block, file: str, gathering: Gathering) -> None:
    where = f"{file}, line {block.line}"
    text, title = block.text, ""
    if found := _TITLE.match(text):
        title = " ".join(found[1].translate(SHOWN).split())
        text = text[found.end() :]
    format = "moodle"
    if found := _FORMAT.match(text):
        format, text = found[1].lower(), text[found.end() :]
    if "{" not in text:
        gathering.count("description")
        question = _Question(Stem(""), format, "")
        heading = f"**{literal(title)}**\n\n" if title else ""
        gathering.add_item(heading + question.shown(text), "description", where=where)
        _lose(question.doubts, block, "description", where, gathering)
        return
    before, _, rest = text.partition("{")
    answers, _, after = rest.partition("}")
    if "{" in after:
        refuse(file, block.line, "a question has one pair of braces", help="write `\\{` for a brace")
    _add_answered(_Question(Stem(""), format, answers.strip(), before, after), title, block, where, gathering)


def _goes_on(before: str, after: str) -> bool:
    """Whether the answer stands inside a sentence: `Paris is in {=France}.`, not `Where? {=x}.`"""
    has_ended = before.rstrip().endswith(("?", "!", ".", ":"))
    return bool(after.strip(" .!?;,")) or (bool(after.strip()) and not has_ended)


def _add_answered(question: _Question, title: str, block: Block, where: str, gathering: Gathering) -> None:
    answers, _, general = question.answers.partition("####")
    question.answers = answers.strip()
    before, after = question.shown(question.before), question.shown(question.after)
    has_gap = _goes_on(before, after)
    stem_text = f"{before} \\_\\_\\_\\_\\_ {after}" if has_gap else before + after.strip(" .!?;,")
    question.stem = Stem(stem_text, title=title, explain=question.shown(general))
    kind, made = _made(question)
    if has_gap:
        made = gap_cell(before, after, made)
    gathering.count(kind)
    words = question.typed(question.before) or question.typed(question.after)
    gathering.add(made.cell, id=block.id or title or words, where=where)
    _lose([*made.doubts, *question.doubts], block, kind, where, gathering)


def _lose(
    doubts: list[str] | tuple[str, ...], block: Block, kind: str, where: str, gathering: Gathering
) -> None:
    for doubt in dict.fromkeys(doubts):
        gathering.lose(where, kind, doubt)
    if block.tags:
        gathering.lose(where, f"tags {', '.join(block.tags)}", "cells have no tags")


# --- the kinds of question --------------------------------------------------------------------------


def _made(question: _Question) -> tuple[str, Made]:
    answers = question.answers
    if not answers:
        return "essay", open_cell(question.stem)
    if answers.startswith("#"):
        return "numerical", _numerical(question)
    if "~" in answers:
        return "multiple choice", _multiple_choice(question)
    if "=" in answers and "->" in answers:
        return "matching", _matching(question)
    if truth := _TRUTH.match(answers):
        return "true/false", _true_false(question, truth[1].upper().startswith("T"))
    return "short answer", _short_answer(question)


def _split(answers: str) -> list[_Answer]:
    """The answers behind their `=` and `~`; what stands before the first sign is right."""
    first, *parts = re.split("([=~])", answers)
    leading = [_answer("=", first)] if first.strip() else []
    return [*leading, *(_answer(sign, text) for sign, text in zip(parts[::2], parts[1::2], strict=True))]


def _answer(sign: str, text: str) -> _Answer:
    weight = None
    if found := _WEIGHT.match(text):
        weight, text = float(found[1].replace(",", ".")), text[found.end() :]
    words, _, feedback = text.partition("#")
    return _Answer(sign == "=", weight, words.strip(), feedback.strip())


def _multiple_choice(question: _Question) -> Made:
    answers = _split(question.answers)
    is_single = any(answer.is_right for answer in answers)
    choices = [
        Choice(
            question.shown(answer.text),
            answer.is_right if is_single else (answer.weight or 0) > 0,
            question.shown(answer.feedback),
        )
        for answer in answers
    ]
    if is_single and any(answer.weight for answer in answers if not answer.is_right):
        question.doubts.append("options are right or wrong here: parts of a mark are not kept")
    if sum(answer.is_right for answer in answers) > 1:
        question.doubts.append("each of its right options was enough; here all of them are to be chosen")
    return choice_cell(question.stem, choices, shuffle=True)


def _true_false(question: _Question, is_true: bool) -> Made:
    _, _, feedback = question.answers.partition("#")
    wrong, _, right = feedback.partition("#")
    said = {is_true: question.shown(right), (not is_true): question.shown(wrong)}
    options = [Choice("True", is_true, said[True]), Choice("False", not is_true, said[False])]
    return choice_cell(question.stem, options, shuffle=False)


def _short_answer(question: _Question) -> Made:
    answers = _split(question.answers)
    full = [answer for answer in answers if answer.weight is None or answer.weight >= 100]
    near = [
        (question.typed(answer.text), question.shown(answer.feedback))
        for answer in answers
        if answer not in full and "*" not in answer.text
    ]
    question.doubts.extend(
        f"what is said of {answer.text[:40]!r} has no place: nearly right answers are words, no patterns"
        for answer in answers
        if answer not in full and "*" in answer.text
    )
    stem = _explained(question, full)
    accept = [question.typed(answer.text) for answer in full]
    if any("*" in text for text in accept):
        patterns = [f"(?i){_wildcard(text)}" for text in accept if text]
        return pattern_cell(stem, patterns, otherwise=accept)
    return text_cell(stem, accept, near=near)


def _wildcard(text: str) -> str:
    return ".*".join(re.escape(part) for part in text.split("*"))


def _explained(question: _Question, answers: list[_Answer]) -> Stem:
    """The stem with the feedback of right answers in its explanation, for their cells have none."""
    said = dict.fromkeys(question.shown(answer.feedback) for answer in answers if answer.feedback)
    explain = "\n\n".join(part for part in (*said, question.stem.explain) if part.strip())
    return Stem(question.stem.question, question.stem.title, explain)


def _matching(question: _Question) -> Made:
    pairs: list[tuple[str, str]] = []
    extra: list[str] = []
    for part in re.split("=", question.answers)[1:]:
        left, arrow, right = part.partition("->")
        left, right = question.shown(left), question.shown(right.partition("#")[0])
        if arrow and left:
            pairs.append((left, right))
        elif arrow:
            extra.append(right)
        else:
            question.doubts.append(f"{left[:40]!r} has no partner and was left out")
    return match_cell(question.stem, pairs, extra=extra, shuffle=True)


def _numerical(question: _Question) -> Made:
    answers = _split(question.answers[1:])
    full = [
        answer for answer in answers if answer.is_right and (answer.weight is None or answer.weight >= 100)
    ]
    intervals = [interval for answer in full if (interval := _interval(answer.text.translate(SHOWN)))]
    for answer in answers:
        if answer not in full and (answer.text or answer.feedback):
            shown = question.typed(answer.text) or "any other number"
            part = f" ({answer.weight:g} per cent)" if answer.weight is not None else ""
            question.doubts.append(f"what is said of {shown}{part} has no place: a number has one key")
    return number_cell(_explained(question, full), intervals)


def _interval(text: str) -> Interval | None:
    """`3`, `3:0.5`, `2..4` -> the numbers that are right."""
    low, dots, high = text.partition("..")
    if dots:
        first, last = number_in(low), number_in(high)
        return Interval(first, last) if first is not None and last is not None else None
    value, _, tolerance = text.partition(":")
    middle, width = number_in(value), number_in(tolerance or "0")
    if middle is None or width is None:
        return None
    return around(middle, width)
