"""A zip archive read with distrust: data come out in pieces, counted and checked on the way."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import refused
from tui_tutor.shelf.archive.zip_directory import DEFLATED, Member, data_offset, read_members
from tui_tutor.shelf.writing import reason_of

CHUNK: Final = 1 << 16  # bytes held at once


@dataclass
class Archive:
    """An open archive; `members` in the order of the central directory, their names as they were written."""

    file: BinaryIO
    members: tuple[Member, ...]

    def stream(self, member: Member) -> Iterator[bytes]:
        """What a member holds, piece by piece; the sizes and the check sum are checked on the way."""
        self.file.seek(data_offset(self.file, member))
        crc, size = 0, 0
        for piece in (
            _inflated(self.file, member) if member.method == DEFLATED else _copied(self.file, member)
        ):
            size += len(piece)
            if size > member.size:
                raise refused(f"{member.name} is larger than it says")
            crc = zlib.crc32(piece, crc)
            yield piece
        if size != member.size:
            raise refused(f"{member.name} is smaller than it says")
        if crc != member.crc:
            raise refused(f"{member.name} is damaged: its check sum is another")

    def read(self, member: Member, limit: int) -> bytes:
        """All of a small member."""
        if member.size > limit:
            raise refused(f"{member.name} is larger than {limit:,} bytes")
        return b"".join(self.stream(member))


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a zip archive and read its directory. TutorError for whatever is not one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        reason = reason_of(error)
        raise TutorError(
            f"The archive {safe_line(str(path))} cannot be opened: {reason}.", help="Check the path."
        ) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise TutorError(f"{safe_line(str(path))} is not a file.", help="Name an archive that `pack` made.")
    with open(descriptor, "rb") as file:
        try:
            yield Archive(file, read_members(file, status.st_size))
        except OSError as error:
            reason = reason_of(error)
            raise TutorError(
                f"The archive could not be unpacked: {reason}. Nothing was installed."
            ) from error


# --- data -------------------------------------------------------------------------------------------


def _packed(file: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.packed
    while left:
        piece = file.read(min(left, CHUNK))
        if not piece:
            raise refused("it is cut off")
        left -= len(piece)
        yield piece


def _copied(file: BinaryIO, member: Member) -> Iterator[bytes]:
    if member.packed != member.size:
        raise refused(f"{member.name} is told of in two ways")
    yield from _packed(file, member)


def _inflated(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """Decompress in pieces of bounded size: a bomb never lies in memory."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _packed(file, member):
            rest = piece
            while rest and not inflate.eof:
                yield inflate.decompress(rest, CHUNK)
                rest = inflate.unconsumed_tail
            if rest or inflate.unused_data:
                raise refused(f"{member.name} has more data than it needs")
        while not inflate.eof and (last := inflate.decompress(b"", CHUNK)):
            yield last
    except zlib.error:
        raise refused(f"{member.name} is damaged and cannot be decompressed") from None
    if not inflate.eof:
        raise refused(f"{member.name} is cut off")
