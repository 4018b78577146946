"""Databases damaged in every way a disk, a sync program or a person can think of, and what is brought back.

Readable is an answer whose row still lies in one piece in what is left (the file, its log or its journal), or
that is in a backup: this is found by looking for the row's bytes, by other means than the repair has.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.builders import a_record
from tests.faults.injecting import PLACE
from tests.faults.scenarios import COURSE, answer, database, numbers
from tui_tutor.store import backing_up
from tui_tutor.store.sqlite import SqliteStore, open_store

ANSWERS = 400
IN_BACKUP = 150
PAGE = 4096

Files = dict[str, bytes]  # by suffix: "", "-wal", "-journal"
Damage = Callable[[Files, random.Random], Files]


@dataclass
class Recovery:
    """What many damaged databases came to."""

    databases: int = 0
    starts: int = 0
    readable: int = 0
    recovered: int = 0
    invented: int = 0
    kept: int = 0
    problems: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """What should not be."""
        is_enough = self.recovered >= 0.95 * self.readable and self.starts == self.kept == self.databases
        return [] if is_enough and not self.invented else self.problems or [self.line()]

    def line(self) -> str:
        """For people."""
        share = 100 * self.recovered / max(1, self.readable)
        return (
            f"damaged   {self.databases:>4} databases   {self.starts} starts, original kept {self.kept}, "
            f"{self.recovered:,} of {self.readable:,} readable answers brought back ({share:.2f} %), "
            f"{self.invented} invented"
        )


# --- kinds of damage --------------------------------------------------------------------------------


def truncated(files: Files, rng: random.Random) -> Files:
    return files | {"": files[""][: rng.randrange(1, len(files[""]))]}


def flipped_bits(files: Files, rng: random.Random) -> Files:
    data = bytearray(files[""])
    for _ in range(rng.choice((1, 3, 30, 300))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return files | {"": bytes(data)}


def zeroed_pages(files: Files, rng: random.Random) -> Files:
    data = bytearray(files[""])
    for _ in range(rng.choice((1, 2, 5))):
        page = rng.randrange(len(data) // PAGE)
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    return files | {"": bytes(data)}


def zeroed_page_headers(files: Files, rng: random.Random) -> Files:
    data = bytearray(files[""])
    for page in range(1, len(data) // PAGE):
        if rng.random() < 0.5:
            data[page * PAGE : page * PAGE + 8] = bytes(8)
    return files | {"": bytes(data)}


def wrong_header(files: Files, rng: random.Random) -> Files:
    length = rng.choice((16, 100))
    return files | {"": rng.randbytes(length) + files[""][length:]}


def garbage(files: Files, rng: random.Random) -> Files:
    return {"": rng.randbytes(rng.randrange(1, 100_000))}


def emptied(files: Files, rng: random.Random) -> Files:
    return {"": b""}


def noise_over_a_stretch(files: Files, rng: random.Random) -> Files:
    data = bytearray(files[""])
    start = rng.randrange(len(data))
    stretch = rng.randbytes(min(rng.choice((50, 500, 20_000)), len(data) - start))
    data[start : start + len(stretch)] = stretch
    return files | {"": bytes(data)}


def pages_swapped(files: Files, rng: random.Random) -> Files:
    data = files[""]
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    one, other = rng.randrange(len(pages)), rng.randrange(len(pages))
    pages[one], pages[other] = pages[other], pages[one]
    return files | {"": b"".join(pages)}


def log_cut_off(files: Files, rng: random.Random) -> Files:
    log = files.get("-wal", b"")
    return files | {"-wal": log[: rng.randrange(len(log) + 1)]}


def log_flipped(files: Files, rng: random.Random) -> Files:
    log = bytearray(files.get("-wal", b""))
    for _ in range(3 if log else 0):
        log[rng.randrange(len(log))] ^= 1 << rng.randrange(8)
    return files | {"-wal": bytes(log)}


def swapped_journal(files: Files, rng: random.Random) -> Files:
    """The journal of another time: SQLite takes it for its own and plays old pages into the file."""
    header = bytes.fromhex("d9d505f920a163d7") + (1).to_bytes(4, "big") + rng.randbytes(4)
    header += (len(files[""]) // PAGE).to_bytes(4, "big") + (512).to_bytes(4, "big") + PAGE.to_bytes(4, "big")
    page = rng.randrange(1, len(files[""]) // PAGE)
    return files | {"-journal": header.ljust(512, b"\0") + page.to_bytes(4, "big") + rng.randbytes(PAGE + 4)}


def log_lost(files: Files, rng: random.Random) -> Files:
    return {"": files[""]}


def end_of_another_file(files: Files, rng: random.Random) -> Files:
    at = rng.randrange(1, len(files[""]))
    return files | {"": files[""][:at] + bytes(len(files[""]) - at)}


DAMAGES: tuple[Damage, ...] = (
    truncated, flipped_bits, zeroed_pages, zeroed_page_headers, wrong_header, garbage, emptied,
    noise_over_a_stretch, pages_swapped, log_cut_off, log_flipped, swapped_journal, log_lost,
    end_of_another_file,
)  # fmt: skip


# --- one database -----------------------------------------------------------------------------------


def written(folder: Path, *, has_backup: bool, rng: random.Random) -> dict[int, bytes]:
    """A record as a killed session leaves it: part in the file, part in the log; the bytes of each row."""
    store = SqliteStore(database(folder))
    for number in range(ANSWERS):
        answer(store, number, size=rng.choice((10, 200, 800, 800, 6_000)))
        store.append([a_record("edited", "code-1", source=f"x = {number}")])
        if number == IN_BACKUP - 1 and has_backup:
            backing_up.back_up(store.path, datetime.now(UTC))
        if number == ANSWERS * 2 // 3:
            store._connection.execute("pragma wal_checkpoint(passive)")
    rows = store._connection.execute(
        "select kind, course, lesson, cell, at, data from event where kind = 'attempted' order by id"
    ).fetchall()
    for suffix in ("", "-wal"):
        shutil.copy(f"{store.path}{suffix}", folder / f"left{suffix}")
    store.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{store.path}{suffix}").unlink(missing_ok=True)
    return {number: "".join(row).encode() for number, row in enumerate(rows)}


def readable(rows: dict[int, bytes], files: Files, *, has_backup: bool) -> set[int]:
    """The answers whose rows are still there; long ones lie in pieces, the first of which is looked for."""
    found = set(range(IN_BACKUP)) if has_backup else set()
    whole = b"\0".join(files.values())
    return found | {number for number, row in rows.items() if len(row) < PAGE - 100 and row in whole}


def recover(
    folder: Path, rows: dict[int, bytes], files: Files, recovery: Recovery, *, has_backup: bool
) -> None:
    """Start on a damaged database; count what is there then."""
    path = database(folder)
    for suffix, data in files.items():
        Path(f"{path}{suffix}").write_bytes(data)
    recovery.databases += 1
    wanted = readable(rows, files, has_backup=has_backup)
    try:
        found = _started(path, lambda: _count_kept(folder, files, recovery))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
        recovery.problems.append(repr(error))
        return
    recovery.starts += 1
    recovery.readable += len(wanted)
    recovery.recovered += len(wanted & found)
    recovery.invented += len(found - rows.keys() - {-1})


def _count_kept(folder: Path, files: Files, recovery: Recovery) -> None:
    """Byte for byte what was put aside at the start; what SQLite could use went on being used."""
    for suffix, data in files.items():
        aside = [one.read_bytes() for one in folder.glob(f"progress.db.damaged-*[0-9]{suffix}")]
        if aside and data not in aside:
            return
    recovery.kept += 1


def _started(path: Path, at_first: Callable[[], None]) -> set[int]:
    """Two starts: what is met while the record is used is mended by the next."""
    for round_ in range(2):
        store = open_store(path)
        if not round_:
            at_first()
        numbers(store)
        store.progress(COURSE)
        store.lesson_history(COURSE, "first")
        store.last_opened()
        store.close()
    store = open_store(path)
    found = set(numbers(store))
    answer(store, ANSWERS)
    assert ANSWERS in numbers(store)
    sound = store._connection.execute("pragma integrity_check").fetchone()[0]
    store.close()
    if sound != "ok":
        raise sqlite3.DatabaseError(sound)
    return found


def damaged(count: int, seed: int = 0) -> Recovery:
    """So many damaged databases, of every kind in turn, with and without a backup."""
    rng = random.Random(seed)
    recovery = Recovery()
    with tempfile.TemporaryDirectory(prefix="faults-", dir=PLACE) as place:
        templates = {}
        for has_backup in (False, True):
            folder = Path(place) / f"template-{has_backup}"
            folder.mkdir()
            templates[has_backup] = (folder, written(folder, has_backup=has_backup, rng=rng))
        for number in range(count):
            has_backup = number // len(DAMAGES) % 2 == 1
            template, rows = templates[has_backup]
            files = {suffix: (template / f"left{suffix}").read_bytes() for suffix in ("", "-wal")}
            folder = Path(place) / "one"
            folder.mkdir()
            if has_backup:
                shutil.copytree(template / "backups", folder / "backups")
            damage = DAMAGES[number % len(DAMAGES)]
            before = recovery.recovered, recovery.readable, len(recovery.problems)
            recover(folder, rows, damage(files, rng), recovery, has_backup=has_backup)
            if recovery.recovered - before[0] < recovery.readable - before[1]:
                gone = recovery.readable - before[1] - recovery.recovered + before[0]
                recovery.problems.append(f"{damage.__name__}: {gone} not brought back")
            shutil.rmtree(folder)
    return recovery
