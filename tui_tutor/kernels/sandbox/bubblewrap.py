"""The command line of bubblewrap: own namespaces, and of the machine's files only what is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from tui_tutor.kernels.sandbox.layers import NAMESPACES, Layers
from tui_tutor.kernels.sandbox.limits import MEBIBYTE, PRIVATE_MB


@dataclass(frozen=True, slots=True)
class Places:
    """What is seen inside. `hidden` is empty even within something readable; `temporary` is /tmp."""

    reading: tuple[str, ...]
    writing: tuple[str, ...]
    hidden: tuple[str, ...]
    temporary: str


def command_of(layers: Layers, places: Places, *, network: bool) -> list[str]:
    """Everything up to the program. Start it from a thread that lives as long: it dies with that thread."""
    command = [layers.bubblewrap, *NAMESPACES, "--unshare-cgroup-try", "--die-with-parent"]
    command += ["--cap-drop", "ALL", "--hostname", "sandbox"]
    if "--disable-userns" in layers.options:
        command.append("--disable-userns")
    if not network:
        command.append("--unshare-net")
    size = ["--size", str(PRIVATE_MB * MEBIBYTE)] if "--size" in layers.options else []
    command += ["--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    command += ["--bind", places.temporary, "/tmp"]  # noqa: S108 - ours, bound to that name
    for mount in _mounts(places):
        command += mount
    return [*command, "--remount-ro", "/"]


def _mounts(places: Places) -> Iterator[list[str]]:
    """Outer places before those within them, each under its name and under that of what it points to."""
    wanted: dict[str, list[str]] = {}
    for path in places.reading:
        for name in _names(path):
            wanted[name] = _reading(name)
    for path in places.hidden:
        for name in _names(path):
            if name not in wanted and any(_is_within(name, outer) for outer in places.reading):
                wanted[name] = ["--tmpfs", name]
    for path in places.writing:
        for name in _names(path):
            wanted[name] = ["--bind", name, name]
    covered = [name for name, mount in wanted.items() if mount[0] == "--ro-bind"]
    breaks = [name for name, mount in wanted.items() if mount[0] in ("--tmpfs", "--bind")]
    for name in sorted(wanted, key=lambda one: (one.count("/"), one)):
        if wanted[name][0] != "--ro-bind" or not _is_shown_already(name, covered, breaks):
            yield wanted[name]


def _reading(name: str) -> list[str]:
    """A link at the top, such as /bin, stays one; everything else is bound."""
    if os.path.islink(name) and name.count("/") == 1:
        return ["--symlink", os.readlink(name), name]
    return ["--ro-bind", name, name]


def _names(path: str) -> Iterator[str]:
    if os.path.exists(path):
        yield path
        if (real := os.path.realpath(path)) != path and path.count("/") > 1:
            yield real


def _is_shown_already(name: str, covered: list[str], breaks: list[str]) -> bool:
    outer = [one for one in covered if one != name and _is_within(name, one)]
    return bool(outer) and not any(_is_within(name, one) for one in breaks)


def _is_within(path: str, outer: str) -> bool:
    return path == outer or path.startswith(outer.rstrip("/") + "/")
