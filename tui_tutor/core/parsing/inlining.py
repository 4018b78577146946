"""`x_file = "cells/x.py"`: texts kept in files of their own, read into the field they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui_tutor.core.course import FILE_FIELDS
from tui_tutor.core.document import MAX_FILE_BYTES, Document, Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.validating import copied, nearest

# Their tables are the author's values, not ours: a key `source_file` in one of them is data.
VALUE_FIELDS: Final = frozenset({"equals", "to", "args", "kwargs", "returns", "env"})
_SUFFIX: Final = "_file"
_MAX_PATH: Final = 255
_OUTSIDE: Final = 'a path is relative to the course\'s folder, with `/`, and stays inside it: "cells/x.py"'


def is_inside(path: str) -> bool:
    """Whether a path is relative, plain, and cannot leave the course's folder."""
    if not path or len(path) > _MAX_PATH or "\\" in path or path.startswith(("/", "~")):
        return False
    if any(ord(character) < 32 or ord(character) == 127 for character in path) or re.match(
        r"[A-Za-z]:", path
    ):
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))


def named_files(raw: object) -> Iterator[str]:
    """Every file of the course that a document's tables name as a text's source, in order."""
    for _, table in _tables(raw, ()):
        for key, value in table.items():
            if isinstance(value, str) and is_inside(value) and (key == "setup" or _field_of(key)):
                yield value


def inline_files(
    raw: Mapping[str, Any], files: Mapping[str, bytes], findings: Findings
) -> tuple[dict[str, Any], frozenset[Path]]:
    """A copy of `raw` with every `x_file` replaced by `x`; and the fields whose file could not be read."""
    copy = copied(raw)
    unread: set[Path] = set()
    for at, table in list(_tables(copy, ())):
        for key in [key for key in table if _field_of(key)]:
            name, field = table.pop(key), _field_of(key)
            if field in table:
                message = f"`{field}` and `{key}` are both given"
                findings.error("both-given", message, (*at, key), help="keep one of them", at="key")
            elif text := read_named(name, files, findings, (*at, key)):
                table[field] = text.text
                findings.origins[(*at, field)] = text
            else:
                unread.add((*at, field))
    return copy, frozenset(unread)


def read_named(name: object, files: Mapping[str, bytes], findings: Findings, path: Path) -> Document | None:
    """The text of a file that the key at `path` names, or None after saying why not."""
    if not isinstance(name, str):
        findings.error("wrong-type", f"`{path[-1]}` must be the path of a file, in quotes", path)
    elif not is_inside(name):
        findings.error("path-outside", f"`{path[-1]}` names no file inside the course", path, help=_OUTSIDE)
    elif name not in files:
        findings.error("file-missing", f"the course has no file {name}", path, help=_near_file(name, files))
    elif len(files[name]) > MAX_FILE_BYTES:
        findings.error("file-too-large", f"{name} has more than {MAX_FILE_BYTES:,} bytes", path)
    else:
        return _decoded(name, files[name], findings, path)
    return None


def _decoded(name: str, data: bytes, findings: Findings, path: Path) -> Document | None:
    try:
        return Document(name, data.decode("utf-8-sig").replace("\r\n", "\n"), {})
    except UnicodeDecodeError:
        findings.error("not-utf8", f"{name} is not UTF-8 text", path, help="save the file as UTF-8")
        return None


def _near_file(name: str, files: Mapping[str, bytes]) -> str:
    same = next((known for known in files if known.lower() == name.lower()), "")
    close = same or nearest(name, files)
    return f"did you mean {close}?" if close else "make the file, or give the text here"


def _field_of(key: str) -> str:
    """The text field that `key` is the file twin of, "" if it is none."""
    field = key.removesuffix(_SUFFIX)
    return field if key.endswith(_SUFFIX) and field in FILE_FIELDS - {"setup_source"} else ""


def _tables(value: object, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every table of a document with its path, outer ones first; authors' values left out."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in list(value.items()):
            if key not in VALUE_FIELDS and isinstance(inner, dict | list):
                yield from _tables(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, dict | list):
                yield from _tables(inner, (*path, index))
