"""Whether code of a course may run: remembered by real path and content, where no kernel can write."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import TrustState
from tui_tutor.shelf.folder import Snapshot
from tui_tutor.shelf.writing import make_private_folder, reason_of, write_atomically

_MOST_LOOKED_AT: Final = 10_000  # entries below a course's folder, whose owners are looked at
_REMEMBERED: Final = 8  # contents of one course that stay trusted: going back to one asks nothing


@dataclass
class TrustBook:
    """Answers to "Run code from this course?": lasting ones in a folder, others in this process."""

    folder: Path
    _once: set[tuple[str, str]] = field(default_factory=set)
    _networked: set[tuple[str, str]] = field(default_factory=set)

    def is_trusted(self, path: Path, tree_hash: str) -> bool:
        """Whether exactly this content at this place was said yes to."""
        return (str(path), tree_hash) in self._once or tree_hash in self._read(path)["hashes"]

    def may_reach_network(self, path: Path, tree_hash: str) -> bool:
        """Whether the yes to exactly this content was a yes to the network too."""
        key = (str(path), tree_hash)
        return key in self._networked if key in self._once else tree_hash in self._read(path)["network"]

    def grant(self, path: Path, snapshot: Snapshot, *, is_lasting: bool, network: bool = False) -> None:
        """Say yes to this content; TutorError if a lasting yes cannot be written."""
        key = (str(path), snapshot.tree_hash)
        self._once.add(key)
        (self._networked.add if network else self._networked.discard)(key)
        if not is_lasting:
            return
        before = self._read(path)
        earlier = [one for one in before["hashes"] if one != snapshot.tree_hash]
        hashes = [snapshot.tree_hash, *earlier][:_REMEMBERED]
        networked = [one for one in earlier if one in before["network"]]
        page = {
            "format": 1,
            "path": str(path),
            "hashes": hashes,
            "files": dict(snapshot.hashes),
            "network": [snapshot.tree_hash, *networked] if network else networked,
        }
        try:
            make_private_folder(self.folder)
            write_atomically(self._page(path), json.dumps(page).encode())
        except OSError as error:
            raise TutorError(
                "Your answer holds until you quit: it could not be written down.",
                help=f"Make {self.folder} writable ({reason_of(error)}).",
            ) from error

    def trusted_files(self, path: Path) -> Mapping[str, str]:
        """Hashes by file name of the content said yes to last; {} if there was none."""
        files = self._read(path)["files"]
        return files if isinstance(files, dict) else {}

    def _page(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(path)).hexdigest()
        return self.folder / f"{name}.json"

    def _read(self, path: Path) -> dict[str, Any]:
        page: Any = {}
        with suppress(OSError, ValueError):
            page = json.loads(self._page(path).read_bytes())
        # A page that names another path would be a forgery or a collision: no trust comes of it.
        if (
            not isinstance(page, dict)
            or page.get("path") != str(path)
            or not isinstance(page.get("hashes"), list)
        ):
            return {"hashes": [], "files": {}, "network": []}
        networked = page.get("network")
        networked = networked if isinstance(networked, list) else []
        return {"hashes": page["hashes"], "files": page.get("files"), "network": networked}


def changed_files(now: Mapping[str, str], before: Mapping[str, str]) -> tuple[str, ...]:
    """Names that were added, removed or have other bytes, sorted."""
    return tuple(sorted(name for name in {*now, *before} if now.get(name) != before.get(name)))


def judge_trust(book: TrustBook, path: Path, snapshot: Snapshot, warnings: tuple[str, ...]) -> TrustState:
    """What was said of this content at this place."""
    tree_hash = snapshot.tree_hash
    if book.is_trusted(path, tree_hash):
        network = book.may_reach_network(path, tree_hash)
        return TrustState("trusted", tree_hash, warnings=warnings, network=network)
    before = book.trusted_files(path)
    if before:
        return TrustState("changed", tree_hash, changed_files(snapshot.hashes, before), warnings)
    return TrustState("unknown", tree_hash, warnings=warnings)


def ownership_warnings(path: Path) -> tuple[str, ...]:
    """Who else could change this course: plain sentences, none if only the learner (or root) can."""
    mine = {os.geteuid(), 0}
    found = []
    folder, below = path.stat(), _below(path)
    if folder.st_uid not in mine:
        found.append("The folder belongs to another user of this computer.")
    elif any(one.st_uid not in mine for one in below):
        found.append("Files in the folder belong to another user of this computer.")
    if _others_may_write(folder):
        found.append("Others may write in the folder.")
    elif any(_others_may_write(one) for one in below):
        found.append("Others may write to files in the folder.")
    if not found and any(_is_unsafe_parent(parent, mine) for parent in path.parents):
        found.append("Others may replace the folder: one above it is writable by them.")
    return tuple(found)


def is_open_to_all(path: Path) -> bool:
    """Whether every user may write in the folder, in one below it, or to its files."""
    return any(one.st_mode & stat.S_IWOTH for one in (path.stat(), *_below(path)))


def _below(path: Path) -> list[os.stat_result]:
    """Folders and files of a course as they are now, those that are never read left out."""
    found: list[os.stat_result] = []
    for _, folders, files, place in os.fwalk(path, follow_symlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *files):
            with suppress(OSError):
                about = os.stat(name, dir_fd=place, follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode) or stat.S_ISREG(about.st_mode):
                    found.append(about)
        if len(found) > _MOST_LOOKED_AT:
            break
    return found


def _others_may_write(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private_group(status.st_gid)


def _is_private_group(group: int) -> bool:
    """Whether nobody but the learner is in the group, as where every user has one of their own.

    A group lists only those for whom it is not the first one, so it must bear the learner's name or number:
    where all have the first group `users` it lists nobody.
    """
    if group != os.getegid():
        return group == 0
    import grp
    import pwd

    try:
        about, me = grp.getgrgid(group), pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    is_own = about.gr_name == me.pw_name or group == me.pw_uid
    return is_own and set(about.gr_mem) <= {me.pw_name}


def _is_unsafe_parent(parent: Path, mine: set[int]) -> bool:
    status = parent.stat()
    # In a sticky folder such as /tmp only its owner may rename the course's folder.
    is_sticky = bool(status.st_mode & stat.S_ISVTX)
    return status.st_uid not in mine or (_others_may_write(status) and not is_sticky)
