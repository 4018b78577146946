"""Bringing a database up to the schema of this version: one transaction a step, a backup first."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.store.refusing import is_busy

BUSY_S: Final = 10.0
_PAUSE_S: Final = 0.02

NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"9p", "afs", "autofs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "gpfs", "lustre"}
    | {"nfs", "nfs4", "smb3", "smbfs"}
)


def migrations() -> tuple[str, ...]:
    """The steps from an empty file to the newest schema; step n leads to `user_version` n."""
    return tuple(Path(__file__).with_name(name).read_text("utf-8") for name in ("schema.sql", "moved.sql"))


def file_system(folder: Path, mountinfo: str = "/proc/self/mountinfo") -> str:
    """Type of the file system that holds a folder, "" where it cannot be told."""
    path = os.path.realpath(folder)
    best_mount, best_type = "", ""
    with (
        suppress(OSError, ValueError, IndexError),
        open(mountinfo, encoding="utf-8", errors="replace") as table,
    ):
        for line in table:
            before, _, after = line.partition(" - ")
            # Blanks in mount points are written as octal escapes.
            mount = before.split()[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
            is_inside = path == mount or path.startswith(mount.rstrip("/") + "/")
            # On equal length the later line wins: it is mounted on top.
            if is_inside and len(mount) >= len(best_mount):
                best_mount, best_type = mount, after.split()[0]
    return best_type


def set_durability(connection: sqlite3.Connection, *, is_on_network: bool) -> None:
    """Choose the journal: write-ahead logging needs shared memory, which network file systems lack."""
    wanted = "truncate" if is_on_network else "wal"
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute(f"pragma journal_mode={wanted}")
            break
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself while another process switches the journal.
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
    connection.execute("pragma synchronous=full")
    connection.execute("pragma foreign_keys=on")


def migrate(connection: sqlite3.Connection, path: Path | None, steps: Sequence[str]) -> None:
    """Run the steps that are missing; TutorError if the database is from a newer version."""
    version = _version(connection)
    if version > len(steps):
        raise TutorError(
            "Your progress was written by a newer TUI Tutor; it was left as it is.",
            help="Update TUI Tutor, or set TUI_TUTOR_DATA to another folder.",
        )
    if 0 < version < len(steps) and path is not None:
        _back_up(connection, path, version)
    for step in range(version, len(steps)):
        _run_step(connection, steps, step)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _run_step(connection: sqlite3.Connection, steps: Sequence[str], step: int) -> None:
    connection.execute("begin immediate")
    try:
        # Another process may have done this step while we waited for the lock.
        if _version(connection) == step:
            for statement in statements(steps[step]):
                connection.execute(statement)
            connection.execute(f"pragma user_version={step + 1}")
        connection.execute("commit")
    except BaseException:
        connection.rollback()
        raise


def statements(script: str) -> list[str]:
    """A script cut into statements (`executescript` would commit the transaction it runs in)."""
    found, part = [], ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part)
            part = ""
    return found + ([part] if part.strip() else [])


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> None:
    backup = path.with_name(f"{path.name}.before-{version + 1}-{time.time_ns()}")
    # Made by us and empty, so that the copy is private whatever the umask.
    os.close(os.open(backup, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection.execute("vacuum into ?", (str(backup),))
