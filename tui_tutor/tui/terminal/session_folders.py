"""The folders in which sessions may be found; who has none need not import what it takes to ask them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path


def folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where sockets may lie, the best place first."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    private = (Path(runtime) / "tui-tutor",) if runtime.startswith("/") else ()
    return (*private, Path("/tmp") / f"tui-tutor-{os.getuid()}")  # noqa: S108 - checked to be ours alone


def is_ours_alone(folder: Path) -> bool:
    """Whether a folder, no link, belongs to us and nobody else can enter it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
