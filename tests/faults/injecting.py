"""Programs that end at a chosen step: `python -m tests.faults.injecting` forks one for each job it reads.

A step is an SQL statement that begins, or a file that is opened, made, renamed or removed. A job is a line of
JSON: {"scenario", "folder", "step": end at it (0: at none), "signal", "after_s": end after so long instead}.
The answer is a line too: {"acknowledged": lines the program wrote, "steps": it took, "status"}.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_FILE_STEPS = frozenset(
    ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "os.chmod")
)
# In memory where there is room: what a program that was ended had written is there as well, and sooner.
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """Counts the steps of this process, and ends it at one of them."""

    def __init__(self, last: int, number: int) -> None:
        self.count = 0
        self._last = last
        self._signal = number

    def begin(self) -> None:
        sys.addaudithook(self._heard)
        connect = sqlite3.connect

        def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.set_trace_callback(lambda _: self._take())
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FILE_STEPS or (event == "open" and (arguments[2] or 0) & _WRITING):
            self._take()

    def _take(self) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), self._signal)
            signal.pause()


class Injector:
    """Starts the process that forks; with a small disk of its own where the system allows it."""

    def __init__(self) -> None:
        program = [sys.executable, "-m", "tests.faults.injecting"]
        apart = ["unshare", "--user", "--map-root-user", "--mount"]
        self.has_disks = _works([*apart, "true"])
        self._process = subprocess.Popen(
            [*apart, *program] if self.has_disks else program,
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, scenario: str, folder: Path, **job: Any) -> dict[str, Any]:
        """One program from its beginning to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"scenario": scenario, "folder": str(folder), **job}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


def _works(command: list[str]) -> bool:
    with suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False


def main() -> None:
    """Read jobs, fork, answer."""
    from tests.faults.scenarios import SCENARIOS

    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(_forked(SCENARIOS[job["scenario"]], job)), flush=True)


def _forked(play: Callable[[dict[str, Any], Callable[[str], None]], None], job: dict[str, Any]) -> Any:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(play, job, writing)
    os.close(writing)
    said = _read_all(reading, child, job)
    _, status = os.waitpid(child, 0)
    lines = said.decode().split("\n")[:-1]
    steps = [int(line[1:]) for line in lines if line.startswith("#")]
    acknowledged = [line for line in lines if not line.startswith("#")]
    return {"acknowledged": acknowledged, "steps": max(steps, default=0), "status": status}


def _child(play: Callable[..., None], job: dict[str, Any], writing: int) -> None:
    """Never returns."""
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        steps = Steps(job.get("step", 0), job.get("signal", signal.SIGKILL))
        for one in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_DFL)
        steps.begin()
        play(job, lambda line: os.write(writing, f"{line}\n".encode()) and None)
        os.write(writing, f"#{steps.count}\n".encode())
        status = 0
    except BaseException:  # noqa: BLE001 - the process that forked must not go on here
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _read_all(reading: int, child: int, job: dict[str, Any]) -> bytes:
    said = b""
    deadline = time.monotonic() + job["after_s"] if "after_s" in job else float("inf")
    while True:
        left = max(0.0, deadline - time.monotonic())
        if not select.select([reading], [], [], None if left == float("inf") else left)[0]:
            os.kill(child, job.get("signal", signal.SIGKILL))
            deadline = float("inf")
            continue
        if not (part := os.read(reading, 1 << 16)):
            os.close(reading)
            return said
        said += part


if __name__ == "__main__":
    main()
