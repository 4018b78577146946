"""Leaks: what a model thought, was told or left open must not stand in a lesson."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core.course import Cell
from tui_tutor.core.linting.words import prose_of
from tui_tutor.core.safe_text import safe_text
from tui_tutor.studio.gates.built import Built, Text
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.leak_patterns import LEAKS, PARTS_OF_JSON, Leak

SHINGLE: Final = 12  # so many words in a row of an agent's instructions are an echo
_LONGEST: Final = 100_000  # characters that are looked at in one text


_HELP: Final = {
    "scratchpad": "write the sentence for the learner, or take it out",
    "prompt-echo": "take out what was said to an agent",
    "placeholder": "fill it in, or take it out",
    "not-for-learners": "say it to the learner: you",
    "raw-markup": "give the text alone",
}
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


def findings_about_leaks(built: Built) -> Iterator[Finding]:
    """Everything in texts and programs that was not meant for learners."""
    echoes = _Echoes(built.prompts)
    for text in built.texts():
        yield from leaks_in(text)
        if echoed := echoes.first_in(text.words):
            message = f"{text.key} repeats an instruction to an agent: {_shown(echoed)}"
            yield Finding("prompt-echo", text.lesson, text.cell, message, _HELP["prompt-echo"])
    for lesson in built.all_lessons():
        for cell in lesson.cells:
            yield from _in_programs(lesson.id, cell)


def leaks_in(text: Text) -> Iterator[Finding]:
    """What leaks from one text, each gate once."""
    words = text.words[:_LONGEST]
    bare = prose_of(words) if len(words) < 5_000 else words
    said: set[str] = set()
    for leak in LEAKS:
        found = leak.pattern.search(words if leak.in_code_too else bare)
        if found and leak.gate not in said and not _is_parameter(text, found[0]):
            said.add(leak.gate)
            message = f"{text.key} says {_shown(_around(found))}"
            yield Finding(leak.gate, text.lesson, text.cell, message, _HELP[leak.gate], leak.is_hard)
    if is_raw_json(words):
        yield Finding("raw-markup", text.lesson, text.cell, f"{text.key} is JSON", _HELP["raw-markup"])
    if steers(text.words):
        yield _steering(text.lesson, text.cell, text.key)


def steers(words: str) -> bool:
    """Whether there are characters that steer a terminal, or turn around the order of others."""
    bare = words.replace("\r\n", "\n").replace("\t", " ")
    return safe_text(bare) != bare


def _steering(lesson: str, cell: str, key: str) -> Finding:
    message = f"{key} holds characters that steer a terminal"
    return Finding("raw-markup", lesson, cell, message, "leave them out; a program may write them as \\x1b")


def is_raw_json(words: str) -> bool:
    """Whether a text is, or holds lines of, an answer of a model that nobody took apart."""
    bare = words.strip()
    if bare[:1] in ("{", "[") and bare[-1:] in ("}", "]"):
        try:
            read = json.loads(bare)
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict) or (isinstance(read, list) and read and isinstance(read[0], dict)):
            return True
    return bool(PARTS_OF_JSON.search(prose_of(words)))


def _is_parameter(text: Text, found: str) -> bool:
    """`{{m}}` of a question with parameters is no placeholder, nor `{{1}}` of a cloze."""
    return found.startswith("{{") and text.key.startswith("question")


# --- programs ---------------------------------------------------------------------------------------


def programs_of(cell: Cell) -> Iterator[tuple[str, str]]:
    """(key, source) of every program that a cell holds."""
    for name in ("source", "starter", "solution", "program", "run", "code"):
        if isinstance(source := getattr(cell, name, ""), str) and source:
            yield name, source
    for part in ("wrong", "right", "file"):
        for number, table in enumerate(getattr(cell, part, ()), 1):
            for name in ("source", "starter", "solution"):
                if source := getattr(table, name, ""):
                    yield f"{part} {number} {name}", source


def _in_programs(lesson: str, cell: Cell) -> Iterator[Finding]:
    for key, source in programs_of(cell):
        if steers(source):
            yield _steering(lesson, cell.id, key)
        if _FENCE.search(source) and '"""' not in source and "'''" not in source:
            message = f"{key} has a fence of Markdown in it"
            yield Finding("raw-markup", lesson, cell.id, message, _HELP["raw-markup"])
        for leak in LEAKS:
            if _applies(leak, cell, key) and (
                found := leak.pattern.search(source if leak.in_code_too else _comments(source))
            ):
                message = f"{key} says {_shown(_around(found))}"
                yield Finding(leak.gate, lesson, cell.id, message, _HELP[leak.gate], leak.is_hard)
                break


def _applies(leak: Leak, cell: Cell, key: str) -> bool:
    """A starter may say what is to be done, and a cell that draws parameters names them."""
    if leak.gate == "placeholder":
        return cell.params is None and "starter" not in key
    return leak.gate == "scratchpad"


def _comments(source: str) -> str:
    return "\n".join(line[line.index("#") :] for line in source[:_LONGEST].splitlines() if "#" in line)


# --- instructions that come back --------------------------------------------------------------------


class _Echoes:
    """Finds runs of words that stand in the standing instructions of an agent."""

    def __init__(self, prompts: Sequence[str]) -> None:
        self._known = {shingle for prompt in prompts for shingle, _ in _shingles(prompt)}

    def first_in(self, words: str) -> str:
        if not self._known:
            return ""
        return next((shown for shingle, shown in _shingles(words) if shingle in self._known), "")


def _shingles(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    words = re.findall(r"[\w'’-]+", text[:_LONGEST])
    folded = [word.casefold() for word in words]
    for start in range(len(words) - SHINGLE + 1):
        yield tuple(folded[start : start + SHINGLE]), " ".join(words[start : start + SHINGLE])


def _around(found: re.Match[str]) -> str:
    text = found.string
    return text[max(0, found.start() - 20) : found.end() + 30]


def _shown(text: str) -> str:
    one_line = " ".join(text.split())
    return f"“{one_line if len(one_line) <= 80 else one_line[:79] + '…'}”"
