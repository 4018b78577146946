"""From the command to the first key that has a visible effect, and to the first output."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import floors
from benchmarks.generated import (
    FIRST_OUTPUT,
    TUTOR,
    a_long_lesson,
    environ,
    watch_floor,
    watch_lesson,
    watch_tutor,
    write_course,
)
from benchmarks.measuring import Figure, alternating_medians, median_ms, tree_memory_mb
from benchmarks.watching import Claim, Watcher, median_of

EVENTS = 1_000_000


def measure_start(folder: Path) -> list[Figure]:
    """Start-up of the command, the library, lessons of 20 and 500 cells."""
    short = write_course(folder / "short", {"a": a_long_lesson(20)})
    long = write_course(folder / "long", {"a": a_long_lesson(500)})
    data = folder / "data"
    data.mkdir()
    takes = [
        lambda: label_ms(data),
        lambda: library_ms(data),
        lambda: editor_ms(data),
        lambda: lesson_ms(data, short),
        lambda: lesson_ms(data, long),
        lambda: first_output_ms(data, short),
    ]
    label, library, editor, lesson, longer, output = alternating_medians(takes, tries=7)
    return [
        _version(),
        ("start to usable library", library, "ms", f"one label, {label:.0f} ms", library / label),
        ("start to usable lesson", lesson, "ms", f"one editor, {editor:.0f} ms", lesson / editor),
        ("500-cell lesson usable", longer, "ms", f"20 cells, {lesson:.0f} ms", longer / lesson),
        ("500-cell lesson, memory added", _memory(data, long) - _memory(data, short), "MB", "", None),
        ("launch to first output", output, "ms", f"lesson usable, {lesson:.0f} ms", output / lesson),
        (
            "first output after a second",
            median_of(lambda: late_output_ms(data, short, 1.0), 5),
            "ms",
            "",
            None,
        ),
        *_torch(folder, data),
    ]


def measure_large(folder: Path) -> list[Figure]:
    """A course of 1,000 lessons in the library; a long log."""
    few, many, full = (folder / name for name in ("data-few", "data-many", "data-full"))
    for data, count in ((few, 6), (many, 1_000)):
        write_course(
            data / "courses" / "c", {f"lesson-{number}": a_long_lesson(4) for number in range(count)}
        )
    start = time.perf_counter()
    library_ms(many)
    first = (time.perf_counter() - start) * 1000
    library_ms(few)
    small, large = alternating_medians([lambda: library_ms(few), lambda: library_ms(many)], tries=5)
    return [
        ("1,000-lesson course in the library", large, "ms", f"6 lessons, {small:.0f} ms", large / small),
        ("1,000-lesson course, first time ever", first, "ms", f"6 lessons, {small:.0f} ms", first / small),
        *_long_log(folder, full),
    ]


def _long_log(folder: Path, full: Path) -> Iterator[Figure]:
    from benchmarks.store import fill

    fill(full / "progress.db", EVENTS)
    empty = folder / "data-empty"
    course = write_course(folder / "course-0", {"lesson-0": a_long_lesson(20)})
    for name, take in (
        ("start", library_ms),
        ("open a lesson", lambda data: lesson_ms(data, course)),
    ):
        for data in (empty, full):
            take(data)
        short, long = alternating_medians([lambda: take(empty), lambda: take(full)], tries=5)  # noqa: B023
        yield f"1,000,000 events: {name}", long, "ms", f"empty log, {short:.0f} ms", long / short


def _version() -> Figure:
    floor, value = alternating_medians(
        [
            lambda: median_ms(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 1),
            lambda: median_ms(
                lambda: subprocess.run([TUTOR, "--version"], check=True, stdout=subprocess.DEVNULL), 1
            ),
        ],
        tries=15,
    )
    return "tui-tutor --version", value, "ms", f"python -c pass, {floor:.0f} ms", value / floor


def _torch(folder: Path, data: Path) -> Iterator[Figure]:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        return
    source = f'import torch\nprint("{FIRST_OUTPUT[:8]}" + "{FIRST_OUTPUT[8:]}", torch.ones(2).sum().item())'
    course = write_course(folder / "deep", {"a": [source]}, packages=["torch"])
    value = median_of(lambda: late_output_ms(data, course, 3.0), 3)
    yield "first cell imports torch, after 3 s", value, "ms", "", None


# --- one start each -----------------------------------------------------------------------------------


def label_ms(data: Path) -> float:
    """A Textual app with one label."""
    with watch_floor("label", data) as watcher:
        return _usable(watcher, floors.READY.encode(), "j", lambda text: floors.PRESSED in text)


def editor_ms(data: Path) -> float:
    """A Textual app with one editor."""
    with watch_floor("editor", data) as watcher:
        return _usable(watcher, b"rint", "X", lambda text: f"X{floors.SOURCE}" in text)


def library_ms(data: Path) -> float:
    """Our library: j chooses the next course."""
    with watch_tutor(data) as watcher:
        return _usable(watcher, b"courses", "j", lambda text: _marked(text) > 5)


def lesson_ms(data: Path, course: Path) -> float:
    """A lesson: a row down, and its first cell is out of sight."""
    with watch_lesson(data, course) as watcher:
        return _usable(watcher, b"Lesson", "down", lambda text: "print" not in text and "sentence" in text)


def first_output_ms(data: Path, course: Path) -> float:
    """A lesson whose first cell is run at once, for the first time."""
    data = Path(tempfile.mkdtemp(dir=data))
    with watch_lesson(data, course) as watcher:
        return _usable(watcher, b"Lesson", "f5", lambda text: FIRST_OUTPUT in text)


def late_output_ms(data: Path, course: Path, seconds: float) -> float:
    """A lesson whose first cell is run when it was open for a while: from the key to its output."""
    data = Path(tempfile.mkdtemp(dir=data))
    with opened_lesson(data, course) as watcher:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            watcher.read(0.05)
        return watcher.ms_until(lambda: watcher.press("f5"), lambda text: FIRST_OUTPUT in text)


@contextmanager
def opened_lesson(data: Path, course: Path) -> Iterator[Watcher]:
    """A lesson of a course, as soon as its keys work."""
    with watch_lesson(data, course) as watcher:
        watcher.when(lambda text: "Ctrl+P palette" in text)
        yield watcher


def _usable(watcher: Watcher, mark: bytes, key: str, claim: Claim) -> float:
    """Milliseconds from the start to the visible effect of a key pressed at the first sight of `mark`."""
    watcher.await_bytes(mark)
    watcher.press(key)
    return (watcher.when(claim) - watcher.started_at) * 1000


def _marked(text: str) -> int:
    """The first row with the bar of the focus."""
    return next((row for row, line in enumerate(text.split("\n")) if line.startswith("▌")), -1)


def _memory(data: Path, course: Path) -> float:
    """MB of the app and all it started, a second after opening and paging through."""
    with opened_lesson(data, course) as watcher:
        for _ in range(10):
            watcher.press("pagedown")
            watcher.settle(0.1)
        watcher.settle(1.0)
        return tree_memory_mb(watcher.pid)


def run_in_folder(run: Callable[[Path], list[Figure]]) -> list[Figure]:
    """Measure in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environ(Path(folder))
        return run(Path(folder))
