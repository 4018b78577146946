"""A zip archive that is the same whenever its files are: nothing of clock, disk, umask or system is in it.

Written anew because what `zipfile` writes may differ between versions of Python. The format is PKWARE's
APPNOTE 6.3; only what every unzipper reads is used.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.archive.limits import LIMITS
from tui_tutor.shelf.archive.zip_directory import DEFLATED, STORED

_LEVEL: Final = 9
_UTF8: Final = 0x0800
_VERSION: Final = 20  # of the format: deflate and folders
_MADE_BY: Final = 3 << 8 | _VERSION  # Unix, so that the mode counts
_MODE: Final = 0o100644 << 16
_DATE: Final = 1 << 5 | 1  # 1 January 1980, the first day of zip
_WORTHWHILE: Final = 0.97  # of its size: what deflates less is stored, and the same with every zlib
_LARGEST: Final = 0xFFFF_FFFE  # bytes; more would need zip64


@dataclass
class ZipWriter:
    """Files one after the other, in the order given, and then the directory."""

    file: BinaryIO
    _entries: list[bytes] = field(default_factory=list)
    _offset: int = 0

    def add(self, name: str, data: bytes) -> None:
        """A file held in memory, deflated where that makes it smaller."""
        packed = _deflated(data)
        method = STORED if packed is None else DEFLATED
        pieces = (data if packed is None else packed,)
        self._add(name, (method, zlib.crc32(data), len(pieces[0]), len(data)), pieces)

    def add_stored(self, name: str, crc: int, size: int, pieces: Iterable[bytes]) -> None:
        """A file that is compressed already, in pieces; its check sum and size must be known."""
        self._add(name, (STORED, crc, size, size), pieces)

    def _add(self, name: str, told: tuple[int, int, int, int], pieces: Iterable[bytes]) -> None:
        method, crc, packed, size = told
        raw = name.encode("utf-8")
        facts = (_VERSION, _UTF8, method, 0, _DATE, crc, packed, size, len(raw), 0)
        header = struct.pack("<4s5H3L2H", b"PK\x03\x04", *facts) + raw
        if self._offset + len(header) + packed > _LARGEST:
            raise _too_large()
        self.file.write(header)
        written = sum(self.file.write(piece) for piece in pieces)
        if written != packed:
            raise TutorError(f"{name} changed while it was packed. Nothing was written.", help="Try again.")
        central = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", _MADE_BY, *facts, 0, 0, 0, _MODE, self._offset)
        self._entries.append(central + raw)
        self._offset += len(header) + packed

    def finish(self) -> None:
        """Write the directory."""
        directory = b"".join(self._entries)
        count = len(self._entries)
        if self._offset + len(directory) > _LARGEST or count > LIMITS.members:
            raise _too_large()
        self.file.write(directory)
        told = (0, 0, count, count, len(directory), self._offset, 0)
        self.file.write(struct.pack("<4s4H2LH", b"PK\x05\x06", *told))


def _deflated(data: bytes) -> bytes | None:
    """The data deflated, None where it is better stored."""
    deflate = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY
    )
    packed = deflate.compress(data) + deflate.flush()
    # What deflates beyond the reader's bound for bombs is stored too: our own archives are never refused.
    is_bomb = len(data) > LIMITS.ratio_from_bytes and len(packed) * LIMITS.ratio < len(data)
    return None if is_bomb or len(packed) > _WORTHWHILE * len(data) else packed


def _too_large() -> TutorError:
    return TutorError("The archive would be larger than 4 GB. Nothing was written.", help="Leave wheels out.")
