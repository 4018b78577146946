"""Rows of a database that may be damaged, and whether one is sound."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final, NamedTuple

DeviceRow = tuple[int, str]  # number in this database, id
SettingRow = tuple[str, str]

_KIND: Final = re.compile(r"[a-z]{2,20}")  # newer versions may have kinds that we do not know
_DEVICE_ID: Final = re.compile(r"[0-9a-f]{32}")


class EventRow(NamedTuple):
    """A line of the log; `number` orders the lines of one database, 0 if it cannot be told."""

    number: int
    device: int
    sequence: int
    kind: str
    course: str
    lesson: str
    cell: str
    at: str
    data: str


def sound_event(row: EventRow) -> bool:
    """Whether a record can be made of it: a kind, a time, and data that can be read."""
    types = [int] * 3 + [str] * 6
    if any(type(value) is not wanted for value, wanted in zip(row, types, strict=True)):
        return False
    # What we write as data is ASCII: anything else is damage.
    if not _KIND.fullmatch(row.kind) or row.sequence < 1 or not row.data.isascii():
        return False
    try:
        at, data = datetime.fromisoformat(row.at), json.loads(row.data)
    except (ValueError, RecursionError):
        return False
    is_text = all("\ufffd" not in text and text.isprintable() for text in (row.course, row.lesson, row.cell))
    return at.tzinfo is not None and isinstance(data, dict) and is_text


def sound_device(row: DeviceRow) -> bool:
    """Whether it names a device."""
    number, id = row
    return type(number) is int and number > 0 and type(id) is str and _DEVICE_ID.fullmatch(id) is not None


def sound_setting(row: SettingRow) -> bool:
    """Whether both are words."""
    return all(type(text) is str and text and text.isprintable() and "\ufffd" not in text for text in row)
