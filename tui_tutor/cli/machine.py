"""What `doctor` says of this machine: Python, packages, how code is confined, the terminal."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui_tutor import __version__
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui_tutor.core.confinement import Confinement

_PACKAGES: Final = ("textual", "ipykernel", "jupyter_client", "cryptography", "dulwich", "jupytext", "torch")
_LEAST_FREE_MB: Final = 200


@dataclass(frozen=True, slots=True)
class Machine:
    """`problems`: sentences about what keeps TUI Tutor from working as it should."""

    versions: dict[str, str]
    confinement: Confinement
    data: Path
    terminal: dict[str, Any]
    problems: tuple[str, ...]


def examine_machine() -> Machine:
    """Look at everything; some milliseconds."""
    from tui_tutor.cli.places import data_folder
    from tui_tutor.cli.wiring import confinement

    data = data_folder()
    return Machine(_versions(), confinement(), data, _terminal(), tuple(_problems(data)))


def machine_as_json(machine: Machine) -> dict[str, Any]:
    """For programs."""
    from tui_tutor.cli.logout import ends_all_at_logout

    confined = machine.confinement
    return {
        "python": platform.python_version(),
        "versions": machine.versions,
        "sandbox": confined.level,
        "sandbox_uncovered": list(confined.uncovered),
        "sandbox_layers": list(confined.layers),
        "sandbox_missing": confined.missing,
        "data": str(machine.data),
        "terminal": machine.terminal,
        "ends_all_at_logout": ends_all_at_logout(),
        "problems": list(machine.problems),
    }


def machine_lines(machine: Machine) -> list[str]:
    """For people."""
    confined, terminal = machine.confinement, machine.terminal
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    lines = [f"python   {platform.python_version()} ({safe_line(sys.executable)})", f"         {versions}"]
    lines.append(f"sandbox  {confined.level}: {', '.join(confined.layers) or 'nothing'}")
    lines += [f"         {text}" for text in (confined.gap, confined.missing) if text]
    colours = "colours" if terminal["colours"] else "no colours"
    text = "UTF-8" if terminal["utf8"] else "not UTF-8, so ASCII is drawn"
    size = "x".join(map(str, terminal["size"]))
    lines.append(f"terminal {safe_line(terminal['term'] or 'none')}, {size}, {colours}, {text}")
    lines.append(f"data     {safe_line(str(machine.data))}")
    return [*lines, *(f"!        {safe_line(problem)}" for problem in machine.problems)]


def _versions() -> dict[str, str]:
    found = {"tui-tutor": __version__}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _terminal() -> dict[str, Any]:
    from tui_tutor.cli.full_screen import speaks_utf8
    from tui_tutor.tui.terminal.graphics import is_capable

    size = shutil.get_terminal_size()
    return {
        "term": os.environ.get("TERM", ""),
        "size": [size.columns, size.lines],
        "colours": not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb",
        "utf8": speaks_utf8(),
        "pictures": is_capable(os.environ),
    }


def _problems(data: Path) -> list[str]:
    found = []
    place = next((one for one in (data, *data.parents) if one.exists()), data)
    if not os.access(place, os.W_OK | os.X_OK):
        found.append(f"{data} cannot be written, so nothing you do is saved.")
    elif (free := shutil.disk_usage(place).free >> 20) < _LEAST_FREE_MB:
        found.append(f"Only {free} MB are free where your work is kept ({data}).")
    try:
        version("ipykernel")
    except PackageNotFoundError:
        found.append("ipykernel is not installed, so cells can only run in environments that have it.")
    return found
