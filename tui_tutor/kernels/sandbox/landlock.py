"""Landlock by system calls: a process gives up files, ports and signals. Standard library only; Linux.

Imported by path too. Source: Linux, Documentation/userspace-api/landlock.rst; the numbers of the calls are
the same on every architecture. Each ABI denies more than the last: 2 moves between folders, 3 truncation,
4 TCP, 5 device ioctls, 6 signals and abstract sockets, 9 sockets with a path.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
ABI_QUESTION = 1
RULE_PATH = 1
PR_SET_NO_NEW_PRIVS = 38
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEVICE, RESOLVE_SOCKET = 1 << 14, 1 << 15, 1 << 16
FIRST = (1 << 13) - 1  # what the first ABI knows
GROWN = {2: 1 << 13, 3: TRUNCATE, 5: IOCTL_DEVICE, 9: RESOLVE_SOCKET}
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
READING = EXECUTE | READ_FILE | READ_DIR
TCP = 3  # bind and connect
SCOPES = 3  # abstract sockets and signals
O_PATH = getattr(os, "O_PATH", 0)


def abi() -> int:
    """The ABI of this kernel's Landlock, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, call(CREATE, None, 0, ABI_QUESTION))


def rights(version: int) -> int:
    """All rights on files that an ABI can deny."""
    return FIRST | sum(right for since, right in GROWN.items() if version >= since)


def restrict(reading: list[str], writing: list[str], *, network: bool, version: int) -> None:
    """Give up everything but these places, for ever. OSError if that cannot be done.

    `network`: leave TCP alone. Places that do not exist are left out.
    """
    handled = rights(version)
    ruleset = create(handled, 0 if network or version < 4 else TCP, SCOPES if version >= 6 else 0, version)
    try:
        for path in reading:
            allow(ruleset, path, READING & handled)
        for path in writing:
            allow(ruleset, path, handled)
        demand(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        demand(call(RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


def create(files: int, ports: int, scopes: int, version: int) -> int:
    """A ruleset's descriptor; what is handled is denied but for its rules."""
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("=QQQ", files, ports, scopes)[:size]
    return demand(call(CREATE, attributes, size, 0))


def allow(ruleset: int, path: str, access: int) -> None:
    """Add a rule for a file or folder and all below it."""
    try:
        place = os.open(path, O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= OF_FILES
        demand(call(ADD_RULE, ruleset, RULE_PATH, struct.pack("=Qi", access, place), 0))
    finally:
        os.close(place)


def call(number: int, *arguments: int | bytes | None) -> int:
    """A system call: its result, -1 for an error."""
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *words))


def demand(result: int) -> int:
    """The result of a call; OSError where it failed."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
