"""What to know of a link before it is opened, and why some are not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tui_tutor.core.prose.links import LONGEST_TARGET, Link
from tui_tutor.core.safe_text import safe_line

_OPENED: Final = ("http", "https")
_ADDRESS: Final = re.compile(r"(?:https?://)?(?:[^\s/@]*@)?((?:[\w-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?\Z", re.I)
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!&*+,;=%]")


def refusal(target: str) -> str:
    """Why an address is shown and not opened, "" if it may be opened."""
    parts = _parts(target)
    if parts is None:
        return "This is not an address that can be understood: it is not opened."
    if parts.scheme and parts.scheme.lower() not in _OPENED:
        return "Only addresses of the web (http and https) are opened."
    if not parts.scheme or not parts.hostname:
        return "This names no place on the web: it is not opened."
    if len(target) > LONGEST_TARGET:
        return f"The address has more than {LONGEST_TARGET:,} characters: it is not opened."
    return ""


def host_of(target: str) -> str:
    """The machine that an address leads to, as it is looked up; "" if it names none."""
    parts = _parts(target)
    return safe_line((parts.hostname if parts else "") or "")


def doubts(link: Link) -> tuple[str, ...]:
    """What could mislead whoever reads the address."""
    parts = _parts(link.target)
    return tuple(_doubts(link, parts)) if parts is not None and parts.hostname else ()


def plain_address(target: str) -> str:
    """The same address in characters that mean nothing to any program that hands it on."""
    return _NOT_PLAIN.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), target)


def _doubts(link: Link, parts: SplitResult) -> Iterator[str]:
    host = parts.hostname or ""
    if "@" in parts.netloc:
        name = safe_line(parts.netloc.rpartition("@")[0], limit=40)
        yield f"`{name}` before the @ is a name to log in with, not where it leads."
    named = _ADDRESS.match(link.words.strip())
    if named and named[1].lower() != host and not host.endswith("." + named[1].lower()):
        yield f"Its words name {safe_line(named[1], limit=60)}, and it leads elsewhere."
    if not host.isascii() or any(label.startswith("xn--") for label in host.split(".")):
        yield "The host's name has letters that may look like others."
    if _is_number(host):
        yield "The host is a number, not a name."
    if host == "localhost" or host.endswith(".localhost"):
        yield "It leads to a program on this machine."
    if parts.scheme.lower() == "http":
        yield "It is not encrypted: others may read and change what comes."


def _parts(target: str) -> SplitResult | None:
    try:
        parts = urlsplit(target)
        _ = (parts.port, parts.hostname)  # either may be nonsense
    except ValueError:
        return None
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return True
