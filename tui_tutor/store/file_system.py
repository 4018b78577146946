"""Where the record lies: the file system, whether a write-ahead log is safe there, which file it is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

# Write-ahead logging needs memory shared by all who have the file open, and locks that hold. Both are certain
# here and nowhere else: on network file systems the log corrupts, and what is unknown may be one.
_SHARES_MEMORY: Final = frozenset(
    {"apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "hfs", "jfs", "nilfs2", "overlay"}
    | {"ramfs", "reiserfs", "tmpfs", "ufs", "xfs", "zfs"}
)


def shares_memory(folder: Path, mountinfo: str = "/proc/self/mountinfo") -> bool:
    """Whether a folder lies on a disk of this machine, so that write-ahead logging is safe."""
    return file_system(folder, mountinfo) in _SHARES_MEMORY


def file_system(folder: Path, mountinfo: str = "/proc/self/mountinfo") -> str:
    """Type of the file system that holds a folder, "" where it cannot be told."""
    path = os.path.realpath(folder)
    best_mount, best_type = "", ""
    with (
        suppress(OSError, ValueError, IndexError),
        open(mountinfo, encoding="utf-8", errors="replace") as table,
    ):
        for line in table:
            before, _, after = line.partition(" - ")
            # Blanks in mount points are written as octal escapes.
            mount = before.split()[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
            is_inside = path == mount or path.startswith(mount.rstrip("/") + "/")
            # On equal length the later line wins: it is mounted on top.
            if is_inside and len(mount) >= len(best_mount):
                best_mount, best_type = mount, after.split()[0]
    return best_type


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there; None if none does."""
    try:
        now = os.stat(path)
    except FileNotFoundError:
        return None
    return now.st_dev, now.st_ino


def ready_name(path: Path) -> Path:
    """Where the repaired database waits for its place."""
    return path.with_name(f"{path.name}.repaired")
