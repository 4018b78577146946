"""Git's packs read from memory: every object inflated within bounds, deltas applied, nothing run.

Source: git's Documentation/gitformat-pack. Our own reader, because the bounds of a stranger's pack must hold
while it is read: a few bytes of it can stand for gigabytes, by compression as by deltas.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui_tutor.core.errors import TutorError

_TYPES: Final[Mapping[int, bytes]] = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
_BY_OFFSET, _BY_NAME = 6, 7
_HASH_BYTES: Final = 20
_HEADER: Final = 12
_WINDOW: Final = 65_536
_MOST_BITS: Final = 56  # of a size
_MOST_ROUNDS: Final = 250  # bases behind their deltas, one behind the other


@dataclass(frozen=True, slots=True)
class PackLimits:
    """How much a pack may hold; `inflated_bytes` counts deltas and what they make."""

    objects: int = 20_000
    inflated_bytes: int = 150_000_000


LIMITS: Final = PackLimits()


@dataclass(frozen=True, slots=True)
class GitObject:
    """One object: `kind` is commit, tree, blob or tag."""

    kind: str
    data: bytes


class _Broken(Exception):
    """The pack is not what git writes."""


def read_pack(pack: bytes, limits: PackLimits = LIMITS) -> dict[str, GitObject]:
    """Every object by its hash (40 hex digits); TutorError if the pack is damaged or too large."""
    try:
        return _Reader(memoryview(pack), limits).objects()
    except (_Broken, IndexError, zlib.error) as error:
        raise TutorError(
            "The git repository sent something that cannot be read. Nothing was installed.",
            help="Try again; if it stays so, tell the course's author.",
        ) from error


def too_large(what: str) -> TutorError:
    """The error for a repository beyond the limits."""
    return TutorError(
        f"The git repository is too large: {what}. Nothing was installed.",
        help="Ask the author for an archive made with `tui-tutor pack`.",
    )


@dataclass
class _Reader:
    pack: memoryview
    limits: PackLimits
    _inflated: int = 0
    _by_offset: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    _found: dict[str, GitObject] = field(default_factory=dict)
    _waiting: list[tuple[int, bytes, bytes]] = field(default_factory=list)  # offset, name of base, delta
    _following: list[tuple[int, int, bytes]] = field(default_factory=list)  # offset, offset of base, delta

    def objects(self) -> dict[str, GitObject]:
        end = len(self.pack) - _HASH_BYTES
        if end < _HEADER or bytes(self.pack[:4]) != b"PACK" or self.pack[7] not in (2, 3):
            raise _Broken
        if hashlib.sha1(self.pack[:end], usedforsecurity=False).digest() != self.pack[end:]:
            raise _Broken
        count = int.from_bytes(self.pack[8:12], "big")
        if count > self.limits.objects:
            raise too_large(f"it has {count:,} objects")
        at = _HEADER
        for _ in range(count):
            at = self._read_entry(at, end)
        self._resolve()
        return self._found

    def _read_entry(self, start: int, end: int) -> int:
        kind, size, at = self._entry_header(start)
        base_offset, base_name = 0, b""
        if kind == _BY_OFFSET:
            distance, at = self._distance(at)
            base_offset = start - distance
        elif kind == _BY_NAME:
            base_name, at = bytes(self.pack[at : at + _HASH_BYTES]), at + _HASH_BYTES
        elif kind not in _TYPES:
            raise _Broken
        data, at = self._inflate(at, end, size)
        if kind == _BY_OFFSET:
            self._following.append((start, base_offset, data))
        elif kind == _BY_NAME:
            self._waiting.append((start, base_name, data))
        else:
            self._keep(start, kind, data)
        return at

    def _entry_header(self, at: int) -> tuple[int, int, int]:
        byte = self.pack[at]
        kind, size, shift = (byte >> 4) & 7, byte & 15, 4
        while byte & 0x80:
            at += 1
            byte = self.pack[at]
            size |= (byte & 0x7F) << shift
            shift = _next_shift(shift)
        return kind, size, at + 1

    def _distance(self, at: int) -> tuple[int, int]:
        byte = self.pack[at]
        distance = byte & 0x7F
        while byte & 0x80:
            at += 1
            byte = self.pack[at]
            distance = ((distance + 1) << 7) | (byte & 0x7F)
            if distance > at:
                raise _Broken
        return distance, at + 1

    def _count(self, size: int) -> None:
        self._inflated += size
        if self._inflated > self.limits.inflated_bytes:
            raise too_large(f"it has more than {self.limits.inflated_bytes // 1_000_000} MB")

    def _inflate(self, at: int, end: int, size: int) -> tuple[bytes, int]:
        self._count(size)
        inflater, made = zlib.decompressobj(), bytearray()
        while not inflater.eof:
            if at >= end:
                raise _Broken
            window: bytes | memoryview = self.pack[at : min(at + _WINDOW, end)]
            at += len(window)
            while window and not inflater.eof:
                made += inflater.decompress(window, size - len(made) + 1)
                if len(made) > size:
                    raise _Broken
                window = inflater.unconsumed_tail
        if len(made) != size:
            raise _Broken
        return bytes(made), at - len(inflater.unused_data)

    def _keep(self, offset: int, kind: int, data: bytes) -> None:
        self._by_offset[offset] = (kind, data)
        head = b"%s %d\0" % (_TYPES[kind], len(data))
        name = hashlib.sha1(head + data, usedforsecurity=False).hexdigest()
        self._found[name] = GitObject(_TYPES[kind].decode(), data)

    def _resolve(self) -> None:
        """Apply deltas whose base is known until none is left; a base may stand behind its delta."""
        kinds = {word.decode(): number for number, word in _TYPES.items()}
        for _ in range(_MOST_ROUNDS):
            if not self._following and not self._waiting:
                return
            following, self._following = self._following, []
            for offset, base, delta in following:
                if base in self._by_offset:
                    kind, data = self._by_offset[base]
                    self._keep(offset, kind, self._apply(data, delta))
                else:
                    self._following.append((offset, base, delta))
            waiting, self._waiting = self._waiting, []
            for offset, name, delta in waiting:
                if (found := self._found.get(name.hex())) is not None:
                    self._keep(offset, kinds[found.kind], self._apply(found.data, delta))
                else:
                    self._waiting.append((offset, name, delta))
        raise _Broken

    def _apply(self, base: bytes, delta: bytes) -> bytes:
        expected, at = _size(delta, 0)
        size, at = _size(delta, at)
        if expected != len(base):
            raise _Broken
        self._count(size)
        made = bytearray()
        while at < len(delta):
            command = delta[at]
            at += 1
            if command & 0x80:
                offset, length, at = _copy(delta, at, command)
                piece = base[offset : offset + length]
                if len(piece) != length:
                    raise _Broken
            else:
                piece, at = delta[at : at + command], at + command
                if not command or len(piece) != command:
                    raise _Broken
            if len(made) + len(piece) > size:
                raise _Broken
            made += piece
        if len(made) != size:
            raise _Broken
        return bytes(made)


def _next_shift(shift: int) -> int:
    if shift > _MOST_BITS:
        raise _Broken
    return shift + 7


def _size(delta: bytes, at: int) -> tuple[int, int]:
    size, shift = 0, 0
    while True:
        byte = delta[at]
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, _next_shift(shift)
        if not byte & 0x80:
            return size, at


def _copy(delta: bytes, at: int, command: int) -> tuple[int, int, int]:
    """Offset and length of what is copied from the base, and where the next command stands."""
    values = []
    for bits in (range(4), range(4, 7)):
        value = 0
        for shift, bit in enumerate(bits):
            if command & (1 << bit):
                value |= delta[at] << (8 * shift)
                at += 1
        values.append(value)
    return values[0], values[1] or 0x10000, at
