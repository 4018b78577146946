"""A folder that is whole or not there: made beside its place under another name, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `target` at the end; on an error nothing is left.

    TutorError if there is something at `target` already, or nothing can be written there.
    """
    _require_free(target)
    parent = target.absolute().parent
    scratch = parent / f".{os.urandom(8).hex()}.part"
    try:
        scratch.mkdir()
        yield scratch
        os.rename(scratch, target)
    except OSError as error:
        if error.errno is None:
            raise
        _require_free(target)  # somebody else may have been quicker
        reason = os.strerror(error.errno).lower()
        raise TutorError(
            f"{safe_line(str(target))} cannot be written: {reason}. Nothing was kept.",
            help="Check the path, its rights and the space that is left.",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by relative path; the paths are known to stay inside."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _require_free(target: Path) -> None:
    shown = safe_line(str(target))
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise TutorError(
            f"There is a file at {shown}; it is as it was.", help="Name a folder that is not there."
        )
    try:
        is_used = target.is_dir() and any(target.iterdir())
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise TutorError(f"{shown} cannot be opened: {reason}.", help="Name another folder.") from error
    if is_used:
        raise TutorError(
            f"{shown} is not empty; it is as it was.",
            help="Name a folder that is not there, or an empty one.",
        )
    if not target.absolute().parent.is_dir():
        raise TutorError(
            f"There is no folder {safe_line(str(target.absolute().parent))}.", help="Make it first."
        )
