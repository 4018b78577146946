"""Keys in the editor, and what is sent to the terminal."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.app_start import opened_lesson
from benchmarks.generated import a_long_lesson, watch_floor, watch_tutor, write_course
from benchmarks.measuring import Figure
from benchmarks.watching import Watcher


def measure_drawing(folder: Path) -> list[Figure]:
    """Time from key to screen; bytes for a letter, a page, opening, an idle second."""
    data = folder / "data"
    course = write_course(data / "courses" / "drawn", {"a": ["#md A sentence.", *a_long_lesson(20)]})
    figures = [_key_to_screen(data, course)]
    with opened_lesson(data, course) as watcher:
        watcher.settle(1.0)
        figures.append(_bytes("page down", watcher, lambda: watcher.press("pagedown"), 4))
        watcher.press("home", "ctrl+down", "enter")
        figures.append(_bytes("a typed letter", watcher, lambda: watcher.type("x"), 9))
        watcher.settle(1.0)
        figures.append(("bytes: an idle second", float(watcher.settle(1.0, 1.0)), "B", "", None))
    return [*figures, _opening(data)]


def _opening(data: Path) -> Figure:
    with watch_tutor(data) as watcher:
        watcher.when(lambda text: "Course drawn" in text)
        watcher.press("end", *["j"] * 9)
        return _bytes("open a lesson", watcher, lambda: watcher.press("enter"), 1)


def _bytes(name: str, watcher: Watcher, act: Callable[[], object], tries: int) -> Figure:
    sent = statistics.median(watcher.bytes_after(act, 0.4) for _ in range(tries))
    return f"bytes: {name}", float(sent), "B", "", None


def _key_to_screen(data: Path, course: Path) -> Figure:
    """In a lesson's editor and in a bare TextArea, in turns."""
    ours, floor = [], []
    with opened_lesson(data, course) as tutor, watch_floor("editor", data) as bare:
        tutor.settle(1.0)
        tutor.press("ctrl+down", "enter")
        bare.settle(1.0)
        tutor.settle(0.5)
        for _ in range(40):
            ours.append(_type_ms(tutor))
            floor.append(_type_ms(bare))
    value, least = statistics.median(ours), statistics.median(floor)
    return "key to screen in the editor", value, "ms", f"a bare TextArea, {least:.1f} ms", value / least


def _type_ms(watcher: Watcher) -> float:
    watcher.settle(0.1, 1.0)
    start = time.perf_counter()
    watcher.type("x")
    watcher.read(5.0)
    return (time.perf_counter() - start) * 1000
