"""The bytes of a source -> text, within bounds; or a sentence that says why not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath
from typing import Final, NoReturn

from tui_tutor.core.errors import TutorError
from tui_tutor.formats.imported import Source

MAX_BYTES: Final = 10_000_000
_LINE_ENDS: Final = re.compile(r"\r\n?")


def text_of(source: Source, file: str) -> str:
    """A file's text with line feeds; UTF-8, UTF-16 with its mark, else Windows-1252."""
    data = source.files[file]
    if len(data) > MAX_BYTES:
        raise TutorError(
            f"{file} has {len(data):,} bytes; at most {MAX_BYTES:,} are imported, and nothing was written",
            help="split the file and import its parts",
        )
    return _LINE_ENDS.sub("\n", _decoded(data)).replace("\0", "\ufffd")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def files_ending(source: Source, suffixes: Iterable[str]) -> list[str]:
    """The files with one of these suffixes in the order a person counts: part 2 before part 10."""
    wanted = tuple(suffixes)
    return sorted((file for file in source.files if file.lower().endswith(wanted)), key=natural_key)


def natural_key(file: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key by which `2-loops.md` stands before `10-classes.md`."""
    parts = re.split(r"([0-9]{1,18})", file.casefold())
    return tuple((0, int(part), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts))


def beside(source: Source, file: str, name: str) -> str | None:
    """The path of the file that `file` calls `name`, if the source has it."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", name):
        return None
    for candidate in (join(dirname(file), name), name.lstrip("/")):
        if (path := normpath(candidate)) in source.files:
            return path
    return None


def stem_of(file: str) -> str:
    """A file's name without folders and the last suffix."""
    return re.sub(r"\.[^.]*$", "", file.rsplit("/", 1)[-1]) or file


def refuse(file: str, line: int, what: str, *, help: str = "") -> NoReturn:
    """Stop because the file is not of its format; nothing has been written yet."""
    raise TutorError(f"{file}, line {max(1, line)}: {what}; nothing was imported", help=help)
