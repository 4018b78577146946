"""Some values of a TOML file exchanged; its comments, its order and all else stay as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from tui_tutor.core.document import Document, Path
from tui_tutor.core.toml_writing import toml_text

_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class _Edit:
    """New text in the place of the bytes [start, end)."""

    start: int
    end: int
    text: str


def with_values(document: Document, values: Mapping[str, Any]) -> str | None:
    """The file with these values and no others; None where that cannot be had by exchanging a few places."""
    try:
        edits = sorted(_Exchange(document).edits(values), key=lambda one: (one.start, one.end))
    except KeyError:  # a place that nobody wrote down, as in an inline table
        return None
    data, done, parts = document.text.encode(), 0, []
    for edit in edits:
        if edit.start < done:
            return None
        parts += [data[done : edit.start].decode(), edit.text]
        done = edit.end
    return "".join((*parts, data[done:].decode()))


class _Exchange:
    """Finds out what is to be exchanged in one document."""

    def __init__(self, document: Document) -> None:
        self._there = document.values
        self._places = document.places
        lengths = (len(line.encode()) + 1 for line in document.lines)
        self._rows = [0, *accumulate(lengths)]
        self._rows[-1] -= 1  # no line feed stands after the last line

    def edits(self, values: Mapping[str, Any]) -> Iterator[_Edit]:
        yield from self._inside((), self._there, values)

    def _inside(self, path: Path, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[_Edit]:
        for key, value in there.items():
            new = wanted.get(key, _MISSING)
            if new is _MISSING:
                yield self._without((*path, key), value)
            elif new != value:
                yield from self._changed((*path, key), value, new)
        added = {key: value for key, value in wanted.items() if key not in there}
        if added:
            yield self._more(path, added)

    def _changed(self, path: Path, value: Any, new: Any) -> Iterator[_Edit]:
        if isinstance(value, Mapping) and isinstance(new, Mapping):
            yield from self._inside(path, value, new)
        elif _is_tables(value) or _is_tables(new):
            start, end = self._tables(path, value)
            yield _Edit(start, end, toml_text(_nested(path, new)))
        else:
            extent = self._places.values[path]
            text = toml_text({"x": new}).removeprefix("x = ").rstrip("\n")
            yield _Edit(
                self._rows[extent.row] + extent.column, self._rows[extent.end_row] + extent.end_column, text
            )

    def _without(self, path: Path, value: Any) -> _Edit:
        if _is_tables(value):
            return _Edit(*self._tables(path, value), "")
        extent = self._places.values[path]
        return _Edit(self._rows[self._places.keys[path].row], self._rows[extent.end_row + 1], "")

    def _more(self, path: Path, added: Mapping[str, Any]) -> _Edit:
        """Plain values after the plain ones that are there; tables at the end of the file."""
        are_tables = [isinstance(value, Mapping) or _is_tables(value) for value in added.values()]
        if path or (any(are_tables) and not all(are_tables)):
            raise KeyError(path)
        if all(are_tables):
            return _Edit(self._rows[-1], self._rows[-1], "\n" + toml_text(added))
        plain = [place.end_row + 1 for key, place in self._places.values.items() if len(key) == 1]
        place = self._rows[max(plain, default=0)]
        return _Edit(place, place, toml_text(added))

    def _tables(self, path: Path, value: Any) -> tuple[int, int]:
        """From the header of the first of an array of tables to the last value of the last."""
        if not _is_tables(value):
            raise KeyError(path)
        first = self._places.keys[(*path, 0)].row
        inside = [place for key, place in self._places.values.items() if key[: len(path)] == path]
        last = max(place.end_row for place in inside)
        return self._rows[first], self._rows[last + 1]


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _nested(path: Path, value: Any) -> dict[str, Any]:
    nested: Any = value
    for key in reversed(path):
        nested = {str(key): nested}
    result: dict[str, Any] = nested
    return result
