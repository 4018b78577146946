"""Opening the database: private, sound, of this version; a damaged one is put aside, never overwritten."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui_tutor.store import migrating
from tui_tutor.store.refusing import is_damage

MEMORY: Final = Path(":memory:")

# Larger files would be felt at every start: they are looked through only after damage was met in them.
_QUICK_CHECK_LIMIT: Final = 4_000_000


def open_file(path: Path, steps: Sequence[str]) -> tuple[sqlite3.Connection, str]:
    """A connection to a database of this version, and what the learner should be told ("" mostly)."""
    if path == MEMORY:
        return _connect(path, steps), ""
    notice = _make_private(path)
    try:
        return _connect(path, steps), notice
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    notice = _put_aside(path)
    _make_private(path)
    return _connect(path, steps), notice


def suspicion(path: Path) -> Path:
    """A mark beside the database: damage was met in it."""
    return path.with_name(f"{path.name}.suspect")


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
    try:
        connection.execute("select count(*) from sqlite_schema").fetchone()
        if path != MEMORY:
            _prepare(connection, path)
        migrating.migrate(connection, None if path == MEMORY else path, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    is_on_network = migrating.file_system(path.parent) in migrating.NETWORK_FILE_SYSTEMS
    migrating.set_durability(connection, is_on_network=is_on_network)
    is_suspect = suspicion(path).exists()
    if is_suspect or path.stat().st_size <= _QUICK_CHECK_LIMIT:
        _check(connection)
    if is_suspect:
        suspicion(path).unlink(missing_ok=True)


def _check(connection: sqlite3.Connection) -> None:
    found = connection.execute("pragma quick_check(1)").fetchone()[0]
    if found != "ok":
        damage = sqlite3.DatabaseError(found)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _make_private(path: Path) -> str:
    """Make the folder (0700) and the file (0600) if absent; the journal copies the file's mode."""
    for folder in (*reversed(path.parent.parents), path.parent):
        if not folder.is_dir():
            if folder.exists():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
    notice = _put_aside(path) if path.is_dir() else ""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    return notice


def _put_aside(path: Path) -> str:
    """Rename what cannot be read, with all that belongs to it; gives the sentence to tell."""
    aside = path.with_name(
        f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**6:06d}"
    )
    for suffix in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{aside}{suffix}")
    os.rename(path, aside)
    suspicion(path).unlink(missing_ok=True)
    return f"Your progress could not be read. It was kept as {aside.name}; a new record starts here."
