"""Knowing and ending all that a process has started. Standard library only, imported by path too.

Linux; elsewhere a process group is all that can be reached.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

ATTEMPTS = 10
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def prctl(option: int, value: int) -> None:
    """Linux's prctl(2); nothing elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """This process, a child of the one with this number, is killed when the thread that started it ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it could matter to us
        os._exit(1)


def adopt_orphans() -> None:
    """What a descendant leaves behind becomes a child of this process, whatever its session."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def signal_group(pid: int, signum: int) -> None:
    """Signal a child and its group."""
    for send_to in (os.killpg, os.kill):
        try:
            return send_to(pid, signum)
        except OSError:
            continue  # the child has not called setsid yet
    return None


def wake_at_ends() -> int:
    """A descriptor that can be read when a child has ended, or another signal was handled."""
    wake, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    return wake


def start(command: list[str], prepare: Callable[[int], None]) -> int:
    """Start a command that leads a session and dies with this process; its number.

    `prepare` is called with our number in the child, which leads its session by then.
    """
    guardian = os.getpid()
    pid = os.fork()
    if pid == 0:
        become(command, guardian, prepare)
    return pid


def become(command: list[str], guardian: int, prepare: Callable[[int], None]) -> None:
    """In the child: become the command. Never returns."""
    try:
        forget_signals()
        os.setsid()
        prepare(guardian)
        die_with_parent(guardian)
        os.execvp(command[0], command)  # noqa: S606 - the command is what the guard is for
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def forget_signals() -> None:
    """In a child that becomes a command: handle signals as programs do that nobody has prepared."""
    signal.set_wakeup_fd(-1)
    for name in ("SIGPIPE", "SIGXFSZ", "SIGINT", "SIGCHLD"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def guard(pid: int, control: socket.socket, wake: int) -> int:
    """Pass orders on to a command's group until the command has ended; its exit code.

    An order is one byte, the number of a signal. The end of the socket kills the command.
    """
    attempts = 0  # left, to interrupt who missed it
    while True:
        waiting: list[Any] = [control, wake]
        readable, _, _ = select.select(waiting, [], [], 0.05 if attempts else None)
        if not readable:
            attempts -= 1
            interrupt_again(pid)
        if wake in readable:
            os.read(wake, 4096)
            if (code := reap(pid)) is not None:
                return code
        if control in readable:
            order = b""
            with contextlib.suppress(OSError):
                order = control.recv(1)
            signal_group(pid, order[0] if order else signal.SIGKILL)
            attempts = ATTEMPTS if order == bytes([signal.SIGINT]) else attempts
            if not order:
                os.waitpid(pid, 0)
                return -signal.SIGKILL


def interrupt_again(group: int) -> None:
    """Interrupt those of a group who missed it.

    dash catches the signal, and a child that it has just forked swallows it before it becomes the program:
    whoever would die of an interrupt and lives has missed it. Programs that catch it end in their own way.
    """
    bit = 1 << (signal.SIGINT - 1)
    for pid in numbers():
        if group_of(pid) == group and not handled(pid) & bit:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGINT)


def group_of(pid: int) -> int:
    """The process group of a process, 0 when it has ended."""
    try:
        return os.getpgid(pid)
    except OSError:
        return 0


def handled(pid: int) -> int:
    """The signals that a process blocks, ignores or catches, as a bit mask."""
    mask = 0
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            for line in file:
                if line.startswith((b"SigBlk:", b"SigIgn:", b"SigCgt:")):
                    mask |= int(line.split()[1], 16)
    except OSError:
        return -1  # it has ended
    return mask


def numbers() -> list[int]:
    """Numbers of all processes, [] where there is no /proc."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


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


def kill_rest(pid: int) -> None:
    """Kill what a command that has ended left: its group, and whatever became a child of this process."""
    with contextlib.suppress(OSError):  # the group only: the number itself may be another's by now
        os.killpg(pid, signal.SIGKILL)
    kill_strays(set())


def kill_strays(spared: set[int]) -> None:
    """Kill all children but the spared, and all that those had started."""
    while strays := [pid for pid in children() if pid not in spared]:
        for pid in strays:  # their own children are ours afterwards: look again
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except OSError:
                pass


def children(*, living: bool = False) -> list[int]:
    """Numbers of this process's children.

    One whose first thread has ended looks dead while others of its threads still end, and only after them are
    its children ours: so the dead are left out only when that is asked for.
    """
    found = []
    for pid in numbers():
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and not (living and fields[0] == b"Z"):
            found.append(pid)
    return found
