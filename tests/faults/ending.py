"""What is left when saving, backing up, migrating, repairing, installing or updating ends in the middle."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.injecting import PLACE, Injector
from tests.faults.scenarios import (
    ANSWERS,
    COURSE,
    NEXT_STEPS,
    STEPS,
    answer,
    database,
    installer,
    numbers,
    version,
)
from tui_tutor.cli.wiring import finish_updates
from tui_tutor.shelf.folder import take_snapshot
from tui_tutor.store.backing_up import backups_of, folder_of
from tui_tutor.store.sqlite import SqliteStore, open_store

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
EARLIER = 40  # answers of earlier sessions


@dataclass
class Figures:
    """What many injections of one kind came to."""

    name: str
    injections: int = 0
    acknowledged: int = 0
    lost: int = 0
    unsound: int = 0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        sound = self.injections - self.unsound
        return (
            f"{self.name:<9} {self.injections:>4} injections  {self.acknowledged:>6,} acknowledged  "
            f"{self.lost} lost  integrity ok {sound}/{self.injections}  {len(self.problems)} other faults"
        )


@dataclass(frozen=True)
class Left:
    """What one program left, and what it had told before."""

    folder: Path
    acknowledged: list[str]


# --- what is there before ---------------------------------------------------------------------------


def a_record_of_earlier_sessions(folder: Path, steps: tuple[str, ...] = STEPS) -> None:
    store = SqliteStore(database(folder), steps=steps)
    for number in range(EARLIER):
        answer(store, number)
    store.close()


def a_damaged_record(folder: Path) -> None:
    a_record_of_earlier_sessions(folder)
    path = database(folder)
    data = bytearray(path.read_bytes())
    data[4096:4100] = b"\xff\xff\xff\xff"
    path.write_bytes(data)


def two_versions(folder: Path) -> None:
    version(folder, 1)
    version(folder, 2)


def an_installed_course(folder: Path) -> None:
    two_versions(folder)
    installer(folder).add(str(folder / "version-1" / COURSE), report=lambda _: None)
    a_record_of_earlier_sessions(folder / "data")


# --- what must hold after ---------------------------------------------------------------------------


def judge_record(left: Left, figures: Figures, *, path: Path | None = None) -> None:
    """Everything acknowledged is there, once and in order, and the file is sound."""
    path = path or database(left.folder)
    wanted = [*range(EARLIER), *(int(line) for line in left.acknowledged if line.isdecimal())]
    store = open_store(path)
    found = numbers(store)
    figures.lost += len(set(wanted) - set(found))
    if store.notice or not store.is_saving or found != list(range(len(found))):
        figures.problems.append(f"{figures.name}: {store.notice} {len(found)} answers")
    answer(store, len(found))  # the next session goes on
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        figures.unsound += connection.execute("pragma integrity_check").fetchone()[0] != "ok"
    _judge_backups(path, figures)


def _judge_backups(path: Path, figures: Figures) -> None:
    for _, backup in backups_of(path):
        with closing(sqlite3.connect(f"{backup.as_uri()}?mode=ro", uri=True)) as connection:
            sound = connection.execute("pragma integrity_check").fetchone()[0] == "ok"
            count = connection.execute("select count(*) from event").fetchone()[0] if sound else 0
        if count < EARLIER:
            figures.problems.append(f"{figures.name}: backup {backup.name} holds {count}")


def judge_migration(left: Left, figures: Figures) -> None:
    path = database(left.folder)
    store = SqliteStore(path, steps=NEXT_STEPS)
    figures.lost += EARLIER - len(numbers(store))
    extra = store._connection.execute("select count(*) from extra").fetchone()[0]
    figures.unsound += store._connection.execute("pragma integrity_check").fetchone()[0] != "ok"
    store.close()
    if extra != 1 or store.notice:
        figures.problems.append(f"migrate: {extra} rows, {store.notice}")
    _judge_whole_backups(path, figures)


def _judge_whole_backups(path: Path, figures: Figures) -> None:
    for backup in folder_of(path).glob("*.db"):
        with closing(sqlite3.connect(f"{backup.as_uri()}?mode=ro", uri=True)) as connection:
            count = connection.execute("select count(*) from event").fetchone()[0]
        if count != EARLIER:
            figures.problems.append(f"migrate: backup {backup.name} holds {count}")


def judge_repair(left: Left, figures: Figures) -> None:
    path = database(left.folder)
    store = open_store(path)
    figures.lost += EARLIER - len(numbers(store))
    figures.unsound += store._connection.execute("pragma integrity_check").fetchone()[0] != "ok"
    store.close()
    kept = [one.read_bytes()[4096:4100] for one in left.folder.glob("progress.db.damaged-*")]
    if b"\xff\xff\xff\xff" not in kept:
        figures.problems.append("repair: the damaged file was not kept")
    litter = [
        one.name for one in left.folder.iterdir() if ".part" in one.name or one.name.endswith("repaired")
    ]
    if litter:
        figures.problems.append(f"repair: {litter}")


def judge_installation(left: Left, figures: Figures) -> None:
    """The course is there whole or not at all, and installing it again works and leaves nothing behind."""
    here = installer(left.folder)
    target = here.staging.courses / COURSE
    source = left.folder / "version-1" / COURSE
    if target.exists():
        whole = take_snapshot(target).tree_hash == take_snapshot(source).tree_hash
        figures.unsound += not whole
    elif left.acknowledged:
        figures.lost += 1
    here.add(str(source), report=lambda _: None)
    litter = [one.name for one in here.staging.courses.iterdir() if one.name not in (COURSE, ".lock")]
    if litter:
        figures.problems.append(f"install: {litter}")


def judge_update(left: Left, figures: Figures) -> None:
    """The course is one version or the other; the log knows of the move if, and only if, it is the next."""
    here, path = installer(left.folder), database(left.folder / "data")
    target = here.staging.courses / COURSE
    hashes = {
        number: take_snapshot(left.folder / f"version-{number}" / COURSE).tree_hash for number in (1, 2)
    }
    found = take_snapshot(target).tree_hash if target.exists() else ""
    figures.unsound += found not in hashes.values()
    store = open_store(path)
    finish_updates(store, left.folder / "data")  # as at every start
    places = {record.lesson for record in store.attempts(COURSE)}
    figures.lost += EARLIER - len(numbers(store))
    wanted = {"second"} if found == hashes[2] else {"first"}
    if places != wanted or (left.acknowledged and found != hashes[2]):
        figures.problems.append(f"update: answers in {places}, wanted {wanted}")
    moved = store._connection.execute("select count(*) from event where kind = 'moved'").fetchone()[0]
    if moved != (found == hashes[2]):
        figures.problems.append(f"update: {moved} moves")
    store.close()


Prepare = Callable[[Path], None]
Judge = Callable[[Left, Figures], None]
KINDS: dict[str, tuple[Prepare, Judge]] = {
    "answer": (a_record_of_earlier_sessions, judge_record),
    "backup": (a_record_of_earlier_sessions, judge_record),
    "migrate": (a_record_of_earlier_sessions, judge_migration),
    "repair": (a_damaged_record, judge_repair),
    "install": (two_versions, judge_installation),
    "update": (an_installed_course, judge_update),
}


def injected(injector: Injector, name: str, most: int, seed: int = 0) -> Figures:
    """End a scenario at every step, or at so many of them and of random moments."""
    rng = random.Random(seed)
    figures = Figures(name)
    prepare, judge = KINDS[name]
    with tempfile.TemporaryDirectory(prefix="faults-", dir=PLACE) as place:
        prepared = Path(place) / "prepared"
        prepared.mkdir()
        prepare(prepared)
        for job in _jobs(injector, name, prepared, Path(place), most, rng):
            folder = Path(place) / "one"
            shutil.copytree(prepared, folder)
            answer_ = injector.run(name, folder, **job)
            figures.injections += 1
            figures.acknowledged += len(answer_["acknowledged"])
            judge(Left(folder, answer_["acknowledged"]), figures)
            shutil.rmtree(folder)
    return figures


def _jobs(
    injector: Injector, name: str, prepared: Path, place: Path, most: int, rng: random.Random
) -> Iterator[dict[str, Any]]:
    whole = place / "whole"
    shutil.copytree(prepared, whole)
    started = time.monotonic()
    steps = injector.run(name, whole)["steps"]
    lasts_s = time.monotonic() - started
    shutil.rmtree(whole)
    assert steps > 5, (name, steps)
    at_steps = list(range(1, steps + 1))
    if len(at_steps) > most * 3 // 4:
        at_steps = sorted(rng.sample(at_steps, most * 3 // 4))
    for number, step in enumerate(at_steps):
        yield {"step": step, "signal": SIGNALS[number % 3]}
    for number in range(most - len(at_steps)):
        yield {"after_s": rng.uniform(0, 1.1 * lasts_s), "signal": SIGNALS[number % 3]}


def filled(injector: Injector, most: int, seed: int = 0) -> Figures:
    """The disk is full at a random point; then there is room again."""
    rng = random.Random(seed)
    figures = Figures("full disk")
    for _ in range(most):
        with tempfile.TemporaryDirectory(prefix="faults-", dir=PLACE) as place:
            answers, room, size = 4 * ANSWERS, rng.randrange(0, 250_000), rng.choice((200, 3_000, 9_000))
            said = injector.run("full", Path(place), answers=answers, room=room, size=size)["acknowledged"]
        figures.injections += 1
        *told, last = said or [""]
        numbers_told = [line for line in told if line.isdecimal()]
        figures.acknowledged += len(numbers_told)
        if not last.startswith("stored"):
            figures.problems.append(f"full: stopped with {room} bytes of room after {told[-1:]}")
            continue
        _, count, is_same, sound = last.split(" ", 3)
        figures.lost += len(numbers_told) - int(count)
        figures.unsound += sound != "ok"
        if is_same != "True":
            figures.problems.append("full: other answers than those given")
    return figures
