"""Ids made from what a cell says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from typing import Any, Final

_LONGEST: Final = 32
_MOST_WORDS: Final = 4
_SMALL: Final = frozenset(
    [
        *(
            "a",
            "an",
            "and",
            "are",
            "be",
            "by",
            "do",
            "does",
            "for",
            "from",
            "how",
            "in",
            "is",
            "it",
            "of",
            "on",
        ),
        *("or", "so", "that", "the", "this", "to", "what", "when", "where", "which", "why", "with", "you"),
    ]
)


def id_for(cell: Mapping[str, Any], taken: Set[str]) -> str:
    """An id that no other cell has, of the first words of a cell's title, question or task."""
    said = next((cell[key] for key in ("title", "question", "task") if isinstance(cell.get(key), str)), "")
    made = _of_words(said) or str(cell.get("form") or cell.get("kind"))
    unique, number = made, 1
    while unique in taken:
        number += 1
        unique = f"{made}-{number}"
    return unique


def _of_words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[a-z0-9]+", plain.replace("'", "")) if word not in _SMALL]
    made = ""
    for word in words[:_MOST_WORDS]:
        longer = f"{made}-{word}" if made else word[:_LONGEST]
        if len(longer) > _LONGEST:
            break
        made = longer
    return made
