"""Opening the database: private, sound, of this version; a damaged one is put aside, never overwritten."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_tutor.store import migrating
from tui_tutor.store.backing_up import backups_of
from tui_tutor.store.file_system import identity, ready_name, shares_memory
from tui_tutor.store.log_checking import is_cut
from tui_tutor.store.refusing import damage, is_damage

if TYPE_CHECKING:
    from tui_tutor.store.repairing import Repaired

MEMORY: Final = Path(":memory:")

LOG_CHECK_S: Final = 0.25  # the same for the log that a session leaves which was killed
CHECK_S: Final = 0.05  # what a start may take to look through a file in which no damage was met


def open_file(path: Path, steps: Sequence[str]) -> tuple[sqlite3.Connection, str]:
    """A connection to a database of this version, and what the learner should be told ("" mostly)."""
    if path == MEMORY:
        return _connect(path, steps), ""
    _make_folders(path)
    if ready_name(path).exists():
        from tui_tutor.store.repairing import finish

        finish(path)
    seen = identity(path)
    try:
        examine(path)
        _make_private(path)
        return _connect(path, steps), ""
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    from tui_tutor.store.repairing import repair_damaged

    repaired = repair_damaged(path, steps, seen)
    suspicion(path).unlink(missing_ok=True)
    return _connect(path, steps), told(repaired) if repaired else ""


def told(repaired: Repaired) -> str:
    """What the learner should know of a repair at the start."""
    if repaired.kept_as is None:
        return f"Your progress file was gone. {repaired.records:,} records were brought back from a backup."
    name = repaired.kept_as.name
    if not repaired.records:
        return f"Your progress could not be read. It was kept as {name}; a new record starts here."
    lost = f" {repaired.lost:,} could not be read." if repaired.lost else ""
    return (
        f"Your progress file was damaged. {repaired.records:,} records were brought back.{lost} "
        f"The damaged file was kept as {name}."
    )


def suspicion(path: Path) -> Path:
    """A mark beside the database: damage was met in it."""
    return path.with_name(f"{path.name}.suspect")


def bring_back(connection: sqlite3.Connection, path: Path) -> None:
    """Write what a connection still holds of a file that was removed to where it was."""
    _make_folders(path)
    _make_private(path)
    with closing(sqlite3.connect(path)) as target:
        connection.backup(target)


def load_read_only(path: Path, into: sqlite3.Connection) -> None:
    """Copy a database that cannot be written, so that earlier work is seen; nothing if it cannot be read."""
    with suppress(sqlite3.Error, OSError):
        # Immutable: a read-only folder has no room for the shared memory of a write-ahead log.
        source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            versions = [one.execute("pragma user_version").fetchone() for one in (source, into)]
            if versions[0] == versions[1]:
                source.backup(into)
        finally:
            source.close()


def _connect(path: Path, steps: Sequence[str]) -> sqlite3.Connection:
    # Transactions are begun by us alone, never by the module.
    connection = sqlite3.connect(
        path, isolation_level=None, timeout=migrating.BUSY_S, check_same_thread=False
    )
    # A damaged letter is no reason to stop.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        if path != MEMORY:
            is_local = shares_memory(path.parent)
            migrating.set_durability(connection, is_local=is_local, has_log=_has_log(path))
        connection.execute("select count(*) from sqlite_schema").fetchone()
        migrating.migrate(connection, None if path == MEMORY else path, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def examine(path: Path, *, is_thorough: bool = False) -> None:
    """DatabaseError (SQLITE_CORRUPT) if what lies there is no sound database, or nothing is any more.

    Thorough: however long it takes. Nothing is written, so what is damaged stays as it was found.
    """
    if path.exists() and not path.is_file():
        raise damage("something else is in its place")  # a folder, or a pipe that nobody writes to
    if path.exists() and path.stat().st_size:
        _look_through(path, is_thorough=is_thorough or suspicion(path).exists())
    elif backups_of(path):
        raise damage("it is gone")


def _look_through(path: Path, *, is_thorough: bool) -> None:
    # Twice: another process may just begin its log anew.
    if _has_cut_log(path) and _has_cut_log(path):
        raise damage("its log is damaged")
    if _has_log(path) and not shares_memory(path.parent):
        return  # looking at it would need the memory that is not shared
    with suppress(_Unfinished), closing(_read_only(path)) as connection:
        _check(connection, None if is_thorough else time.monotonic() + CHECK_S)
        if is_thorough:
            _check_rows(path)
            suspicion(path).unlink(missing_ok=True)


class _Unfinished(Exception):
    """The file was not looked through: it is too large, or nobody may look at it now."""


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=migrating.BUSY_S)


def _check(connection: sqlite3.Connection, deadline: float | None) -> None:
    check = "pragma integrity_check(1)"
    if deadline is not None:
        check = "pragma quick_check(1)"
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 2_000)
    try:
        found = connection.execute(check).fetchone()[0]
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise
        # Out of time; or an answer was cut off, which whoever may write puts right when the file is opened.
        raise _Unfinished from error
    if found != "ok":
        raise damage(found)


def _check_rows(path: Path) -> None:
    """Pages can be sound and what is written on them damaged."""
    from tui_tutor.store import salvaging

    try:
        content = salvaging.read(path)
        count = salvaging.count(path)
    except sqlite3.OperationalError as error:
        raise _Unfinished from error  # a schema that is not ours yet
    if count != len(content.events):
        raise damage("a record cannot be read")


def _has_cut_log(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return is_cut(Path(f"{path}-wal").read_bytes(), LOG_CHECK_S)
    return False


def _has_log(path: Path) -> bool:
    """Whether the file is kept with a write-ahead log."""
    with open(path, "rb") as file:
        return file.read(20)[18:20] == b"\2\2"


def _make_folders(path: Path) -> None:
    """Make the folder (0700) if absent."""
    for folder in (*reversed(path.parent.parents), path.parent):
        if not folder.is_dir():
            if folder.exists():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)


def _make_private(path: Path) -> None:
    """Make the file (0600) if absent; the journal copies the file's mode."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
