"""Making a sound database of a damaged one, of its backups, and of those that were put aside before.

What is damaged is kept under another name. The sound one takes its place in steps that can be cut off
anywhere: it is first whole under a name of its own, and whoever comes next goes on from there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui_tutor.store import backing_up, folding, migrating, salvaging
from tui_tutor.store.file_system import identity, ready_name
from tui_tutor.store.rows import EventRow
from tui_tutor.store.salvaging import SIDE_FILES, Content

_ASIDE: Final = re.compile(r"damaged-(\d{8}-\d{6})-\d{6}")
_ADD_EVENT: Final = """
insert into event (device, sequence, kind, course, lesson, cell, at, data) values (?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_DEVICE: Final = "insert into device (id, is_here) values (?, 0)"
_ADD_SETTING: Final = "insert or replace into setting (name, value) values (?, ?)"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of it: records now there, how many of them a backup gave, how many are known to be lost."""

    records: int
    brought: int  # by this repair: from the damaged file, from others put aside, from backups
    lost: int
    kept_as: Path | None


def repair_damaged(path: Path, steps: Sequence[str], seen: tuple[int, int] | None) -> Repaired | None:
    """Put a damaged database aside and a sound one in its place, with all that can be read of it.

    `seen` was found damaged; None if another process put something else there meanwhile. OSError or
    sqlite3.Error if there is no room or no right for it: then nothing was changed.
    """
    with _alone(path):
        if identity(path) != seen:
            return None
        aside = _aside_name(path)
        backup = _newest_backup(path)
        if path.exists() and not path.is_file():
            os.rename(path, aside)
            damaged = Content()
        elif not path.exists():
            damaged = Content()
        else:
            damaged = _with_devices(salvaging.salvaged(path), backup)
        records, lost = _build(path, (backup, damaged), steps)
        _swap(path, aside)
        return Repaired(records, records, lost, aside if aside.exists() else None)


def gather(path: Path, steps: Sequence[str]) -> Repaired:
    """Add to a sound database what it lacks of those put aside, and of the backups made before them."""
    with _alone(path), _held(path):
        here = salvaging.read(path)
        known = set(_events_by_key(here))
        sources = [content for aside in asides_of(path) for content in _with_backup(path, aside)]
        missing = {key for source in sources for key in _events_by_key(source)} - known
        if not missing:
            return Repaired(len(known), 0, 0, None)
        aside = path.with_name(f"{path.name}.before-repair-{time.strftime('%Y%m%d-%H%M%S')}")
        records, lost = _build(path, (*sources, here), steps)
        _swap(path, aside)
        return Repaired(records, len(missing), lost, aside)


def asides_of(path: Path) -> list[Path]:
    """The damaged databases that were put aside, oldest first."""
    start = f"{path.name}."
    return sorted(
        entry
        for entry in path.parent.glob(f"{start}damaged-*")
        if _ASIDE.fullmatch(entry.name.removeprefix(start)) and entry.is_file()
    )


def finish(path: Path) -> None:
    """Go on with a repair that was cut off, unless another process has done so."""
    with _alone(path):
        if ready_name(path).exists():
            _swap(path, _aside_name(path))


# --- what is known ----------------------------------------------------------------------------------


def _newest_backup(path: Path, before: datetime | None = None) -> Content:
    """What the newest backup (made before a time) holds that can be read; nothing if there is none."""
    for at, backup in reversed(backing_up.backups_of(path)):
        if before is None or at <= before:
            with suppress(sqlite3.Error, OSError):
                return salvaging.read(backup)
    return Content()


def _with_backup(path: Path, aside: Path) -> Iterator[Content]:
    stamp = time.strptime(aside.name[-22:-7], "%Y%m%d-%H%M%S")
    backup = _newest_backup(path, datetime.fromtimestamp(time.mktime(stamp), UTC))
    yield backup
    with suppress(OSError):
        yield _with_devices(salvaging.salvaged(aside), backup)


def _with_devices(damaged: Content, backup: Content) -> Content:
    """The same with every device named: as its backup names it, else after the first of its records."""
    devices = {**backup.devices, **damaged.devices}
    for row in sorted(damaged.events.values(), key=_place):
        if row.device not in devices:
            devices[row.device] = hashlib.sha256(repr(row[2:]).encode()).hexdigest()[:32]
    return Content(damaged.events, devices, damaged.settings)


def _events_by_key(content: Content) -> dict[tuple[str, int], EventRow]:
    """In the order of the log, by the device's id and its sequence, which are the same everywhere."""
    rows = sorted(content.events.values(), key=_place)
    return {(content.devices[row.device], row.sequence): row for row in rows if row.device in content.devices}


def _place(row: EventRow) -> tuple[int, int, int]:
    # A row whose number is lost stands at the end of its device's.
    return (row.number or 1 << 62, row.device, row.sequence)


def _merged(sources: Iterable[Content]) -> tuple[dict[tuple[str, int], EventRow], dict[str, str]]:
    """Each record as the first source has it; each setting as the last has it."""
    events: dict[tuple[str, int], EventRow] = {}
    settings: dict[str, str] = {}
    for source in sources:
        events = events | {key: row for key, row in _events_by_key(source).items() if key not in events}
        settings |= source.settings
    return events, settings


def _lost(events: Iterable[tuple[str, int]]) -> int:
    """How many are known to be missing: each device counts from 1 without a gap."""
    last: dict[str, int] = {}
    count = 0
    for device, sequence in events:
        last[device] = max(last.get(device, 0), sequence)
        count += 1
    return sum(last.values()) - count


# --- the new file -----------------------------------------------------------------------------------


def _build(path: Path, sources: Iterable[Content], steps: Sequence[str]) -> tuple[int, int]:
    """Write the sound database under the name that `_swap` looks for; records in it, and records lost."""
    events, settings = _merged(sources)
    scratch = path.with_name(f".{path.name}.repair.part")
    _remove(scratch)
    os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    try:
        with closing(sqlite3.connect(scratch, isolation_level=None)) as connection:
            connection.execute("pragma journal_mode=memory")
            migrating.migrate(connection, None, steps)
            connection.execute("begin")
            _fill(connection, events, settings)
            folding.fold_all(connection)
            connection.execute("commit")
        os.replace(scratch, ready_name(path))
        _flush_folder(path.parent)
    finally:
        _remove(scratch)
    return len(events), _lost(events)


def _fill(
    connection: sqlite3.Connection, events: dict[tuple[str, int], EventRow], settings: dict[str, str]
) -> None:
    # No device is here: what comes next is counted anew, lest it takes the place of what was lost.
    numbers: dict[str, int] = {}
    for device in dict.fromkeys(device for device, _ in events):
        numbers[device] = int(connection.execute(_ADD_DEVICE, (device,)).lastrowid or 0)
    connection.executemany(
        _ADD_EVENT, ((numbers[device], sequence, *row[3:]) for (device, sequence), row in events.items())
    )
    connection.executemany(_ADD_SETTING, settings.items())


def _swap(path: Path, aside: Path) -> None:
    """Keep what is there under another name and give its place to the sound one.

    The log is taken from its place before the file is: SQLite would play it into the new one.
    """
    if not aside.exists() and path.exists() and path.stat().st_size:
        _link(path, aside)
    Path(f"{path}-shm").unlink(missing_ok=True)  # an index of the log, made anew for whoever reads it
    for suffix in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            if os.stat(f"{path}{suffix}").st_size:
                os.rename(f"{path}{suffix}", f"{aside}{suffix}")
            else:
                os.unlink(f"{path}{suffix}")
    os.replace(ready_name(path), path)
    _flush_folder(path.parent)


def _link(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside)
    except OSError:  # a file system without links
        shutil.copy2(path, aside)


def _aside_name(path: Path) -> Path:
    return path.with_name(
        f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**6:06d}"
    )


def _remove(path: Path) -> None:
    for suffix in ("", *SIDE_FILES):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time; what an earlier one left of its work is swept."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in path.parent.glob(".salvage-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Others wait with what they write, and then find that the file is another one."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=migrating.BUSY_S)) as connection:
        connection.execute("begin immediate")
        yield
        connection.execute("rollback")
