"""Shows a hosted session on this terminal, and leaves the terminal as it was found.

It imports next to nothing. If it is killed its own guardian puts the terminal right, as it does for an app
that is not hosted; the session goes on without a terminal.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import termios
import tty
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from tui_tutor.tui.terminal import frames, modes
from tui_tutor.tui.terminal.fewer_colours import FewerColours, colour_depth
from tui_tutor.tui.terminal.frames import Frames, frame, json_frame, read_json
from tui_tutor.tui.terminal.guardian import LINK, explain

_SENT_ON: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
_WATCHED: Final = (*_SENT_ON, signal.SIGHUP, signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)
_MOST_WAITING: Final = 1 << 16  # bytes for the terminal; the host is not read while there are more
_HOST_IS_GONE: Final = "The process that kept this session was killed, and the session with it."
_GOES_ON_ELSEWHERE: Final = "This session goes on in another terminal."
_GOES_ON: Final = "This session goes on; `tui-tutor attach` goes back to it."
_KEPT: Final = "What was answered and run is kept; start it again to go on."


class Client:
    """Passes keys to the host and drawings to the terminal until one of them ends."""

    def __init__(self, link: socket.socket, *, is_first: bool, is_ascii: bool = False) -> None:
        """`is_first`: the app was started for this terminal and knows it."""
        self._link = link
        self._frames = Frames()
        self._is_first = is_first
        self._is_ascii = is_ascii
        self._colours = None if is_first else FewerColours(colour_depth(os.environ))
        self._before = modes.terminal_attributes(0)
        self._is_drawing = False
        self._terminal = _open_terminal()
        self._to_host = bytearray()
        self._to_show = bytearray()
        self._code: int | None = None
        self._has_stopped = False  # and knows that it has been continued
        self._wake, wake_end = os.pipe()
        for end in (self._wake, wake_end):
            os.set_blocking(end, False)
        link.setblocking(False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        for number in _WATCHED:
            signal.signal(number, _do_nothing)

    def stay(self) -> int:
        """Live as long as the session is shown here; the exit code."""
        try:
            self._make_raw()
            if not self._is_first:
                self._to_host += json_frame(frames.ATTACH, self._hello())
            while self._code is None:
                self._turn()
        except termios.error:
            self._detach()
        return self._code if self._code is not None else 1

    def _turn(self) -> None:
        reads: list[Any] = [0, self._wake]
        if len(self._to_show) < _MOST_WAITING:
            reads.append(self._link)
        if LINK.guardian_alive >= 0:
            reads.append(LINK.guardian_alive)
        writes: list[Any] = [self._link] if self._to_host else []
        if self._to_show:
            writes.append(self._terminal)
        readable, writable, _ = select.select(reads, writes, [])
        if LINK.guardian_alive in readable:
            self._detach()  # the shell has its terminal back
        elif self._wake in readable:
            self._on_signals()
        elif 0 in readable:
            self._on_keys()
        if self._link in writable and self._code is None:
            self._send()
        if self._link in readable and self._code is None:
            self._receive()
        if self._to_show and self._code is None:
            self._show()

    # --- between the two ------------------------------------------------------------------------------

    def _on_keys(self) -> None:
        try:
            data = os.read(0, 65_536)
        except InterruptedError:
            return
        except OSError:
            data = b""
        if data:
            self._to_host += frame(frames.INPUT, data)
        else:
            self._detach()

    def _send(self) -> None:
        try:
            del self._to_host[: self._link.send(self._to_host)]
        except BlockingIOError:
            return
        except OSError:
            self._to_host.clear()  # what the host still has to say is read all the same

    def _receive(self) -> None:
        try:
            data = self._link.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(1, f"{_HOST_IS_GONE} {_KEPT}")
            return
        for kind, payload in self._frames.feed(data):
            self._obey(kind, payload)

    def _obey(self, kind: bytes, payload: bytes) -> None:
        if kind == frames.OUTPUT:
            self._to_show += self._colours.feed(payload) if self._colours else payload
        elif kind in (frames.DRAWING, frames.LEFT):
            self._is_drawing = kind == frames.DRAWING
            LINK.tell("drawing" if self._is_drawing else "left")
        elif kind == frames.STOP:
            self._stop()
        elif kind == frames.TAKEN:
            self._end(0, _GOES_ON_ELSEWHERE)
        elif kind == frames.EXIT:
            self._on_exit(read_json(payload))

    def _show(self) -> None:
        try:
            del self._to_show[: os.write(self._terminal, self._to_show[:16_384])]
        except BlockingIOError:
            return
        except OSError:
            self._detach()

    # --- signals --------------------------------------------------------------------------------------

    def _on_signals(self) -> None:
        try:
            numbers = os.read(self._wake, 4096)
        except BlockingIOError:
            return
        if signal.SIGHUP in numbers:
            self._detach()
            return
        for number in _SENT_ON:
            if number in numbers:
                self._to_host += frame(frames.SIGNAL, str(int(number)).encode())
        if signal.SIGWINCH in numbers or signal.SIGCONT in numbers:
            self._to_host += json_frame(frames.SIZE, _size())
        if signal.SIGCONT in numbers:
            self._go_on()
        if signal.SIGTSTP in numbers:
            self._stop()

    def _go_on(self) -> None:
        """After a stop nobody announced: the guardian may have given the terminal back meanwhile."""
        if self._has_stopped:
            self._has_stopped = False
        elif modes.is_in_foreground(0):
            self._make_raw()
            self._to_host += frame(frames.REDRAW)

    def _stop(self) -> None:
        """Give the shell its terminal until it continues us in the foreground; the session goes on."""
        self._show_rest()
        self._restore()
        os.kill(os.getpid(), signal.SIGSTOP)
        while not modes.is_in_foreground(0):
            os.kill(os.getpid(), signal.SIGSTOP)
        self._has_stopped = True
        self._make_raw()
        self._to_host += json_frame(frames.ATTACH, self._hello())

    # --- the terminal ---------------------------------------------------------------------------------

    def _make_raw(self) -> None:
        tty.setraw(0, termios.TCSANOW)

    def _hello(self) -> dict[str, Any]:
        return {**_size(), "environ": terminal_environ(os.environ), "is_ascii": self._is_ascii}

    def _show_rest(self) -> None:
        modes.send(self._terminal, bytes(self._to_show))
        self._to_show.clear()

    def _restore(self) -> None:
        if modes.terminal_attributes(0) is not None and modes.is_in_foreground(0):
            if self._is_drawing:
                modes.send(self._terminal, modes.UNDO)
            modes.restore_attributes(0, self._before)
        self._is_drawing = False
        LINK.tell("left")

    # --- ends -----------------------------------------------------------------------------------------

    def _detach(self) -> None:
        """The terminal goes and the session stays."""
        self._end(128 + signal.SIGHUP, _GOES_ON)

    def _on_exit(self, ended: dict[str, Any]) -> None:
        self._is_drawing = self._is_drawing or ended.get("is_drawing") is True
        code = ended.get("code")
        code = code if isinstance(code, int) else 1
        self._end(code if code >= 0 else 128 - code, "")
        if code < 0:
            with suppress(ValueError):
                explain(signal.Signals(-code), str(ended.get("report", "")))

    def _end(self, code: int, sentence: str) -> None:
        self._code = code
        self._link.close()
        self._show_rest()
        self._restore()
        if sentence and modes.terminal_attributes(0) is not None:
            modes.send(2, f"\r\n{sentence}\r\n".encode())


def terminal_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """What this environment says about its terminal."""
    return {name: environ[name] for name in frames.TERMINAL_VARIABLES if name in environ}


def _size() -> dict[str, int]:
    with suppress(OSError):
        columns, rows = os.get_terminal_size(0)
        return {"columns": columns, "rows": rows}
    return {"columns": 80, "rows": 24}


def _open_terminal() -> int:
    """The terminal, opened anew so that writing need not wait; where it cannot be, standard output."""
    with suppress(OSError):
        return os.open("/dev/tty", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return sys.__stdout__.fileno() if sys.__stdout__ else 1


def _do_nothing(_number: int, _frame: object) -> None:
    return
