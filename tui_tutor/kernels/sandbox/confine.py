"""Confines itself, then becomes the command it was given. Standard library only.

Run by path (`python -I -S confine.py ORDER COMMAND...`). ORDER is JSON: {"limits": {name: number},
"landlock": ABI or 0, "reading": [paths], "writing": [paths], "network": bool}. Limits may only fall. When
something that was ordered cannot be had the command is not run: exit status 126 and a line on standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
from typing import Any

PR_CAPBSET_DROP = 24
HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Obey, then become the command. Never returns."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    try:
        for name, most in order["limits"].items():
            limit(getattr(resource, name), most)
        if sys.platform == "linux" and os.geteuid() == 0:
            give_up_capabilities()
        if order["landlock"]:
            give_up_places(order)
    except (OSError, ValueError) as error:
        os.write(2, f"The sandbox cannot be entered: {error}\n".encode())
        os._exit(126)
    become(sys.argv[2:])


def give_up_places(order: dict[str, Any]) -> None:
    """Leave only what was ordered, by Landlock."""
    sys.path.append(HERE)
    landlock: Any = importlib.import_module("landlock")
    landlock.restrict(order["reading"], order["writing"], network=order["network"], version=order["landlock"])


def give_up_capabilities() -> None:
    """Root may read the memory of every process, whatever Landlock says; from the next program on no more."""
    libc = importlib.import_module("ctypes").CDLL(None)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def limit(kind: int, most: int) -> None:
    """Lower a limit of this process and of all it starts."""
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def become(command: list[str]) -> None:
    """Be the command, with signals as programs expect them that Python has not prepared."""
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is what the launcher is for
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(127)


if __name__ == "__main__":
    main()
