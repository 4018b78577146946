"""macOS: the profile that `sandbox-exec` is given, as text. Written from its documentation; never run there.

Of two rules for one thing the later counts. All else is allowed: a profile that names everything a Python
needs differs from one macOS to the next, and one that forbids too much lets no cell run at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

PROGRAM: Final = "/usr/bin/sandbox-exec"
_FORBIDDEN: Final = (
    "(deny file-write*)",
    "(deny network*)",
    "(deny appleevent-send)",  # would have other programs do it
    "(deny lsopen)",  # likewise, by `open`
    "(deny signal)",
    "(allow signal (target same-sandbox))",
)
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/tty", "/dev/ptmx", "/dev/dtracehelper")
# Tried in a real start: what is hidden is, a socket can be had where it may be, and programs can be started.
PROBE: Final = """\
import os, socket, subprocess, sys
hidden, folder = sys.argv[1:]
try:
    os.listdir(hidden)
except PermissionError:
    socket.socket(socket.AF_UNIX).bind(os.path.join(folder, "s"))
    open(os.path.join(folder, "f"), "w").close()
    sys.exit(subprocess.call(["/usr/bin/true"]))
sys.exit(1)
"""


def profile(
    *, reading: Sequence[str], writing: Sequence[str], hidden: Sequence[str], network: bool = False
) -> str:
    """What is `hidden` is not read but for what lies in `reading` or `writing`; only the last is written.

    Without a network there are only sockets with a path in `writing`.
    """
    return "\n".join(_rules(reading, writing, hidden, network=network)) + "\n"


def _rules(
    reading: Sequence[str], writing: Sequence[str], hidden: Sequence[str], *, network: bool
) -> Iterator[str]:
    yield "(version 1)"
    yield "(allow default)"
    yield from _FORBIDDEN
    yield from (f"(deny file-read* {_below(path)})" for path in hidden)
    yield "(allow file-read-metadata)"  # the way to what may be read leads through what may not
    yield from (f"(allow file-read* {_below(path)})" for path in reading)
    for path in writing:
        place = _below(path)
        yield f"(allow file-read* file-write* {place})"
        yield f"(allow network-bind network-inbound (local unix-socket {place}))"
        yield f"(allow network-outbound (remote unix-socket {place}))"
    yield from (f"(allow file-write* (literal {_quoted(path)}))" for path in _DEVICES)
    yield '(allow file-write* (regex #"^/dev/ttys[0-9]+$"))'
    if network:
        yield "(allow network*)"


def _below(path: str) -> str:
    """A real path: there /tmp and /var are links, and rules are about what they lead to."""
    return f"(subpath {_quoted(os.path.realpath(path))})"


def _quoted(text: str) -> str:
    """As a string of the profile's language; ValueError for a path that could be taken for more than that."""
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        raise ValueError(f"a path with control characters cannot be named: {text!r}")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
