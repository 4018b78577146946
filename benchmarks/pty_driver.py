"""Drives a program on a real pseudo-terminal and sees what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

KEYS = {
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f6": b"\x1b[17~",
    "f7": b"\x1b[18~",
    "f8": b"\x1b[19~",
    "f9": b"\x1b[20~",
    "f10": b"\x1b[21~",
    "shift+f5": b"\x1b[15;2~",
    "ctrl+up": b"\x1b[1;5A",
    "ctrl+down": b"\x1b[1;5B",
    "ctrl+pageup": b"\x1b[5;5~",
    "ctrl+pagedown": b"\x1b[6;5~",
    "ctrl+enter": b"\x1b[13;5u",
    "shift+up": b"\x1b[1;2A",
    "shift+down": b"\x1b[1;2B",
    "shift+right": b"\x1b[1;2C",
    "shift+left": b"\x1b[1;2D",
    "delete": b"\x1b[3~",
    "space": b" ",
}
# pyte prints parts of these as text: private sequences but for modes, mode requests, CAN outside a sequence.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*(?:\$p|u)|\x18")
_UNFINISHED = re.compile(rb"\x1b(?:\[[<>=?0-9;$]*)?\Z")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_ON_AT_THE_START = {7, 25}


def key_bytes(key: str) -> bytes:
    """What a terminal sends for a key by its name ("f5", "ctrl+r", "alt+r", "x")."""
    if key in KEYS:
        return KEYS[key]
    name = key.removeprefix("ctrl+")
    if name != key and len(name) == 1:
        return bytes([ord(name.upper()) & 0x1F])
    if key.startswith("alt+"):
        return b"\x1b" + key_bytes(key.removeprefix("alt+"))
    if len(key) > 1:
        raise KeyError(key)
    return key.encode()


class _Screen(pyte.Screen):
    """pyte's screen, and the alternate screen it does not know."""

    _behind: tuple[dict[int, Any], int, int] | None = None

    def set_mode(self, *modes: int, **options: Any) -> None:
        super().set_mode(*modes, **options)
        if 1049 in modes and options.get("private") and self._behind is None:
            rows = {y: dict(row) for y, row in self.buffer.items()}
            self._behind = (rows, self.cursor.x, self.cursor.y)
            self.erase_in_display(2)

    def reset_mode(self, *modes: int, **options: Any) -> None:
        super().reset_mode(*modes, **options)
        if 1049 in modes and options.get("private") and self._behind is not None:
            rows, x, y = self._behind
            self._behind = None
            self.erase_in_display(2)
            for number, row in rows.items():
                self.buffer[number].update(row)
            self.cursor_position(y + 1, x + 1)


