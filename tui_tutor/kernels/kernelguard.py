"""Guards one kernel that is a command: starts it, passes signals on and ends all that the kernel leaves.

Run by path (`python -I -S kernelguard.py COMMAND...`), standard library only; Linux. Standard input is a
socket on which each byte is a signal for the kernel's group; its end, which is also the end of the
application, kills everything. When the kernel and all it started have ended, the answer is its exit code as
Python counts them.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import socket
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(HERE)
descendants: Any = importlib.import_module("descendants")
sys.path.remove(HERE)
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


def main() -> None:
    """Guard until the kernel and all it started have ended."""
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    descendants.adopt_orphans()
    wake = descendants.wake_at_ends()
    pid = descendants.start(sys.argv[1:], prepare)
    for name in PASSED_ON:
        signal.signal(getattr(signal, name), lambda signum, _: descendants.signal_group(pid, signum))
    code = descendants.guard(pid, control, wake)
    descendants.kill_rest(pid)
    with contextlib.suppress(OSError):
        control.sendall(str(code).encode())
    os._exit(0)  # at once: the application waits


def prepare(guardian: int) -> None:
    """In the child: kernels end when this number is not their parent's."""
    os.environ["JPY_PARENT_PID"] = str(guardian)


if __name__ == "__main__":
    main()
