"""Packing a course: the same bytes for the same files, whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from tui_tutor.core.course import Course
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import LIMITS
from tui_tutor.shelf.archive.manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    WHEELS_FOLDER,
    FileFacts,
    Manifest,
    is_wheel,
)
from tui_tutor.shelf.archive.names import collision_in, is_left_out, problem_with, trap_in
from tui_tutor.shelf.archive.signing import SigningKey
from tui_tutor.shelf.archive.zip_reading import CHUNK
from tui_tutor.shelf.archive.zip_writing import ZipWriter
from tui_tutor.shelf.folder import LIMITS as FOLDER_LIMITS
from tui_tutor.shelf.folder import LOCK, Snapshot
from tui_tutor.shelf.writing import flush_folder, reason_of, scratch_name, sweep

LockState = Literal["fresh", "stale", "missing"]

_MOST_NAMED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive that was written."""

    path: Path
    manifest: Manifest
    size: int


@dataclass(frozen=True, slots=True)
class _Wheel:
    facts: FileFacts
    path: Path
    crc: int


def files_to_pack(snapshot: Snapshot) -> dict[str, bytes]:
    """What of a course travels. TutorError (exit code 4) for a name that `install` would refuse."""
    files = {name: data for name, data in snapshot.files.items() if not is_left_out(name)}
    for name in sorted(files):
        if (trap := trap_in(name)) is not None:
            raise _unfit(name, f"Python or its tools would load {trap} by themselves")
        if (problem := problem_with(name)) is not None:
            raise _unfit(name, problem)
    if collided := collision_in(files):
        raise _unfit(collided[0], f"it and {collided[1]} are one name on some systems")
    if len(files.get(LOCK, b"")) > FOLDER_LIMITS.lock_bytes:
        raise _unfit(LOCK, f"it is larger than {FOLDER_LIMITS.lock_bytes // 1_000_000} MB")
    return files


def _unfit(name: str, reason: str) -> TutorError:
    return TutorError(
        f"{safe_line(name)} cannot be packed: {reason}. Nothing was written.",
        help="Rename it, or move it out of the course.",
        exit_code=4,
    )


