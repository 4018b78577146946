"""The ledger: what was set aside before each call and what it cost, append-only.

A call's line stands in the ledger before the call is made, with the most it can cost; a second line says what
it did cost. Whatever ends the program between the two, the most counts as spent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, Usage
from tui_tutor.studio.durable import FileJournal

LEDGER_FILE: Final = "ledger.jsonl"
NO_USAGE: Final = Usage()
How = Literal[
    "usage", "unknown", "nothing"
]  # as the server counted; broke off, so the most; nothing was billed


class Journal(Protocol):
    """Where the ledger's lines are kept."""

    def read(self) -> bytes:
        """All lines so far, whole."""
        ...

    def append(self, line: bytes) -> None:
        """Commit a line; TutorError, with nothing appended, if that cannot be done."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt. `cost` is None while it runs, or where nobody will ever know; then `reserved` counts."""

    number: int
    at: str  # ISO 8601
    key: str
    agent: str
    subject: str
    model: str
    reserved: int  # billionths of a dollar, as `cost`
    is_batch: bool = False
    is_replayed: bool = False  # nothing was paid: the answer came from a transcript
    cost: int | None = None
    how: How | None = None
    usage: Usage = NO_USAGE
    seconds: float = 0.0

    @property
    def counts(self) -> int:
        """What it takes of the budget."""
        return self.reserved if self.cost is None else self.cost


@dataclass(frozen=True, slots=True)
class Total:
    """Entries added up. `unsettled` is the part of `cost` that nobody counted: the most it can be."""

    calls: int = 0
    usage: Usage = NO_USAGE
    cost: int = 0
    unsettled: int = 0
    seconds: float = 0.0

    def plus(self, entry: Entry) -> Total:
        """With one more entry."""
        return Total(
            self.calls + 1,
            _sum(self.usage, entry.usage),
            self.cost + entry.counts,
            self.unsettled + (entry.counts if entry.cost is None or entry.how == "unknown" else 0),
            self.seconds + entry.seconds,
        )


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
        one.cache_read_tokens + other.cache_read_tokens,
        one.cache_write_tokens + other.cache_write_tokens,
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """The ledger added up: what was paid and what was replayed, by (agent, model) too, sorted."""

    paid: Total
    replayed: Total
    lines: Mapping[tuple[str, str], Total]


def totals_of(entries: tuple[Entry, ...]) -> Totals:
    """Add up entries."""
    paid, replayed, lines = Total(), Total(), dict[tuple[str, str], Total]()
    for entry in entries:
        if entry.is_replayed:
            replayed = replayed.plus(entry)
        else:
            paid = paid.plus(entry)
        name = (entry.agent, entry.model)
        lines[name] = lines.get(name, Total()).plus(entry)
    return Totals(paid, replayed, dict(sorted(lines.items())))


