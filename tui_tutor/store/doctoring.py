"""The learner's record under examination: what is there, whether it is sound, and what a repair can add."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from tui_tutor.core.errors import TutorError
from tui_tutor.store import migrating, opening, repairing, salvaging
from tui_tutor.store.backing_up import backups_of
from tui_tutor.store.file_system import file_system, identity, shares_memory
from tui_tutor.store.refusing import explained, in_words, is_damage

State = Literal["none", "sound", "damaged", "newer", "unreadable"]


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found; `problem` is a sentence, "" when all is well."""

    path: Path
    state: State
    records: int
    problem: str
    file_system: str
    has_log: bool  # whether it is kept with a write-ahead log
    backups: tuple[datetime, ...]  # oldest first
    asides: tuple[Path, ...]  # damaged files that were kept


def examine_record(path: Path) -> Examined:
    """Look through it whole; nothing is changed."""
    state, problem = _state(path)
    records = 0
    if state == "sound":
        with suppress(sqlite3.Error):
            records = salvaging.count(path)
    return Examined(
        path,
        state,
        records,
        problem,
        file_system(path.parent),
        shares_memory(path.parent),
        tuple(at for at, _ in backups_of(path)),
        tuple(repairing.asides_of(path)),
    )


def repair_record(path: Path) -> str:
    """Mend a damaged record, or add to a sound one what it lacks of files put aside; what was done.

    What was there is kept under another name. TutorError if it cannot be done: then nothing was changed.
    """
    state, problem = _state(path)
    if state in ("newer", "unreadable"):
        raise TutorError(problem, help="Nothing was changed.")
    with explained():
        try:
            if state == "damaged":
                return _mended(path)
            return "There is no record yet: nothing to repair." if state == "none" else _gathered(path)
        except OSError as error:
            raise TutorError(
                f"The record could not be repaired: {error.strerror or error}. It was left as it is.",
                help="Free some space, or make the data folder writable, and try again.",
            ) from error


def _mended(path: Path) -> str:
    repaired = repairing.repair_damaged(path, migrating.migrations(), identity(path))
    opening.suspicion(path).unlink(missing_ok=True)
    return opening.told(repaired) if repaired else "Another instance has just repaired it."


def _gathered(path: Path) -> str:
    found = repairing.gather(path, migrating.migrations())
    if found.kept_as is None:
        return f"Your progress is sound: {found.records:,} records. Nothing was missing."
    return (
        f"{found.brought:,} records were added from files that were put aside, "
        f"so that there are {found.records:,}. "
        f"What was there before was kept as {found.kept_as.name}."
    )


def _state(path: Path) -> tuple[State, str]:
    try:
        opening.examine(path, is_thorough=True)
        if not path.exists() or path.stat().st_size == 0:
            return "none", ""
        version = _version(path)
    except sqlite3.Error as error:
        if is_damage(error):
            return "damaged", "Your progress file is damaged or gone."
        return "unreadable", in_words(error).message
    except OSError as error:
        return "unreadable", f"Your progress cannot be read: {error.strerror or error}."
    if version > len(migrating.migrations()):
        return "newer", "Your progress was written by a newer TUI Tutor."
    return "sound", ""


def _version(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("pragma user_version").fetchone()[0])
