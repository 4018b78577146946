"""Whether a command waits for a line at its terminal. Linux; elsewhere the answer is always no."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

# read(2) on x86-64 and on 64-bit ARM. Source: Linux, Documentation/filesystems/proc.rst, /proc/PID/syscall.
_READ: Final = frozenset({"0", "63"})


def waits_for_input(guard: int, terminal: str) -> bool:
    """Whether a descendant of the guard blocks in reading the terminal with this name."""
    return any(_reads(pid, terminal) for pid in _descendants(guard))


def _descendants(pid: int) -> Iterator[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(number) for number in file.read().split()]
    except (OSError, ValueError):
        return
    for child in children:
        yield child
        yield from _descendants(child)


def _reads(pid: int, terminal: str) -> bool:
    try:
        with open(f"/proc/{pid}/syscall") as file:
            fields = file.read().split()
        if len(fields) < 2 or fields[0] not in _READ:
            return False
        return os.readlink(f"/proc/{pid}/fd/{int(fields[1], 16)}") == terminal
    except (OSError, ValueError):
        return False
