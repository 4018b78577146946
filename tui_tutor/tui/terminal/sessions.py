"""Where running sessions can be found: sockets in a folder that is ours alone.

The folder is `$XDG_RUNTIME_DIR/tui-tutor`, else `/tmp/tui-tutor-UID`; both are searched, for a later login
may have another environment. Sessions of one data folder are told from those of
another by their sockets' names. A file `key` beside the sockets holds what every connection begins with: code
of a course that reaches a socket, but is kept from reading the folder, is not listened to.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

from tui_tutor.tui.terminal.frames import DESCRIBED, END, KEY, LIST, Frames, frame, read_json
from tui_tutor.tui.terminal.session_folders import folders, is_ours_alone

_PATIENCE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session that runs; `alone_s` is None while a terminal shows it, `runs` "" while no cell runs."""

    path: Path
    pid: int
    shows: str
    runs: str
    age_s: float
    alone_s: float | None


def listen(data: Path, environ: Mapping[str, str] = os.environ) -> tuple[socket.socket, Path]:
    """A socket for a new session, and where it lies, a key beside it. OSError if there is no place for it."""
    for folder in folders(environ):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        if is_ours_alone(folder):
            _make_key(folder)
            _sweep(folder)
            return _listen_at(folder / f"{_prefix(data)}{os.getpid()}")
    raise PermissionError("no folder for a session's socket is yours alone")


def _make_key(folder: Path) -> None:
    """Have a key in the folder, the same for all who make one at once."""
    if (folder / "key").exists():
        return
    made = folder / f".key-{os.getpid()}"
    made.unlink(missing_ok=True)
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, os.urandom(16).hex().encode())
    finally:
        os.close(descriptor)
    with suppress(FileExistsError):
        (folder / "key").hardlink_to(made)
    made.unlink()


def _sweep(folder: Path) -> None:
    """Remove what sessions that were killed have left, whosever data they were of."""
    for path in folder.glob("[!.]*"):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.setblocking(False)  # a host that is busy is not waited for
            if path.is_socket() and link.connect_ex(str(path)) == errno.ECONNREFUSED:
                path.unlink()


def read_key(path: Path) -> bytes:
    """What connections to this socket begin with. OSError if it cannot be read."""
    return (path.parent / "key").read_bytes()


def _listen_at(path: Path) -> tuple[socket.socket, Path]:
    # Under its name only when it answers: a socket that does not is removed as that of a dead session.
    unnamed = path.with_name(f".{path.name}")
    unnamed.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(unnamed))
        unnamed.chmod(0o600)
        listener.listen(8)
        unnamed.rename(path)
    except OSError:
        listener.close()
        raise
    return listener, path


def _prefix(data: Path) -> str:
    return f"{crc32(os.fsencode(os.path.realpath(data))):08x}-"


def running_sessions(data: Path, environ: Mapping[str, str] = os.environ) -> list[SessionInfo]:
    """The sessions of this data folder, those left longest ago last; sockets of dead ones are removed."""
    found = [info for path in _sockets(data, environ) if (info := ask(path)) is not None]
    return sorted(found, key=lambda info: (info.alone_s is None, info.alone_s or 0.0, info.age_s))


def _sockets(data: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    for folder in folders(environ):
        if is_ours_alone(folder):
            yield from sorted(folder.glob(f"{_prefix(data)}*"))


def connect(path: Path) -> socket.socket | None:
    """A connection to a session's host; None, and the socket removed, if it is dead."""
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(_PATIENCE_S)
    try:
        link.connect(str(path))
        link.sendall(frame(KEY, read_key(path)))
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
    except OSError:
        pass
    else:
        if is_same_user(link):
            return link
    link.close()
    return None


def is_same_user(link: socket.socket) -> bool:
    """Whether the other side is a process of this user."""
    credentials = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())


def ask(path: Path) -> SessionInfo | None:
    """What a session is; None if it is dead or does not answer."""
    link = connect(path)
    if link is None:
        return None
    with link:
        try:
            link.sendall(frame(LIST))
            answer = _one(link, DESCRIBED)
        except (OSError, ValueError):
            return None
    return _info(path, read_json(answer)) if answer is not None else None


def _one(link: socket.socket, wanted: bytes) -> bytes | None:
    frames, end = Frames(), time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and (data := link.recv(65_536)):
        for kind, payload in frames.feed(data):
            if kind == wanted:
                return payload
    return None


def _info(path: Path, said: dict[str, object]) -> SessionInfo | None:
    pid, age, alone = said.get("pid"), said.get("age_s"), said.get("alone_s")
    if not isinstance(pid, int) or not isinstance(age, (int, float)):
        return None
    alone_s = float(alone) if isinstance(alone, (int, float)) else None
    return SessionInfo(path, pid, str(said.get("shows", "")), str(said.get("runs", "")), float(age), alone_s)


def end(path: Path, patience_s: float = 12.0) -> bool:
    """Have a session end and wait for it; whether it has."""
    link = connect(path)
    if link is None:
        return True
    with link:
        link.settimeout(patience_s)
        try:
            link.sendall(frame(END))
            while link.recv(65_536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
    return True
