"""Programs and commands written into text: fences, prompts of a shell, sessions of an interpreter."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from tui_tutor.core.parsing.python_source import statements_mistake

PYTHON_NAMES: Final = frozenset(
    {"python", "python3", "py", "py3", "ipython", "ipython3", "pycon", "python-repl"}
)
SHELL_NAMES: Final = frozenset(
    {"sh", "bash", "shell", "console", "shell-session", "shellsession", "terminal"}
)
_PROMPT: Final = re.compile(r"^(?:[\w.@~:/()-]{0,60} ?)?\$ ")
_CONTINUED: Final = re.compile(r"^> ?")
_ERROR: Final = "Traceback (most recent call last)"
Cell = dict[str, Any]


class Programs(NamedTuple):
    """The cells a program becomes; `why` says why it cannot be run and stays text."""

    cells: tuple[Cell, ...]
    why: str = ""


def fenced(text: str, language: str = "") -> str:
    """A text as a fence that nothing inside it can close."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{fence}{language}\n{text}\n{fence}"


def python_cells(source: str) -> Programs:
    """A Python program, or a session with `>>>`: then one cell for each output."""
    if re.search(r"^[ \t]*>>> ?", source, re.MULTILINE):
        return _session_cells(source)
    if not source.strip():
        return Programs((), "it is empty")
    if mistake := statements_mistake(source):
        return Programs((), f"it is not Python that can be run: {mistake.message}")
    return Programs(({"kind": "code", "source": source.strip("\n").rstrip()},))


def _session_cells(session: str) -> Programs:
    cells: list[Cell] = []
    lines: list[str] = []
    output: list[str] = []
    for line in [*session.split("\n"), ">>> "]:
        stripped = line.lstrip()
        begins = stripped.startswith(">>>")
        if begins and any(part.strip() for part in output):
            if not lines:
                return Programs((), "it begins with an output")
            cells.append(_session_cell(lines, output))
            lines, output = [], []
        if begins or (lines and not output and stripped.startswith("...")):
            lines.append(stripped[4:])
        else:
            output.append(line)
    if any(line.strip() for line in lines):
        cells.append({"kind": "code", "source": "\n".join(lines).strip("\n").rstrip()})
    cells = [cell for cell in cells if cell["source"].strip()]
    for cell in cells:
        if cell.get("expect") != "error" and (mistake := statements_mistake(cell["source"])):
            return Programs((), f"it is not Python that can be run: {mistake.message}")
    return Programs(tuple(cells), "" if cells else "it is empty")


def _session_cell(lines: list[str], output: list[str]) -> Cell:
    cell: Cell = {"kind": "code", "source": "\n".join(lines).strip("\n").rstrip()}
    said = "\n".join(output).strip("\n").rstrip()
    if _ERROR in said:
        return {**cell, "expect": "error"}
    return {**cell, "output": said.replace("<BLANKLINE>", "")}


def shell_cell(source: str, language: str) -> Programs:
    """A script; where lines begin with `$ `, they are the commands and the others their output."""
    lines = source.strip("\n").split("\n")
    cell: Cell = {"kind": "sh"}
    if any(_PROMPT.match(line) for line in lines):
        run, output = _apart(lines)
        cell["run"] = "\n".join(run)
        if any(line.strip() for line in output):
            # What a console printed on another day and machine is shown, not demanded.
            cell |= {"output": "\n".join(output).strip("\n").rstrip(), "unstable": True}
    elif language in ("console", "shell-session", "shellsession"):
        return Programs((), "no line of it begins with `$ `")
    else:
        cell["run"] = "\n".join(lines).rstrip()
    if not cell["run"].strip():
        return Programs((), "it is empty")
    if language == "bash":
        cell["shell"] = "bash"
    return Programs((cell,))


def _apart(lines: list[str]) -> tuple[list[str], list[str]]:
    run: list[str] = []
    output: list[str] = []
    is_open = False
    for line in lines:
        if found := _PROMPT.match(line):
            run.append(line[found.end() :])
        elif is_open and run:
            run.append(_CONTINUED.sub("", line, count=1))
        else:
            output.append(line)
            continue
        is_open = run[-1].rstrip().endswith("\\")
    return run, output
