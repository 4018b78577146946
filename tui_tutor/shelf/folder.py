"""A course folder read safely: regular files only, no link followed, limits before reading."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.writing import reason_of

MANIFEST: Final = "course.toml"
LOCK: Final = "course.lock.json"
WHEELS_PLACE: Final = ".wheels"
"""Wheels that came with a course; a dot folder, so no part of what is parsed, hashed and trusted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a stranger's folder is read."""

    course_bytes: int = 50_000_000
    lesson_bytes: int = 1_000_000
    lock_bytes: int = 20_000_000
    files: int = 2_000
    entries: int = 10_000
    depth: int = 8


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells, without reading, that a file may have changed; for display, never for trust."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int
    owner: int


@dataclass(frozen=True)
class Snapshot:
    """The bytes of a whole course at one moment: what is parsed, hashed, copied and run."""

    files: Mapping[str, bytes]
    stamps: Mapping[str, FileStamp]
    diagnostics: tuple[Diagnostic, ...] = ()

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 of every file that counts, by relative name; the lock does not."""
        names = sorted(name for name in self.files if name != LOCK)
        return {name: hashlib.sha256(self.files[name]).hexdigest() for name in names}

    @cached_property
    def tree_hash(self) -> str:
        """One hash over all relative names and bytes."""
        return tree_hash_of(self.hashes)


@dataclass
class _Tree:
    stamps: dict[str, FileStamp] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    bytes_read: int = 0
    entries: int = 0


def tree_hash_of(hashes: Mapping[str, str]) -> str:
    """One hash over the names of files and their SHA-256; the lock does not count."""
    lines = (f"{len(name.encode())} {name} {hashes[name]}\n" for name in sorted(hashes) if name != LOCK)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_course_files(path: Path) -> dict[str, bytes]:
    """Every file of a course by relative name; TutorError if it is no course or too large."""
    return dict(take_snapshot(path).files)


def take_snapshot(path: Path, limits: Limits = LIMITS) -> Snapshot:
    """Read a whole course; links, devices and what vanishes meanwhile are left out and named."""
    tree = _Tree()
    with open_folder(path) as root:
        _walk(root, "", tree, limits, is_reading=True)
    problems = [_skipped(name, reason) for name, reason in tree.skipped.items()]
    return Snapshot(tree.files, tree.stamps, (*problems, *_case_problems(tree.files)))


def stamps_of(path: Path, limits: Limits = LIMITS) -> dict[str, FileStamp]:
    """The stamp of every file, nothing read."""
    tree = _Tree()
    with open_folder(path) as root:
        _walk(root, "", tree, limits, is_reading=False)
    return tree.stamps


@contextmanager
def open_folder(path: Path) -> Iterator[int]:
    """A descriptor of a course's folder; TutorError if it cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        reason = reason_of(error)
        raise TutorError(
            f"The course folder {safe_line(str(path))} cannot be opened: {reason}.",
            help="Check the path and that you may read it.",
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class FolderFiles(Mapping[str, bytes]):
    """A course folder as `{path: bytes}` that reads a file only when it is asked for."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self._path = path
        self._limits = limits
        self._read: dict[str, bytes | None] = {}

    @cached_property
    def stamps(self) -> Mapping[str, FileStamp]:
        """All files, by relative name."""
        return stamps_of(self._path, self._limits)

    def __getitem__(self, name: str) -> bytes:
        data = self._data(name)
        if data is None:
            raise KeyError(name)
        return data

    def __contains__(self, name: object) -> bool:
        # A file that is listed and cannot be read is not there.
        return isinstance(name, str) and self._data(name) is not None

    def _data(self, name: str) -> bytes | None:
        if name not in self._read:
            self._read[name] = read_file(self._path, name, self._limits)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.stamps)

    def __len__(self) -> int:
        return len(self.stamps)


def read_file(path: Path, name: str, limits: Limits = LIMITS) -> bytes | None:
    """One file of a course by relative name; None if it is absent, a link, or no regular file."""
    *folders, last = name.split("/")
    if any(part in {"", ".", ".."} for part in (*folders, last)):
        return None
    with open_folder(path) as root:
        opened: list[int] = []
        try:
            for part in folders:
                opened.append(_open_in(opened[-1] if opened else root, part, os.O_DIRECTORY))
            return _read_regular(opened[-1] if opened else root, last, _limit_of(name, limits))
        except OSError:
            return None
        finally:
            for descriptor in opened:
                os.close(descriptor)


def _open_in(folder: int, name: str, flags: int = 0) -> int:
    # Without O_NONBLOCK a named pipe would hold us until somebody writes into it.
    flags |= os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.open(name, flags, dir_fd=folder)


def _read_regular(folder: int, name: str, limit: int) -> bytes | None:
    descriptor = _open_in(folder, name)
    with open(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        parts, left = [], limit + 1
        while left and (part := file.read(left)):
            parts.append(part)
            left -= len(part)
    return b"".join(parts)


def _limit_of(name: str, limits: Limits) -> int:
    # One byte more than the limit is read, so that the parser can say "too large" without it all.
    if name.endswith(".toml"):
        return limits.lesson_bytes
    return limits.lock_bytes if name == LOCK else limits.course_bytes


def _walk(folder: int, prefix: str, tree: _Tree, limits: Limits, *, is_reading: bool, depth: int = 1) -> None:
    with os.scandir(folder) as entries:
        for entry in sorted(_counted(entries, tree, limits), key=lambda one: one.name):
            name = prefix + entry.name
            try:
                if not _is_speakable(name):
                    tree.skipped[safe_line(name)] = "its name is not valid UTF-8"
                elif entry.is_dir(follow_symlinks=False):
                    _enter(folder, entry.name, name, tree, limits, is_reading=is_reading, depth=depth)
                elif entry.is_file(follow_symlinks=False):
                    _take(folder, entry, name, tree, limits, is_reading=is_reading)
                else:
                    kind = "a link" if entry.is_symlink() else "not a regular file"
                    tree.skipped[name] = f"it is {kind}, and only regular files are read"
            except FileNotFoundError:
                continue  # it vanished while we looked
            except OSError as error:
                tree.skipped[name] = reason_of(error)


def _counted(entries: Iterator[os.DirEntry[str]], tree: _Tree, limits: Limits) -> Iterator[os.DirEntry[str]]:
    """Links and folders count too: a million of them would be looked at, named and kept in memory."""
    for entry in entries:
        tree.entries += 1
        if tree.entries > limits.entries:
            raise _too_large(f"more than {limits.entries:,} files, folders and links")
        yield entry


def _enter(
    folder: int, entry: str, name: str, tree: _Tree, limits: Limits, *, is_reading: bool, depth: int
) -> None:
    if entry.startswith("."):
        return
    if depth >= limits.depth:
        tree.skipped[name] = f"folders are read to a depth of {limits.depth}"
        return
    descriptor = _open_in(folder, entry, os.O_DIRECTORY)
    try:
        _walk(descriptor, f"{name}/", tree, limits, is_reading=is_reading, depth=depth + 1)
    finally:
        os.close(descriptor)


def _take(
    folder: int, entry: os.DirEntry[str], name: str, tree: _Tree, limits: Limits, *, is_reading: bool
) -> None:
    if len(tree.stamps) >= limits.files:
        raise _too_large(f"more than {limits.files:,} files")
    status = entry.stat(follow_symlinks=False)
    tree.stamps[name] = FileStamp(
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode, status.st_uid
    )
    if not is_reading:
        return
    left = limits.course_bytes - tree.bytes_read
    data = _read_regular(folder, entry.name, min(_limit_of(name, limits), left))
    if data is None:
        return
    tree.bytes_read += len(data)
    if tree.bytes_read > limits.course_bytes:
        raise _too_large(f"more than {limits.course_bytes // 1_000_000} MB")
    tree.files[name] = data


def _too_large(what: str) -> TutorError:
    return TutorError(
        f"This course is too large: it has {what}.",
        help="Remove what lessons do not need; large data can be made or fetched by a cell.",
        exit_code=4,
    )


def _is_speakable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _skipped(name: str, reason: str) -> Diagnostic:
    return Diagnostic(
        "file-skipped",
        f"{safe_line(name)} was left out: {reason}",
        Span(safe_line(name)),
        severity="warning",
        help="Copy the file itself into the course.",
    )


def _case_problems(files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for name in files:
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            yield Diagnostic(
                "name-collision",
                f"{safe_line(name)} and {safe_line(seen[folded])} are one name on other systems",
                Span(safe_line(name)),
                severity="warning",
                help="Rename one of them.",
            )
        seen.setdefault(folded, name)
