"""Inside the kernel: how text and messages leave it, bounded, in order, every line accounted for.

Handed over by path, standard library and ipykernel only. The iopub socket refuses messages (XPUB_NODROP)
instead of losing them when the other side does not read; what waits then lies in an `Outbox`, which beyond
its limit keeps the first and the last half of the text and counts the lines between. Status, error and
display messages are never dropped; a flood of displays waits for the reader instead.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import threading
import time
from collections import deque
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread, OutStream

LIMIT = 4 << 20  # characters of text that wait to be sent
CHUNK = 1 << 16  # characters of one message
CARRY = 8192  # of one cut line, what is kept of its end
CROWD = 32  # entries from which on two streams are merged past each other
ENTRY_COST = 256  # what an entry costs beside its text
RAW_LIMIT = 16 << 20  # bytes of other messages that wait, before a display waits too
MERGE_S, QUIET_S, RETRY_S, FLUSH_S = 0.033, 0.002, 0.002, 0.05
SEND_LIMIT = 16  # messages in zmq's own queue
URGENT = (b"status", b"error", b"execute_input", b"shutdown")


class Text:
    """Text of one stream for one request. `dropped` lines before it were lost."""

    __slots__ = ("buffer", "dropped", "name", "parent", "size")

    def __init__(self, name: str, parent: Any, text: str = "", dropped: int = 0) -> None:
        self.name, self.parent, self.dropped = name, parent, dropped
        self.buffer = io.StringIO()
        self.buffer.write(text)
        self.size = len(text)


class Outbox:
    """A queue of texts and messages whose text is bounded: head and tail stay, lines between are counted."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.half = limit // 2
        self.lock = threading.RLock()
        self.head: deque[Any] = deque()
        self.tail: deque[Any] = deque()
        self.head_size = self.tail_size = self.raw_size = 0
        self.is_split = False  # the head is full: new entries go to the tail
        self.dropped: dict[str, int] = {}
        self.carry: dict[str, str] = {}
        self.cut: set[str] = set()  # streams whose last line in the head is whole

    def add_text(self, name: str, parent: Any, text: str) -> None:
        """Queue text, merged with what waits from the same stream."""
        with self.lock:
            if len(text) <= CHUNK:
                self._add_piece(name, parent, text)
                return
            for start in range(0, len(text), CHUNK):
                self._add_piece(name, parent, text[start : start + CHUNK])

    def _add_piece(self, name: str, parent: Any, text: str) -> None:
        queue = self.tail if self.is_split else self.head
        size = len(text)
        last = queue[-1] if queue else None
        if len(queue) > CROWD and type(last) is Text and last.name != name:
            last = queue[-2]  # in a flood of both streams in turn their order matters less than their number
        if type(last) is Text and last.size < CHUNK and last.parent is parent and last.name == name:
            last.buffer.write(text)
            last.size += size
        else:
            queue.append(Text(name, parent, text))
            size += ENTRY_COST
        if self.is_split:
            self.tail_size += size
            if self.tail_size > self.half:
                self._shrink()
        else:
            self.head_size += size
            self.is_split = self.head_size > self.half

    def add_message(self, frames: list[Any]) -> None:
        """Queue a message that must arrive."""
        with self.lock:
            (self.tail if self.is_split else self.head).append(frames)
            self.raw_size += sum(map(len, frames))

    def _shrink(self) -> None:
        while self.tail_size > self.half and len(self.tail) > 1:
            entry = self.tail.popleft()
            if type(entry) is Text:
                self.tail_size -= entry.size + ENTRY_COST
                self._drop(entry)
            else:  # all before it is in the head or dropped, so order is kept
                self.head.append(entry)

    def _drop(self, entry: Text) -> None:
        name, text = entry.name, self.carry.pop(entry.name, "") + entry.buffer.getvalue()
        if name not in self.cut:  # finish the line that the head began
            end = text.find("\n") + 1
            if not end:
                return
            start = text[:end] if end <= CARRY else "…" + text[end - CARRY : end]
            self.head.append(Text(name, entry.parent, start))
            self.head_size += len(start) + ENTRY_COST
            self.cut.add(name)
            text = text[end:]
        self.dropped[name] = self.dropped.get(name, 0) + text.count("\n")
        rest = text[text.rfind("\n") + 1 :]
        self.carry[name] = rest if len(rest) <= CARRY else "…" + rest[-CARRY:]

    def pop(self) -> Any:
        """The next entry: a Text, a list of frames, or None."""
        with self.lock:
            if not self.head:
                self._take_tail()
            if not self.head:
                return None
            entry = self.head.popleft()
            if type(entry) is Text:
                self.head_size -= entry.size + ENTRY_COST
            else:
                self.raw_size -= sum(map(len, entry))
            return entry

    def _take_tail(self) -> None:
        self.head, self.tail = self.tail, deque()
        self.head_size, self.tail_size = self.tail_size, 0
        self.is_split = self.head_size > self.half
        for name in {**self.dropped, **self.carry}:
            self._announce(name, self.dropped.get(name, 0), self.carry.get(name, ""))
        self.dropped, self.carry, self.cut = {}, {}, set()

    def _announce(self, name: str, lines: int, start: str) -> None:
        for entry in self.head:
            if type(entry) is Text and entry.name == name:
                text = start + entry.buffer.getvalue()
                entry.buffer = io.StringIO()
                entry.buffer.write(text)
                entry.size += len(start)
                entry.dropped = lines
                self.head_size += len(start)
                return
        self.head.appendleft(Text(name, {}, start, lines))
        self.head_size += len(start) + ENTRY_COST


