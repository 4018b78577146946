"""Lines that speak to IPython: kept out of the tree and put back as they were."""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)
_MASK: Final = re.compile(r"pass  # line (\d{1,5}) to IPython # free")


def masked(source: str) -> tuple[str, list[str]]:
    """The source as plain Python whose masked lines are free, and what stood in them."""
    lines: list[str] = []

    def mask(found: re.Match[str]) -> str:
        lines.append(found[2])
        return f"{found[1]}pass  # line {len(lines) - 1} to IPython # free"

    return _LINE.sub(mask, source), lines


def unmasked(source: str, lines: list[str]) -> str:
    def put_back(found: re.Match[str]) -> str:
        number = int(found[1])
        return lines[number] if number < len(lines) else found[0]

    return _MASK.sub(put_back, source)
