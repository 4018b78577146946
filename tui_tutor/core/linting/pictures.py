"""Pictures in prose, and the binary files of a course: what they show, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui_tutor.core.course import Cell
from tui_tutor.core.linting.doubt import Doubt, Path, Raw

_IMAGE: Final = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\([^)\n]*\)")
_CODE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|(`+)[^`\n]+\2", re.M | re.S)
_LONGEST: Final = 100_000  # characters of a cell's prose; nobody writes more, and looking costs time
_LOCK: Final = "course.lock.json"
_SAMPLE: Final = 8_000  # bytes of a file that tell whether it is text


def images_without_alt(cell: Cell, path: Path) -> Iterator[Doubt]:
    """Images of a cell's prose that have no words in their brackets."""
    field = _FIELD.get(cell.kind, "")
    text = getattr(cell, field, "")
    if "![" not in text or len(text) > _LONGEST:
        return
    shown = _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for image in _IMAGE.finditer(shown):
        if not image["alt"].strip():
            line = shown.count("\n", 0, image.start()) + 1
            column = image.start() - shown.rfind("\n", 0, image.start())
            help = "say in words what it shows: ![a cloud of 200 points](...)"
            message = "the image has no alternative text"
            yield Doubt("alt-missing", message, (*path, field), help, "value", (line, column))


_FIELD: Final[Mapping[str, str]] = {"md": "text", "ex": "task", "quiz": "question"}


def unlisted_assets(raw: Raw, files: Mapping[str, bytes]) -> Iterator[tuple[str, Doubt]]:
    """(file, doubt) for every binary file that no [[asset]] names."""
    assets = raw.get("asset")
    tables = assets if isinstance(assets, list) else []
    listed = {str(table.get("path")) for table in tables if isinstance(table, dict)}
    for name in sorted(files):
        is_work = not name.endswith((".toml", ".pyc")) and not name.rpartition("/")[2].startswith(".")
        if is_work and name not in listed and name != _LOCK and _is_binary(files[name]):
            help = f'add an [[asset]] with path = "{name}", its license and its source (your own work too)'
            message = "nothing says whose this file is and how it may be used"
            yield name, Doubt("asset-unlisted", message, (), help)


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        return True
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < len(sample) - 3  # not only a letter cut in two
    return False


_PROGRAMS: Final = frozenset(
    (
        *("PATH", "SHELL", "HOME", "ENV", "BASH_ENV", "IFS", "GCONV_PATH", "GIT_SSH_COMMAND"),
        *("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONEXECUTABLE"),
        *("PYTHONBREAKPOINT", "PYTHONINSPECT", "PYTHONPLATLIBDIR"),
    )
)


def changed_programs(raw: Raw) -> Iterator[Doubt]:
    """Variables of [kernel] env that decide which programs and libraries are run."""
    kernel = raw.get("kernel")
    env: Any = kernel.get("env") if isinstance(kernel, dict) else None
    for name in env if isinstance(env, dict) else ():
        if name in _PROGRAMS or name.startswith("DYLD_"):
            message = f"`{name}` changes which programs or libraries are run"
            help = "leave it out: put files into files/, and packages into `packages`"
            yield Doubt("env-changes-programs", message, ("kernel", "env", name), help)