class Ledger:
    """The ledger of one course, open for one build."""

    def __init__(self, journal: Journal, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._journal = journal
        self._now = now
        self._entries = {entry.number: entry for entry in read_entries(journal.read())}
        self._committed = {False: 0, True: 0}
        for entry in self._entries.values():
            self._committed[entry.is_replayed] += entry.counts

    @classmethod
    def at(cls, folder: Path) -> Ledger:
        """Open `folder/ledger.jsonl`; TutorError if another process is building, or the file is damaged."""
        journal = FileJournal(folder / LEDGER_FILE)
        try:
            return cls(journal)
        except BaseException:
            journal.close()
            raise

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All attempts, oldest first."""
        return tuple(self._entries.values())

    def committed(self, *, is_replayed: bool = False) -> int:
        """What is spent, and set aside, in billionths of a dollar."""
        return self._committed[is_replayed]

    def reserve(self, call: Call, most: int, *, is_batch: bool = False, is_replayed: bool = False) -> Entry:
        """Set money aside for a call that may now be made; it is on the disk when this returns."""
        entry = Entry(
            number=max(self._entries, default=0) + 1,
            at=self._now().isoformat(timespec="milliseconds"),
            key=call.key,
            agent=call.agent,
            subject=call.subject,
            model=call.model,
            reserved=most,
            is_batch=is_batch,
            is_replayed=is_replayed,
        )
        self._journal.append(_reserved_line(entry))
        self._entries[entry.number] = entry
        self._committed[is_replayed] += most
        return entry

    def settle(
        self, entry: Entry, cost: int, how: How, usage: Usage = NO_USAGE, seconds: float = 0.0
    ) -> None:
        """Say what a call cost. If it cannot be stored, what was set aside goes on counting."""
        settled = replace(entry, cost=cost, how=how, usage=usage, seconds=round(seconds, 3))
        self._journal.append(_settled_line(settled))
        self._entries[entry.number] = settled
        self._committed[entry.is_replayed] += cost - entry.reserved

    def unsettled(self, key: str) -> Entry | None:
        """The newest attempt at a call of which nobody knows what became."""
        return next((e for e in reversed(self._entries.values()) if e.key == key and e.cost is None), None)

    def totals(self) -> Totals:
        """Everything added up."""
        return totals_of(self.entries)

    def close(self) -> None:
        """Let other processes build."""
        self._journal.close()


def read_ledger(folder: Path) -> tuple[Entry, ...]:
    """The entries of a course's ledger, for showing; none where there is no ledger."""
    try:
        data = (folder / LEDGER_FILE).read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TutorError(f"the ledger in {folder} cannot be read: {error.strerror or error}") from error
    return read_entries(data[: data.rfind(b"\n") + 1])


def _reserved_line(entry: Entry) -> bytes:
    values: dict[str, Any] = {
        "reserved": entry.number,
        "at": entry.at,
        "key": entry.key,
        "agent": entry.agent,
        "subject": entry.subject,
        "model": entry.model,
        "nano": entry.reserved,
    }
    values |= {"batch": True} if entry.is_batch else {}
    values |= {"replayed": True} if entry.is_replayed else {}
    return _line(values)


def _settled_line(entry: Entry) -> bytes:
    used = {name: count for name, count in asdict(entry.usage).items() if count}
    return _line(
        {
            "settled": entry.number,
            "how": entry.how,
            "nano": entry.cost,
            "usage": used,
            "seconds": entry.seconds,
        }
    )


def _line(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, allow_nan=False, separators=(",", ":")) + "\n").encode("ascii")


def read_entries(data: bytes) -> tuple[Entry, ...]:
    """Entries of whole lines; TutorError at the first that cannot be read: sums would be wrong without it."""
    entries: dict[int, Entry] = {}
    for number, line in enumerate(data.splitlines(), 1):
        try:
            _take(json.loads(line), entries)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise TutorError(
                f"line {number} of the studio's ledger ({LEDGER_FILE}) is damaged, so nobody can say what "
                "was spent; nothing was asked, and finished steps are kept",
                help="put the file back from a copy, or rename it and lower budget_usd by what was spent",
            ) from error
    return tuple(entries.values())


def _take(line: dict[str, Any], entries: dict[int, Entry]) -> None:
    if "reserved" in line:
        entry = Entry(
            number=_count(line["reserved"]),
            at=str(line["at"]),
            key=str(line["key"]),
            agent=str(line["agent"]),
            subject=str(line["subject"]),
            model=str(line["model"]),
            reserved=_count(line["nano"]),
            is_batch=line.get("batch") is True,
            is_replayed=line.get("replayed") is True,
        )
        if entry.number in entries:
            raise ValueError("reserved twice")
        entries[entry.number] = entry
        return
    entry = entries[_count(line["settled"])]
    if entry.cost is not None or line["how"] not in ("usage", "unknown", "nothing"):
        raise ValueError("settled twice, or nobody knows how")
    usage = Usage(**{name: _count(count) for name, count in line["usage"].items()})
    entries[entry.number] = replace(
        entry, cost=_count(line["nano"]), how=line["how"], usage=usage, seconds=float(line["seconds"])
    )


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a count")
    return value
