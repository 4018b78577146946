"""What changed since a course was built and its report written: said in the report, never passed over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.safe_text import safe_json
from tui_tutor.studio.quality import QUALITY_DATA, QUALITY_PAGE
from tui_tutor.studio.quality_page import FIRST_HEADING, HELD, HOLDS, plain

HEADING: Final = "## Changed since"
By = Literal["author", "model"]
_BY: Final[Mapping[By, str]] = {
    "author": "by the author; it ran and was proven with the whole course, and no gate has read it",
    "model": "made anew by a model, with the author's note; it passed the gates that read, and ran and was "
    "proven with the whole course; a question was solved again without its key",
}


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that was changed after the report was written; `at` is ISO 8601."""

    lesson: str
    cell: str
    by: By
    at: str


def pages_after(files: Mapping[str, bytes], change: CellChange) -> dict[str, bytes]:
    """The pages of a course's report with one more change; those that are there."""
    values = _values(files.get(QUALITY_DATA, b""))
    place = (change.lesson, change.cell)
    changes = [*(one for one in _changes(values) if (one.lesson, one.cell) != place), change]
    pages: dict[str, bytes] = {}
    if values is not None:
        told = {**values, "changed": [asdict(one) for one in changes]}
        pages[QUALITY_DATA] = (safe_json(told, is_sorted=True) + "\n").encode()
    if QUALITY_PAGE in files:
        page = files[QUALITY_PAGE].decode("utf-8", "replace")
        pages[QUALITY_PAGE] = _page_with(page, changes).encode()
    return pages


def _values(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _changes(values: Mapping[str, Any] | None) -> Iterator[CellChange]:
    """Changes that were noted before; what is of another form is none."""
    found = values.get("changed", []) if values else []
    for one in found if isinstance(found, list) else []:
        try:
            change = CellChange(**one)
        except TypeError:
            continue
        if change.by in _BY and all(isinstance(text, str) for text in asdict(change).values()):
            yield change


def _page_with(page: str, changes: Sequence[CellChange]) -> str:
    """The page with what changed before everything that was found out before the changes."""
    opening, first, rest = page.replace(HOLDS, HELD, 1).partition(f"\n{FIRST_HEADING}\n")
    opening = opening.partition(f"\n{HEADING}\n")[0]
    told = [f"- {plain(one.lesson)}/{plain(one.cell)}, {plain(one.at)}: {_BY[one.by]}." for one in changes]
    section = [
        HEADING,
        "",
        "What this page says of these cells was found out before they were changed; the next build finds it "
        "out anew.",
        "",
        *told,
    ]
    return "\n".join((opening, *section, "")) + first + rest


def unproven(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The names of a published course's files that are not those its proof was made of; () before a proof."""
    if LOCK_FILE not in files:
        return ()
    proven = (_values(files[LOCK_FILE]) or {}).get("files", {})
    proven = proven if isinstance(proven, dict) else {}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != LOCK_FILE}
    names = {*hashes, *map(str, proven)}
    return tuple(sorted(name for name in names if hashes.get(name) != proven.get(name)))
