"""The event log in SQLite: what `append` returned from is on the disk."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CellHistory, LessonProgress, Record, RecordKind
from tui_tutor.store import folding, migrating, opening
from tui_tutor.store.backing_up import Backups
from tui_tutor.store.file_system import identity
from tui_tutor.store.opening import MEMORY
from tui_tutor.store.refusing import NotWritable, explained

_INSERT: Final = """
insert into event (device, sequence, kind, course, lesson, cell, at, data) values (?, ?, ?, ?, ?, ?, ?, ?)
"""
_HISTORY: Final = """
select event.id, cell_record.count, event.kind, event.course, cell_record.lesson, cell_record.cell,
event.at, event.data
from cell_record join event on event.id = cell_record.newest
where cell_record.course = ? and cell_record.lesson = ? order by event.id
"""
_LESSONS: Final = """
select lesson_summary.lesson, minutes, opened, event.at, event.data
from lesson_summary left join event on event.id = opened where lesson_summary.course = ?
"""
_ATTEMPTS: Final = """
select id, kind, course, lesson, cell, at, data from event
where course = ? and kind = 'attempted' order by id desc
"""
_MOVED: Final = """
select id, kind, course, lesson, cell, at, data from event
where course = ? and kind = 'moved' order by id desc
"""
_NEWS: Final = "select id, kind, course, lesson, cell, at, data from event where id > ? order by id"
_PLACES: Final = """
select lesson, cell, kind from cell_record where course = ? and cell <> ''
union all select lesson, cell, 'done' from cell_done where course = ?
"""
_COURSES: Final = """
select course from lesson_summary union select course from cell_record union select course from cell_done
"""
_DONE: Final = "select cell from cell_done where course = ? and lesson = ?"
_LAST_OPENED: Final = (
    "select course, lesson from lesson_summary where opened is not null order by opened desc limit 1"
)


class SqliteStore:
    """`EventStore` in one SQLite file, private to the learner, shared by any number of processes.

    `is_saving` is False for a store in memory; `notice` is then, or after a damaged file was put aside,
    what the learner should be told. TutorError if the file cannot be opened for writing.
    """

    def __init__(self, path: Path, *, steps: Sequence[str] | None = None) -> None:
        self.path = path
        self.is_saving = path != MEMORY
        self._lock = threading.RLock()
        self._suspicion = opening.suspicion(path) if self.is_saving else None
        self._backups = Backups(path, self._suspect) if self.is_saving else None
        self._steps = migrating.migrations() if steps is None else steps
        self.notice = ""
        with explained(self._suspicion):
            self._open()

    def _open(self) -> None:
        self._connection, notice = opening.open_file(self.path, self._steps)
        self.notice = notice or self.notice
        self._file = self._file_now()
        self._device = self._own_device()
        # Of what others write from here on we can be told.
        self._version = int(self._connection.execute("pragma data_version").fetchone()[0])
        self._seen = int(self._connection.execute("select coalesce(max(id), 0) from event").fetchone()[0])
        self._own: set[int] = set()

    @property
    def backup_problem(self) -> str:
        """Why there is no backup of what was done last, in a sentence; "" mostly."""
        return self._backups.problem if self._backups else ""

    # --- writing ------------------------------------------------------------------------------------

    def append(self, records: Sequence[Record]) -> None:
        """Commit all or nothing; TutorError if they are not stored."""
        with self._writing() as connection:
            own = self._insert(connection, records)
        self._own.update(own)
        if self._backups is not None:
            self._backups.after_record()

    def append_update(self, record: Record) -> bool:
        """Commit the record `moved` of an update unless the log has it already; whether it was new.

        Whoever finds an update unfinished finishes it: two processes may be at it at once.
        """
        with self._writing() as connection:
            moved = self._moved(connection, record.course)
            is_known = any(known.data.get("update") == record.data["update"] for _, known in moved)
            if not is_known:
                self._insert(connection, (record,))
        return not is_known  # its own news: every place may be another now

    def _insert(self, connection: sqlite3.Connection, records: Sequence[Record]) -> list[int]:
        """The numbers of the rows in the log."""
        own = []
        sequence = self._next_sequence(connection)
        for offset, record in enumerate(records):
            row = (
                self._device,
                sequence + offset,
                record.kind,
                record.course,
                record.lesson,
                record.cell,
            )
            event = connection.execute(
                _INSERT, (*row, _written_time(record.at), _dumped(record.data))
            ).lastrowid
            assert event is not None
            own.append(event)
            folding.fold(connection, event, record)
        return own

    def rebuild(self) -> None:
        """Fold the summaries anew from the log alone."""
        with self._writing() as connection:
            folding.fold_all(connection)

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting; committed on return."""
        with self._writing() as connection:
            connection.execute("insert or replace into setting (name, value) values (?, ?)", (name, value))

    # --- reading ------------------------------------------------------------------------------------

    def lesson_history(self, course: str, lesson: str) -> tuple[CellHistory, ...]:
        """The newest record of each kind of each cell, and whether the cell is done."""
        newest: dict[str, dict[RecordKind, Record]] = {}
        counts: dict[str, dict[RecordKind, int]] = {}
        with self._reading() as connection:
            for number, count, *row in connection.execute(_HISTORY, (course, lesson)):
                if (record := self._record(row)) is None:
                    continue
                newest.setdefault(record.cell, {})[record.kind] = replace(record, number=number)
                counts.setdefault(record.cell, {})[record.kind] = count
            done = {row[0] for row in connection.execute(_DONE, (course, lesson))}
        cells = dict.fromkeys((*newest, *sorted(done)))
        return tuple(
            CellHistory(cell, newest.get(cell, {}), counts.get(cell, {}), cell in done) for cell in cells
        )

    def progress(self, course: str) -> Mapping[str, LessonProgress]:
        """By lesson id."""
        with self._reading() as connection:
            done = _cells_done(connection, course)
            found = {lesson: LessonProgress(lesson, cells) for lesson, cells in done.items()}
            for lesson, minutes, number, at, data in connection.execute(_LESSONS, (course,)):
                opened = self._record(("opened", course, lesson, "", at, data)) if at else None
                opened_at = opened.at if opened else None
                last_cell = str(opened.data.get("cell", "")) if opened else ""
                cells = done.get(lesson, frozenset())
                found[lesson] = LessonProgress(lesson, cells, minutes, opened_at, last_cell, number or 0)
        return found

    def attempts(self, course: str) -> tuple[Record, ...]:
        """Every attempt, oldest first, each where its cell stands now."""
        with self._reading() as connection:
            moved = self._moved(connection, course)
            rows = connection.execute(_ATTEMPTS, (course,)).fetchall()
        now: dict[folding.Place, folding.Place] = {}
        found: list[Record] = []
        for event, *row in rows:
            # Newest first: what moved later than an attempt says where its cell went.
            while moved and moved[0][0] > event:
                moves = folding.moves_of(moved.pop(0)[1].data)
                now |= {old: now.get(new, new) for old, new in moves.items()}
            if (record := self._record(row)) is None:
                continue
            lesson, cell = now.get((record.lesson, record.cell), (record.lesson, record.cell))
            found.append(replace(record, lesson=lesson, cell=cell))
        return tuple(reversed(found))

    def places(self, course: str) -> Mapping[tuple[str, str], frozenset[str]]:
        """The kinds of records there are of each (lesson, cell), those that only count as done too."""
        found: dict[tuple[str, str], set[str]] = {}
        with self._reading() as connection:
            for lesson, cell, kind in connection.execute(_PLACES, (course, course)):
                found.setdefault((lesson, cell), set()).add(kind)
        return {place: frozenset(kinds) for place, kinds in found.items()}

    def courses(self) -> tuple[str, ...]:
        """The ids of all courses that the log knows of."""
        with self._reading() as connection:
            return tuple(row[0] for row in connection.execute(_COURSES))

    def last_opened(self) -> tuple[str, str] | None:
        """(course id, lesson id) of the lesson opened last."""
        with self._reading() as connection:
            row = connection.execute(_LAST_OPENED).fetchone()
        return (row[0], row[1]) if row else None

    def setting(self, name: str, default: str = "") -> str:
        """A stored setting."""
        with self._reading() as connection:
            row = connection.execute("select value from setting where name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def news(self) -> tuple[Record, ...] | None:
        """What others wrote since this was asked last, oldest first; None if nobody wrote anything."""
        if not self.is_saving:
            return None
        try:
            with self._reading() as connection:
                if self._file_now() != self._file:
                    self._open_anew()  # all is another now, and what was new in it cannot be told
                    return ()
                version = int(connection.execute("pragma data_version").fetchone()[0])
                if version == self._version:
                    return None
                self._version = version
                rows = connection.execute(_NEWS, (self._seen,)).fetchall()
        except TutorError:
            return None  # whoever reads or writes next is told
        self._seen = max([self._seen, *(row[0] for row in rows)])
        others = [row[1:] for row in rows if row[0] not in self._own]
        self._own.clear()
        return tuple(record for row in others if (record := self._record(row)) is not None)

    def close(self) -> None:
        """Release the file, and make a backup if one is due; safe to call twice."""
        if self._backups is not None:
            self._backups.close()
        with self._lock:
            self._connection.close()

    # --- the connection -----------------------------------------------------------------------------

    def load(self, path: Path) -> None:
        """Take over (into memory) what can be read at `path`, where nothing can be written."""
        with self._lock:
            opening.load_read_only(path, self._connection)
            self._device = self._own_device()

    def _moved(self, connection: sqlite3.Connection, course: str) -> list[tuple[int, Record]]:
        rows = connection.execute(_MOVED, (course,)).fetchall()
        return [(event, record) for event, *row in rows if (record := self._record(row)) is not None]

    def _record(self, row: Sequence[Any]) -> Record | None:
        """None if the row is damaged: then the next start looks for a backup of it."""
        record = folding.record_of(row)
        if record is None:
            self._suspect()
        return record

    def _suspect(self) -> None:
        if self._suspicion is not None:
            with suppress(OSError):
                self._suspicion.touch(mode=0o600)

    def _file_now(self) -> tuple[int, int] | None:
        """Which file lies at our path now."""
        return identity(self.path) if self.is_saving else None

    def _become(self, other: SqliteStore) -> None:
        """Go on as another store, which nobody else may use then."""
        with self._lock:
            self._connection.close()
            self._connection, self._device, self._file = other._connection, other._device, other._file
            self._version, self._seen, self._own = other._version, other._seen, other._own
            self._suspicion, self._backups = other._suspicion, other._backups
            self.path, self.is_saving = other.path, True

    def _own_device(self) -> int:
        query = "select number from device where is_here"
        row = self._connection.execute(query).fetchone()
        if row is not None:
            return int(row[0])
        with self._writing() as connection:
            row = connection.execute(query).fetchone()  # another process may have been faster
            if row is None:
                insert = "insert into device (id, is_here) values (?, 1)"
                return int(connection.execute(insert, (os.urandom(16).hex(),)).lastrowid or 0)
        return int(row[0])

    def _next_sequence(self, connection: sqlite3.Connection) -> int:
        query = "select coalesce(max(sequence), 0) + 1 from event where device = ?"
        return int(connection.execute(query, (self._device,)).fetchone()[0])

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self._suspicion):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self._suspicion):
            self._begin()
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.rollback()
                raise

    def _begin(self) -> None:
        """Begin a transaction in the file that bears our name: a repair may have put another there."""
        self._connection.execute("begin immediate")
        if self._file_now() != self._file:
            self._connection.rollback()
            self._open_anew()
            self._connection.execute("begin immediate")

    def _open_anew(self) -> None:
        before = self._connection
        if not self.path.exists():
            # Somebody removed it; what it held is still in our hands.
            opening.bring_back(before, self.path)
        self._open()
        before.close()


def open_store(path: Path) -> SqliteStore:
    """The learner's store; where nothing can be written, one in memory that says so and goes on trying.

    TutorError only if the file is from a newer version or another process holds it.
    """
    try:
        return SqliteStore(path)
    except NotWritable as error:
        from tui_tutor.store.waiting import WaitingStore

        return WaitingStore(path, error.reason)


def _cells_done(connection: sqlite3.Connection, course: str) -> dict[str, frozenset[str]]:
    done: dict[str, set[str]] = {}
    for lesson, cell in connection.execute("select lesson, cell from cell_done where course = ?", (course,)):
        done.setdefault(lesson, set()).add(cell)
    return {lesson: frozenset(cells) for lesson, cells in done.items()}


def _written_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _dumped(data: Mapping[str, Any]) -> str:
    # ASCII: a lone surrogate in a program's output must not stop its record from being kept.
    return json.dumps(dict(data), separators=(",", ":"))
