"""The private folder of one course's kernels: sockets, connection files, log. 0700, short, removed."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError

_PATH_LIMIT: Final = 70  # of the folder's parent; a Unix socket's path ends at about 107 bytes
_PREFIX: Final = "tui-tutor-"


class RunFolder:
    """Made at once; whoever holds its log open, an orphaned kernel too, keeps it from being swept away."""

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or _runtime_folder()
        _sweep(parent)
        try:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self.log = os.open(self.path / "log", flags, 0o600)
        except OSError as error:
            raise TutorError(
                f"There is no place for the kernel's sockets: {error.strerror}.",
                help="Make room in the temporary folder, or set TMPDIR to a short path that can be written.",
            ) from error
        try:
            fcntl.flock(self.log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # a file system without locks: such a folder is never swept

    def log_tail(self) -> str:
        """The last line of what kernels and servers wrote to their log."""
        try:
            text = os.pread(self.log, 100_000, 0).decode(errors="replace").strip()
        except OSError:
            return ""
        return text.rpartition("\n")[2][-300:]

    def remove(self) -> None:
        """Close the log and delete everything."""
        os.close(self.log)
        shutil.rmtree(self.path, ignore_errors=True)


def _runtime_folder() -> Path:
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if folder and len(folder) < _PATH_LIMIT and os.access(folder, os.W_OK):
        return Path(folder)
    folder = tempfile.gettempdir()
    return Path(folder if len(folder) < _PATH_LIMIT else "/tmp")  # noqa: S108 - mkdtemp makes it 0700


def _sweep(parent: Path) -> None:
    """Remove what a killed application left: our own folders whose log nobody holds."""
    try:
        found = [path for path in parent.iterdir() if path.name.startswith(_PREFIX)]
    except OSError:
        return
    for path in found:
        if _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(path: Path) -> bool:
    try:
        about = path.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
            return False
        log = os.open(path / "log", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(log)
    return True
