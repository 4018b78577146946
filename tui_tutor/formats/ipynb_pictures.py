"""Pictures that a notebook carries inside it -> files of the course, each once, within bounds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tui_tutor.formats.imported import Lost
from tui_tutor.formats.ipynb_outputs import picture_bytes
from tui_tutor.formats.ipynb_reading import joined

MOST_FILES: Final = 1_500
MOST_FILE_BYTES: Final = 40_000_000
_ENDINGS: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
_STEM: Final = re.compile(r"[^a-z0-9]+")


@dataclass
class Files:
    """The files of the course that is being made: `add` gives the path that a lesson names."""

    made: dict[str, bytes] = field(default_factory=dict)
    size: int = 0

    def has_room(self, data: bytes) -> bool:
        """Whether one more file may be kept."""
        return self.size + len(data) <= MOST_FILE_BYTES and len(self.made) < MOST_FILES

    def add(self, name: str, data: bytes, folder: str = "files/images") -> str:
        """Keep a picture; the same name with other bytes gets another one. "" when there is no more room."""
        if not self.has_room(data):
            return ""
        stem, _, ending = name.lower().rpartition(".")
        stem = _STEM.sub("-", stem).strip("-")[:60] or "picture"
        path = f"{folder}/{stem}.{ending}"
        if self.made.get(path, data) != data:
            path = f"{folder}/{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{ending}"
        self.keep(path, data)
        return path

    def keep(self, path: str, data: bytes) -> None:
        """Keep a file under just this path, unless there is one."""
        if path not in self.made:
            self.made[path] = data
            self.size += len(data)


def attached_pictures(
    attachments: Mapping[str, Any], files: Files, where: str, lost: list[Lost]
) -> dict[str, str]:
    """The path of each picture that is attached to a cell, by the name it is attached under."""
    paths = {}
    for name, bundle in attachments.items():
        path = ""
        for mime, text in bundle.items() if isinstance(bundle, dict) else ():
            path = path or _kept(mime, joined(text), name, files)
        if path:
            paths[name] = path
        else:
            lost.append(Lost(where, f"attachment {name}", "it is no picture, or there is no more room"))
        if path.endswith(".svg"):
            lost.append(Lost(where, f"attachment {name}", "it is kept as a file; a terminal cannot draw SVG"))
    return paths


def inline_picture(mime: str, text: str, files: Files) -> str:
    """The path of a picture that stands in a data: address, "" if it is none."""
    return _kept(mime, text, "", files)


def _kept(mime: str, text: str, name: str, files: Files) -> str:
    mime = mime.lower()
    data = picture_bytes({"image/jpg": "image/jpeg"}.get(mime, mime), text)
    if data is None or mime not in _ENDINGS:
        return ""
    stem = name.rpartition(".")[0] or name or f"picture-{hashlib.sha256(data).hexdigest()[:8]}"
    return files.add(f"{stem}.{_ENDINGS[mime]}", data)
