"""SQLite's errors -> what a person should be told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_tutor.core.errors import TutorError


class NotWritable(TutorError):
    """The place itself takes no writing; `reason` is part of a sentence."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"Not saved: {reason}.", help=f"{cure}.")
        self.reason = reason


@contextmanager
def explained(suspicion: Path | None = None) -> Iterator[None]:
    """Turn what is refused into sentences; damage leaves a mark, so that the next start looks closely."""
    try:
        yield
    except OSError as error:
        reason = f"the data folder cannot be written ({os.strerror(error.errno or 0).lower()})"
        raise NotWritable(reason, "See to it") from error
    except sqlite3.Error as error:
        if suspicion is not None and is_damage(error):
            with suppress(OSError):
                suspicion.touch(mode=0o600)
        raise in_words(error) from error


def in_words(error: sqlite3.Error) -> TutorError:
    """What happened, what was kept, what to do."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return NotWritable("the disk is full", "Free some space")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return NotWritable("the data folder is read-only", "Make it writable")
    if code == sqlite3.SQLITE_IOERR:
        # A quota that is used up comes as an error of the disk.
        return NotWritable("the disk took no more", "Free some space, or see to the disk")
    if is_busy(error):
        message = "Not saved: another program holds your progress."
        return TutorError(message, help="Close it.")
    if is_damage(error):
        help = "Start TUI Tutor again: it keeps the damaged file and brings back what can be read."
        return TutorError("Your progress file is damaged; nothing was written to it.", help=help)
    return TutorError(f"Your progress could not be reached: {error}.", help="Start TUI Tutor again.")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the file."""
    return primary_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is not a sound database (never true of a full, locked or read-only one)."""
    return primary_code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def damage(found: str) -> sqlite3.DatabaseError:
    """The error that SQLite gives of a damaged file."""
    error = sqlite3.DatabaseError(found)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its extended part, 0 if the error is not from the library."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
