"""The directory of a zip archive: what is declared twice must agree, and nothing declared is believed.

Written anew because `zipfile` hides what matters here: members that overlap, local headers that tell another
story than the central directory, several ends, sizes that lie. The format is PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from tui_tutor.shelf.archive.limits import LIMITS, refused

STORED: Final = 0
DEFLATED: Final = 8

_END: Final = struct.Struct("<4s4H2LH")  # end of central directory
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_FULL: Final = 0xFFFFFFFF  # "see the zip64 field"
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_PATCHED: Final = 0x0020
_SIZES_FOLLOW: Final = 0x0008
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory; `packed` and `size` are what it declares, in bytes."""

    name: str  # without the `/` at a folder's end
    is_folder: bool
    raw_name: bytes
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    offset: int


def read_members(file: BinaryIO, length: int) -> tuple[Member, ...]:
    """Every member that the directory of an archive of so many bytes tells of. TutorError if it lies."""
    count, size, offset = _end(file, length)
    if count > LIMITS.members:
        raise refused(f"it has {count:,} members, more than {LIMITS.members:,}")
    if size > LIMITS.directory_bytes:
        raise refused("its directory is larger than any course needs")
    directory = _read_at(file, offset, size)
    members, position = [], 0
    for _ in range(count):
        member, position = _member(directory, position)
        members.append(member)
    if position != size:
        raise refused("its directory has more than it counts")
    _check_places(file, members, offset)
    return tuple(members)


def _end(file: BinaryIO, length: int) -> tuple[int, int, int]:
    """(members, bytes of the directory, its offset), from the one end that the file has."""
    start = max(0, length - _END.size - 0xFFFF)
    tail = _read_at(file, start, length - start)
    found = [
        place
        for place in _places_of(b"PK\x05\x06", tail)
        if len(tail) - place >= _END.size
        and place + _END.size + int.from_bytes(tail[place + 20 : place + 22], "little") == len(tail)
    ]
    if not found:
        raise refused(_what_else(file, length))
    if len(found) > 1:
        raise refused("it has more than one end, and would be read differently by other programs")
    place = start + found[0]
    _, disk, first_disk, here, count, size, offset, _ = _END.unpack_from(tail, found[0])
    until = place
    if 0xFFFF in (disk, first_disk, here, count) or _FULL in (size, offset):
        told = (disk, first_disk, here, count, size, offset)
        disk, first_disk, here, count, size, offset, until = _end64(file, place, told)
    if disk or first_disk or here != count:
        raise refused("it is one part of several")
    if offset + size != until:
        raise refused("its directory does not lie where it says")
    return count, size, offset


def _end64(file: BinaryIO, place: int, told: tuple[int, ...]) -> tuple[int, ...]:
    """The six numbers of a zip64 end, and where it begins; those told twice must agree."""
    at = place - _LOCATOR.size
    mark, disk, offset, disks = _LOCATOR.unpack(_read_at(file, at, _LOCATOR.size))
    if mark != b"PK\x06\x07" or disk or disks > 1 or offset + _END64.size > at:
        raise refused("its zip64 end does not lie where it says")
    mark, size, *rest = _END64.unpack(_read_at(file, offset, _END64.size))
    if mark != b"PK\x06\x06" or offset + 12 + size != at:
        raise refused("its zip64 end is damaged")
    numbers = tuple(rest[2:])  # after the two versions
    full = (0xFFFF,) * 4 + (_FULL,) * 2
    if any(one not in (most, number) for one, most, number in zip(told, full, numbers, strict=True)):
        raise refused("its two ends do not agree")
    return (*numbers, offset)


def _places_of(mark: bytes, data: bytes) -> Iterator[int]:
    place = data.find(mark)
    while place >= 0:
        yield place
        place = data.find(mark, place + 1)


def _what_else(file: BinaryIO, length: int) -> str:
    """What a file is that is no whole zip archive."""
    head = _read_at(file, 0, min(length, 512))
    if not head:
        return "it is empty"
    if head.startswith(b"PK\x03\x04"):
        return "it is cut off or damaged at its end"
    if head[257:262] == b"ustar" or head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
        return "it is a tar or compressed file, and `pack` makes .zip"
    if head.startswith((b"Rar!", b"7z\xbc\xaf")):
        return "it is a rar or 7z archive, and `pack` makes .zip"
    return "it is not a zip archive"


