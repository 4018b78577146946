"""Anything a stranger wrote -> text that no terminal can be fooled by."""

from __future__ import annotations

import json
from typing import Any, Final

_REPLACEMENT: Final = 0xFFFD


def _table() -> dict[int, int | str]:
    table: dict[int, int | str] = {code: 0x2400 + code for code in range(0x20) if code != 0x0A}
    table[0x09] = "    "
    table[0x7F] = 0x2421
    ranges = ((0x80, 0x9F), (0x202A, 0x202E), (0x2066, 0x2069), (0xE0000, 0xE007F), (0xD800, 0xDFFF))
    for first, last in ranges:
        table.update(dict.fromkeys(range(first, last + 1), _REPLACEMENT))
    table.update(dict.fromkeys((0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF), _REPLACEMENT))
    return table


_TABLE: Final = _table()
_LINE_TABLE: Final = {**_TABLE, 0x0A: " "}
_JSON_TABLE: Final = {code: json.dumps(chr(code))[1:-1] for code in _TABLE if code > 0x7F} | {0x7F: "\\u007f"}


def safe_text(text: str) -> str:
    """Replace every character that steers a terminal by a visible stand-in; keep line feeds.

    CR LF becomes LF, a tab four spaces; other controls become control pictures (U+2400 + code), C1
    controls, bidirectional controls, tag characters and lone surrogates U+FFFD. Idempotent.
    """
    return text.replace("\r\n", "\n").translate(_TABLE)


def safe_line(text: str, *, limit: int = 500) -> str:
    """Like `safe_text`, on one line (line feeds become blanks) and at most `limit` characters long."""
    line = text.replace("\r\n", "\n").translate(_LINE_TABLE)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def safe_json(value: Any, *, is_sorted: bool = False) -> str:
    """JSON in which every character that steers a terminal is escaped: safe to print, and nothing is lost."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=is_sorted).translate(_JSON_TABLE)
