"""Ids for what a source leaves unnamed: from its words, the same at every import."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

LONGEST: Final = 48
_START: Final = 56  # characters before a number: an id has at most 64


def id_from(text: str, *, otherwise: str) -> str:
    """The words of a text as an id; where no Latin letter or digit is left, `otherwise` and a hash of it."""
    plain = unicodedata.normalize("NFKD", text[:1000]).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(made) > LONGEST:
        made = made[: LONGEST + 1].rpartition("-")[0] or made[:LONGEST]
    if not made:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f"{otherwise}-{digest}" if text.strip() else otherwise
    return made


def numbered(wanted: str, taken: set[str], number: int = 1) -> str:
    """`wanted`, or its start with the first number from `number` on that makes it new; it is taken then."""
    made = wanted if number == 1 else f"{wanted[:_START]}-{number}"
    while made in taken:
        number += 1
        made = f"{wanted[:_START]}-{number}"
    taken.add(made)
    return made


class Ids:
    """Hands every id out once: `loop`, then `loop-2`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        """`wanted`, or with the first number that makes it new."""
        made, number = wanted, self._last.get(wanted, 1)
        while made in self._taken:
            number += 1
            made = f"{wanted}-{number}"
        self._last[wanted] = number
        self._taken.add(made)
        return made
