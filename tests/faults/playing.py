"""The whole program on a terminal, ended while it answers and runs: what is kept and left, how it looks."""

from __future__ import annotations

import random
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.pty_driver import PtyDriver
from tests.builders import a_code, a_course_folder, a_lesson, a_text_quiz
from tests.e2e.playing import Player

GONE_S = 2.0
_RUNS_ON = """
import subprocess, time
subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; setsid sleep 600 & sleep 600"])
print("begun")
time.sleep(600)
"""


@dataclass
class Played:
    """What many ends came to."""

    ends: int = 0
    shown: int = 0
    lost: int = 0
    orphans: int = 0
    restored: int = 0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        return (
            f"the app   {self.ends:>4} ends        {self.shown} answers shown, {self.lost} lost, "
            f"{self.orphans} processes left after {GONE_S:g} s, terminal restored {self.restored}/{self.ends}"
        )

    def faults(self) -> list[str]:
        """What should not be."""
        is_good = not (self.lost or self.orphans) and self.restored == self.ends
        return [] if is_good else self.problems or [self.line()]


def played(count: int, seed: int = 0) -> Played:
    """So many sessions, ended by SIGKILL of the app, SIGTERM, SIGHUP and a terminal that went away."""
    rng = random.Random(seed)
    result = Played()
    for number in range(count):
        with tempfile.TemporaryDirectory(prefix="faults-") as place:
            _play(Path(place), number, rng, result)
    return result


def _play(place: Path, number: int, rng: random.Random, result: Played) -> None:
    cells = (a_text_quiz(), a_code(_RUNS_ON))
    course = a_course_folder(place, lessons=(a_lesson(cells, title="First"),))
    player = Player(place / "data")
    shown = rng.randint(1, 3)
    # Not kept: what is looked for is what remains when the session ends.
    with player.on_a_terminal("learn", str(course), "--trust", "once", TUI_TUTOR_KEEP="0") as terminal:
        terminal.wait_for("What runs the code?")
        for tries in range(1, shown + 1):
            _answer(terminal, f"wrong {tries}", tries)
        if rng.random() < 0.7:
            terminal.press("ctrl+down", "f5")
            terminal.wait_for("begun")
        time.sleep(rng.random() * 0.05)
        started = psutil.Process(terminal.pid).children(recursive=True)
        _end(terminal, number)
        is_restored = number % 4 == 3 or (terminal.modes_left_on() == set() and terminal.echoes())
        _, alive = psutil.wait_procs(started, timeout=GONE_S)
    result.ends += 1
    result.shown += shown
    result.restored += is_restored
    result.orphans += len(alive)
    if alive or not is_restored:
        result.problems.append(f"end {number}: restored {is_restored}, left {[str(one) for one in alive]}")
    for process in alive:
        process.kill()
    kept = [attempt["answer"] for attempt in player.attempts()]
    result.lost += len([n for n in range(1, shown + 1) if [f"wrong {n}"] not in kept])


def _answer(terminal: PtyDriver, text: str, tries: int) -> None:
    terminal.press("enter")
    terminal.wait_for("Enter answer  Esc")
    terminal.type("\x15" + text + "\r")
    terminal.wait_for("not yet" if tries == 1 else f"{tries} tries")


def _end(terminal: PtyDriver, number: int) -> None:
    match number % 4:
        case 0:
            for process in psutil.Process(terminal.pid).children(recursive=True):
                if is_app(process):
                    process.kill()
        case 1:
            terminal.signal(signal.SIGTERM)
        case 2:
            terminal.signal(signal.SIGHUP)
        case _:
            terminal.hang_up()
    terminal.wait_for_end()


def is_app(process: psutil.Process) -> bool:
    """Whether a process is the program itself: no kernel, no shell."""
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return False  # it has ended already
    return "tui_tutor" in command and "kernels" not in command
