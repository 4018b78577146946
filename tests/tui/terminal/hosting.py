"""A session that outlives its terminal, for tests."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from benchmarks.pty_driver import PtyDriver
from tests.tui.terminal.driving import DEMO, LAST_LINE, start
from tui_tutor.tui.terminal import sessions
from tui_tutor.tui.terminal.sessions import SessionInfo

ATTACH = """
import os, sys
from pathlib import Path
from tui_tutor.tui.terminal import hosting
from tui_tutor.tui.terminal.guardian import guard
guard()
hosting.attach(Path(sys.argv[1]), is_ascii=False)
"""


class HostedDemo:
    """The demo app, hosted; several terminals may show it one after the other."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.seen: set[psutil.Process] = set()

    def start(self, *arguments: str, width: int = 120, height: int = 36, **environ: str) -> PtyDriver:
        """Its first terminal, drawn."""
        driver = start(
            sys.executable, DEMO, "hosted", *arguments,
            width=width, height=height, HOST_DATA=str(self.data), **environ,
        )  # fmt: skip
        driver.wait_for(LAST_LINE)
        driver.settle()
        self.note_processes()
        return driver

    def attach(self, width: int = 120, height: int = 36, **environ: str) -> PtyDriver:
        """The next terminal, drawn."""
        driver = self.attach_early(width, height, **environ)
        driver.wait_for(LAST_LINE)
        driver.settle()
        return driver

    def attach_early(self, width: int = 120, height: int = 36, **environ: str) -> PtyDriver:
        """The next terminal, on which nothing may be seen yet."""
        path = str(self.info().path)
        return start(sys.executable, "-c", ATTACH, path, width=width, height=height, **environ)

    def info(self) -> SessionInfo:
        """The session."""
        (found,) = sessions.running_sessions(self.data)
        return found

    @property
    def host(self) -> psutil.Process:
        return psutil.Process(self.info().pid)

    @property
    def app(self) -> psutil.Process:
        (app,) = self.host.children()
        return app

    def note_processes(self) -> None:
        """Remember host and app, to see whether they end."""
        self.seen |= {self.host, self.app}

    def wait_until_gone(self) -> None:
        """Wait until host and app have ended and left no socket."""
        wait_for(lambda: not any(is_alive(process) for process in self.seen))
        assert sessions.running_sessions(self.data) == []

    def close(self) -> None:
        """End what is left."""
        for process in self.seen:
            if is_alive(process):
                process.kill()


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def wait_for(is_true: Callable[[], bool], timeout_s: float = 20.0) -> None:
    end = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
