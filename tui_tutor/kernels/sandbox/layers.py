"""Which layers work here, found out by trying, and what they leave open."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from typing import Final

from tui_tutor.core.confinement import Confinement, Level
from tui_tutor.kernels.sandbox import landlock, seatbelt

NAMESPACES: Final = ("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts")
_PROBE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Layers:
    """`bubblewrap`: its path, "" where it does not work; `options` are those it has of the optional ones.

    `missing`: in a clause, why it does not work. `seatbelt`: the path of macOS's `sandbox-exec`; nobody has
    attacked what it keeps, so it raises no level.
    """

    bubblewrap: str = ""
    options: frozenset[str] = frozenset()
    landlock_abi: int = 0
    has_limits: bool = sys.platform != "win32"
    missing: str = ""
    seatbelt: str = ""

    @property
    def confinement(self) -> Confinement:
        """The level, and what it does not cover."""
        names = [
            *(["bubblewrap"] if self.bubblewrap else []),
            *([f"Landlock ABI {self.landlock_abi}"] if self.landlock_abi else []),
            *(["limits"] if self.has_limits else []),
            *(["sandbox-exec"] if self.seatbelt else []),
        ]
        if self.bubblewrap:
            return Confinement("full", tuple(self._open_in_namespaces()), tuple(names))
        if self.landlock_abi:
            return Confinement("files only", tuple(self._open_to_landlock()), tuple(names), self.missing)
        uncovered = (
            *("reading and changing your files", "the network", "other programs of yours and their sockets"),
            *("new user namespaces", *self._open_to_limits()),
        )
        level: Level = "limits only" if self.has_limits else "none"
        return Confinement(level, uncovered, tuple(names), self.missing)

    def _open_in_namespaces(self) -> list[str]:
        old = [] if "--disable-userns" in self.options else ["new user namespaces"]
        return [*old, *self._open_to_limits()]

    def _open_to_landlock(self) -> list[str]:
        since = {
            3: "emptying files that can be found",
            4: "TCP",
            6: "signals to your other programs, abstract sockets",
            9: "sockets of your other programs that have a path",
        }
        newer = [words for abi, words in since.items() if self.landlock_abi < abi]
        always = ["UDP", "the permissions of your files", "shared memory in /dev/shm", "new user namespaces"]
        return [*newer, *always, *self._open_to_limits()]

    def _open_to_limits(self) -> list[str]:
        if not self.has_limits:
            return ["memory, disk and number of processes"]
        # Linux counts the processes of everybody but root.
        return ["the number of processes, because you are root"] if is_root() else []


def is_root() -> bool:
    """Whether the learner is root, whom limits on processes do not bind."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


@cache
def probe() -> Layers:
    """What works on this machine; some milliseconds, once for each process that asks."""
    bubblewrap, options, missing = _probe_bubblewrap()
    return Layers(bubblewrap, options, _probe_landlock(), missing=missing, seatbelt=_probe_seatbelt())


def _probe_seatbelt() -> str:
    """A real start that has to keep a folder from a program, and nothing else that a kernel needs."""
    program = shutil.which(seatbelt.PROGRAM)  # there is none elsewhere
    if program is None or _is_within_reach(program):
        return ""
    with tempfile.TemporaryDirectory(prefix="tt") as folder, tempfile.TemporaryDirectory() as hidden:
        rules = seatbelt.profile(reading=(), writing=(folder,), hidden=(hidden,))
        command = [program, "-p", rules, sys.executable, "-I", "-S", "-c", seatbelt.PROBE]
        return program if _works([*command, hidden, folder]) else ""


def _probe_bubblewrap() -> tuple[str, frozenset[str], str]:
    """A real start: user namespaces may be forbidden although the program is there."""
    path = shutil.which("bwrap") if sys.platform == "linux" else None
    if path is None:
        missing = "bubblewrap (bwrap) is not installed" if sys.platform == "linux" else "this is not Linux"
        return "", frozenset(), missing
    if _is_within_reach(path):
        return "", frozenset(), f"{path} can be changed by others"
    # Newest first: --disable-userns and --size came with version 0.8 and 0.7.
    for options in (("--disable-userns", "--size"), ("--size",), ()):
        size = ("--size", "1048576") if "--size" in options else ()
        command = [path, *NAMESPACES, "--unshare-net", "--die-with-parent", "--cap-drop", "ALL"]
        command += [one for one in options if one != "--size"]
        command += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/tmp"]  # noqa: S108
        if _works([*command, "--remount-ro", "/dev", "--remount-ro", "/", "true"]):
            return path, frozenset(options), ""
    return "", frozenset(), "this system does not let bubblewrap make namespaces"


def _works(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=_PROBE_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _is_within_reach(path: str) -> bool:
    """Whether others than this user and root may change the program."""
    try:
        about = os.stat(path)
    except OSError:
        return True
    return about.st_uid not in (0, os.geteuid()) or bool(about.st_mode & 0o002)


def _probe_landlock() -> int:
    """The ABI that a ruleset could be made of, tried downwards: a kernel may know fewer rights than we do."""
    version = landlock.abi()
    while version:
        try:
            ports, scopes = (landlock.TCP if version >= 4 else 0), (landlock.SCOPES if version >= 6 else 0)
            os.close(landlock.create(landlock.rights(version), ports, scopes, version))
        except OSError:
            version -= 1
        else:
            return version
    return 0


def counts_by_namespace() -> bool:
    """Whether Linux counts the processes in a user namespace on their own (since 5.14)."""
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    return found is not None and (int(found[1]), int(found[2])) >= (5, 14)
