"""Knowing and ending all that a process has started. Standard library only, imported by path too.

Linux; elsewhere a process group is all that can be reached.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def prctl(option: int, value: int) -> None:
    """Linux's prctl(2); nothing elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with_parent() -> None:
    """This process is killed when the thread that started it ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


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
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
    found = []
    for name in names:
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and not (living and fields[0] == b"Z"):
            found.append(int(name))
    return found
