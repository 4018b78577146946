"""The sandbox of one course's kernel or shell: what stands before its commands, and their environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.kernels.sandbox import readable
from tui_tutor.kernels.sandbox.bubblewrap import Places, command_of
from tui_tutor.kernels.sandbox.layers import Layers, counts_by_namespace
from tui_tutor.kernels.sandbox.limits import limits
from tui_tutor.kernels.sandbox.scratch import Scratch
from tui_tutor.kernels.sandbox.seatbelt import profile

CONFINE: Final = Path(__file__).with_name("confine.py")
# Without a /dev of its own a program gets these; not /dev/pts, where the learner's terminal is.
_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty", "shm")

# What a library finds out about the machine and keeps as text: matplotlib the fonts, as JSON, 1 to 20 s.
_KEPT: Final = {"MPLCONFIGDIR": "matplotlib"}


class Sandbox:
    """Confines the programs of one course to its workspace. Nothing is made before `command` is asked for.

    `hidden`: folders that must not be seen even where they lie in something readable, such as the learner's
    data; their home always belongs to them. `cache`: a folder that outlives the private one, for what costs
    time to find out anew; of one course alone, since its code may write there what it likes.
    """

    def __init__(
        self,
        layers: Layers,
        *,
        workspace: str,
        pythons: Sequence[str],
        hidden: Sequence[str] = (),
        network: bool = False,
        cache: str = "",
    ) -> None:
        self.layers, self.network, self._cache = layers, network, cache
        self._workspace, self._pythons = workspace, (*pythons, sys.executable)
        self._hidden = (*map(str, readable.homes()), *hidden)
        self._scratch: Scratch | None = None

    @property
    def scratch(self) -> Scratch:
        """The private folder. TutorError if there is no room for one."""
        if self._scratch is None:
            self._scratch = Scratch.take(self._workspace)
        return self._scratch

    def command(self, *more: str) -> tuple[str, ...]:
        """What stands before a program; `more` are other folders that it may write in."""
        if not self.layers.has_limits:
            return ()
        _make_private(Path(self._workspace))
        places = self._places(more)
        launcher = [sys.executable, "-I", "-S", str(CONFINE), *self._orders(places), "--"]
        if self.layers.seatbelt:
            return (self.layers.seatbelt, "-p", self._profile(places), *launcher)
        if not self.layers.bubblewrap:
            return tuple(launcher)
        return (*command_of(self.layers, places, network=self.network), *launcher)

    def environment(self) -> dict[str, str]:
        """Private places of a program, which nothing else may set."""
        own = self.scratch.environment()
        if (folder := readable.user_site()) is not None:
            own["PYTHONUSERBASE"] = str(folder.parents[2])
        return own | self._kept()

    def close(self) -> None:
        """Let the private folder go."""
        if self._scratch is not None:
            self._scratch.let_go()
            self._scratch = None

    def _kept(self) -> dict[str, str]:
        """Variables that name folders of the cache, made when there is room for them."""
        found = {}
        for name, folder in _KEPT.items() if self._cache else ():
            place = Path(self._cache, folder)
            _make_private(place)
            if os.access(place, os.W_OK):
                found[name] = str(place)
        return found

    def _places(self, more: Sequence[str]) -> Places:
        system = [path for path in readable.SYSTEM if not self._holds_hidden(path)]
        reading = (*system, *readable.interpreters(self._pythons), *readable.own())
        if self.network:
            reading = (*reading, *readable.resolving_names())
        writing = (str(self.scratch.path), self._workspace, *self._kept().values(), *more)
        return Places(reading, writing, self._hidden, str(self.scratch.temporary))

    def _profile(self, places: Places) -> str:
        try:
            return profile(
                reading=places.reading, writing=places.writing, hidden=places.hidden, network=self.network
            )
        except ValueError as error:
            raise TutorError(f"The course cannot be confined: {error}.", exit_code=3) from error

    def _holds_hidden(self, path: str) -> bool:
        """Landlock cannot take back a part of what it grants; /opt is spared where something lies in it."""
        inside = f"{os.path.realpath(path)}/"
        return path == "/opt" and any(os.path.realpath(one).startswith(inside) for one in self._hidden)

    def _orders(self, places: Places) -> Iterator[str]:
        """What the launcher is to do to itself; see confine.py."""
        has_own_view = bool(self.layers.bubblewrap)
        for name, most in limits(counts_alone=has_own_view and counts_by_namespace()).items():
            yield f"limit:{name}={most}"
        if not self.layers.landlock_abi:
            return
        yield f"landlock:{self.layers.landlock_abi}"
        # What is seen in a view of its own may be read; with Landlock alone, only what is named.
        for path in ["/"] if has_own_view else [*places.reading, "/proc"]:
            yield f"read:{path}"
        devices = ["/dev", "/tmp"] if has_own_view else [f"/dev/{name}" for name in _DEVICES]  # noqa: S108
        for path in [*places.writing, *devices]:
            yield f"write:{path}"
        if self.network or has_own_view:  # in a network namespace of its own a program may talk to itself
            yield "network"


def _make_private(folder: Path) -> None:
    """Make a folder and those above it for this user alone: what does not exist cannot be let in."""
    for place in reversed([folder, *folder.parents]):
        with suppress(OSError):  # who runs something there says so
            place.mkdir(mode=0o700, exist_ok=True)
