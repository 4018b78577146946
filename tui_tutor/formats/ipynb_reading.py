"""Bytes of a notebook -> its cells, whatever version of nbformat they are written in; bounded.

Source: nbformat.readthedocs.io, "The Notebook file format", 4.5 back to 3; 2 differs in little from 3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

MOST_BYTES: Final = 100_000_000
MOST_CELLS: Final = 20_000
_LONGEST_NUMBER: Final = 4_000  # digits; Python itself refuses to read longer ones
_NEWEST: Final = 4
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")

CellType = Literal["code", "markdown", "raw", "heading"]


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """A cell in the words of nbformat 4; `number` counts from 1 through the notebook."""

    number: int
    type: CellType
    source: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[Mapping[str, Any], ...] = ()
    count: int | None = None
    id: str = ""
    attachments: Mapping[str, Any] = field(default_factory=dict)
    level: int = 1  # of a heading

    @property
    def tags(self) -> frozenset[str]:
        """Its tags."""
        tags = self.metadata.get("tags")
        return (
            frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()
        )

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A table of its metadata, {} if there is none."""
        return mapping(self.metadata.get(name))


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as it was read; `doubts` says what could not be read as it stands."""

    cells: tuple[NotebookCell, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A table of its metadata, {} if there is none."""
        return mapping(self.metadata.get(name))


def read_notebook(name: str, data: bytes) -> Notebook:
    """The notebook in a file; TutorError if it is none."""
    if len(data) > MOST_BYTES:
        raise TutorError(
            f"{safe_line(name)} has {len(data):,} bytes; a notebook may have {MOST_BYTES:,}.",
            help="Clear its outputs, or split it.",
        )
    doubts: list[str] = []
    raw = _decoded(name, data, doubts)
    if "worksheets" not in raw and not isinstance(raw.get("cells"), list):
        raise _no_notebook(name, "it has no cells")
    version = raw.get("nbformat")
    if isinstance(version, int) and version > _NEWEST:
        doubts.append(f"nbformat {version} is newer than {_NEWEST}: what is new in it is not known here")
    cells = tuple(_cells(raw))
    if len(cells) > MOST_CELLS:
        doubts.append(f"only the first {MOST_CELLS:,} of {len(cells):,} cells are read")
    return Notebook(cells[:MOST_CELLS], mapping(raw.get("metadata")), tuple(doubts))


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a table, else {}."""
    return value if isinstance(value, dict) else {}


def joined(value: object) -> str:
    """A text that nbformat lets stand as one string or as a list of its lines; other values are ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""


def _decoded(name: str, data: bytes, doubts: list[str]) -> Mapping[str, Any]:
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        doubts.append("not all of the file is UTF-8: what is not was replaced by U+FFFD")
    try:
        raw = json.loads(text.removeprefix("\ufeff"), parse_int=_whole)
        # Only texts with such an escape can hold half a character, which no file can.
        raw = _scrubbed(raw) if _ESCAPED_SURROGATE.search(text) else raw
    except RecursionError:
        raise _no_notebook(name, "it is nested too deeply") from None
    except ValueError as error:
        raise _no_notebook(name, f"it is not JSON ({error})") from None
    if not isinstance(raw, dict):
        raise _no_notebook(name, "it is not a JSON object")
    return raw


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else 0


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_scrubbed(one) for one in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _scrubbed(one) for key, one in value.items()}
    return value


def _no_notebook(name: str, why: str) -> TutorError:
    return TutorError(
        f"{safe_line(name)} is no notebook: {why}. Nothing was written.",
        help="Open it in Jupyter and save it again, or name its format with --from.",
    )


# --- cells ------------------------------------------------------------------------------------------


def _cells(raw: Mapping[str, Any]) -> Iterator[NotebookCell]:
    for number, cell in enumerate(_raw_cells(raw), 1):
        yield _cell(number, cell)


def _raw_cells(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    sheets = [raw, *(sheet for sheet in _list(raw.get("worksheets")) if isinstance(sheet, dict))]
    for sheet in sheets:
        yield from (cell for cell in _list(sheet.get("cells")) if isinstance(cell, dict))


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _cell(number: int, raw: Mapping[str, Any]) -> NotebookCell:
    kind = raw.get("cell_type")
    type: CellType = "raw"
    if kind in ("code", "markdown", "raw", "heading"):
        type = kind
    elif kind == "html":  # of nbformat 2 and 3
        type = "markdown"
    source = raw.get("source", raw.get("input", ""))
    counts = (raw.get("execution_count"), raw.get("prompt_number"))
    level = raw.get("level")
    return NotebookCell(
        number,
        type,
        joined(source).replace("\r\n", "\n"),
        mapping(raw.get("metadata")),
        tuple(_output(one) for one in _list(raw.get("outputs")) if isinstance(one, dict)),
        next((count for count in counts if isinstance(count, int) and 0 < count < 10**9), None),
        raw["id"] if isinstance(raw.get("id"), str) else "",
        mapping(raw.get("attachments")),
        level if isinstance(level, int) and 1 <= level <= 6 else 1,
    )


_OLD_MIME: Final = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
    "pdf": "application/pdf",
}


def _output(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """An output of any version in the words of nbformat 4."""
    kind = raw.get("output_type")
    kind = {"pyout": "execute_result", "pyerr": "error"}.get(str(kind), kind)
    data = dict(mapping(raw.get("data")))
    if kind in ("execute_result", "display_data") and not data:
        data = {mime: raw[name] for name, mime in _OLD_MIME.items() if name in raw}
    name = raw.get("name", raw.get("stream", "stdout"))
    return {**raw, "output_type": kind, "data": data, "name": name}
