"""Whether this machine ends all processes of whoever logs out, kept sessions included.

Source: logind.conf(5). The file's comments hold the defaults that its distribution chose.
"""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

KILLED_AT_LOGOUT: Final = (
    "This machine ends all you run when you log out, kept sessions too. If you may: `loginctl enable-linger` "
    "once, then `systemd-run --user --scope tui-tutor`."
)
_FOLDERS: Final = ("usr/lib/systemd", "usr/local/lib/systemd", "run/systemd", "etc/systemd")
_YES: Final = frozenset({"yes", "true", "on", "1"})


def ends_all_at_logout(root: Path = Path("/"), *, user: str = "") -> bool:
    """What logind does as it is configured; False where there is no logind, or it cannot be known."""
    if not (root / "run/systemd/system").is_dir() or not _is_of_a_login(root):
        return False
    said = _settings(root)
    if said.get("KillUserProcesses", "").lower() not in _YES:
        return False
    user = user or _user_name()
    only = said.get("KillOnlyUsers", "").split()
    return user not in said.get("KillExcludeUsers", "root").split() and (not only or user in only)


def _is_of_a_login(root: Path) -> bool:
    """Whether we belong to a login's scope: what a user's own manager started is not ended with it."""
    with suppress(OSError):
        return bool(re.search(r"/session-[^/]*\.scope", (root / "proc/self/cgroup").read_text()))
    return False


def _user_name() -> str:
    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return ""


def _settings(root: Path) -> dict[str, str]:
    """Settings of logind, later files before earlier ones, what is written before what is the default."""
    written: dict[str, str] = {}
    default: dict[str, str] = {}
    for text in _texts(root):
        for mark, name, value in re.findall(r"(?m)^[ \t]*(#?)(Kill\w+)[ \t]*=[ \t]*(.*?)[ \t]*$", text):
            (default if mark else written)[name] = value
    return default | written


def _texts(root: Path) -> Iterator[str]:
    mains = [root / folder / "logind.conf" for folder in reversed(_FOLDERS)]
    parts: dict[str, Path] = {}
    for folder in _FOLDERS:  # a file of a later folder stands for one of the same name
        parts |= {path.name: path for path in (root / folder / "logind.conf.d").glob("*.conf")}
    main = next((path for path in mains if path.is_file()), None)
    for path in [*([main] if main else []), *(parts[name] for name in sorted(parts))]:
        with suppress(OSError):
            yield path.read_text(encoding="utf-8", errors="replace")
