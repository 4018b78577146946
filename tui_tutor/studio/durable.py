"""The studio's own files: on the disk when a call returns, and whole or not there at all."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

from tui_tutor.core.errors import TutorError


def make_folder(path: Path) -> None:
    """Make a folder that only the author may enter; TutorError where it cannot be made."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise not_stored(path, error) from error


def require_room(folder: Path, room: int) -> None:
    """TutorError where so many bytes could not be written: no room is left, or no right to write."""
    try:
        state = os.statvfs(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise not_stored(folder, error) from error
    if state.f_bavail * state.f_frsize < room:
        raise not_stored(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file by new bytes; TutorError if it is not stored (the old one is then as it was)."""
    scratch = path.with_name(f".{os.getpid()}-{os.urandom(6).hex()}.part")
    try:
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise not_stored(path, error) from error
    finally:
        with suppress(OSError):
            scratch.unlink()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def not_stored(path: Path, error: OSError) -> TutorError:
    """What to tell the author where a file of the studio's could not be written."""
    return TutorError(
        f"{path} could not be written: {error.strerror or error}; what was stored before is kept",
        help="free space or mend the folder's rights, then build again: nothing finished is asked twice",
    )


class FileJournal:
    """Lines appended to a file, for one process at a time (Journal of the ledger).

    A last line that was cut short was never committed: it is taken away when the file is opened.
    """

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self._path = path
        try:
            self._file = os.open(
                path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
            )
        except OSError as error:
            raise not_stored(path, error) from error
        try:
            self._lock()
            self._lines = self._read()
        except BaseException:
            os.close(self._file)
            raise

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TutorError(
                f"{self._path.parent.parent} is being built by another process; nothing was asked",
                help="wait for it, or end it: what it has finished is kept",
            ) from error

    def _read(self) -> bytes:
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            os.ftruncate(self._file, len(whole))
        _flush_folder(self._path.parent)
        return whole

    def read(self) -> bytes:
        """All lines that were there when the file was opened."""
        return self._lines

    def append(self, line: bytes) -> None:
        """Commit a line; TutorError if it is not on the disk, and then it is not in the file either."""
        before = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, before)
            raise not_stored(self._path, error) from error

    def close(self) -> None:
        """Let other processes build; safe to call twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
