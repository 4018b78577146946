"""The app of a hosted session as its host sees it: a process on a pseudo-terminal of its own."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import termios
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tui_tutor.tui.terminal.guardian import LINK, Heard, kill_groups, read_report

_MERCY_S: Final = 5.0  # from a signal to end until the app is killed
_MOST_WAITING: Final = 1 << 20  # bytes for the app to read


class AppMessages(Heard):
    """What the app tells its host: what it shows, what runs, and that it wants to be stopped."""

    def __init__(self, messages: int) -> None:
        super().__init__(messages)
        self.shows = ""
        self.runs: str | None = None  # None until the question is answered
        self.wants_stop = False

    def take(self, line: str) -> None:
        """Note one message."""
        word, _, rest = line.partition(" ")
        if word == "shows":
            self.shows = rest
        elif word == "runs":
            self.runs = rest
        elif word == "stop":
            self.wants_stop = True
        else:
            super().take(line)


@dataclass
class HostedApp:
    """The process, the host's end of its terminal, and the pipes between the two."""

    pid: int
    terminal: int
    messages: int
    orders: int
    report: int

    def __post_init__(self) -> None:
        self.heard = AppMessages(self.messages)
        for descriptor in (self.terminal, self.orders):
            os.set_blocking(descriptor, False)
        self.typed = bytearray()
        self.status: int | None = None  # the wait status, once it is dead
        self.is_stopped = False
        self.is_silent = False  # nothing more comes from its terminal
        self.kill_at: float | None = None

    # To the app

    def resize(self, width: int, height: int) -> None:
        """Give its terminal another size; it gets SIGWINCH if that is a change."""
        set_size(self.terminal, width, height)

    def order(self, text: str) -> None:
        """Send one line; a pipe that is full is that of an app that hangs."""
        with suppress(OSError):
            os.write(self.orders, text.encode() + b"\n")

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Ask it to end, and kill it if it does not."""
        self.kill_at = self.kill_at or time.monotonic() + _MERCY_S
        self.send_signal(number)
        self.go_on()

    def go_on(self) -> None:
        """Continue it if it was stopped."""
        if self.is_stopped:
            self.send_signal(signal.SIGCONT)

    def type(self, data: bytes) -> None:
        """Type for it; what an app that hangs will never read is dropped."""
        if len(self.typed) < _MOST_WAITING:
            self.typed += data

    def write_typed(self) -> None:
        """Pass on what was typed, as far as its terminal takes it."""
        try:
            del self.typed[: os.write(self.terminal, self.typed[:4096])]
        except BlockingIOError:
            return
        except OSError:
            self.typed.clear()

    # From the app

    def read(self) -> bytes:
        """What it has written by now, up to 64 KiB."""
        try:
            data = os.read(self.terminal, 65_536)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        self.is_silent = not data
        return data

    def reap(self) -> None:
        """Note whether it is stopped or dead."""
        while self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            except ChildProcessError:
                self.status = 1 << 8
                return
            if pid == 0:
                return
            if os.WIFSTOPPED(status) or os.WIFCONTINUED(status):
                self.is_stopped = os.WIFSTOPPED(status)
            else:
                self.status = status

    def bury(self) -> tuple[int, str]:
        """End what a killed app has left; its exit code, negative for a signal, and a crash's report."""
        code = os.waitstatus_to_exitcode(self.status or 0)
        if code < 0:
            kill_groups(self.heard.listen().groups)
        return code, read_report(self.report)


def fork_app(width: int, height: int) -> HostedApp | None:
    """Fork: the app, on a terminal of its own, gets None; its host gets the app. OSError if it cannot."""
    messages, app_end = os.pipe()
    orders, host_end = os.pipe()
    report = os.memfd_create("crash")
    errors = os.dup(2) if not os.isatty(2) else -1
    pid, terminal = os.forkpty()
    if pid:
        for descriptor in (app_end, orders, *([errors] if errors >= 0 else ())):
            os.close(descriptor)
        return HostedApp(pid, terminal, messages, host_end, report)
    set_size(0, width, height)
    if errors >= 0:  # a log that standard error was sent to
        os.dup2(errors, 2)
        os.close(errors)
    for descriptor in (messages, host_end, LINK.messages, LINK.guardian_alive, LINK.crash_report):
        if descriptor >= 0:
            os.close(descriptor)
    os.set_blocking(app_end, False)
    LINK.messages, LINK.guardian_alive, LINK.crash_report = app_end, orders, report
    LINK.is_hosted = True
    return None


def set_size(descriptor: int, width: int, height: int) -> None:
    """Tell a terminal its size."""
    with suppress(OSError, termios.error):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
