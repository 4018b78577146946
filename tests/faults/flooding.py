"""A cell that prints without end, in the whole program on a terminal: keys, memory, interrupt, end."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.watching import Watcher, percentile
from tests.builders import a_code, a_course_folder, a_lesson, a_shell
from tests.e2e.playing import COMMAND, Player
from tests.faults.playing import is_app
from tui_tutor.core.course import Cell

MB = 10**6
KEY_EVERY_S = 0.15
LONGEST_S = 300.0
MEMORY_MB = 64.0
IDLE, FOCUS = "kernel idle", "▌In  [ ]   print(1)"


@dataclass
class Flood:
    """What one flood cost."""

    name: str
    mb: int
    seconds: float = 0.0
    keys_ms: list[float] = field(default_factory=list)
    unanswered: int = 0
    added_mb: float = 0.0
    interrupt_ms: float = 0.0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        keys = f"{percentile(self.keys_ms, 0.95):.0f} ms" if self.keys_ms else "not measured"
        return (
            f"flood     {self.name:<20} {self.mb:>5,} MB in {self.seconds:.1f} s  keys p95 {keys} "
            f"({len(self.keys_ms)} pressed, {self.unanswered} unanswered), "
            f"app {self.added_mb:+.0f} MB, interrupt {self.interrupt_ms:.0f} ms"
        )

    def faults(self) -> list[str]:
        """What should not be; times are printed and judged by people."""
        heavy = [f"{self.name}: {self.added_mb:.0f} MB more"] if self.added_mb > MEMORY_MB else []
        deaf = [f"{self.name}: {self.unanswered} keys unanswered"] if self.unanswered else []
        return [*self.problems, *heavy, *deaf]


# Lines of 100 bytes; pieces of 1,000 without an end; a program that knows nothing of us.
_LINES = "line = 'x' * 99\n{loop}: print(line)"
_NO_END = "piece = 'y' * 1000\n{loop}: print(piece, end='')"


def flooded(mb: int) -> list[Flood]:
    """So many MB printed by each of three programs, then each of them without end, and stopped."""
    endless = "while True"
    floods = {
        "lines": [
            a_code(_LINES.format(loop=loop), id=id, timeout_s=LONGEST_S)
            for id, loop in (("code-2", f"for _ in range({mb * MB // 100})"), ("code-3", endless))
        ],
        "one line without end": [
            a_code(_NO_END.format(loop=loop), id=id, timeout_s=LONGEST_S)
            for id, loop in (("code-2", f"for _ in range({mb * MB // 1000})"), ("code-3", endless))
        ],
        "a shell's yes": [
            a_shell(run, id=id, timeout_s=LONGEST_S)
            for id, run in (("sh-1", f"yes | head -c {mb * MB}"), ("sh-2", "yes"))
        ],
    }
    return [_flooded(Flood(name, mb), *cells) for name, cells in floods.items()]


def _flooded(flood: Flood, finite: Cell, endless: Cell) -> Flood:
    with tempfile.TemporaryDirectory(prefix="faults-") as place, _lesson(Path(place), finite, endless) as app:
        app.settle(1.5, 5)
        app.look()
        before = _app_mb(app.pid)
        weigher = _Weigher(app.pid)
        try:
            pressed = _press_until_idle(app)
            flood.seconds = _judge(app, pressed, flood)
            app.press("home", *["ctrl+up"] * 4, "ctrl+down", "ctrl+down")
            app.settle(0.5, 3)
            app.press("f5")
            app.when(lambda text: "busy" in text)
            app.settle(0.1, 1.0)
            flood.interrupt_ms = app.ms_until(lambda: app.press("f9"), lambda text: IDLE in text)
        except (TimeoutError, EOFError) as problem:
            flood.problems.append(f"{flood.name}: {str(problem).splitlines()[0]}")
        flood.added_mb = weigher.stop() - before
    return flood


@contextlib.contextmanager
def _lesson(place: Path, finite: Cell, endless: Cell) -> Iterator[Watcher]:
    lesson = a_lesson((finite, a_code("print(1)"), endless), title="First")
    course = a_course_folder(place, lessons=(lesson,))
    environ = Player(place / "data").environ | {"TUI_TUTOR_KEEP": "0"}
    with Watcher([*COMMAND, "learn", str(course), "--trust", "once"], environ) as app:
        app.when(lambda text: "Ctrl+P palette" in text)
        yield app


def _press_until_idle(app: Watcher) -> list[float]:
    """Run the cell; go to the one below and back until it ends. When each key was pressed."""
    app.press("f5")
    pressed, sent = [time.perf_counter()], len(app.sent)
    next_at = pressed[0] + 0.3
    while not app.has_said("idle", since=max(sent, len(app.sent) - 200_000)):
        app.read(0.005)
        now = time.perf_counter()
        if now > pressed[0] + LONGEST_S:
            raise TimeoutError("the flood does not end")
        if now >= next_at:
            app.press("ctrl+up" if len(pressed) % 2 == 0 else "ctrl+down")
            pressed.append(time.perf_counter())
            next_at = max(next_at + KEY_EVERY_S, now)
    app.settle(0.5, 3)
    return pressed


def _judge(app: Watcher, pressed: list[float], flood: Flood) -> float:
    """How long the run took; how long each key waited for its effect goes to the flood."""
    places, end, has_run = list[tuple[float, bool]](), 0.0, False
    for at in app.moments():
        text = app.text()
        places.append((at, FOCUS in text))
        has_run = has_run or "busy" in text
        if has_run and not end and IDLE in text:
            end = at
    for number, at_key in enumerate(pressed[1:]):
        if at_key < end - 0.05:  # later ones are answered in peace
            wanted = number % 2 == 0
            seen = next((at for at, is_below in places if at >= at_key and is_below == wanted), None)
            flood.keys_ms.append((seen - at_key) * 1000 if seen else LONGEST_S * 1000)
            flood.unanswered += seen is None
    return end - pressed[0]


def _app_mb(pid: int) -> float:
    """What the program itself has in memory, its kernels and shells left out."""
    tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    total = 0
    for process in tree:
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss if is_app(process) else 0
    return total / 2**20


class _Weigher:
    """Weighs the app ten times a second, in a thread."""

    def __init__(self, pid: int) -> None:
        self._pid, self._highest, self._stopped = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(0.1):
            with contextlib.suppress(psutil.Error):
                self._highest = max(self._highest, _app_mb(self._pid))

    def stop(self) -> float:
        """The most it weighed, in MB."""
        self._stopped.set()
        self._thread.join()
        return self._highest


if __name__ == "__main__":
    for made in flooded(50 if "--short" in sys.argv else 1_000):
        print(made.line(), *made.faults(), sep="\n", flush=True)
