"""What library and outline show of each lesson, remembered by path, size, time and inode."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.ports import LessonFacts
from tui_tutor.shelf.folder import LIMITS, FileStamp
from tui_tutor.shelf.writing import make_private_folder, write_atomically

_VERSION: Final = 1  # of the cache file: another one is thrown away


@dataclass(frozen=True)
class FactsCache:
    """Facts of lessons, one file for each course folder; losing it costs time and nothing else."""

    folder: Path

    def facts(
        self, path: Path, stamps: Mapping[str, FileStamp], files: Mapping[str, bytes], lessons: Sequence[str]
    ) -> Mapping[str, LessonFacts]:
        """By lesson id, in the course's order; lessons that are absent or do not parse are left out."""
        known = self._read(path)
        found: dict[str, Any] = {}
        for lesson in lessons:
            stamp = stamps.get(f"lessons/{lesson}.toml")
            if stamp is None:
                continue
            key = _key(stamp)
            row = known.get(lesson)
            is_fresh = isinstance(row, list) and len(row) == 2 and row[0] == key
            found[lesson] = row if is_fresh else [key, read_facts(files.get(f"lessons/{lesson}.toml", b""))]
        if found != known:
            self._write(path, found)
        return {lesson: facts for lesson, row in found.items() if (facts := _facts(row[1])) is not None}

    def _page(self, path: Path) -> Path:
        return self.folder / f"{hashlib.sha256(os.fsencode(path)).hexdigest()}.json"

    def _read(self, path: Path) -> dict[str, Any]:
        page: Any = {}
        with suppress(OSError, ValueError):
            page = json.loads(self._page(path).read_bytes())
        is_ours = isinstance(page, dict) and page.get("version") == _VERSION and page.get("path") == str(path)
        return page["lessons"] if is_ours and isinstance(page.get("lessons"), dict) else {}

    def _write(self, path: Path, lessons: Mapping[str, Any]) -> None:
        page = {"version": _VERSION, "path": str(path), "lessons": lessons}
        with suppress(OSError):  # a read-only home: facts are read again next time
            make_private_folder(self.folder)
            write_atomically(self._page(path), json.dumps(page).encode(), is_durable=False)


def _key(stamp: FileStamp) -> list[int]:
    return [stamp.size, stamp.mtime_ns, stamp.inode]


def read_facts(data: bytes) -> list[Any] | None:
    """A lesson's facts as JSON can hold them, None if its TOML does not parse or is too large."""
    import tomli

    if len(data) > LIMITS.lesson_bytes:
        return None
    try:
        raw = tomli.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    cells = raw.get("cell", [])
    requires = raw.get("requires", [])
    return [
        _text(raw.get("title")),
        raw.get("minutes") if isinstance(raw.get("minutes"), int | float) else None,
        _text(raw.get("bloom")),
        [_text(one) for one in requires] if isinstance(requires, list) else [],
        raw.get("draft") is True,
        _counting_ids(cells if isinstance(cells, list) else []),
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _counting_ids(cells: Sequence[Any]) -> list[str]:
    from tui_tutor.core.parsing.cells import fill_ids

    pairs = zip(cells, fill_ids(cells), strict=True)
    return [made for cell, made in pairs if isinstance(cell, dict) and not _is_extra(cell)]


def _is_extra(cell: Mapping[str, Any]) -> bool:
    return bool(cell.get("hidden") or cell.get("optional"))


def _facts(row: object) -> LessonFacts | None:
    if not isinstance(row, list) or len(row) != 6:
        return None
    title, minutes, bloom, requires, is_draft, cells = row
    return LessonFacts(title, minutes, bloom, tuple(requires), is_draft, tuple(cells))