def names_left_out(folder: Path, packed: Mapping[str, bytes]) -> tuple[str, ...]:
    """What stays behind, by relative name; a folder of which nothing is packed ends with `/`."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        prefix = os.path.relpath(place, folder)
        prefix = "" if prefix == "." else f"{prefix}/"
        inner = {f"{prefix}{one}/" for one in folders}
        empty = {one for one in inner if not any(name.startswith(one) for name in packed)}
        found += [one for one in empty if is_left_out(one.rstrip("/")) or _has_files(folder / one)]
        folders[:] = [one for one in folders if f"{prefix}{one}/" not in empty]
        found += [f"{prefix}{one}" for one in names if f"{prefix}{one}" not in packed]
        if len(found) > _MOST_NAMED:
            break
    return tuple(
        safe_line(os.fsencode(one).decode("utf-8", "replace")) for one in sorted(found)[:_MOST_NAMED]
    )


def _has_files(folder: Path) -> bool:
    return any(names for _, _, names in os.walk(folder))


def lock_state(files: Mapping[str, bytes]) -> LockState:
    """Whether the lock tells of exactly these files."""
    if LOCK not in files:
        return "missing"
    try:
        told = json.loads(files[LOCK])["files"]
        known = {name: digest for name, digest in told.items() if not is_left_out(name)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "stale"
    now = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != LOCK}
    return "fresh" if known == now else "stale"


def pack(
    course: Course,
    files: Mapping[str, bytes],
    target: Path,
    *,
    key: SigningKey | None = None,
    wheels: Sequence[Path] = (),
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Packed:
    """Write the archive of a course to `target`, on the disk when this returns; what was there is replaced.

    TutorError if it cannot be; `target` is then as it was.
    """
    if wheels and course.id == WHEELS_FOLDER:
        help = "Give the course another id, or leave the wheels out."
        raise TutorError("A course named wheels cannot travel with wheels. Nothing was written.", help=help)
    measured = _measured(wheels)
    manifest = Manifest(
        course.id,
        course.version,
        tuple(FileFacts(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()),
        tuple(one.facts for one in measured),
    )
    text = manifest.text().encode()
    if len(text) > LIMITS.manifest_bytes:
        raise TutorError("The course has too many files with long names. Nothing was written.", exit_code=4)
    with _scratch(target) as file:
        writer = ZipWriter(file)
        writer.add(MANIFEST_FILE, text)
        if key is not None:
            writer.add(SIGNATURE_FILE, key.sign(text))
        _write(writer, course, files, measured, on_progress)
        writer.finish()
        size = file.tell()
    return Packed(target, manifest, size)


def _measured(wheels: Sequence[Path]) -> tuple[_Wheel, ...]:
    found = tuple(_measure(path) for path in sorted(wheels, key=lambda one: one.name))
    if len(found) > LIMITS.wheels or sum(one.facts.size for one in found) > LIMITS.wheels_bytes:
        raise TutorError(
            f"The course needs more than {LIMITS.wheels} wheels, or more than "
            f"{LIMITS.wheels_bytes // 1_000_000_000} GB of them. Nothing was written.",
            help="Name fewer platforms, or leave the wheels out.",
        )
    return found


def _measure(path: Path) -> _Wheel:
    if not is_wheel(path.name):
        raise TutorError(f"{safe_line(path.name)} is not a wheel. Nothing was written.")
    digest, crc, size = hashlib.sha256(), 0, 0
    for piece in _pieces(path):
        digest.update(piece)
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    return _Wheel(FileFacts(path.name, size, digest.hexdigest()), path, crc)


def _pieces(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _write(
    writer: ZipWriter,
    course: Course,
    files: Mapping[str, bytes],
    wheels: Sequence[_Wheel],
    tell: Callable[[Progress], None],
) -> None:
    total = sum(map(len, files.values())) + sum(one.facts.size for one in wheels)
    done = 0
    for name in sorted(files):
        writer.add(f"{course.id}/{name}", files[name])
        done += len(files[name])
        tell(Progress("packing", done / max(total, 1)))
    for one in wheels:
        name = f"{WHEELS_FOLDER}/{one.facts.path}"
        writer.add_stored(name, one.crc, one.facts.size, _pieces(one.path))
        done += one.facts.size
        tell(Progress("packing", done / max(total, 1)))


# --- the target -------------------------------------------------------------------------------------


def check_target(target: Path, source: Path) -> None:
    """TutorError if the archive cannot lie there: in the course, without a folder, on what is no archive."""
    shown = safe_line(str(target))
    if target.parent.resolve().is_relative_to(source.resolve()):
        raise TutorError(
            f"{shown} lies in the course, and would be packed the next time. Nothing was written.",
            help="Name a file outside the course's folder with -o.",
        )
    if not target.parent.is_dir():
        raise TutorError(f"There is no folder for {shown}.", help="Make it, or name another one with -o.")
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(target.lstat().st_mode):
            raise TutorError(f"{shown} exists and is not a file.", help="Name another one with -o.")
        if not _may_be_replaced(target):
            help = "Name another file with -o, or remove this one."
            raise TutorError(f"{shown} exists and is no archive. It was left as it is.", help=help)


def _may_be_replaced(target: Path) -> bool:
    """Whether a file is an archive or empty: a slip of the hand must not cost a lesson or a key."""
    try:
        with open(target, "rb") as file:
            return file.read(2) in (b"", b"PK")
    except PermissionError:
        return False


@contextmanager
def _scratch(target: Path) -> Iterator[BinaryIO]:
    """A new file beside `target` that takes its place when all was written."""
    start = f".{target.name[:60]}."
    scratch = target.with_name(scratch_name(start))
    try:
        sweep(target.parent, start)
        # 0666: like any file that one makes, it is as open as the umask says.
        descriptor = os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with open(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
            os.replace(scratch, target)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise
        flush_folder(target.parent)
    except OSError as error:
        reason = reason_of(error)
        raise TutorError(
            f"The archive could not be written: {reason}. Nothing was changed.",
            help="Free some space, or name another place with -o.",
        ) from error
