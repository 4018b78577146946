"""Copies of the database, made while it is used: every half hour at most, the older the fewer."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tui_tutor.store.refusing import damage, in_words, is_damage, primary_code

EVERY_S: Final = 1800
MOST_BYTES: Final = 1_000_000_000  # of all copies together; the newest stays in any case
SHARE_OF_FREE: Final = 4  # a copy may take at most one part in four of what is free
CLOSING_S: Final = 0.5  # what leaving the app may wait for a copy

# Without write-ahead logging a copy keeps writers waiting, so it is made in short steps.
_PAGES_A_STEP: Final = 128
_LONGEST_S: Final = 120.0
_STAMP: Final = "%Y%m%d-%H%M%S"
_NAME: Final = re.compile(r"(?P<stem>.+)-(?P<stamp>\d{8}-\d{6})\.db")
_SCRATCH: Final = re.compile(r".+\.(\d{1,9})\.part")


class Stopped(Exception):
    """The copy was not finished: there was no more time for it."""


def folder_of(path: Path) -> Path:
    """Where the copies of a database lie."""
    return path.with_name("backups")


def backups_of(path: Path) -> list[tuple[datetime, Path]]:
    """The copies there are, oldest first, each with its time."""
    found = []
    with suppress(OSError):
        for entry in folder_of(path).iterdir():
            name = _NAME.fullmatch(entry.name)
            if name is not None and name["stem"] == path.stem and entry.is_file():
                with suppress(ValueError):
                    found.append((datetime.strptime(name["stamp"], _STAMP).replace(tzinfo=UTC), entry))
    return sorted(found)


def back_up(path: Path, now: datetime, *, is_wanted: Callable[[], bool] = lambda: True) -> Path:
    """Copy a database whole and thin the copies out; where the new one lies.

    Nobody waits for it. sqlite3.DatabaseError with SQLITE_CORRUPT if what was copied is damaged: then no
    copy is kept, and none is thrown away. Stopped as soon as it is not wanted any more.
    """
    target = folder_of(path) / f"{path.stem}-{now.astimezone(UTC).strftime(_STAMP)}.db"
    copy(path, target, is_wanted=is_wanted, share_of_free=SHARE_OF_FREE)
    for old in thinned(backups_of(path), now):
        old.unlink(missing_ok=True)
    return target


def copy(
    path: Path, target: Path, *, is_wanted: Callable[[], bool] = lambda: True, share_of_free: int = 1
) -> None:
    """Copy a database, also while others write to it; whole, sound and on the disk, or not there at all."""
    _make_folder(target.parent)
    scratch = target.with_name(f"{target.name}.{os.getpid()}.part")
    _require_room(path, target.parent, share_of_free)
    scratch.unlink(missing_ok=True)  # of a process that had our number
    # Made by us and empty, so that the copy is private whatever the umask.
    os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    try:
        _copy_pages(path, scratch, is_wanted)
        _flush(scratch)
        os.replace(scratch, target)
        _flush(target.parent)
    except BaseException:
        for suffix in ("", "-journal"):
            Path(f"{scratch}{suffix}").unlink(missing_ok=True)
        raise


def thinned(backups: Iterable[tuple[datetime, Path]], now: datetime) -> list[Path]:
    """Those to throw away: one an hour stays for a day, one a day for a week, one a week, one a month."""
    kept: dict[tuple[object, ...], Path] = {}
    ordered = sorted(backups)
    for at, path in ordered:
        span = _span(at, now)
        if span is not None:
            kept[span] = path  # the newest of each span
    if ordered:
        kept["newest",] = ordered[-1][1]
    stays = set(kept.values())
    size = 0
    for _, path in reversed(ordered):
        size += _size(path)
        if size > MOST_BYTES and path != ordered[-1][1]:
            stays.discard(path)
    return [path for _, path in ordered if path not in stays]


def _span(at: datetime, now: datetime) -> tuple[object, ...] | None:
    age = now - at
    if age < timedelta(days=1):
        return ("hour", at.date(), at.hour)
    if age < timedelta(days=7):
        return ("day", at.date())
    if age < timedelta(days=31):
        return ("week", *at.isocalendar()[:2])
    return ("month", at.year, at.month) if age < timedelta(days=366) else None


def _copy_pages(path: Path, scratch: Path, is_wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONGEST_S

    def go_on(*_: int) -> None:
        if not is_wanted() or time.monotonic() > deadline:
            raise Stopped

    with closing(sqlite3.connect(path, timeout=5)) as source, closing(sqlite3.connect(scratch)) as target:
        target.execute("pragma synchronous=off")  # it is flushed once, whole, before it gets its name
        has_log = source.execute("pragma journal_mode").fetchone()[0] == "wal"
        # With a write-ahead log a copy made in one go is in nobody's way, and no writer makes it start again.
        source.backup(target, pages=-1 if has_log else _PAGES_A_STEP, progress=go_on, sleep=0.01)
        target.set_progress_handler(lambda: not is_wanted(), 10_000)
        # A copy stands alone: no log beside it.
        target.execute("pragma journal_mode=delete")
        found = target.execute("pragma integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise damage(found)


def _require_room(path: Path, folder: Path, share_of_free: int) -> None:
    disk = os.statvfs(folder)
    if _size(path) > disk.f_bavail * disk.f_frsize // share_of_free:
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise full


def _make_folder(folder: Path) -> None:
    """Make it private, and sweep what was left by those who were killed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for entry in list(folder.iterdir()):
        scratch = _SCRATCH.fullmatch(entry.name.removesuffix("-journal"))
        if scratch is not None and not _is_alive(int(scratch[1])):
            entry.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Backups:
    """The copies of one open database: made in a thread of their own when one is due after a record.

    `problem` tells in a sentence why the last one could not be made; `on_damage` is called when what was
    copied turned out to be damaged.
    """

    def __init__(self, path: Path, on_damage: Callable[[], None]) -> None:
        self.problem = ""
        self._path = path
        self._on_damage = on_damage
        self._next_s = 0.0  # on the monotonic clock
        self._is_used = False
        self._is_closed = False
        self._deadline_s = float("inf")
        self._thread: threading.Thread | None = None

    def after_record(self) -> None:
        """Something was written: make a copy if the last one is old."""
        self._is_used = True
        if time.monotonic() < self._next_s or self._is_closed or self._is_at_work():
            return
        wait_s = EVERY_S - self._age_s()
        self._next_s = time.monotonic() + (wait_s if wait_s > 0 else EVERY_S)
        if wait_s > 0 or not backups_of(self._path):  # of a record just begun, leaving makes the first
            return
        self._thread = threading.Thread(target=self._make, name="backup", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give the copy that is being made, or is due, a moment; what is not done then comes next time."""
        if self._is_closed:
            return
        self._is_closed = True
        self._deadline_s = time.monotonic() + CLOSING_S
        if self._thread is not None:
            self._thread.join()
        elif self._is_used and self._age_s() >= EVERY_S:
            self._make()

    def wait(self) -> None:
        """Until the copy that is being made is there."""
        if self._thread is not None:
            self._thread.join()

    def _is_at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _age_s(self) -> float:
        """Seconds since the newest copy; for ever if there is none, or it claims to be of tomorrow."""
        backups = backups_of(self._path)
        age = (datetime.now(UTC) - backups[-1][0]).total_seconds() if backups else -1.0
        return age if age >= 0 else float("inf")

    def _make(self) -> None:
        try:
            back_up(self._path, datetime.now(UTC), is_wanted=self._is_in_time)
        except Stopped:
            return
        except sqlite3.Error as error:
            self._fail(error)
        except OSError as error:
            self.problem = f"No backup was made: {os.strerror(error.errno or 0).lower()}."
        else:
            self.problem = ""

    def _fail(self, error: sqlite3.Error) -> None:
        if primary_code(error) == sqlite3.SQLITE_INTERRUPT:
            return
        if is_damage(error):
            self._on_damage()
        self.problem = f"No backup was made. {in_words(error).message}"

    def _is_in_time(self) -> bool:
        return time.monotonic() < self._deadline_s
