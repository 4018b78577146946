"""The learner's own folder for one course: the course's files copied in, nothing ever deleted."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.writing import explained, make_private_folder, write_atomically, write_in

FileFate = Literal["new", "renewed", "beside"]  # beside: the learner changed it, the new one is NAME.new

_COPIED: Final = "files/"
_RUNNABLE: Final = 0o100


@dataclass
class CourseWorkspace:
    """`Workspace` at `path`; `files` gives the course's bytes by relative name when they are needed.

    `manifest` lies outside the workspace, where a kernel cannot write: which bytes were copied last.
    """

    folder: Path
    manifest: Path
    files: Callable[[], Mapping[str, bytes]]
    modes: Callable[[], Mapping[str, int]] = field(default=dict)

    @property
    def path(self) -> str:
        """Where it lies, absolute."""
        return str(self.folder)

    def prepare(self) -> tuple[str, ...]:
        """Make it, bring new files, leave what the learner changed; says what was left as NAME.new."""
        with _explained(self.folder):
            make_private_folder(self.folder)
            brought = {
                name.removeprefix(_COPIED): data for name, data in self.files().items() if _is_copied(name)
            }
            hashes = {name: hashlib.sha256(data).hexdigest() for name, data in brought.items()}
            copied = self._read_manifest()
            notes = [
                note
                for name in brought
                if copied.get(name) != hashes[name]
                for note in self._bring(name, brought[name], copied.get(name))
            ]
            if copied | hashes != copied:
                make_private_folder(self.manifest.parent)
                write_atomically(self.manifest, json.dumps(copied | hashes).encode())
        return tuple(notes)

    def foreseen(self) -> Mapping[str, FileFate]:
        """What `prepare` would do to each file by its path; {} before the first run. Nothing is written."""
        if not self.folder.is_dir():
            return {}
        found: dict[str, FileFate] = {}
        copied = self._read_manifest()
        for name, data in self.files().items():
            path, digest = name.removeprefix(_COPIED), hashlib.sha256(data).hexdigest()
            if _is_copied(name) and copied.get(path) != digest:
                present = self._present(path)
                if present is None:
                    found[path] = "new"
                elif present != digest:
                    found[path] = "renewed" if present == copied.get(path) else "beside"
        return found

    def _present(self, path: str) -> str | None:
        try:
            with self._parent_of(path, is_made=False) as (folder, name):
                return _hash_of(folder, name)
        except FileNotFoundError:
            return None
        except OSError:
            return ""

    def read_text(self, path: str, *, limit: int = 1_000_000) -> str | None:
        """A file's text (bad UTF-8 replaced), None if there is none; at most `limit` bytes are read."""
        try:
            with self._parent_of(path, is_made=False) as (folder, name):
                data = _read_regular(folder, name, limit)
        except (OSError, TutorError):
            return None
        return None if data is None else data.decode("utf-8", "replace")

    def write_text(self, path: str, text: str) -> None:
        """Write a file that the learner edits, whole or not at all; TutorError if it cannot be."""
        with _explained(self.folder):
            make_private_folder(self.folder)
            with self._parent_of(path, is_made=True) as (folder, name):
                mode = _mode_of(folder, name)
                write_in(folder, name, text.encode("utf-8", "surrogatepass"), mode=mode)

    def _bring(self, path: str, data: bytes, copied: str | None) -> Iterator[str]:
        with self._parent_of(path, is_made=True) as (folder, name):
            present = _hash_of(folder, name)
            mode = 0o600 | (self.modes().get(_COPIED + path, 0) & _RUNNABLE)
            if present is None or present == copied:
                write_in(folder, name, data, mode=mode)
            elif present != hashlib.sha256(data).hexdigest():
                write_in(folder, f"{name}.new", data, mode=mode)
                shown, beside = safe_line(path), safe_line(f"{name}.new")
                yield f"You changed {shown}; the course's new version is beside it as {beside}."

    def _read_manifest(self) -> dict[str, str]:
        found: Any = {}
        with suppress(OSError, ValueError):
            found = json.loads(self.manifest.read_bytes())
        return found if isinstance(found, dict) else {}

    @contextmanager
    def _parent_of(self, path: str, *, is_made: bool) -> Iterator[tuple[int, str]]:
        """The folder that holds `path`, reached without following a link, and its last name."""
        *folders, last = path.split("/")
        if any(part in {"", ".", ".."} or "\0" in part for part in (*folders, last)):
            raise TutorError(f"{safe_line(path)} is not inside the workspace.", help="Use a relative path.")
        opened = [os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
        try:
            for part in folders:
                if is_made:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o700, dir_fd=opened[-1])
                opened.append(_open_in(opened[-1], part, os.O_DIRECTORY))
            yield opened[-1], last
        finally:
            for descriptor in opened:
                os.close(descriptor)


def _is_copied(name: str) -> bool:
    return name.startswith(_COPIED)


def _open_in(folder: int, name: str, flags: int = 0) -> int:
    flags |= os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.open(name, flags, dir_fd=folder)


def _read_regular(folder: int, name: str, limit: int | None = None) -> bytes | None:
    descriptor = _open_in(folder, name)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read() if limit is None else file.read(limit)


def _hash_of(folder: int, name: str) -> str | None:
    """Hash of what stands there; "" for a link or folder (never overwritten), None for nothing."""
    try:
        data = _read_regular(folder, name)
    except FileNotFoundError:
        return None
    except OSError:
        return ""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _mode_of(folder: int, name: str) -> int:
    try:
        return stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode) & 0o700 | 0o600
    except FileNotFoundError:
        return 0o600


def _explained(folder: Path) -> AbstractContextManager[None]:
    shown = safe_line(str(folder))
    return explained(
        lambda reason: f"The workspace {shown} cannot be written: {reason}.",
        help="Free some space, or set TUI_TUTOR_DATA to a folder you may write to.",
    )
