"""Line ends, byte order mark and blanks at line ends of a TOML file, as far as they mean nothing."""

from __future__ import annotations

import re
from typing import Final

from tui_tutor.core.document import Document, parse_toml

_BOM: Final = "\ufeff"
_BLANKS: Final = re.compile(r"[ \t\r]+\Z")
_CARRIAGE: Final = re.compile(r"\r+\n")


def tidied(data: bytes, file: str) -> bytes:
    """The file without byte order mark, carriage returns and blanks at line ends, with a last line end.

    Blanks inside a text of several lines stay: in Markdown two of them break a line. A file that is not TOML
    stays as it is.
    """
    before = parse_toml(data, file) if _may_be_untidy(data) else None
    if not isinstance(before, Document):
        return data
    stripped = _CARRIAGE.sub("\n", _strip_lines(before)).rstrip("\n")
    made = f"{stripped}\n".encode() if stripped.strip() else data
    after = parse_toml(made, file)
    is_same = isinstance(after, Document) and repr(after.values) == repr(before.values)
    return made if is_same else data


def _may_be_untidy(data: bytes) -> bool:
    has_ends = data.endswith(b"\n") and not data.endswith(b"\n\n")
    return not has_ends or any(mark in data for mark in (b"\r", _BOM.encode(), b" \n", b"\t\n"))


def _strip_lines(document: Document) -> str:
    inside = document.places.rows_inside_texts()
    lines = enumerate(document.lines)
    return "\n".join(line if row in inside else _BLANKS.sub("", line) for row, line in lines)
