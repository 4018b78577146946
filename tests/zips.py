"""Zip archives byte by byte, so that a test can make one that lies."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

COURSE = {
    "course.toml": b'format = 1\nid = "tour"\ntitle = "Tour"\nversion = "1.0.0"\nlicense = "MIT"\n'
    b'lessons = ["one"]\n',
    "lessons/one.toml": b'title = "One"\nminutes = 1\nbloom = "remember"\nobjective = "Name one"\n'
    b'[[cell]]\nkind = "md"\ntext = "One."\n',
}


@dataclass(frozen=True)
class Entry:
    """One member; what is None is told truly."""

    name: str | bytes
    data: bytes = b"x = 1\n"
    method: int = 8
    flags: int = 0x0800
    mode: int | None = None
    system: int = 3
    dos: int = 0
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    packed: bytes | None = None  # what stands in the archive
    offset: int | None = None
    disk: int = 0
    extra: bytes = b""
    comment: bytes = b""
    local: Mapping[str, object] | None = None  # fields that the local header tells otherwise
    tail: bytes = b""  # what follows the data

    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode("utf-8", "surrogatepass")

    def stored(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == 8 else self.data

    def told(self) -> tuple[int, int, int]:
        """(crc, packed, size) as declared."""
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        packed = len(self.stored()) if self.packed_size is None else self.packed_size
        return crc, packed, len(self.data) if self.size is None else self.size

    def local_header(self) -> bytes:
        one = replace(self, **{"extra": b"", **(self.local or {})})
        name = one.raw_name()
        fixed = struct.pack(
            "<4s5H3L2H",
            b"PK\x03\x04",
            20,
            one.flags,
            one.method,
            0,
            33,
            *one.told(),
            len(name),
            len(one.extra),
        )
        return fixed + name + one.extra

    def central_header(self, offset: int) -> bytes:
        name = self.raw_name()
        place = offset if self.offset is None else self.offset
        mode = (0o040755 if name.endswith(b"/") else 0o100644) if self.mode is None else self.mode
        attributes = mode << 16 | self.dos
        lengths = (len(name), len(self.extra), len(self.comment))
        fixed = struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", self.system << 8 | 20, 20, self.flags, self.method, 0, 33,
            *self.told(), *lengths, self.disk, 0, attributes, place,
        )  # fmt: skip
        return fixed + name + self.extra + self.comment


def deflated(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush()


def a_zip(
    *entries: Entry,
    prefix: bytes = b"",
    before_end: bytes = b"",
    comment: bytes = b"",
    end: Sequence[int | None] = (None,) * 6,
) -> bytes:
    """An archive of these members; `end` replaces disk, first disk, counts, size and offset of the end."""
    body, directory = prefix, b""
    for entry in entries:
        directory += entry.central_header(len(body))
        body += entry.local_header() + entry.stored() + entry.tail
    true = (0, 0, len(entries), len(entries), len(directory), len(body))
    numbers = [told if told is not None else known for told, known in zip(end, true, strict=True)]
    return (
        body
        + directory
        + before_end
        + struct.pack("<4s4H2LH", b"PK\x05\x06", *numbers, len(comment))
        + comment
    )


def course_entries(root: str = "tour", **changed: bytes) -> list[Entry]:
    """The members of a plain zip of a course."""
    return [Entry(f"{root}/{name}" if root else name, data) for name, data in {**COURSE, **changed}.items()]


def with_course(*entries: Entry, root: str = "tour") -> bytes:
    """A whole course and these members besides."""
    return a_zip(*course_entries(root), *entries)
