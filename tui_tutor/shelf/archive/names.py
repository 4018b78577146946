"""One grammar for the names of files that travel, and the names that no course needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import LIMITS

_FORBIDDEN: Final = frozenset('\\:*?"<>|')
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *", re.IGNORECASE)
_STEMS: Final = frozenset(("sitecustomize", "usercustomize"))
_TRAPS: Final = frozenset(
    (".git", "git~1", ".hg", ".svn", ".bzr", ".vscode", ".idea", ".envrc", "pyvenv.cfg")
)
_CONFIGURATION: Final = re.compile(r"(ipython|jupyter)(_\w+)?_config\.(py|json)")
_LEFT_OUT: Final = frozenset(("__pycache__", "__macosx", "thumbs.db", "desktop.ini"))
_BACKUP: Final = re.compile(r".*~|#.*#|.*\.(swp|swo|bak|orig|rej|pyc|pyo)", re.IGNORECASE)


def problem_with(name: str) -> str | None:
    """Why no file may have this relative name, None if it may. Folders are separated by `/`."""
    if len(name.encode("utf-8", "replace")) > LIMITS.name_bytes:
        return f"it is longer than {LIMITS.name_bytes} bytes"
    if name.startswith("/"):
        return "it is an absolute path"
    for part in name.split("/"):
        if (problem := _problem_with_part(part)) is not None:
            return problem
    return None


def _problem_with_part(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return "it leads out of the folder or round in it"
    if any(unicodedata.category(char) in _UNSEEN for char in part) or safe_line(part) != part:
        return "it has characters that cannot be seen"
    if found := sorted(_FORBIDDEN.intersection(part)):
        return f"it has {found[0]}, which is not possible on every system"
    if part[0] in "- " or part[-1] in ". ":
        return "it begins with a dash or blank, or ends with a dot or blank"
    if _RESERVED.fullmatch(part.partition(".")[0]):
        return "it is reserved on Windows"
    return None


def trap_in(name: str) -> str | None:
    """The part of a name that Python or its tools would load by themselves, None if there is none."""
    for part in name.split("/"):
        folded = unicodedata.normalize("NFKC", part).casefold()
        is_loaded = folded in _TRAPS or folded.endswith(".pth") or folded.partition(".")[0] in _STEMS
        if is_loaded or _CONFIGURATION.fullmatch(folded):
            return part
    return None


def is_left_out(name: str) -> bool:
    """Whether a file does not travel with a course: dot files, backups, what systems leave behind."""
    for part in name.split("/"):
        folded = part.casefold()
        if part.startswith(".") or folded in _LEFT_OUT or _BACKUP.fullmatch(folded):
            return True
    return False


def collision_in(names: Iterable[str]) -> tuple[str, str] | None:
    """Two names of files that are one on some system, or a file where another needs a folder.

    Every folder on the way counts, so that `A/x` and `a/y` collide too.
    """
    seen: dict[str, tuple[str, bool]] = {}
    for name in names:
        parts = name.split("/")
        for length in range(1, len(parts) + 1):
            path, is_file = "/".join(parts[:length]), length == len(parts)
            before, was_file = seen.setdefault(_folded(path), (path, is_file))
            is_new = before is path
            if not is_new and (is_file or was_file or before != path):
                return before, path
    return None


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
