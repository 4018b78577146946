"""Files of our own: private whatever the umask, and whole or not there at all."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError

_SCRATCH: Final = re.compile(r"(\d{1,9})-[0-9a-f]{12}")


def reason_of(error: OSError) -> str:
    """Why the system refused, as words within a sentence."""
    return os.strerror(error.errno or 0).lower()


@contextmanager
def explained(sentence: Callable[[str], str], *, help: str) -> Iterator[None]:
    """A TutorError for what the disk refuses; `sentence` takes the reason."""
    try:
        yield
    except OSError as error:
        raise TutorError(sentence(reason_of(error)), help=help) from error


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it, that only the learner may enter; what existed keeps its rights."""
    if path.is_dir():
        return
    make_private_folder(path.parent)
    if path.exists():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)


def scratch_name(start: str) -> str:
    """A new name for something that is gone when its work is done: START, our process, chance."""
    return f"{start}{os.getpid()}-{os.urandom(6).hex()}"


def sweep(folder: Path, start: str) -> None:
    """Remove what processes that were killed left under scratch names with this start."""
    import shutil

    with suppress(OSError):
        for path in folder.iterdir():
            found = _SCRATCH.fullmatch(path.name.removeprefix(start))
            if not path.name.startswith(start) or found is None or is_alive(int(found[1])):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def is_alive(process: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def flush_tree(folder: Path) -> None:
    """Bring every file and folder below to the disk.

    On Linux in one step for the whole disk: file by file a thousand files take seconds.
    """
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if hasattr(library, "syncfs"):
            if library.syncfs(descriptor) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code))
            return
    finally:
        os.close(descriptor)
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            flush(os.path.join(place, name), os.O_RDONLY | os.O_NOFOLLOW)
        flush(place, os.O_RDONLY | os.O_DIRECTORY)


def flush_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    flush(os.fspath(folder), os.O_RDONLY | os.O_DIRECTORY)


def flush(path: str, flags: int) -> None:
    """Bring what is opened with these flags to the disk."""
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes, *, is_durable: bool = True) -> None:
    """Replace a file of our own by new bytes; durable: on the disk when this returns."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        write_in(folder, path.name, data, is_durable=is_durable)
    finally:
        os.close(folder)


def write_in(folder: int, name: str, data: bytes, *, mode: int = 0o600, is_durable: bool = True) -> None:
    """The same in a folder given by descriptor: nothing on the way can be swapped for a link."""
    scratch = f".{os.urandom(8).hex()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(scratch, flags, 0o600, dir_fd=folder)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            if is_durable:
                os.fsync(descriptor)
        os.rename(scratch, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(scratch, dir_fd=folder)
        raise
