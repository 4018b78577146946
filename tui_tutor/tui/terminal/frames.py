"""What a session's host and a terminal's client say to each other over a local socket."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any, Final

# From a client.
KEY: Final = b"k"  # first of all: that it can read the folder the socket lies in
ATTACH: Final = b"a"  # JSON: the terminal's size and kind; from now on this client is the one
SIZE: Final = b"w"  # JSON: the window's new size
REDRAW: Final = b"r"  # the terminal may show anything now
INPUT: Final = b"i"
SIGNAL: Final = b"s"  # its number, for the app
LIST: Final = b"l"  # what is this session?
END: Final = b"e"  # end the app
# From the host.
OUTPUT: Final = b"o"
DRAWING: Final = b"d"  # the app has switched modes on
LEFT: Final = b"f"  # it has switched them off
STOP: Final = b"z"  # give the shell its terminal until it says otherwise
TAKEN: Final = b"t"  # another terminal goes on with the session
EXIT: Final = b"x"  # JSON: how the app ended
DESCRIBED: Final = b"L"  # JSON: the answer to LIST

# What decides how a terminal is drawn on.
TERMINAL_VARIABLES: Final = (
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "KITTY_WINDOW_ID",
    "TMUX",
    "STY",
    "NO_COLOR",
    "TUI_TUTOR_PICTURES",
)
LONGEST: Final = 1 << 20
_HEAD: Final = struct.Struct("!cI")


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """One message as bytes."""
    return _HEAD.pack(kind, len(payload)) + payload


def json_frame(kind: bytes, payload: dict[str, Any]) -> bytes:
    """One message that carries an object."""
    return frame(kind, json.dumps(payload).encode())


def read_json(payload: bytes) -> dict[str, Any]:
    """The object a message carries; an empty one if it carries anything else."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def mark(number: int) -> bytes:
    """What the app sends before it draws everything anew; terminals ignore it, and the host takes it out."""
    return b"\x1b_tui-tutor %d\x1b\\" % number


class Frames:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The messages complete by now, as (kind, payload). ValueError for one that is too long."""
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._buffer)
            if length > LONGEST:
                raise ValueError("a message that is too long")
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield kind, payload
