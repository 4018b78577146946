"""What a long log and a large library cost: `python -m benchmarks.store`. Figures, never asserted."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.builders import a_course_folder, a_lesson, write_files
from tui_tutor.core.ports import Record
from tui_tutor.shelf.installed import Library
from tui_tutor.store.sqlite import SqliteStore

EVENTS = 1_000_000
COURSES, LESSONS, CELLS = 10, 50, 20
_START = datetime(2026, 1, 1, tzinfo=UTC)


def median_ms(act: Callable[[], object], times: int = 9) -> float:
    """The middle of several runs, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


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


def report_store(folder: Path) -> None:
    """Start, open a lesson, answer: with an empty log and with a long one."""
    print(f"{'store':<44}{'empty log':>12}{f'{EVENTS:,} events':>20}")
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
        short, long = (median_ms(act(n), times=25) for n in (0, 1))
        print(f"  {name:<42}{short:>9.2f} ms{long:>17.2f} ms")
    long_course = median_ms(lambda: stores[1].progress("course-0"))
    print(f"  {'progress of a course with 100,000 events':<42}{long_course:>29.2f} ms")
    print(f"  file: {paths[1].stat().st_size / 1e6:.0f} MB")


def report_shelf(folder: Path) -> None:
    """A library with a large course, and the hash that trust rests on."""
    small = [a_lesson(id=f"lesson-{number}") for number in range(6)]
    large = [a_lesson(id=f"lesson-{number}") for number in range(1_000)]
    print("shelf")
    for name, lessons in (("6", small), ("1,000", large)):
        shipped = folder / f"shipped-{len(lessons)}"
        a_course_folder(shipped, lessons=lessons)
        library = Library(shipped, folder / f"data-{len(lessons)}")
        first = median_ms(library.entries, times=1)
        again = median_ms(library.entries)
        print(f"  {f'library, a course of {name} lessons':<42}{again:>9.1f} ms (first: {first:.0f} ms)")
    files = {f"files/part-{number}": bytes([number % 256]) * 49_000 for number in range(995)}
    course = write_files(a_course_folder(folder / "mine"), files)
    library = Library(None, folder / "data")
    opening = median_ms(lambda: library.open(str(course)), times=5)
    print(f"  {'open a course of 1,000 files, 49 MB':<42}{opening:>9.1f} ms")
    opened = library.open(str(course))
    print(f"  {'its hash, from the bytes':<42}{median_ms(opened.trust, times=1):>9.1f} ms")
    print(f"  {'asked again while nothing changed':<42}{median_ms(opened.trust):>9.1f} ms")


def main() -> None:
    """Print all figures; needs about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        report_shelf(Path(folder))
        report_store(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
