"""The limits of confined programs, for setrlimit."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

MEBIBYTE: Final = 1 << 20
FILE_MB: Final = 256
OPEN_FILES: Final = 1024
MEMORY_MB: Final = 4096  # of address space, of each process
MORE_PROCESSES: Final = 128
PRIVATE_MB: Final = 1024  # of a private /dev/shm, which is memory


def limits(*, counts_alone: bool) -> dict[str, int]:
    """Name and number. `counts_alone`: only the processes inside are counted, not all of the user's."""
    found = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": FILE_MB * MEBIBYTE,
        "RLIMIT_NOFILE": OPEN_FILES,
    }
    if sys.platform == "linux":  # elsewhere address space is not what a program uses
        found["RLIMIT_AS"] = MEMORY_MB * MEBIBYTE
        found["RLIMIT_NPROC"] = MORE_PROCESSES + (0 if counts_alone else threads_of_user())
    return found


def threads_of_user() -> int:
    """How many threads this user has on the machine: Linux counts them as processes."""
    count, mine = 0, os.getuid()
    for name in os.listdir("/proc"):
        with suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == mine:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count