def _member(directory: bytes, position: int) -> tuple[Member, int]:
    if position + _CENTRAL.size > len(directory):
        raise refused("its directory is cut off")
    (mark, made, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length,
     disk, _, attributes, offset) = _CENTRAL.unpack_from(directory, position)  # fmt: skip
    start = position + _CENTRAL.size
    end = start + name_length + extra_length + comment_length
    if mark != b"PK\x01\x02" or end > len(directory):
        raise refused("its directory is damaged")
    raw = directory[start : start + name_length]
    extra = directory[start + name_length : start + name_length + extra_length]
    size, packed, offset, disk = _wide(extra, (size, packed, offset), disk)
    name = _text(raw)
    if disk:
        raise refused("it is one part of several")
    is_folder = name.endswith("/")
    _check_kind(name, attributes, made >> 8, is_folder=is_folder, size=size)
    _check_flags(name, flags, method)
    return Member(name.removesuffix("/"), is_folder, raw, method, flags, crc, packed, size, offset), end


def _text(raw: bytes) -> str:
    # Whatever the flag says: names that are UTF-8 are read as such, others are nobody's guess.
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise refused("a name in it is not UTF-8") from None
    if not name:
        raise refused("a name in it is empty")
    return name


def _wide(extra: bytes, narrow: tuple[int, int, int], disk: int) -> tuple[int, int, int, int]:
    """Sizes and offset, from the zip64 field where the narrow ones are full. Order: size, packed, offset."""
    wide = _extra_field(extra, 0x0001)
    numbers, place = [], 0
    for number in narrow:
        if number != _FULL:
            numbers.append(number)
            continue
        if wide is None or place + 8 > len(wide):
            raise refused("a size in it is missing")
        numbers.append(int.from_bytes(wide[place : place + 8], "little"))
        place += 8
    if disk == 0xFFFF:
        disk = int.from_bytes((wide or b"")[place : place + 4], "little")
    return numbers[0], numbers[1], numbers[2], disk


def _extra_field(extra: bytes, wanted: int) -> bytes | None:
    """One extra field; one that occurs twice would be read differently by others."""
    found, place = None, 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == wanted:
            if found is not None or place + 4 + length > len(extra):
                raise refused("an extra field in it is damaged")
            found = extra[place + 4 : place + 4 + length]
        place += 4 + length
    return found


def _check_kind(name: str, attributes: int, system: int, *, is_folder: bool, size: int) -> None:
    mode = attributes >> 16
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise refused(f"{name} is a link, and a course has only files and folders")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (system != _UNIX and attributes & 0x08):
        raise refused(f"{name} is neither a file nor a folder")
    if mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):
        raise refused(f"{name} wants rights that no course needs")
    says_folder = kind == stat.S_IFDIR or (kind == 0 and bool(attributes & 0x10))
    if (says_folder and not is_folder) or (is_folder and (kind == stat.S_IFREG or size)):
        raise refused(f"{name} is a file in one place and a folder in another")


def _check_flags(name: str, flags: int, method: int) -> None:
    if flags & _ENCRYPTED:
        raise refused(f"{name} is encrypted")
    if flags & _PATCHED or method not in (STORED, DEFLATED):
        raise refused(f"{name} is compressed in a way (number {method}) that is not read here")


def _check_places(file: BinaryIO, members: list[Member], end: int) -> None:
    """Every member begins where it says, tells there what the directory tells, and overlaps no other."""
    free_from = 0
    for member in sorted(members, key=lambda one: one.offset):
        if member.offset < free_from:
            raise refused(f"{member.name} lies over another member")
        free_from = data_offset(file, member) + member.packed
        if free_from > end:
            raise refused(f"{member.name} goes beyond its place")


def data_offset(file: BinaryIO, member: Member) -> int:
    """Where a member's data begins; its local header must agree with the directory."""
    header = _read_at(file, member.offset, _LOCAL.size)
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
    rest = _read_at(file, member.offset + _LOCAL.size, name_length + extra_length)
    is_same = mark == b"PK\x03\x04" and rest[:name_length] == member.raw_name and method == member.method
    if not is_same or (flags ^ member.flags) & (_ENCRYPTED | _PATCHED | _SIZES_FOLLOW):
        raise refused(f"{member.name} is told of in two ways")
    if _FULL in (size, packed):
        size, packed, _, _ = _wide(rest[name_length:], (size, packed, 0), 0)
    told, known = (crc, packed, size), (member.crc, member.packed, member.size)
    is_later = bool(flags & _SIZES_FOLLOW)
    if any(one != other and not (is_later and one == 0) for one, other in zip(told, known, strict=True)):
        raise refused(f"{member.name} is told of in two ways")
    return int(member.offset + _LOCAL.size + name_length + extra_length)


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    if offset < 0 or offset >> 62:
        raise refused("it is damaged")
    file.seek(offset)
    data = file.read(size)
    if len(data) != size:
        raise refused("it is cut off")
    return data
