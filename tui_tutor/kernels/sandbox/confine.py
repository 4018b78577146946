"""Confines itself, then becomes the command it was given.

Little of the standard library only: it starts before every kernel and command, so imports would be felt.
Run by path: `python -I -S confine.py ORDERS -- COMMAND...`; an order is `limit:NAME=NUMBER`, `read:PATH`,
`write:PATH`, `landlock:ABI` or `network`. Limits may only fall. When something that was ordered cannot be had
the command is not run: exit status 126 and a line on standard error.
"""

from __future__ import annotations

import os
import resource
import sys

PR_CAPBSET_DROP = 24
SIGPIPE, SIGXFSZ = 13, 25  # the module signal takes 7 ms to import
HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Obey, then become the command. Never returns."""
    end = sys.argv.index("--")
    orders = [order.partition(":") for order in sys.argv[1:end]]
    try:
        for kind, _, value in orders:
            if kind == "limit":
                limit(*value.split("="))
        if sys.platform == "linux" and os.geteuid() == 0:
            give_up_capabilities()
        give_up_places(orders)
    except (OSError, ValueError, AttributeError) as error:
        os.write(2, f"The sandbox cannot be entered: {error}\n".encode())
        os._exit(126)
    become(sys.argv[end + 1 :])


def give_up_places(orders: list[tuple[str, str, str]]) -> None:
    """Leave only what was ordered, by Landlock; nothing where no ABI was."""
    version = [int(value) for kind, _, value in orders if kind == "landlock"]
    if not version:
        return
    sys.path.append(HERE)
    __import__("landlock").restrict(
        [value for kind, _, value in orders if kind == "read"],
        [value for kind, _, value in orders if kind == "write"],
        network=any(kind == "network" for kind, _, _ in orders),
        version=version[0],
    )


def give_up_capabilities() -> None:
    """Root may read the memory of every process, whatever Landlock says; from the next program on no more."""
    import ctypes

    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def limit(name: str, most: str) -> None:
    """Lower a limit of this process and of all it starts."""
    kind, number = getattr(resource, name), int(most)
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        number = min(number, hard)
    resource.setrlimit(kind, (number, number))


def become(command: list[str]) -> None:
    """Be the command, with signals as programs expect them that Python has not prepared."""
    for number in (SIGPIPE, SIGXFSZ) if sys.platform == "linux" else (SIGPIPE,):
        __import__("_signal").signal(number, 0)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is what the launcher is for
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(127)


if __name__ == "__main__":
    main()
