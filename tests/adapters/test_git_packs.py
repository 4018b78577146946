"""Packs that a git server sends: those that git writes are read, those of a trickster stop at a limit."""

from __future__ import annotations

import hashlib
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.sources.pack_reading import GitObject, PackLimits, read_pack

BLOB, BY_OFFSET, BY_NAME = 3, 6, 7


def size_bytes(size: int) -> bytes:
    """A size as deltas write it."""
    made = bytearray()
    while True:
        made.append((size & 0x7F) | (0x80 if size > 0x7F else 0))
        size >>= 7
        if not size:
            return bytes(made)


def an_entry(kind: int, data: bytes, *, base: bytes = b"", size: int | None = None) -> bytes:
    """One object of a pack; `size` is what it claims."""
    left = len(data) if size is None else size
    first, left = left & 15, left >> 4
    head = bytes([(kind << 4) | first | (0x80 if left else 0)]) + (size_bytes(left) if left else b"")
    return head + base + zlib.compress(data)


def a_pack(*entries: bytes, count: int | None = None) -> bytes:
    body = struct.pack(">4sII", b"PACK", 2, len(entries) if count is None else count) + b"".join(entries)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def name_of(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def test_what_git_writes_is_read(tmp_path: Path):
    porcelain.init(str(tmp_path))
    author = b"A <a@example.org>"
    for version in range(5):
        (tmp_path / "a.txt").write_text("".join(f"line {n}\n" for n in range(500)) + str(version))
        porcelain.add(str(tmp_path))
        porcelain.commit(str(tmp_path), message=b"x", author=author, committer=author)
    with Repo(str(tmp_path)) as repo:
        repo.object_store.pack_loose_objects()
        [pack] = tmp_path.glob(".git/objects/pack/*.pack")
        found = read_pack(pack.read_bytes())
        expected = {sha.decode(): repo.object_store.get_raw(sha)[1] for sha in repo.object_store}
    assert {name: one.data for name, one in found.items()} == expected


def test_a_delta_before_its_base_is_resolved():
    base, made = b"hello world", b"hello world, again"
    delta = size_bytes(len(base)) + size_bytes(len(made)) + b"\x90\x0b" + b"\x07, again"
    pack = a_pack(an_entry(BY_NAME, delta, base=bytes.fromhex(name_of(base))), an_entry(BLOB, base))
    assert read_pack(pack) == {name_of(base): GitObject("blob", base), name_of(made): GitObject("blob", made)}


def test_an_object_that_claims_much_stops_at_the_limit():
    with pytest.raises(TutorError, match="too large"):
        read_pack(a_pack(an_entry(BLOB, bytes(2_000_000))), PackLimits(inflated_bytes=1_000_000))


@pytest.mark.parametrize("size", [0, 10, 2_000])
def test_an_object_that_lies_about_its_size_is_refused(size: int):
    with pytest.raises(TutorError, match="cannot be read"):
        read_pack(a_pack(an_entry(BLOB, bytes(1_000), size=size)))


def test_a_delta_that_stands_for_much_stops_at_the_limit():
    base = bytes(60_000)
    copies = b"\x80" * 1_000_000  # each copies 65,536 bytes
    delta = size_bytes(len(base)) + size_bytes(1 << 40) + copies
    pack = a_pack(an_entry(BLOB, base), an_entry(BY_NAME, delta, base=bytes.fromhex(name_of(base))))
    with pytest.raises(TutorError, match="too large"):
        read_pack(pack)


def test_a_delta_that_makes_more_than_it_says_is_refused():
    base = bytes(65_536)
    delta = size_bytes(len(base)) + size_bytes(len(base)) + b"\x80" * 100_000
    pack = a_pack(an_entry(BLOB, base), an_entry(BY_NAME, delta, base=bytes.fromhex(name_of(base))))
    with pytest.raises(TutorError, match="cannot be read"):
        read_pack(pack)


def test_a_delta_without_a_base_is_refused():
    pack = a_pack(an_entry(BY_NAME, size_bytes(1) + size_bytes(1) + b"\x01x", base=bytes(20)))
    with pytest.raises(TutorError, match="cannot be read"):
        read_pack(pack)


def test_very_many_objects_are_refused_before_they_are_read():
    with pytest.raises(TutorError, match="too large"):
        read_pack(a_pack(count=4_000_000_000))


def test_a_size_without_end_is_refused():
    with pytest.raises(TutorError, match="cannot be read"):
        read_pack(a_pack(b"\xb0" + b"\xff" * 100_000))


@given(st.binary(max_size=300))
def test_garbage_is_a_sentence(rest: bytes):
    for pack in (rest, a_pack(rest), a_pack(an_entry(BLOB, b"x"), rest)):
        with suppress(TutorError):
            assert isinstance(read_pack(pack), dict)
