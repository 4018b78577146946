"""Regular expressions in bounded time: patterns are simulated state by state, never backtracked.

Python's own parser reads the pattern; look-around, back-references and possessive groups are refused.
Time is at most length of the text times number of states (Thompson 1968), with the steps remembered.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

MAX_PATTERN: Final = 500
MAX_STATES: Final = 2000
MAX_TEXT: Final = 1_000_000
_MAX_STEPS: Final = 4_000_000  # about a second
_REMEMBERED: Final = 5000

_parser: Final[Any] = importlib.import_module("re._parser")
_Place = Literal["begin", "begin-text", "end", "end-text", "boundary", "no-boundary"]
_PLACES: Final[dict[str, _Place]] = {
    "AT_BEGINNING": "begin",
    "AT_BEGINNING_STRING": "begin-text",
    "AT_END": "end",
    "AT_END_STRING": "end-text",
    "AT_BOUNDARY": "boundary",
    "AT_NON_BOUNDARY": "no-boundary",
}


class PatternRefusedError(ValueError):
    """The pattern cannot be matched in bounded time, or is no pattern; the message says why."""


@dataclass(frozen=True, slots=True)
class _Symbols:
    """Which characters a state reads: Python's own character classes, one character at a time."""

    test: re.Pattern[str]


@dataclass(slots=True)
class _State:
    """Reads `symbols` and goes to the first of `targets`, or goes to all of them unread (at `place`)."""

    symbols: _Symbols | None = None
    place: _Place | None = None
    targets: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; states[0] accepts."""

    states: tuple[_State, ...]
    start: int
    is_multiline: bool


class _Builder:
    """Builds states from the end of the pattern to its beginning."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.states = [_State()]

    def add(self, state: _State) -> int:
        if len(self.states) >= MAX_STATES:
            raise PatternRefusedError("the pattern is too large once its repeats are written out")
        self.states.append(state)
        return len(self.states) - 1

    def sequence(self, items: Any, following: int, flags: int) -> int:
        for operator, argument in reversed(list(items)):
            following = self.one(str(operator), argument, following, flags)
        return following

    def one(self, operator: str, argument: Any, following: int, flags: int) -> int:
        match operator:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                symbols = _symbols_of(operator, argument, flags)
                return self.add(_State(symbols=symbols, targets=[following]))
            case "BRANCH":
                starts = [self.sequence(branch, following, flags) for branch in argument[1]]
                return self.add(_State(targets=starts))
            case "SUBPATTERN":
                _, added, removed, items = argument
                return self.sequence(items, following, (flags | added) & ~removed)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self.repeat(argument, following, flags)
            case "AT":
                return self.add(_State(place=_PLACES[str(argument)], targets=[following]))
            case _:
                raise PatternRefusedError(
                    "look-around, back-references and atomic groups are not possible here"
                )

    def repeat(self, argument: Any, following: int, flags: int) -> int:
        least, most, items = argument
        if most == _parser.MAXREPEAT:
            loop = self.add(_State(targets=[following]))
            self.states[loop].targets.append(self.sequence(items, loop, flags))
            following = loop
        else:
            last = following
            for _ in range(most - least):
                start = self.sequence(items, following, flags)
                following = self.add(_State(targets=[start, last]))
        for _ in range(least):
            # An empty body adds no state, so that the count alone must not spin.
            if len(items) == 0:
                break
            following = self.sequence(items, following, flags)
        return following


def _symbols_of(operator: str, argument: Any, flags: int) -> _Symbols:
    if operator == "ANY":
        source = "."
    elif operator == "IN":
        source = "[" + "".join(_set_part(str(kind), value) for kind, value in argument) + "]"
    else:
        source = ("[^" if operator == "NOT_LITERAL" else "[") + re.escape(chr(argument)) + "]"
    kept = flags & (re.IGNORECASE | re.DOTALL | re.ASCII)
    return _Symbols(re.compile(source, kept))


_CATEGORIES: Final = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _set_part(kind: str, value: Any) -> str:
    match kind:
        case "NEGATE":
            return "^"
        case "RANGE":
            return f"{_in_set(value[0])}-{_in_set(value[1])}"
        case "CATEGORY":
            return _CATEGORIES[str(value)]
        case _:
            return _in_set(value)


