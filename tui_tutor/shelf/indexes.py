"""Where pip fetches packages from on this machine, in words: read from what pip itself is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser, Error
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tui_tutor.core.safe_text import safe_line

USUAL: Final = "the Python Package Index"
_SECTIONS: Final = ("global", "install")  # the later one wins
_MOST_SHOWN: Final = 3


def indexes(options: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> str:
    """`the Python Package Index`, or the addresses that a learner's pip is set up with; no key is shown.

    `options` are pip's own, as they stand on its command line.
    """
    told = _told(environ) | _of_options(options)
    first = "" if _is_yes(told.get("no-index", "")) else told.get("index-url", USUAL)
    more = told.get("extra-index-url", "") if first else ""
    addresses = [first, *more.split(), *told.get("find-links", "").split()]
    shown = [_shown(address) for address in dict.fromkeys(addresses) if address]
    return " and ".join(shown[:_MOST_SHOWN]) or "nowhere: pip is told to use no index"


def _told(environ: Mapping[str, str]) -> dict[str, str]:
    """What pip's files and variables say, by the name of the option."""
    found: dict[str, str] = {}
    for file in _files(environ):
        reader = ConfigParser(interpolation=None, strict=False)
        try:
            reader.read_string(file.read_text("utf-8", "replace"))
        except (OSError, Error):
            continue  # pip itself will say what is wrong with it
        for section in _SECTIONS:
            if reader.has_section(section):
                found |= {name.replace("_", "-"): value for name, value in reader.items(section)}
    for name, value in environ.items():
        if name.startswith("PIP_") and value:
            found[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return found


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """pip's configuration, the later ones winning: of the machine, the user, the environment, one named."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    home = Path(environ.get("HOME", "") or Path.home())
    for folder in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"):
        yield Path(folder, "pip/pip.conf")
    yield Path("/etc/pip.conf")
    yield home / ".pip/pip.conf"
    if sys.platform == "darwin":
        yield home / "Library/Application Support/pip/pip.conf"
    yield Path(environ.get("XDG_CONFIG_HOME", "") or home / ".config") / "pip/pip.conf"
    yield Path(sys.prefix, "pip.conf")
    if named:
        yield Path(named)


def _of_options(options: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option, following in zip(options, (*options[1:], ""), strict=False):
        name, has_value, value = option.partition("=")
        if name.startswith("--"):
            found[name[2:]] = value if has_value else "yes" if name == "--no-index" else following
    return found


def _is_yes(value: str) -> bool:
    return value.strip().lower() in ("1", "true", "yes", "on", "y", "t")


def _shown(address: str) -> str:
    """An address without the name and key that may stand in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return safe_line(address, limit=100)
    if not parts.netloc:
        return safe_line(address, limit=100)
    return safe_line(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), limit=100)
