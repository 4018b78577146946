"""The installed command as a person or a script uses it, with learner data of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.pty_driver import PtyDriver

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "tui_tutor")


@dataclass(frozen=True)
class Player:
    """Runs the command; all that the learner leaves behind lies in `data`."""

    data: Path

    @property
    def environ(self) -> dict[str, str]:
        # Whoever runs the tests over SSH wants no session of theirs kept.
        kept = {name: value for name, value in os.environ.items() if name != "SSH_CONNECTION"}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "TUI_TUTOR_DATA": str(self.data),
            "PYTHONIOENCODING": "utf-8",
        }

    def run(
        self, *arguments: str, lines: Sequence[str] = (), **changes: str
    ) -> subprocess.CompletedProcess[str]:
        """The command fed with these lines, then the end of input."""
        return subprocess.run(
            [*COMMAND, *arguments],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=self.data.parent,
            env={**self.environ, **changes},
            timeout=110,
        )

    def learn(self, course: str | Path, *lines: str, lesson: str = "", trust: bool = True) -> str:
        """What plain mode says when it is told these lines; it must end well and send no escape byte."""
        arguments = ["learn", str(course), *([lesson] if lesson else []), "--plain"]
        done = self.run(*arguments, *(["--trust", "once"] if trust else []), lines=lines)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        assert "\x1b" not in done.stdout
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command with pipes, running."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=self.data.parent,
            env=self.environ,
        )

    @contextmanager
    def on_a_terminal(
        self, *arguments: str, width: int = 80, height: int = 24, **changes: str
    ) -> Iterator[PtyDriver]:
        """The command on a pseudo-terminal."""
        environ: Mapping[str, str] = {**self.environ, **changes}
        with PtyDriver(
            [*COMMAND, *arguments], width=width, height=height, environ=environ, folder=self.data.parent
        ) as driver:
            yield driver

    def attempts(self) -> list[dict[str, Any]]:
        """Every answer that the log holds, read back by the command itself."""
        report = json.loads(self.run("results", "--json").stdout)
        return [attempt for course in report["courses"] for attempt in course["attempts"]]

    def processes(self) -> list[psutil.Process]:
        """What still runs of all that was started with this data folder."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def starts_a_kernel(self) -> bool:
        """Whether a process for kernels has been started."""
        try:
            return any("kernels" in part for process in self.processes() for part in process.cmdline())
        except psutil.Error:
            return False

    def _is_ours(self, process: psutil.Process) -> bool:
        folder = str(self.data)
        try:
            return process.environ().get("TUI_TUTOR_DATA") == folder or process.cwd().startswith(folder)
        except psutil.Error:
            return False


def said_until(process: subprocess.Popen[str], text: str) -> str:
    """What a started command says up to and with a text."""
    assert process.stdout is not None
    said = ""
    while not said.endswith(text):
        char = process.stdout.read(1)
        assert char, f"it ended before {text!r}, after:\n{said}"
        said += char
    return said


def tell(process: subprocess.Popen[str], *lines: str) -> None:
    """Write lines to a started command."""
    assert process.stdin is not None
    for line in lines:
        process.stdin.write(line + "\n")
    process.stdin.flush()


def words_of(process: psutil.Process) -> list[str]:
    """A process's command line, [] once it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
