"""What a long log and a large library cost: figures, never asserted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measuring import Figure, median_ms
from tests.builders import a_course_folder, a_lesson, write_files
from tui_tutor.core.ports import Record
from tui_tutor.shelf.installed import Library
from tui_tutor.store.sqlite import SqliteStore

EVENTS = 1_000_000
COURSES, LESSONS, CELLS = 10, 50, 20
_START = datetime(2026, 1, 1, tzinfo=UTC)


def a_run(number: int) -> Record:
    """The n-th thing a diligent learner did."""
    place = (f"course-{number % COURSES}", f"lesson-{number // 7 % LESSONS}", f"cell-{number % CELLS}")
    data = {"source": "print(sum(range(100)))", "outcome": "ok", "count": number, "output": "4950\n"}
    return Record("ran", *place, _START + timedelta(seconds=number), data)


def fill(path: Path, count: int) -> None:
    """A log of `count` events, and a lesson with every cell worked on."""
    store = SqliteStore(path)
    for first in range(0, count, 20_000):
        store.append([a_run(number) for number in range(first, min(first + 20_000, count))])
    cells = [f"cell-{number}" for number in range(CELLS)]
    kinds = ("edited", "ran", "attempted", "hinted")
    store.append(
        [Record(kind, "vae", "first", cell, _START, {"outcome": "ok"}) for cell in cells for kind in kinds]
    )
    store.append([Record("opened", "vae", "first", "", _START, {"cell": "cell-3"})])
    store.close()


def measure() -> list[Figure]:
    """All figures; needs about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        return [*measure_shelf(Path(folder)), *measure_store(Path(folder))]


def measure_store(folder: Path) -> Iterator[Figure]:
    """Start, open a lesson, answer: with an empty log as the floor and with a long one."""
    paths = [folder / "short" / "progress.db", folder / "long" / "progress.db"]
    for path, count in zip(paths, (0, EVENTS), strict=True):
        fill(path, count)
    stores = [SqliteStore(path) for path in paths]
    answer = Record("attempted", "vae", "first", "cell-1", _START, {"correct": True})
    acts: dict[str, Callable[[int], Callable[[], object]]] = {
        "open the file": lambda n: lambda: SqliteStore(paths[n]).close(),
        "open a lesson of 20 cells": lambda n: lambda: stores[n].lesson_history("vae", "first"),
        "progress of a course": lambda n: lambda: stores[n].progress("vae"),
        "the lesson opened last": lambda n: stores[n].last_opened,
        "store an answer": lambda n: lambda: stores[n].append([answer]),
    }
    for name, act in acts.items():
        short, long = (median_ms(act(n), tries=25) for n in (0, 1))
        yield f"{EVENTS:,} events: {name}", long, "ms", f"empty log, {short:.2f} ms", long / short
    busy = median_ms(lambda: stores[1].progress("course-0"), tries=9)
    yield "progress of a course with 100,000 events", busy, "ms", "", None
    yield f"{EVENTS:,} events: the file", paths[1].stat().st_size / 1e6, "MB", "", None


def measure_shelf(folder: Path) -> Iterator[Figure]:
    """A library with a large course, and the hash that trust rests on."""
    for count in (6, 1_000):
        shipped = folder / f"shipped-{count}"
        a_course_folder(shipped, lessons=[a_lesson(id=f"lesson-{number}") for number in range(count)])
        library = Library(shipped, folder / f"data-{count}")
        first = median_ms(library.entries, tries=1)
        again = median_ms(library.entries, tries=9)
        yield (
            f"library, a course of {count:,} lessons",
            again,
            "ms",
            f"first time, {first:.1f} ms",
            again / first,
        )
    files = {f"files/part-{number}": bytes([number % 256]) * 49_000 for number in range(995)}
    course = write_files(a_course_folder(folder / "mine"), files)
    library = Library(None, folder / "data")
    opening = median_ms(lambda: library.open(str(course)))
    yield "open a course of 1,000 files, 49 MB", opening, "ms", "", None
    opened = library.open(str(course))
    yield "its hash, from the bytes", median_ms(opened.trust, tries=1), "ms", "", None
    yield "its hash, while nothing changed", median_ms(opened.trust), "ms", "", None
