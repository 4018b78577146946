"""A folder for one run of a command: gone when it ends, swept up later where it could not end."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError

PREFIX: Final = "tui-tutor-preview-"
_LOCK: Final = ".in-use"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder of our own, 0700. What a killed run left behind is removed first."""
    _sweep(Path(tempfile.gettempdir()))
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise TutorError(
            f"There is no room for a temporary folder: {error.strerror or error}.",
            help="Free some space, or name a folder in TMPDIR.",
        ) from error
    owner = os.getpid()
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        if os.getpid() == owner:
            remove_scratch(folder)
            os.close(lock)


def remove_scratch(folder: Path) -> None:
    """Remove it with all that is in it; what a cell made unwritable too."""
    for root, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(root, name)
            if not os.path.islink(path):
                with suppress(OSError):
                    os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Remove folders of ours that no process holds; a lock ends with the process that held it."""
    with suppress(OSError):
        for entry in os.scandir(place):
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                _remove_if_left(Path(entry.path))


def _remove_if_left(folder: Path) -> None:
    try:
        if folder.stat().st_uid != os.geteuid():
            return
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return  # just being made, or not ours
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_scratch(folder)
    except OSError:
        return  # in use
    finally:
        os.close(lock)
