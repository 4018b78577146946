"""Bringing a database up to the schema of this version: one transaction a step, a backup first."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.store import backing_up
from tui_tutor.store.refusing import is_busy

BUSY_S: Final = 10.0
_PAUSE_S: Final = 0.02


def migrations() -> tuple[str, ...]:
    """The steps from an empty file to the newest schema; step n leads to `user_version` n."""
    return tuple(Path(__file__).with_name(name).read_text("utf-8") for name in ("schema.sql", "moved.sql"))


def set_durability(connection: sqlite3.Connection, *, is_local: bool, has_log: bool = False) -> None:
    """Choose the journal: write-ahead logging needs shared memory, which network file systems lack.

    A log that was begun where it was safe (`has_log`) is taken in by one process alone, which needs none.
    """
    wanted = "wal" if is_local else "truncate"
    is_moving = has_log and not is_local
    if is_moving:
        connection.execute("pragma locking_mode=exclusive")
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
    if is_moving:
        connection.execute("pragma locking_mode=normal")
        connection.execute("select count(*) from sqlite_schema").fetchone()  # lets go of the lock
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
        _back_up(path, version)
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


def _back_up(path: Path, version: int) -> None:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    backing_up.copy(
        path, backing_up.folder_of(path) / f"{path.stem}.before-{version + 1}-{stamp}-{time.time_ns()}.db"
    )
