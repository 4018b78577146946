"""The commands of plain mode: any unambiguous start of a name is enough."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

Command = Callable[[str], Awaitable[None]]  # gets what was typed behind the command's name

COMMANDS: Final = (
    "next",
    "back",
    "run",
    "edit",
    "answer",
    "check",
    "hint",
    "solution",
    "reset",
    "restart",
    "outline",
    "go",
    "search",
    "level",
    "language",
    "points",
    "setup",
    "results",
    "help",
    "quit",
)
ALIASES: Final = {"r": "run", "h": "hint", "s": "solution", "?": "help"}

HELP: Final = """\
next, back       the next cell, the one before
run (r)          run this cell; Ctrl+C stops it
edit [FILE]      type the cell, or this file of it, anew; a single dot ends it
answer ...       answer a question
check            check an exercise
hint (h)         the next hint
solution (s)     the solution, after an attempt
reset            this cell as the author wrote it
restart          a new kernel
outline          the lessons of the course and the cells of this one
go LESSON        another lesson, by number or name
search TEXT      where a text stands in the course
level [LEVEL]    the levels of the course; read it at this one
language [CODE]  its languages; read it in this one
points           the points of a plot as a table
setup            install what the course needs
results          how far you are
quit             leave; everything is kept"""


def command_of(word: str) -> str | tuple[str, ...]:
    """The command meant by a word, or the commands it could mean (none, or several)."""
    word = word.lower()
    if word in ALIASES:
        return ALIASES[word]
    if word in COMMANDS:
        return word
    found = tuple(name for name in COMMANDS if name.startswith(word))
    return found[0] if len(found) == 1 else found


_KEYS: Final = (
    (r"\bF5\b", '"run"'),
    (r"\bF8\b", '"restart"'),
    (r"\bF9\b", "Ctrl+C"),
    (r"\bEnter reads\b", '"next" reads'),
    (r"\bi installs\b", '"setup" installs'),
    (r"\br asks\b", '"reset" asks'),
    (r"\bs shows\b", '"solution" shows'),
)


def in_commands(sentence: str) -> str:
    """A sentence that names keys of the screen, naming the commands of plain mode instead."""
    for key, command in _KEYS:
        sentence = re.sub(key, command, sentence)
    return sentence
