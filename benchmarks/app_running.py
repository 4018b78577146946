"""Running code in the app: round trips, floods with keys pressed meanwhile, stopping, deaths."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.app_start import opened_lesson
from benchmarks.generated import COUNTING, write_course
from benchmarks.kernel_speed import FLOOD, _stock, _stock_run
from benchmarks.measuring import Figure, process_tree, tree_memory_mb
from benchmarks.watching import Watcher, percentile

_LINES_ON_THE_PAGE = 40
_KEY_EVERY_S = 0.15
_LONGEST_S = 60.0
_ENDLESS = "while True: print('on' * 20)"
_AWAIT = "import asyncio\nprint('on')\nawait asyncio.sleep(600)"


def measure_running(folder: Path) -> list[Figure]:
    """Figures of a lesson whose kernel is warm, against jupyter_client and ipykernel alone."""
    course = write_course(folder / "running", {"a": [COUNTING, _ENDLESS, _AWAIT, "print(1)"]})
    round_trip = asyncio.run(_stock_ms(["print(1)"] * 40))
    with opened_lesson(folder / "data", course) as watcher:
        watcher.settle(1.0)
        warm = statistics.median(_counted_run(watcher, number) for number in range(1, 31))
        figures = [
            (
                "run key to output, warm",
                warm,
                "ms",
                f"jupyter_client, {statistics.median(round_trip):.1f} ms",
                warm / statistics.median(round_trip),
            ),
            _alone("interrupt of an endless print loop", [_interrupt(watcher, 1) for _ in range(5)]),
            _alone("interrupt of an await", [_interrupt(watcher, 2) for _ in range(5)]),
            _alone("restart", [_restart(watcher) for _ in range(5)]),
            _alone("killed kernel noticed", [_death(watcher) for _ in range(5)]),
        ]
    return figures


def measure_floods(folder: Path) -> list[Figure]:
    """100,000 and 1,000,000 printed lines."""
    figures: list[Figure] = []
    for count, tries in ((100_000, 5), (1_000_000, 3)):
        floor = statistics.median(asyncio.run(_stock_ms([FLOOD.format(count)] * tries)))
        flood = Flood(write_course(folder / f"flood-{count}", {"a": [FLOOD.format(count), "print(1)"]}))
        for number in range(tries):
            flood.run(folder / f"data-{count}-{number}", count)
        value = statistics.median(flood.seconds) * 1000
        name = f"{count:,} lines"
        figures += [
            (f"{name} to the end", value, "ms", f"thrown away, {floor:,.0f} ms", value / floor),
            (f"{name}: keys answered meanwhile, p95", percentile(flood.keys_ms, 0.95), "ms", "", None),
            (f"{name}: memory of the tree added", max(flood.added_mb), "MB", "", None),
            (f"{name}: unaccounted for", float(max(flood.missing)), "lines", "", None),
        ]
    return figures


class Flood:
    """A cell that prints very much, while keys are pressed."""

    def __init__(self, course: Path) -> None:
        self.course = course
        self.seconds: list[float] = []
        self.keys_ms: list[float] = []
        self.added_mb: list[float] = []
        self.missing: list[int] = []

    def run(self, data: Path, count: int) -> None:
        """One flood: from F5 until the app says that it ended."""
        with opened_lesson(data, self.course) as watcher:
            watcher.settle(1.5)
            watcher.look()
            before = tree_memory_mb(watcher.pid)
            weigher = Weigher(watcher.pid)
            start = time.perf_counter()
            watcher.press("f5")
            pressed = self._press_until_quiet(watcher)
            self.added_mb.append(max(weigher.stop(), tree_memory_mb(watcher.pid)) - before)
            end = self._replay(watcher, pressed)
            self.seconds.append(end - start)
            self.missing.append(abs(count - self._accounted(watcher)))

    def _press_until_quiet(self, watcher: Watcher) -> list[float]:
        """Press a key that goes to the other cell and back, until nothing comes but its answers."""
        pressed: list[float] = []
        next_at, ended_at, sent = time.perf_counter() + 0.1, None, len(watcher.sent)
        give_up_at = time.perf_counter() + _LONGEST_S
        while ended_at is None or time.perf_counter() < ended_at + 0.3:
            if time.perf_counter() > give_up_at:
                raise TimeoutError(f"the flood does not end; the screen:\n{watcher.look()}")
            watcher.read(0.005)
            if time.perf_counter() >= next_at and ended_at is None:
                watcher.press("ctrl+down" if len(pressed) % 2 == 0 else "ctrl+up")
                pressed.append(time.perf_counter())
                next_at += _KEY_EVERY_S
            if ended_at is None and watcher.has_said("idle", since=sent):
                ended_at = time.perf_counter()
        return pressed

    def _replay(self, watcher: Watcher, pressed: list[float]) -> float:
        """When the run ended; how long each key waited for its effect goes to `keys_ms`."""
        places, end, has_run = list[tuple[float, int]](), 0.0, False
        for at in watcher.moments():
            text = watcher.text()
            places.append((at, _place(text)))
            has_run = has_run or "kernel busy" in text
            if has_run and not end and _is_idle(text):
                end = at
        for number, pressed_at in enumerate(pressed):
            wanted = 1 - number % 2
            seen = (at for at, place in places if at >= pressed_at and place == wanted)
            if pressed_at < end - 0.05:  # later ones are answered in peace
                self.keys_ms.append((next(seen, pressed_at + _LONGEST_S) - pressed_at) * 1000)
        return end

    def _accounted(self, watcher: Watcher) -> int:
        """Lines on the page, and lines counted as not on it."""
        for _ in range(6):
            found = re.search(r"([\d ]+) earlier lines", watcher.look())
            if found:
                return int(found[1].replace(" ", "")) + _LINES_ON_THE_PAGE
            watcher.press("pageup")
            watcher.settle(0.2)
        raise LookupError(f"no count of lines on the screen:\n{watcher.text()}")


def _place(text: str) -> int:
    """The cell with the focus: 0 is the one that prints, 1 the one below."""
    return int("▌In  [ ]   print(1)" in text)


class Weigher:
    """Weighs a tree of processes ten times a second, in a thread."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._highest = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(0.1):
            try:
                self._highest = max(self._highest, tree_memory_mb(self._pid))
            except OSError:
                continue  # a process ended while it was weighed

    def stop(self) -> float:
        """The most it weighed, in MB."""
        self._stopped.set()
        self._thread.join()
        return self._highest