class PtyDriver:
    """A program on a pseudo-terminal that answers no queries; what it draws is in `screen`."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        width: int = 120,
        height: int = 36,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.screen = _Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self._left_over = b""
        self.sent = b""  # everything the program has written
        self.exit_status: int | None = None
        self.started_at = time.perf_counter()
        self.pid, self.terminal = _start(argv, width, height, environ, folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Seeing

    def read(self, timeout_s: float = 0.0) -> int:
        """Take what the program has written by now, or writes within the time; how many bytes."""
        if self.terminal < 0 or not select.select([self.terminal], [], [], timeout_s)[0]:
            return 0
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            return 0
        self.sent += data
        self._take(data)
        return len(data)

    def _take(self, data: bytes) -> None:
        self._show(data)

    def wait(self, is_true: Callable[[], bool], timeout_s: float = 20.0, what: str = "") -> float:
        """Read until the claim about the screen is true; how long it took, in seconds."""
        start = time.perf_counter()
        while not is_true():
            if time.perf_counter() - start > timeout_s:
                raise TimeoutError(f"waited {timeout_s} s for {what or is_true}; the screen:\n{self.text()}")
            if not self.read(0.02) and self.has_ended() and not self.read(0.02) and not is_true():
                raise EOFError(f"the program ended before {what or is_true}; the screen:\n{self.text()}")
        return time.perf_counter() - start

    def wait_for(self, text: str, timeout_s: float = 20.0) -> float:
        """Read until the text is on the screen; how long it took, in seconds."""
        return self.wait(lambda: text in self.text(), timeout_s, repr(text))

    def wait_until_gone(self, text: str, timeout_s: float = 20.0) -> float:
        """Read until the text has left the screen; how long it took, in seconds."""
        return self.wait(lambda: text not in self.text(), timeout_s, f"{text!r} to go")

    def settle(self, quiet_s: float = 0.3, limit_s: float = 10.0) -> int:
        """Read until nothing has come for a while; how many bytes came."""
        total, end = 0, time.perf_counter() + limit_s
        while time.perf_counter() < end:
            count = self.read(quiet_s)
            if count == 0:
                break
            total += count
        return total

    def text(self) -> str:
        """The screen, row by row."""
        return "\n".join(self.screen.display)

    def row_of(self, text: str) -> int:
        """The first row the text is on; ValueError when it is on none."""
        return next(y for y, row in enumerate(self.screen.display) if text in row)

    def cells(self) -> list[list[tuple[str, str, str, bool, bool, bool]]]:
        """Each cell: text, foreground, background, bold, underlined, reversed; blanks by how they look."""
        return [
            [_looks(self.screen.buffer[y][x]) for x in range(self.screen.columns)]
            for y in range(self.screen.lines)
        ]

    def modes_left_on(self) -> set[int]:
        """The private modes that differ from those of a fresh terminal."""
        state = dict.fromkeys(_ON_AT_THE_START, True)
        for numbers, switch in _MODE.findall(self.sent):
            state.update(dict.fromkeys(map(int, numbers.split(b";")), switch == b"h"))
        return {mode for mode, is_on in state.items() if is_on != (mode in _ON_AT_THE_START)}

    def echoes(self) -> bool:
        """Whether the terminal echoes what is typed, line by line, with signals on."""
        flags = termios.tcgetattr(self.terminal)[3]
        wanted = termios.ECHO | termios.ICANON | termios.ISIG
        return flags & wanted == wanted

    # Acting

    def press(self, *keys: str) -> None:
        """Send keys by name; give the program a moment after an escape, which begins sequences too."""
        for key in keys:
            self.write(key_bytes(key))
            if key == "escape":
                self.settle(0.15, 0.3)

    def type(self, text: str) -> None:
        """Send text as it is."""
        self.write(text.encode())

    def write(self, data: bytes) -> None:
        """Send bytes."""
        while data:
            data = data[os.write(self.terminal, data) :]

    def bytes_after(self, action: Callable[[], object], quiet_s: float = 0.3) -> int:
        """How many bytes an action makes the program write."""
        self.settle(quiet_s)
        action()
        return self.settle(quiet_s)

    def resize(self, width: int, height: int) -> None:
        """Change the window; the program gets SIGWINCH."""
        self.screen.resize(height, width)
        self.screen.set_margins()
        _set_size(self.terminal, width, height)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process that was started."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.terminal)
        self.terminal = -1

    # Ending

    def has_ended(self) -> bool:
        """Whether the program has ended; its status is then in `exit_status`."""
        if self.exit_status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_status = os.waitstatus_to_exitcode(status)
        return self.exit_status is not None

    def wait_for_end(self, timeout_s: float = 20.0) -> int:
        """Read until the program has ended; its exit code, negative for a signal."""
        end = time.perf_counter() + timeout_s
        while not self.has_ended():
            if time.perf_counter() > end:
                raise TimeoutError(f"still running after {timeout_s} s; the screen:\n{self.text()}")
            if not self.read(0.02):
                time.sleep(0.005)
        while self.read(0.02):
            pass
        assert self.exit_status is not None
        return self.exit_status

    def close(self) -> None:
        """End the program if it still runs, and the terminal."""
        if not self.has_ended():
            for kill in (os.killpg, os.kill):
                try:
                    kill(self.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            os.waitpid(self.pid, 0)
            self.exit_status = -signal.SIGKILL
        if self.terminal >= 0:
            self.hang_up()

    def _show(self, data: bytes) -> None:
        data = self._left_over + data
        # A sequence to leave out may be cut by the end of what was read.
        unfinished = _UNFINISHED.search(data)
        at = unfinished.start() if unfinished else len(data)
        self._left_over = data[at:]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[:at]))


def _looks(cell: pyte.screens.Char) -> tuple[str, str, str, bool, bool, bool]:
    if cell.data == " " and not (cell.underscore or cell.reverse):
        return (" ", "", cell.bg, False, False, False)
    return (cell.data, cell.fg, cell.bg, cell.bold, cell.underscore, cell.reverse)


def _start(
    argv: Sequence[str], width: int, height: int, environ: Mapping[str, str] | None, folder: Path | None
) -> tuple[int, int]:
    wanted = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})}
    for name in ("COLUMNS", "LINES", "NO_COLOR", "SSH_CONNECTION", "TUI_TUTOR_KEEP"):
        if name not in (environ or {}):
            wanted.pop(name, None)
    pid, terminal = pty.fork()
    if pid == 0:
        _set_size(0, width, height)
        if folder is not None:
            os.chdir(folder)
        os.execvpe(argv[0], list(argv), wanted)
    return pid, terminal


def _set_size(descriptor: int, width: int, height: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
