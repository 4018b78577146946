"""An order that does not give a key away, the same in every export."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def shuffled(items: Iterable[T]) -> list[T]:
    """The items by the hash of what they are: no chance is involved, so that two exports are equal."""
    return sorted(items, key=lambda item: hashlib.sha256(repr(item).encode(errors="replace")).digest())
