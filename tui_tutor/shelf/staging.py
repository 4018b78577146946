"""The folder of installed courses while it changes: one process at a time, each step all or nothing."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.writing import explained as refused
from tui_tutor.shelf.writing import flush_folder, flush_tree, make_private_folder

INCOMING: Final = ".incoming-"
PREVIOUS: Final = ".previous-"
_SWAPPING: Final = ".swapping-"
_LOCK: Final = ".lock"
WAIT_S: Final = 10.0
_PAUSE_S: Final = 0.05
_RUNNABLE: Final = 0o100


@dataclass(frozen=True)
class Staging:
    """Changes `courses`, the folder with a folder for each installed course."""

    courses: Path

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """An empty private folder beside the courses, gone at the end; nobody else installs meanwhile.

        TutorError if another process is at it, or the folder cannot be written.
        """
        import tempfile

        with explained(self.courses):
            make_private_folder(self.courses)
            lock = _locked(self.courses, wait_s=WAIT_S)
        if lock is None:
            raise TutorError(
                "Another TUI Tutor is installing just now. Nothing was changed.",
                help="Wait until it is done, then try again.",
            )
        try:
            with explained(self.courses):
                _clear(self.courses)
                folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=self.courses))
            try:
                yield folder
            finally:
                _remove(folder)
        finally:
            os.close(lock)

    def place(self, staged: Path, course_id: str) -> None:
        """Make a folder that is whole the course; the one before stays as `previous` until the next time."""
        with explained(self.courses):
            flush_tree(staged)
            target, previous = self.courses / course_id, self.previous(course_id)
            if not os.path.lexists(target):
                os.rename(staged, target)
            else:
                older = staged.with_name("older")
                if previous.exists():
                    os.rename(previous, older)
                self._swap(staged, target, course_id)
                os.rename(staged, previous)
            flush_folder(self.courses)

    def _swap(self, staged: Path, target: Path, course_id: str) -> None:
        if exchange(staged, target):
            return
        # Killed between these, the next start puts the old one back.
        aside = self.courses / f"{_SWAPPING}{course_id}"
        os.rename(target, aside)
        os.rename(staged, target)
        os.rename(aside, staged)

    def take_away(self, course_id: str, incoming: Path) -> None:
        """Remove a course: in one step from the library, then its files."""
        with explained(self.courses):
            os.rename(self.courses / course_id, incoming / "removed")
            with suppress(FileNotFoundError):
                os.rename(self.previous(course_id), incoming / "previous")
            flush_folder(self.courses)

    def previous(self, course_id: str) -> Path:
        """Where the version before lies, if there is one."""
        return self.courses / f"{PREVIOUS}{course_id}"


def sweep(courses: Path) -> None:
    """Remove what an installation that was killed left behind, unless one is going on now."""
    if not any(name.startswith((INCOMING, _SWAPPING)) for name in _names(courses)):
        return
    with suppress(OSError):
        lock = _locked(courses, wait_s=0.0)
        if lock is not None:
            try:
                _clear(courses)
            finally:
                os.close(lock)


def write_tree(folder: Path, files: Mapping[str, bytes], modes: Mapping[str, int]) -> None:
    """Write files by relative name into a new private folder; of their modes only "may be run" is kept."""
    with explained(folder.parent.parent):
        folder.mkdir(mode=0o700)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = 0o600 | (modes.get(name, 0) & _RUNNABLE)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
            with open(descriptor, "wb") as file:
                os.fchmod(descriptor, mode)
                file.write(data)


def exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step; False where the system cannot."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):  # Linux: AT_FDCWD, RENAME_EXCHANGE
        done = library.renameat2(-100, names[0], -100, names[1], ctypes.c_uint(2))
    elif hasattr(library, "renamex_np"):  # macOS: RENAME_SWAP
        done = library.renamex_np(*names, ctypes.c_uint(2))
    else:
        return False
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code))


def _locked(courses: Path, *, wait_s: float) -> int | None:
    """A descriptor that holds the lock until it is closed or its process ends; None if another has it."""
    descriptor = os.open(courses / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(_PAUSE_S)
        except BaseException:
            os.close(descriptor)
            raise
        else:
            return descriptor


def _clear(courses: Path) -> None:
    for name in _names(courses):
        if name.startswith(_SWAPPING):
            target = courses / name.removeprefix(_SWAPPING)
            if not target.exists():
                os.rename(courses / name, target)
            else:
                _remove(courses / name)
        elif name.startswith(INCOMING):
            _remove(courses / name)


def _remove(folder: Path) -> None:
    import shutil  # 6 ms that a start without anything to remove does without

    shutil.rmtree(folder, ignore_errors=True)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def explained(folder: Path) -> AbstractContextManager[None]:
    """A sentence for what the disk refuses."""
    shown = safe_line(str(folder))
    return refused(
        lambda reason: f"Not installed: {shown} cannot be written ({reason}). Nothing was changed.",
        help="Free some space, or set TUI_TUTOR_DATA to a folder you may write to.",
    )