async def _stock_ms(sources: list[str]) -> list[float]:
    async with _stock() as client:
        await _stock_run(client, "print(1)")
        return [await _stock_run(client, source, is_first=source == "print(1)") for source in sources]


def _counted_run(watcher: Watcher, number: int) -> float:
    return watcher.ms_until(lambda: watcher.press("f5"), lambda text: f"run number {number} " in text)


def _go_to(watcher: Watcher, cell: int) -> None:
    watcher.press("home", *["ctrl+up"] * 5, *["ctrl+down"] * cell)
    watcher.settle(0.2)


def _is_idle(text: str) -> bool:
    """In a narrow footer the sandbox's level takes the place of an idle kernel."""
    return "kernel busy" not in text and ("kernel idle" in text or "sandbox" in text)


def _interrupt(watcher: Watcher, cell: int) -> float:
    _go_to(watcher, cell)
    watcher.press("f5")
    watcher.when(_says("kernel busy"))
    watcher.settle(0.1, 0.5)
    return watcher.ms_until(lambda: watcher.press("f9"), _is_idle)


def _restart(watcher: Watcher) -> float:
    _go_to(watcher, 3)
    watcher.press("f5")
    watcher.settle(0.2)
    return watcher.ms_until(lambda: watcher.press("f8"), _says("New kernel."))


def _death(watcher: Watcher) -> float:
    _go_to(watcher, 2)
    watcher.press("f5")
    watcher.when(_says("kernel busy"))
    watcher.settle(0.3)
    kernel = process_tree(watcher.pid)[-1]
    return watcher.ms_until(lambda: os.kill(kernel, signal.SIGKILL), _says("kernel stopped"))


def _says(words: str) -> Callable[[str], bool]:
    return lambda text: words in text


def _alone(name: str, values: list[float]) -> Figure:
    return name, statistics.median(values), "ms", "", None
