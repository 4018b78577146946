"""One command on a pseudo-terminal, or on pipes where none can be had. Used on one event loop."""

from __future__ import annotations

import asyncio
import codecs
import errno
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GUARD: Final = Path(__file__).with_name("shellguard.py")
_CHUNK: Final = 1 << 16
_WAITING_LIMIT: Final = 1 << 18  # characters; the command waits for who shows them


class TerminalCommand:
    """A command under its guard. Text waits in `take`; `changed` is set when there is some, or an end."""

    def __init__(
        self, command: Sequence[str], *, cwd: str, env: Mapping[str, str], stdin: str, prefix: Sequence[str]
    ) -> None:
        self.changed = asyncio.Event()
        self.code: int | None = None
        self.left = 0
        self._texts: list[str] = []
        self._size = 0
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._loop = asyncio.get_running_loop()
        self._is_read = self._is_reading = False
        self._line = _open_line()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        self.name = self._line.name
        try:
            self._process = _start(
                command, cwd=cwd, env=env, stdin=stdin, prefix=prefix, line=self._line, control=theirs
            )
        except BaseException:
            self._line.close_ours()
            self._control.close()
            raise
        finally:
            self._line.close_theirs()
            theirs.close()
        self._loop.add_reader(self._control, self._hear_guard)
        self._resume()

    @property
    def is_over(self) -> bool:
        """Whether the command has ended and all it said was read."""
        return self.code is not None and self._is_read

    @property
    def session_pid(self) -> int:
        """The number of the guard."""
        return self._process.pid

    @property
    def hides_input(self) -> bool:
        """Whether it reads whole lines that nobody should see, as for a password."""
        try:
            flags = termios.tcgetattr(self._line.said)[3]
        except (termios.error, OSError):
            return False
        return bool(flags & termios.ICANON) and not flags & termios.ECHO

    def take(self) -> str:
        """What was said since the last time."""
        text = "".join(self._texts)
        self._texts, self._size = [], 0
        self.changed.clear()
        self._resume()
        return text

    def _resume(self) -> None:
        if not self._is_reading and not self._is_read:
            self._is_reading = True
            self._loop.add_reader(self._line.said, self._read)

    def _pause(self) -> None:
        if self._is_reading:
            self._is_reading = False
            self._loop.remove_reader(self._line.said)

    def _read(self) -> None:
        try:
            data = os.read(self._line.said, _CHUNK)
        except BlockingIOError:
            data = None
        except OSError as error:  # EIO: nobody holds the other side any more
            data = b"" if error.errno == errno.EIO else None
        if data == b"":
            self._is_read = True
            self._pause()
        elif data:
            text = self._decode(data)
            self._texts.append(text)
            self._size += len(text)
            if self._size > _WAITING_LIMIT:
                self._pause()
        self.changed.set()

    def _hear_guard(self) -> None:
        try:
            said = self._control.recv(100).split()
        except OSError:
            said = []
        self._loop.remove_reader(self._control)
        self.code, self.left = (int(said[0]), int(said[1])) if len(said) == 2 else (-9, 0)
        self.changed.set()

    def type(self, text: str) -> None:
        """Type at the command."""
        try:
            os.write(self._line.typed, text.encode(errors="replace"))
        except OSError:
            pass

    def resize(self, columns: int, rows: int) -> None:
        """Set the terminal's size."""
        try:
            fcntl.ioctl(self._line.said, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        except OSError:
            pass

    def order(self, signum: int) -> None:
        """Signal the command's group."""
        try:
            self._control.send(bytes([signum]))
        except OSError:
            pass

    async def close(self) -> None:
        """End it if it runs, and release everything."""
        self._pause()
        self._loop.remove_reader(self._control)
        self._control.close()  # for the guard this is the order to kill everything
        self._line.close_ours()
        await asyncio.to_thread(self._process.wait)


@dataclass(frozen=True)
class _Line:
    """What lies between us and a command: where we hear it and type, and its own two ends."""

    said: int
    typed: int
    source: int
    sink: int
    name: str  # of what it reads, as /proc shows it

    def close_ours(self) -> None:
        """Close what we hold."""
        for descriptor in {self.said, self.typed}:
            os.close(descriptor)

    def close_theirs(self) -> None:
        """Close what the command inherited."""
        for descriptor in {self.source, self.sink}:
            os.close(descriptor)


def _open_line() -> _Line:
    try:
        line = _terminal()
    except OSError:  # confined by Landlock alone a tutor has no terminals to give
        line = _pipes()
    os.set_blocking(line.said, False)
    return line


def _terminal() -> _Line:
    master, slave = os.openpty()
    try:
        _plain_line_ends(slave)
        return _Line(master, master, slave, slave, os.ttyname(slave))
    except BaseException:
        os.close(master)
        os.close(slave)
        raise


def _pipes() -> _Line:
    said, sink = os.pipe()
    source, typed = os.pipe()
    os.set_blocking(typed, False)
    return _Line(said, typed, source, sink, f"pipe:[{os.fstat(source).st_ino}]")


def _plain_line_ends(slave: int) -> None:
    settings = termios.tcgetattr(slave)
    settings[1] &= ~termios.ONLCR
    termios.tcsetattr(slave, termios.TCSANOW, settings)


def _start(
    command: Sequence[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    stdin: str,
    prefix: Sequence[str],
    line: _Line,
    control: socket.socket,
) -> subprocess.Popen[bytes]:
    with tempfile.TemporaryFile() as source:
        source.write(stdin.encode(errors="replace"))
        source.seek(0)
        return subprocess.Popen(
            [*prefix, sys.executable, "-I", "-S", str(GUARD), str(control.fileno()), *command],
            stdin=source if stdin else line.source,
            stdout=line.sink,
            stderr=line.sink,
            cwd=cwd,
            env=dict(env),
            pass_fds=[control.fileno()],
            start_new_session=True,
        )
