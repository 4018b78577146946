"""A cure: edits of one text that belong together, and which values they may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Edit(NamedTuple):
    """Characters `start` to `end` of a text become `text`."""

    start: int
    end: int
    text: str


class Cure(NamedTuple):
    """Edits against one mistake.

    Nothing changes but what stands at `removed` before and at `added` afterwards.
    """

    code: str
    line: int
    said: str
    edits: tuple[Edit, ...]
    removed: Path | None = None
    added: Path | None = None
    is_error: bool = True


def apply_cures(text: str, cures: Iterable[Cure]) -> tuple[str, tuple[Cure, ...]]:
    """The text with every cure that touches nothing another one touches; and those cures."""
    applied: list[Cure] = []
    edits: list[Edit] = []
    for cure in cures:
        if not any(_meet(edit, other) for edit in cure.edits for other in edits):
            applied.append(cure)
            edits.extend(cure.edits)
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text, tuple(applied)


def _meet(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end


def keeps_the_rest(before: Mapping[str, Any], after: Mapping[str, Any], cures: Iterable[Cure]) -> bool:
    """Whether nothing but what the cures name has another value than before."""
    removed = {cure.removed for cure in cures if cure.removed is not None}
    added = {cure.added for cure in cures if cure.added is not None}
    return _same(_without(before, removed), _without(after, added))


def _without(value: Any, paths: set[Path], at: Path = ()) -> Any:
    if isinstance(value, dict):
        inner = {
            key: _without(item, paths, (*at, key)) for key, item in value.items() if (*at, key) not in paths
        }
        return inner
    if isinstance(value, list):
        # Positions are kept, so that later elements are compared with themselves.
        return [
            None if (*at, index) in paths else _without(item, paths, (*at, index))
            for index, item in enumerate(value)
        ]
    return value


def _same(one: Any, other: Any) -> bool:
    """Equal in type and value, not a number included; the order of keys does not count."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - not a number
