"""Writes mended files back into an author's folder: whole, with their rights, and only over what was read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.folder import open_folder
from tui_tutor.shelf.writing import reason_of, write_in


def write_mended(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Replace files of a folder; TutorError at the first that cannot be, or has changed since it was read."""
    written: list[str] = []
    with open_folder(folder) as root:
        for name in sorted(after):
            try:
                _replace(root, name, before[name], after[name])
            except OSError as error:
                reason = reason_of(error) if error.errno else str(error)
                raise TutorError(
                    f"{safe_line(name)} cannot be written: {reason}.", help=_what_was_done(written)
                ) from error
            written.append(name)


def _what_was_done(written: list[str]) -> str:
    if not written:
        return "Nothing was changed."
    return f"Written before: {', '.join(map(safe_line, written))}. Everything else is as it was."


def _replace(root: int, name: str, before: bytes, after: bytes) -> None:
    with _folder_of(root, name) as folder:
        last = name.rpartition("/")[2]
        descriptor = os.open(last, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or file.read(len(before) + 1) != before:
                raise OSError("it has changed since it was read")
        write_in(folder, last, after, mode=stat.S_IMODE(status.st_mode))
        with suppress(OSError):
            # Mended by an administrator it still belongs to its author.
            os.chown(last, status.st_uid, status.st_gid, dir_fd=folder, follow_symlinks=False)
            os.chmod(last, stat.S_IMODE(status.st_mode), dir_fd=folder)


@contextmanager
def _folder_of(root: int, name: str) -> Iterator[int]:
    """A descriptor of the folder that a file stands in; no link on the way is followed."""
    opened: list[int] = []
    try:
        for part in name.split("/")[:-1]:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            opened.append(os.open(part, flags, dir_fd=opened[-1] if opened else root))
        yield opened[-1] if opened else root
    finally:
        for descriptor in opened:
            os.close(descriptor)
