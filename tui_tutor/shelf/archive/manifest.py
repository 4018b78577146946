"""MANIFEST.json: what an archive holds, byte for byte; what a signature is over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.core.course import ID_PATTERN
from tui_tutor.shelf.archive.limits import refused
from tui_tutor.shelf.archive.names import is_left_out, problem_with

MANIFEST_FILE: Final = "MANIFEST.json"
SIGNATURE_FILE: Final = "SIGNATURE"
WHEELS_FOLDER: Final = "wheels"
ARCHIVE_FORMAT: Final = 1

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_WHEEL: Final = re.compile(r"[A-Za-z0-9._]+-[A-Za-z0-9._+!]+(-[0-9][A-Za-z0-9._]*)?(-[A-Za-z0-9._]+){3}\.whl")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: relative name, bytes, SHA-256 in hexadecimal digits."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A course's id and version, its files by relative name, and the wheels that come with it."""

    course_id: str
    version: str
    files: tuple[FileFacts, ...]
    wheels: tuple[FileFacts, ...] = ()

    def text(self) -> str:
        """As it is written: sorted, one line for each file. The same manifest gives the same text."""
        head = {"format": ARCHIVE_FORMAT, "id": self.course_id, "version": self.version}
        lines = [
            f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in head.items()
        ]
        lists = [_listed("files", self.files), _listed("wheels", self.wheels)]
        return "\n".join(["{", *lines, ",\n".join(lists), "}", ""])


def _listed(key: str, files: Iterable[FileFacts]) -> str:
    lines = [
        "  " + json.dumps({"path": one.path, "size": one.size, "sha256": one.sha256}, ensure_ascii=False)
        for one in sorted(files, key=lambda one: one.path)
    ]
    return f' "{key}": [\n' + ",\n".join(lines) + "\n ]" if lines else f' "{key}": []'


def read_manifest_text(data: bytes) -> Manifest:
    """The manifest in these bytes. TutorError for one that is malformed or newer."""
    try:
        raw = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise refused(f"its {MANIFEST_FILE} cannot be read") from None
    if not isinstance(raw, Mapping):
        raise refused(f"its {MANIFEST_FILE} cannot be read")
    number = raw.get("format")
    if isinstance(number, int) and not isinstance(number, bool) and number > ARCHIVE_FORMAT:
        raise refused(
            f"it is of a newer kind ({number})", help="Update with: pip install --upgrade tui-tutor"
        )
    is_known = type(number) is int and number == ARCHIVE_FORMAT and set(raw) == _KEYS
    course_id, version = raw.get("id"), raw.get("version")
    if not is_known or not isinstance(course_id, str) or not isinstance(version, str):
        raise refused(f"its {MANIFEST_FILE} is malformed")
    if not re.fullmatch(ID_PATTERN, course_id) or len(version) > 100:
        raise refused(f"its {MANIFEST_FILE} names no course")
    return Manifest(course_id, version, _files(raw["files"], _is_file), _files(raw["wheels"], is_wheel))


_KEYS: Final = {"format", "id", "version", "files", "wheels"}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _files(raw: object, is_name: Any) -> tuple[FileFacts, ...]:
    if not isinstance(raw, list):
        raise refused(f"its {MANIFEST_FILE} is malformed")
    files = tuple(_facts(one, is_name) for one in raw)
    if len({one.path for one in files}) != len(files):
        raise refused(f"its {MANIFEST_FILE} names a file twice")
    return files


def _facts(raw: object, is_name: Any) -> FileFacts:
    if not isinstance(raw, Mapping) or set(raw) != {"path", "size", "sha256"}:
        raise refused(f"its {MANIFEST_FILE} is malformed")
    path, size, sha256 = raw["path"], raw["size"], raw["sha256"]
    if not isinstance(path, str) or type(size) is not int or size < 0 or not is_name(path):
        raise refused(f"its {MANIFEST_FILE} is malformed")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise refused(f"its {MANIFEST_FILE} is malformed")
    return FileFacts(path, size, sha256)


def _is_file(path: str) -> bool:
    return problem_with(path) is None and not is_left_out(path)


def is_wheel(name: str) -> bool:
    """Whether this is a wheel's file name, and nothing else."""
    return _WHEEL.fullmatch(name) is not None and problem_with(name) is None
