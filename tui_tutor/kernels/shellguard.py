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
    guardian = os.getpid()
    pid = os.fork()
    if pid == 0:
        become(sys.argv[2:], guardian)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # the terminal ends when the command's last holder of it does
        os.dup2(null, descriptor)
    status = descendants.guard(pid, control, wake)
    left = len(descendants.children(living=True))
    descendants.kill_rest(pid)
    with contextlib.suppress(OSError):
        control.sendall(f"{status} {left}".encode())


def become(command: list[str], guardian: int) -> None:
    """In the child: lead a session, on its terminal if it has one, and become the command. Never returns."""
    try:
        descendants.forget_signals()
        os.setsid()
        if os.isatty(1):
            fcntl.ioctl(1, termios.TIOCSCTTY, 0)
        descendants.die_with_parent(guardian)
        os.execv(command[0], command)  # noqa: S606 - the command is what the guard is for
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


if __name__ == "__main__":
    main()