class Publisher(IOPubThread):  # type: ignore[misc]
    """ipykernel's sending thread with an outbox before the socket."""

    def __init__(self, socket: Any, session: Any) -> None:
        try:
            super().__init__(socket, pipe=False, session=session)
        except TypeError:  # ipykernel before 7.2
            super().__init__(socket, pipe=False)
        self.tutor_session = session
        self.outbox = Outbox()
        self.refused: list[Any] | None = None
        self.is_scheduled = False
        self.sent_at = 0.0
        self.pid = os.getpid()

    def add_text(self, name: str, parent: Any, text: str) -> None:
        """Queue text; the first of a quiet stream leaves at once, the rest merged."""
        self.outbox.add_text(name, parent, text)
        if not self.is_scheduled:
            self.wake()

    def wake(self) -> None:
        """See to it that what waits is sent soon."""
        delay = max(QUIET_S, self.sent_at + MERGE_S - time.monotonic())
        self.is_scheduled = True
        self.schedule(lambda: self.io_loop.call_later(delay, self.drain))

    def hurry(self) -> None:
        """Send what waits at once, if nothing was sent of late."""
        if time.monotonic() - self.sent_at < MERGE_S or threading.current_thread() is self.thread:
            if not self.is_scheduled:
                self.wake()
            return
        self.settle()

    def settle(self) -> None:
        """Send what waits and wait until it has left, if the other side reads."""
        is_sent = threading.Event()
        self.schedule(self.drain)
        self.schedule(is_sent.set)
        is_sent.wait(FLUSH_S)

    def send_multipart(self, frames: list[Any], *_: Any, **__: Any) -> None:
        """Queue a message and send it with all that waits before it."""
        if os.getpid() != self.pid:
            return  # a forked child has no voice but its descriptors
        topic = bytes(frames[0]).rpartition(b".")[2] if frames else b""
        if topic not in URGENT and threading.current_thread() is not self.thread:
            while self.outbox.raw_size > RAW_LIMIT and self.thread.is_alive():
                time.sleep(0.005)
        self.outbox.add_message(frames)
        self.schedule(self.drain)

    def drain(self) -> None:
        """Send until nothing waits or the socket refuses. In the sending thread only."""
        self.is_scheduled = False
        self.sent_at = time.monotonic()
        if self.closed:
            return
        while (frames := self.refused or self._next()) is not None:
            try:
                self.socket.send_multipart(frames, zmq.DONTWAIT)
                self.refused = None
            except zmq.Again:
                self.refused = frames
                if not self.is_scheduled:
                    self.is_scheduled = True
                    self.io_loop.call_later(RETRY_S, self.drain)
                return

    def _next(self) -> list[Any] | None:
        entry = self.outbox.pop()
        if type(entry) is not Text:
            return entry  # type: ignore[no-any-return]
        content: dict[str, Any] = {"name": entry.name, "text": entry.buffer.getvalue()}
        if entry.dropped:
            content["dropped_lines"] = entry.dropped
        message = self.tutor_session.msg("stream", content, parent=entry.parent)
        return self.tutor_session.serialize(message, ident=b"stream." + entry.name.encode())  # type: ignore[no-any-return]


class Stream(OutStream):  # type: ignore[misc]
    """sys.stdout and sys.stderr of a kernel."""

    is_muted = False
    _child_text = ""

    def write(self, string: str) -> int:
        """Queue text; in a forked child write it to the descriptor, which the kernel reads."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if self.pub_thread is None:
            raise ValueError("I/O operation on closed file")
        if not string:
            return 0
        if os.getpid() != self._master_pid:
            self._write_from_child(string)
        elif not (self.is_muted and threading.current_thread() is threading.main_thread()):
            self.pub_thread.add_text(self.name, self.parent_header, string)
        return len(string)

    def _write_from_child(self, string: str) -> None:
        self._child_text += string
        if "\n" in string or len(self._child_text) > CHUNK:
            self._flush_child()

    def _flush_child(self) -> None:
        text, self._child_text = self._child_text, ""
        with contextlib.suppress(OSError):  # whole lines, so that parent and child do not cut each other's
            os.write(getattr(self, "_original_stdstream_fd", 1), text.encode(errors="replace"))

    def flush(self) -> None:
        """After a quiet time wait until the text has left, so that a crash cannot take it along.

        In a flood text leaves within 33 ms anyway; waiting each time would halve its speed.
        """
        thread = self.pub_thread
        if os.getpid() != self._master_pid:
            self._flush_child()
        elif thread is not None and thread.outbox.head:
            thread.hurry()

    _flush = flush

    def _schedule_flush(self) -> None:
        self.flush()

    def _watch_pipe_fd(self) -> None:
        """Queue what is written to the file descriptor itself, by C code and child processes."""
        decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        try:
            while self._should_watch and (data := os.read(self._fid, CHUNK)):
                if self._should_watch:
                    self.pub_thread.add_text(self.name, self.parent_header, decode(data))
        except OSError:
            pass
