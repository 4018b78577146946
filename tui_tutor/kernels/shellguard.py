"""Guards one shell command: starts it on the terminal it was given and ends all that the command leaves.

Run by path (`python -I -S shellguard.py CONTROL COMMAND...`), standard library only. CONTROL is the number of
a socket on which each byte is a signal for the command's group; its end kills everything. At the end the
answer is `STATUS LEFT`: the exit code as Python counts them, and how many processes were left and ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import socket
import sys
import termios
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(HERE)
descendants: Any = importlib.import_module("descendants")
sys.path.remove(HERE)


def main() -> None:
    """Guard until the command and all it started have ended."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    descendants.adopt_orphans()
    wake = descendants.wake_at_ends()
    pid = descendants.start(sys.argv[2:], prepare)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # the terminal ends when the command's last holder of it does
        os.dup2(null, descriptor)
    status = descendants.guard(pid, control, wake)
    left = len(descendants.children(living=True))
    descendants.kill_rest(pid)
    with contextlib.suppress(OSError):
        control.sendall(f"{status} {left}".encode())


def prepare(_: int) -> None:
    """In the child: lead the session on its terminal, if it has one."""
    if os.isatty(1):
        fcntl.ioctl(1, termios.TIOCSCTTY, 0)


if __name__ == "__main__":
    main()
