"""Keeps a session running when its terminal goes, and gives it to the next one.

The host leads a session of its own, without a terminal; the app is its child on a pseudo-terminal. Clients
come over a Unix socket: one shows the app, others ask what runs here. Nothing is buffered for a terminal that
is away or slow: the app is asked to draw everything, and what it wrote before that is dropped.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tui_tutor.tui.terminal import frames
from tui_tutor.tui.terminal.frames import Frames, frame, json_frame, mark, read_json
from tui_tutor.tui.terminal.hosted_app import HostedApp
from tui_tutor.tui.terminal.sessions import is_same_user, read_key

LONGEST_ALONE_S: Final = 604_800.0  # after that a session ends, whatever runs
_BACKLOG: Final = 1 << 18  # bytes for a client that does not read them
_ANSWER_S: Final = 1.5
_ASK_AGAIN_S: Final = 60.0
_FAREWELL_S: Final = 1.0
_MOST_PEERS: Final = 16
_ENDING: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGQUIT})


class Peer:
    """The other end of one connection."""

    def __init__(self, link: socket.socket) -> None:
        link.setblocking(False)
        self.link = link
        self.frames = Frames()
        self.outgoing = bytearray()
        self.is_behind = False  # it has missed something
        self.is_known = False  # it has shown the key

    def fileno(self) -> int:
        """For `select`."""
        return self.link.fileno()

    def send(self, data: bytes) -> None:
        """Queue a message."""
        self.outgoing += data

    def flush(self) -> bool:
        """Send what is queued as far as it is taken; False once the other end is gone."""
        try:
            while self.outgoing:
                del self.outgoing[: self.link.send(self.outgoing[:65_536])]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True

    def say_goodbye(self, last: bytes) -> None:
        """Send all and close; a client that does not read is not waited for long."""
        self.outgoing += last
        with suppress(OSError):
            self.link.settimeout(_FAREWELL_S)
            self.link.sendall(bytes(self.outgoing))
        self.link.close()


class Host:
    """The loop between the app, its client and those who ask."""

    def __init__(
        self, app: HostedApp, listener: socket.socket, path: Path, first: socket.socket, *, keep_s: float
    ) -> None:
        self._app = app
        self._listener = listener
        self._path = path
        self._key = read_key(path)
        self._keep_s = keep_s
        self._began = time.monotonic()
        self._client: Peer | None = Peer(first)
        self._client.is_known = True
        self._visitors: list[Peer] = []
        self._asking: list[Peer] = []  # those who wait to hear what runs
        self._answer_by: float | None = None
        self._alone_since: float | None = None
        self._next_look: float | None = None  # when to see whether a lonely session is to end
        self._marks = 0
        self._awaited = 0  # the mark before which nothing is shown
        self._unmarked = b""
        self._wake, wake_end = os.pipe()
        for end in (self._wake, wake_end):
            os.set_blocking(end, False)
        listener.setblocking(False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)

    def stay(self) -> None:
        """Live as long as the app."""
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, _do_nothing)
        self._app.reap()
        while self._app.status is None:
            self._turn()
        self._finish()

    def _turn(self) -> None:
        peers = [*self._visitors, *([self._client] if self._client else [])]
        reads: list[Any] = [self._listener, self._wake, self._app.messages, *peers]
        if not self._app.is_silent:
            reads.append(self._app.terminal)
        writes: list[Any] = [peer for peer in peers if peer.outgoing]
        if self._app.typed:
            writes.append(self._app.terminal)
        readable, _, _ = select.select(reads, writes, [], self._timeout())
        if self._app.terminal in readable:
            self._show(self._app.read())
        if self._app.messages in readable:
            self._listen()
        for peer in peers:
            if peer in readable:
                self._hear(peer)
        if self._app.typed:
            self._app.write_typed()
        if self._listener in readable:
            self._accept()
        for peer in peers:
            if peer.outgoing and not peer.flush():
                self._drop(peer)
        self._catch_up()
        if self._wake in readable:
            self._on_signals()
        self._on_time()

    # --- the app --------------------------------------------------------------------------------------

    def _show(self, data: bytes) -> None:
        data = self._after_mark(data) if self._awaited else data
        client = self._client
        if client is None or not data:
            return
        client.is_behind = client.is_behind or len(client.outgoing) > _BACKLOG
        if not client.is_behind:
            client.send(frame(frames.OUTPUT, data))

    def _after_mark(self, data: bytes) -> bytes:
        wanted = mark(self._awaited)
        before, found, after = (self._unmarked + data).partition(wanted)
        self._unmarked = b"" if found else before[-len(wanted) :]
        self._awaited = 0 if found else self._awaited
        return after

    def _redraw(self, how: str, more: str = "") -> None:
        """Have the app draw everything; what it sends before that is not shown."""
        self._marks += 1
        self._awaited, self._unmarked = self._marks, b""
        self._app.order(f"{how} {self._marks} {more}")

    def _catch_up(self) -> None:
        client = self._client
        if client is not None and client.is_behind and not client.outgoing:
            client.is_behind = False
            self._redraw("redraw")

    def _listen(self) -> None:
        heard = self._app.heard
        was_drawing = heard.is_drawing
        heard.listen()
        if heard.is_drawing != was_drawing:
            self._tell_drawing(heard.is_drawing)
        if heard.wants_stop:
            heard.wants_stop = False
            self._tell(frames.STOP)
        if heard.runs is not None and self._answer_by is not None:
            self._answered()

    def _tell_drawing(self, is_drawing: bool) -> None:
        # What was written before it was told comes first.
        self._drain()
        if not is_drawing:
            self._awaited = 0  # it draws no more: what it says now are its last words
        self._tell(frames.DRAWING if is_drawing else frames.LEFT)

    def _drain(self) -> None:
        while data := self._app.read():
            self._show(data)

    def _tell(self, kind: bytes) -> None:
        if self._client is not None:
            self._client.send(frame(kind))

    # --- clients and visitors -------------------------------------------------------------------------

    def _accept(self) -> None:
        try:
            link, _ = self._listener.accept()
        except OSError:
            return
        if is_same_user(link) and len(self._visitors) < _MOST_PEERS:
            self._visitors.append(Peer(link))
        else:
            link.close()

    def _hear(self, peer: Peer) -> None:
        try:
            data = peer.link.recv(65_536)
            if not data:
                raise ConnectionResetError
            for kind, payload in peer.frames.feed(data):
                self._obey(peer, kind, payload)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            self._drop(peer)

    def _obey(self, peer: Peer, kind: bytes, payload: bytes) -> None:
        if not peer.is_known:
            if (kind, payload) != (frames.KEY, self._key):
                raise PermissionError("not one of ours")
            peer.is_known = True
        elif kind == frames.LIST:
            self._asking.append(peer)
            self._ask()
        elif kind == frames.END:
            self._app.end()
        elif kind == frames.ATTACH:
            self._attach(peer, read_json(payload))
        elif peer is not self._client:
            return
        elif kind == frames.INPUT:
            self._app.type(payload)
        elif kind == frames.REDRAW:
            self._app.go_on()
            self._redraw("redraw")
        elif kind == frames.SIZE:
            self._app.resize(*size_of(read_json(payload)))
        elif kind == frames.SIGNAL and payload.isdigit() and int(payload) in _ENDING:
            self._app.end(int(payload))

    def _attach(self, peer: Peer, hello: dict[str, Any]) -> None:
        if self._client is not None and self._client is not peer:
            self._client.say_goodbye(frame(frames.TAKEN))
        if peer in self._visitors:
            self._visitors.remove(peer)
        self._client, self._alone_since, self._next_look = peer, None, None
        peer.is_behind = False
        self._app.go_on()
        self._app.resize(*size_of(hello))
        if self._app.heard.is_drawing:
            peer.send(frame(frames.DRAWING))
        self._redraw("terminal", json.dumps(kind_of(hello)))

    def _drop(self, peer: Peer) -> None:
        peer.link.close()
        if peer in self._asking:
            self._asking.remove(peer)
        if peer in self._visitors:
            self._visitors.remove(peer)
        elif peer is self._client:
            self._client, self._alone_since = None, time.monotonic()
            self._next_look = self._alone_since + self._keep_s

    # --- what runs, and how long a session waits ------------------------------------------------------

    def _ask(self) -> None:
        """Ask the app what runs; it may not have got so far, or hang."""
        if self._answer_by is None:
            self._answer_by = time.monotonic() + _ANSWER_S
            self._app.heard.runs = None
            self._app.order("ask")

    def _answered(self) -> None:
        self._answer_by = None
        for peer in self._asking:
            peer.send(json_frame(frames.DESCRIBED, self._description()))
        self._asking.clear()
        if self._alone_since is None or self._next_look is None or self._next_look > time.monotonic():
            return
        # An app that does not answer may be held up by what it runs.
        is_idle = self._app.heard.runs == ""
        if not is_idle and time.monotonic() - self._alone_since < LONGEST_ALONE_S:
            self._next_look = time.monotonic() + _ASK_AGAIN_S
        else:
            self._next_look = None
            self._app.end()

    def _description(self) -> dict[str, Any]:
        now, heard = time.monotonic(), self._app.heard
        alone = None if self._alone_since is None else now - self._alone_since
        return {
            "pid": os.getpid(), "shows": heard.shows, "runs": heard.runs or "",
            "age_s": now - self._began, "alone_s": alone,
        }  # fmt: skip

    def _timeout(self) -> float | None:
        ends = [at for at in (self._answer_by, self._app.kill_at, self._next_look) if at is not None]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._app.kill_at is not None and now >= self._app.kill_at:
            self._app.kill_at = None
            self._app.send_signal(signal.SIGKILL)
        if self._answer_by is not None and now >= self._answer_by:
            self._answered()
        if self._next_look is not None and now >= self._next_look:
            self._ask()

    def _on_signals(self) -> None:
        try:
            numbers = os.read(self._wake, 4096)
        except BlockingIOError:
            return
        if signal.SIGTERM in numbers:
            self._app.end()
        was_stopped = self._app.is_stopped
        self._app.reap()
        if self._app.is_stopped and not was_stopped:
            self._tell(frames.STOP)

    # --- the end --------------------------------------------------------------------------------------

    def _finish(self) -> None:
        self._path.unlink(missing_ok=True)
        code, report = self._app.bury()
        self._awaited = 0 if not self._app.heard.is_drawing else self._awaited
        self._drain()
        os.close(self._app.terminal)
        is_behind = self._client is not None and self._client.is_behind
        ended = {"code": code, "report": report, "is_drawing": self._app.heard.is_drawing or is_behind}
        if self._client is not None:
            self._client.say_goodbye(json_frame(frames.EXIT, ended))
        for peer in self._visitors:
            peer.link.close()


def size_of(said: dict[str, Any]) -> tuple[int, int]:
    """(columns, rows) as a client says them."""
    numbers = [said.get("columns"), said.get("rows")]
    width, height = (number if isinstance(number, int) and 0 < number < 10_000 else 0 for number in numbers)
    return width or 80, height or 24


def kind_of(said: dict[str, Any]) -> dict[str, Any]:
    """What the app is told of its new terminal: of what a client says, what is known and short."""
    environ = said.get("environ")
    told = environ if isinstance(environ, dict) else {}
    kept = {name: str(told[name])[:200] for name in frames.TERMINAL_VARIABLES if name in told}
    return {"environ": kept, "is_ascii": said.get("is_ascii") is True}


def _do_nothing(_number: int, _frame: object) -> None:
    return
