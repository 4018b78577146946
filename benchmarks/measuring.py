"""How figures are taken: medians of several tries, and ratios to a floor measured in the same run."""

from __future__ import annotations

import importlib
import pkgutil
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

# Name, value, unit, what the floor is, value divided by the floor (None without one).
Figure: TypeAlias = tuple[str, float, str, str, float | None]


@dataclass(frozen=True)
class Benchmark:
    """A module of this package that can measure."""

    name: str
    measure: Callable[[], Sequence[Figure]]
    wanted: Mapping[str, str]


def benchmarks(names: Sequence[str] = ()) -> Iterator[Benchmark]:
    """Every module here with a `measure()`, or those named; `WANTED` says by figure what is wanted."""
    folder = Path(__file__).parent
    for found in sorted(pkgutil.iter_modules([str(folder)]), key=lambda module: module.name):
        if found.name == "__main__" or (names and found.name not in names):
            continue
        module = importlib.import_module(f"benchmarks.{found.name}")
        if hasattr(module, "measure"):
            yield Benchmark(found.name, module.measure, getattr(module, "WANTED", {}))


_WISH = re.compile(r"≤ (?P<above>floor \+ )?(?P<limit>[\d.,]+) (?P<unit>\S+)")


def is_met(figure: Figure, wish: str) -> bool | None:
    """Whether a figure is what was wished for ("≤ 2 x", "≤ floor + 80 ms", "≤ 50 ms"); None: no such wish."""
    found = _WISH.fullmatch(wish)
    if found is None:
        return None
    _, value, _, _, ratio = figure
    limit = float(found["limit"].replace(",", ""))
    if found["unit"] == "x":
        return ratio is not None and ratio <= limit
    if found["above"] and ratio:
        value -= value / ratio
    return value <= limit


def median(take: Callable[[], float], tries: int = 5) -> float:
    """The median of what several calls return."""
    return statistics.median(take() for _ in range(tries))


def median_ms(act: Callable[[], object], tries: int = 5) -> float:
    """The median time of several calls, in milliseconds."""
    return median(lambda: elapsed_ms(act), tries)


def elapsed_ms(act: Callable[[], object]) -> float:
    """How long one call takes, in milliseconds."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def alternating_medians(takes: Sequence[Callable[[], float]], tries: int = 5) -> list[float]:
    """The medians of several measurements taken in turns, so that the machine's mood hits all alike."""
    rounds = [[take() for take in takes] for _ in range(tries)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def memory_mb(pid: int) -> float:
    """The proportional memory of one process, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def tree_memory_mb(pid: int) -> float:
    """The proportional memory of a process and all it has started, in MB."""
    return sum(memory_mb(member) for member in process_tree(pid))


def process_tree(pid: int) -> list[int]:
    """A process and all it has started, by id."""
    members, at = [pid], 0
    while at < len(members):
        for thread in Path(f"/proc/{members[at]}/task").iterdir():
            members += [int(child) for child in (thread / "children").read_text().split()]
        at += 1
    return members