def _in_set(code: int) -> str:
    return "\\" + chr(code) if chr(code) in "\\]^-[&~|" else chr(code)


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Pattern:
    """The states of a pattern; PatternRefusedError if it is none or cannot be bounded."""
    if len(pattern) > MAX_PATTERN:
        raise PatternRefusedError(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError, ValueError) as problem:
        raise PatternRefusedError(f"not a regular expression: {problem}") from problem
    builder = _Builder(tree.state.flags)
    start = builder.sequence(tree, 0, tree.state.flags)
    return Pattern(tuple(builder.states), start, bool(tree.state.flags & re.MULTILINE))


def matches_whole(pattern: str, text: str) -> bool:
    """Whether the pattern describes the whole text. PatternRefusedError as in `compiled`."""
    return _simulate(compiled(pattern), text, is_search=False)


def occurs_in(pattern: str, text: str) -> bool:
    """Whether some part of the text fits the pattern. PatternRefusedError as in `compiled`."""
    return _simulate(compiled(pattern), text, is_search=True)


def _simulate(pattern: Pattern, text: str, *, is_search: bool) -> bool:
    if len(text) > MAX_TEXT:
        raise PatternRefusedError(f"the text is longer than {MAX_TEXT:,} characters")
    remembered: dict[tuple[frozenset[int], str, str, bool], tuple[frozenset[int], bool]] = {}
    current = frozenset((pattern.start,))
    before, steps = "", 0
    for place, character in enumerate(text, 1):
        # As in Python, $ also stands before a line feed that ends the text.
        is_last = place == len(text) and character == "\n"
        step = (current, before, character, is_last)
        if step not in remembered:
            steps += len(pattern.states)
            _stay_bounded(steps, remembered)
            remembered[step] = _step(pattern, current, before, character, is_last=is_last)
        following, accepts = remembered[step]
        if is_search and accepts:
            return True
        current = following | {pattern.start} if is_search else following
        if not current:
            return False
        before = _kind_of(character)
    return 0 in _closure(pattern, current, before, "", is_last=True)


def _stay_bounded(steps: int, remembered: dict[Any, Any]) -> None:
    if steps > _MAX_STEPS:
        raise PatternRefusedError("the pattern needs too many steps for this text")
    if len(remembered) > _REMEMBERED:
        remembered.clear()


def _step(
    pattern: Pattern, current: frozenset[int], before: str, character: str, *, is_last: bool
) -> tuple[frozenset[int], bool]:
    closure = _closure(pattern, current, before, character, is_last=is_last)
    following = {
        state.targets[0]
        for state in (pattern.states[number] for number in closure)
        if state.symbols is not None and state.symbols.test.match(character)
    }
    return frozenset(following), 0 in closure


def _closure(
    pattern: Pattern, current: frozenset[int], before: str, character: str, *, is_last: bool
) -> set[int]:
    """Every state reached without reading, between a character of kind `before` and `character`."""
    seen: set[int] = set()
    waiting = list(current)
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        state = pattern.states[number]
        if state.symbols is None and _may_pass(pattern, state, before, character, is_last=is_last):
            waiting.extend(state.targets)
    return seen


def _may_pass(pattern: Pattern, state: _State, before: str, character: str, *, is_last: bool) -> bool:
    match state.place:
        case None:
            return True
        case "begin":
            return before == "" or (pattern.is_multiline and before == "\n")
        case "begin-text":
            return before == ""
        case "end":
            return is_last or (pattern.is_multiline and character == "\n")
        case "end-text":
            return character == ""
        case "boundary":
            return (before == "w") != (_kind_of(character) == "w")
        case "no-boundary":
            return (before == "w") == (_kind_of(character) == "w")


def _kind_of(character: str) -> str:
    """What the places need to know of a character: `w` word, a line feed, `o` other, "" none."""
    if character in ("", "\n"):
        return character
    return "w" if character.isalnum() or character == "_" else "o"
