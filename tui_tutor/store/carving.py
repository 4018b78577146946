"""Records found in the bytes of a damaged database, whatever became of its pages and indexes.

A row lies in the file in one piece, behind a header that tells the type of each column: that header is what
is looked for, so neither the file's own header nor the tree of its pages need be sound. The same holds for
the write-ahead log and the rollback journal, whose frames are pages. Text that a learner's program printed
cannot look like a header: it is stored as JSON in ASCII, without control characters.
Source: "Database File Format", sections 1.6 and 2.1, sqlite.org/fileformat2.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tui_tutor.store.rows import DeviceRow, EventRow, SettingRow, sound_event, sound_setting

PAGE_BYTES: Final = 4096  # what SQLite takes unless told otherwise, and we never tell it
_WAL_HEADER, _FRAME_HEADER = 32, 24
_MOST_PAYLOAD: Final = 1 << 28

_VARINT: Final = rb"(?:[\x80-\xff]{0,3}[\x00-\x7f])"
_INTEGER: Final = rb"[\x01-\x06\x08\x09]"
# id (null: it is the row's number), device, sequence, kind, course, lesson, cell, at (32 characters), data.
_EVENT: Final = re.compile(
    rb"(?=([\x0a-\x19])\x00(%b)(%b)(%b)(%b)(%b)(%b)\x4d(%b))" % (_INTEGER, _INTEGER, *[_VARINT] * 5),
    re.DOTALL,
)
# number (null), id (32 digits), is_here.
_DEVICE: Final = re.compile(rb"\x04\x00\x4d[\x01\x08\x09]([0-9a-f]{32})")
# name, value: two texts.
_SETTING: Final = re.compile(rb"(?=\x03([\x0d-\x7f])([\x0d-\x7f])([a-z][a-z0-9_.:-]*))", re.DOTALL)
_INTEGER_BYTES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}


@dataclass(frozen=True, slots=True)
class Bytes:
    """A damaged database as it lies on the disk: the file, its write-ahead log, its rollback journal."""

    main: bytes
    log: bytes = b""
    journal: bytes = b""
    _frames: dict[int, int] = field(default_factory=dict)

    def page_bytes(self) -> int:
        """The size of its pages; what is usual if the header does not tell."""
        told = int.from_bytes(self.main[16:18], "big")
        is_sound = self.main.startswith(b"SQLite format 3\0") and 512 <= told <= 32768 and not told & told - 1
        return told if is_sound else PAGE_BYTES

    def page(self, number: int) -> bytes:
        """The newest content of a page, counted from 1; b"" if there is none."""
        size = self.page_bytes()
        if self.log and not self._frames:
            step = size + _FRAME_HEADER
            for start in range(_WAL_HEADER, len(self.log) - step + 1, step):
                self._frames[int.from_bytes(self.log[start : start + 4], "big")] = start + _FRAME_HEADER
        if number in self._frames:
            start = self._frames[number]
            return self.log[start : start + size]
        return self.main[(number - 1) * size : number * size] if number > 0 else b""

    def parts(self) -> tuple[bytes, ...]:
        """What rows may lie in, the most trustworthy first."""
        return tuple(part for part in (self.main, self.log, self.journal) if part)


def events_in(damaged: Bytes) -> Iterator[EventRow]:
    """Every sound row of the log; one row may come several times."""
    for part in damaged.parts():
        for found in _EVENT.finditer(part):
            row = _event_at(damaged, part, found)
            if row is not None and sound_event(row):
                yield row


def devices_in(damaged: Bytes) -> Iterator[DeviceRow]:
    """The devices that wrote the log."""
    for part in damaged.parts():
        for found in _DEVICE.finditer(part):
            number = _row_number(part, found.start(), found.end() - found.start())
            if number is not None:
                yield number, found[1].decode("ascii")


def settings_in(damaged: Bytes) -> Iterator[SettingRow]:
    """The settings; of one that was changed, older values may come too."""
    for part in damaged.parts():
        for found in _SETTING.finditer(part):
            lengths = [(found[group][0] - 13) // 2 for group in (1, 2)]
            if any(found[group][0] % 2 == 0 for group in (1, 2)):
                continue
            start = found.start() + 3
            body = part[start : start + sum(lengths)]
            # The byte before is the length of it all: without it any two small bytes would do.
            if found.start() == 0 or part[found.start() - 1] != 3 + len(body):
                continue
            name, value = body[: lengths[0]], body[lengths[0] :]
            row = (name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
            if sound_setting(row):
                yield row


def _event_at(damaged: Bytes, part: bytes, found: re.Match[bytes]) -> EventRow | None:
    header = found[1][0]
    if found.end(8) - found.start() != header:
        return None
    texts = [_varint(found[group]) for group in (4, 5, 6, 7)] + [77, _varint(found[8])]
    if any(kind < 13 or kind % 2 == 0 for kind in texts):
        return None
    integers = [_INTEGER_BYTES[found[group][0]] for group in (2, 3)]
    lengths = [*integers, *((kind - 13) // 2 for kind in texts)]
    payload = header + sum(lengths)
    whole = _payload(damaged, part, found.start(), payload) if payload < _MOST_PAYLOAD else None
    if whole is None:
        return None
    values, start = [], header
    for length in lengths:
        values.append(whole[start : start + length])
        start += length
    numbers = [_integer(found[group][0], value) for group, value in zip((2, 3), values[:2], strict=True)]
    words = [value.decode("utf-8", "replace") for value in values[2:]]
    number = _row_number(part, found.start(), payload) or 0
    return EventRow(number, numbers[0], numbers[1], *words)


def _payload(damaged: Bytes, part: bytes, start: int, length: int) -> bytes | None:
    """A row's bytes, with those that lie on pages of their own because they are many; None if cut off."""
    usable = damaged.page_bytes()
    local = _local_length(length, usable)
    found = bytearray(part[start : start + local])
    if len(found) < local:
        return None
    following = int.from_bytes(part[start + local : start + local + 4], "big") if local < length else 0
    while len(found) < length:
        page = damaged.page(following)
        if len(page) < usable:
            return None
        found += page[4 : 4 + length - len(found)]
        following = int.from_bytes(page[:4], "big")
    return bytes(found)


def _local_length(length: int, usable: int) -> int:
    if length <= usable - 35:
        return length
    least = (usable - 12) * 32 // 255 - 23
    wanted = least + (length - least) % (usable - 4)
    return wanted if wanted <= usable - 35 else least


def _row_number(part: bytes, header: int, payload: int) -> int | None:
    """The row's number, between the payload's length and the header; None if these do not fit."""
    length = _as_varint(payload)
    for width in range(1, 10):
        start = header - width
        if start < len(length):
            return None
        if part[start - len(length) : start] != length:
            continue
        digits = part[start:header]
        if all(byte & 0x80 for byte in digits[:-1]) and not digits[-1] & 0x80:
            return _varint(digits)
    return None


def _varint(data: bytes) -> int:
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value


def _as_varint(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def _integer(kind: int, data: bytes) -> int:
    return kind - 8 if kind in (8, 9) else int.from_bytes(data, "big", signed=True)
