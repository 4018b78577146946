"""What servers say -> values: JSON, counts, times to wait. All of it may be anything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from tui_tutor.core.language_model import Json

MOST_ANSWER_CHARACTERS: Final = 4_000_000
DEEPEST: Final = 100  # tables inside tables of an answer
_MOST_TOKENS: Final = 1_000_000_000
_FENCED: Final = re.compile(r"\s*```(?:json)?[ \t]*\r?\n(.*?)\r?\n?```\s*", re.DOTALL)


def json_of(text: str) -> Json:
    """The JSON that a text is, None if it is none; only a code fence around all of it is forgiven."""
    fenced = _FENCED.fullmatch(text)
    try:
        read = json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return read if _is_shallow(read) else None


def _is_shallow(value: Any) -> bool:
    """Whether a value can be written again as well as it was read: lists and tables of a sane depth."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            part
            for one in level
            if isinstance(one, list | dict)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def count(value: Any) -> int:
    """A server's count of tokens; 0 for what is none."""
    return min(max(value, 0), _MOST_TOKENS) if type(value) is int else 0


def whole_text(text: str) -> str:
    """Text without halves of characters, which no file could hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds to wait as a server asks for them (a number or a date), None if it does not."""
    for name, divisor in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers[name]) / divisor
        except (KeyError, ValueError):
            continue
        if 0 <= seconds < 1e9:
            return seconds
    try:
        wait = (parsedate_to_datetime(headers["retry-after"]) - now).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None
    return max(0.0, wait)


def schema_request(schema: Mapping[str, Json]) -> str:
    """How a schema is asked for where a server may not enforce it."""
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON value and nothing around it. It has to fit this JSON schema:\n{text}"
