"""Guards one shell command: starts it on the terminal it was given and ends all that the command leaves.

Run by path (`python -I -S shellguard.py CONTROL COMMAND...`), standard library only. CONTROL is the number of
a socket: `I` interrupts the command, `K` or the end of the socket kills it and everything below. At the end
the answer is `STATUS LEFT`: the exit code as Python counts them, and how many processes were left and ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import select
import signal
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
    wake, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    pid = os.fork()
    if pid == 0:
        become(sys.argv[2:])
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # the terminal ends when the command's last holder of it does
        os.dup2(null, descriptor)
    status = guard(pid, control, wake)
    left = len(descendants.children(living=True))
    with contextlib.suppress(OSError):  # the group only: the number itself may be another's by now
        os.killpg(pid, signal.SIGKILL)
    descendants.kill_strays(set())
    try:
        control.sendall(f"{status} {left}".encode())
    except OSError:
        pass


def become(command: list[str]) -> None:
    """In the child: lead a session on the terminal and become the command. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        for name in ("SIGPIPE", "SIGXFSZ", "SIGINT", "SIGCHLD"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(1, termios.TIOCSCTTY, 0)
        descendants.die_with_parent()
        os.execv(command[0], command)  # noqa: S606 - the command is what the guard is for
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def guard(pid: int, control: socket.socket, wake: int) -> int:
    """Pass orders on until the command has ended; its exit code."""
    while True:
        waiting: list[Any] = [control, wake]
        readable, _, _ = select.select(waiting, [], [])
        if wake in readable:
            os.read(wake, 4096)
            if (code := reap(pid)) is not None:
                return code
        if control in readable:
            order = control.recv(1)
            descendants.signal_group(pid, signal.SIGINT if order == b"I" else signal.SIGKILL)
            if not order:
                os.waitpid(pid, 0)
                return -signal.SIGKILL


def reap(command: int) -> int | None:
    """Bury what has ended, adopted orphans too; the command's exit code if it was among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == 0:
            return None
        if pid == command:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
