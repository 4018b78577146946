"""Inside a copy of the kernel: what lay outside its working folder before is not destroyed by a guess.

Handed over by path, standard library only. A mutant of `rmtree(join(home, "scratch"))` is `rmtree(home)`:
nobody meant that, and the author's own files must survive it. A guard against accidents, not a sandbox: what
another program or native code does is not seen.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

# Events, and where among their arguments the descriptor stands that the path is relative to.
_MOVED = {"shutil.rmtree": 1, "os.remove": 1, "os.rmdir": 1, "os.rename": 2, "os.truncate": 9}
_MADE = {"os.mkdir": 2, "tempfile.mkdtemp": 9, "tempfile.mkstemp": 9}


class Spared:
    """An audit hook that refuses to remove, move, cut or overwrite what was there before, but in `folder`."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.realpath(folder)
        self.made: set[str] = set()

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Called by Python before it does what `event` says."""
        if event in _MADE:
            self._remember(_path(args[0], args[_MADE[event] :]))
        elif event == "open":
            self._opened(_path(args[0]), args[2])
        elif event in _MOVED:
            self._spare(_path(args[0], args[_MOVED[event] :]))
            if event == "os.rename" and (target := _path(args[1], args[3:])) is not None:
                self.made.add(target)  # what arrives there came from here

    def _remember(self, path: str | None) -> None:
        if path is not None and not os.path.lexists(path):
            self.made.add(path)

    def _opened(self, path: str | None, flags: int) -> None:
        if flags & os.O_CREAT:
            self._remember(path)
        if flags & os.O_TRUNC and _holds_something(path):
            self._spare(path)

    def _spare(self, path: str | None) -> None:
        if path is not None and not self._is_ours(path) and os.path.lexists(path):
            raise PermissionError(f"an answer that is only tried may not change {path}")

    def _is_ours(self, path: str) -> bool:
        here = path
        while True:
            if here == self.folder or here in self.made:
                return True
            above = os.path.dirname(here)
            if above == here:
                return False
            here = above


def _path(name: Any, relative_to: tuple[Any, ...] = ()) -> str | None:
    """Where a name leads, its last part as it stands; None for a descriptor."""
    try:
        given = os.fsdecode(name)
        if relative_to and isinstance(relative_to[0], int) and relative_to[0] >= 0:
            given = os.path.join(os.readlink(f"/proc/self/fd/{relative_to[0]}"), given)
    except (TypeError, ValueError, OSError):
        return None
    folder, last = os.path.split(os.path.abspath(given))
    return os.path.join(os.path.realpath(folder), last)


def _holds_something(path: str | None) -> bool:
    try:
        status = os.stat(path) if path is not None else None
    except (OSError, ValueError):
        return False
    return status is not None and stat.S_ISREG(status.st_mode) and status.st_size > 0


def spare(folder: str) -> None:
    """From now on, for the rest of this process."""
    sys.addaudithook(Spared(folder))
