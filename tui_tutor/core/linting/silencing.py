"""`[[silence]]`: warnings that an author has taken away with a reason, and which were ever given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui_tutor.core.linting.doubt import RULES, Raw


class Silence(NamedTuple):
    """One [[silence]]: its position, the rule it names, and a lesson, lesson/cell, or "" for the course."""

    position: int
    code: str
    where: str


class Silences:
    """The silences of a course, and which of them have silenced something so far."""

    def __init__(self, raw: Raw) -> None:
        tables = raw.get("silence")
        self._all = [
            Silence(number, str(table.get("code")), str(table.get("where", "")))
            for number, table in enumerate(tables if isinstance(tables, list) else ())
            if isinstance(table, dict)
        ]
        self._used: set[int] = set()

    def covers(self, code: str, places: Sequence[str]) -> bool:
        """Whether a warning is silenced at one of these places (or in the whole course)."""
        found = [one.position for one in self._all if one.code == code and one.where in ("", *places)]
        self._used.update(found)
        return bool(found)

    def unknown(self) -> Iterator[Silence]:
        """Those that name no rule."""
        return (one for one in self._all if one.code not in RULES)

    def unused(self) -> Iterator[Silence]:
        """Those that have silenced nothing; to be asked after every rule has spoken."""
        return (one for one in self._all if one.code in RULES and one.position not in self._used)
