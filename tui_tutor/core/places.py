"""Where every key and value of a TOML text is written, found with tree-sitter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import tomli

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree

Path = tuple[str | int, ...]
Place = tuple[int, int, int]  # line and column from 1, and length, in characters
# The elements of a longer list have the place of the list.
MAX_PLACED_ELEMENTS: Final = 20_000
START: Final[Place] = (1, 1, 1)


class _Extent(NamedTuple):
    """Rows from 0, columns in bytes: as tree-sitter counts them."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass
class Places:
    """Answers with the nearest place that is written down when the asked one is not."""

    text: str
    keys: dict[Path, _Extent] = field(default_factory=dict)
    values: dict[Path, _Extent] = field(default_factory=dict)
    errors: list[_Extent] = field(default_factory=list)

    @cached_property
    def _rows(self) -> list[bytes]:
        return self.text.encode().split(b"\n")

    def key(self, path: Path) -> Place:
        """The key's place, else that of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if extent := self.keys.get(path[:length]):
                return self._place(extent)
        return START

    def value(self, path: Path) -> Place:
        """The value's place, else the key's."""
        extent = self.values.get(path)
        return self._place(extent) if extent else self.key(path)

    def inside(self, path: Path, line: int, column: int) -> Place:
        """The place of a line and column of a text value; the value's when escapes hide it."""
        extent = self.values.get(path)
        if extent is None:
            return self.key(path)
        raw = self._written(extent)
        quotes = raw[:3]
        if quotes not in ("'''", '"""'):
            return self._inside_short(extent, raw, line, column)
        starts_below = raw[3:4] == "\n"
        row = extent.row + line - 1 + starts_below
        if row > extent.end_row or (quotes == '"""' and "\\" in raw):
            return self._place(extent)
        shift = self._characters(extent.row, extent.column) + 3 if line == 1 and not starts_below else 0
        return row + 1, column + shift, 1

    def _inside_short(self, extent: _Extent, raw: str, line: int, column: int) -> Place:
        if line > 1 or (raw[:1] == '"' and "\\" in raw) or column > len(raw) - 1:
            return self._place(extent)
        return extent.row + 1, self._characters(extent.row, extent.column) + 1 + column, 1

    def last_line(self, path: Path) -> int:
        """The line (from 1) on which the value ends, else that of the key."""
        extent = self.values.get(path) or self.keys.get(path)
        return extent.end_row + 1 if extent else self.key(path)[0]

    def rows_inside_texts(self) -> frozenset[int]:
        """The rows (from 0) whose end stands inside a text of several lines."""
        rows: set[int] = set()
        for extent in self.values.values():
            if extent.end_row > extent.row and self._written(extent)[:3] in ("'''", '"""'):
                rows.update(range(extent.row, extent.end_row))
        return frozenset(rows)

    def error_places(self) -> Iterator[tuple[Place, str]]:
        """What the grammar refuses, with its text."""
        for extent in self.errors:
            yield self._place(extent), self._written(extent)

    def _place(self, extent: _Extent) -> Place:
        column = self._characters(extent.row, extent.column)
        if extent.end_row == extent.row:
            end = self._characters(extent.row, extent.end_column)
        else:
            end = len(self._rows[extent.row].decode("utf-8", "replace"))
        return extent.row + 1, column + 1, max(1, end - column)

    def _characters(self, row: int, column: int) -> int:
        # tree-sitter counts columns in bytes; people count characters.
        return len(self._rows[row][:column].decode("utf-8", "replace")) if row < len(self._rows) else 0

    def _written(self, extent: _Extent) -> str:
        rows = self._rows[extent.row : extent.end_row + 1]
        if not rows:
            return ""
        rows[-1] = rows[-1][: extent.end_column]
        rows[0] = rows[0][extent.column :]
        return b"\n".join(rows).decode("utf-8", "replace")


def find_places(text: str) -> Places:
    """Locate every key and value; what the grammar does not know is skipped and noted as an error."""
    walk = _Walk(Places(text))
    root = _parse(text).root_node
    for node in _entries(root):
        if node.type == "pair":
            walk.pair(node, ())
        elif node.type in ("table", "table_array_element"):
            walk.table(node)
    if root.has_error:
        walk.places.errors.extend(_extent(node) for node in _error_nodes(root))
    return walk.places


def is_toml_1_0(text: str) -> bool:
    """Whether the grammar, which is that of TOML 1.0, takes the whole text; nothing is located."""
    return not _parse(text).root_node.has_error


def longest_key(text: str) -> tuple[int, int, int]:
    """The number of parts of the longest dotted key, and its line and column."""
    best = (0, 1, 1)
    waiting = [_parse(text).root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "dotted_key":
            # Left-recursive in the grammar: the outermost node holds every part.
            parts = node.text.count(b".") + 1 if node.text else 1
            if parts > best[0]:
                best = (parts, node.start_point[0] + 1, node.start_point[1] + 1)
        elif node.type != "string":
            waiting.extend(node.named_children)
    return best


class _Walk:
    def __init__(self, places: Places) -> None:
        self.places = places
        self.lengths: dict[Path, int] = {}

    def table(self, node: Node) -> None:
        children = _entries(node)
        keys = [name for name, _ in _key_parts(children[0])] if children else []
        if not keys:
            return
        path = self._table_path(keys, is_element=node.type == "table_array_element")
        extent = _header_extent(node)
        for length in range(1, len(path) + 1):
            self.places.keys.setdefault(path[:length], extent)
        self.places.keys[path] = extent
        for child in children[1:]:
            if child.type == "pair":
                self.pair(child, path)

    def _table_path(self, keys: list[str], *, is_element: bool) -> Path:
        """Header keys to a path: an array of tables stands for its last element."""
        path: Path = ()
        for key in keys[:-1]:
            path = self._last_of((*path, key))
        if not is_element:
            return self._last_of((*path, keys[-1]))
        array = (*path, keys[-1])
        self.lengths[array] = self.lengths.get(array, 0) + 1
        return (*array, self.lengths[array] - 1)

    def _last_of(self, path: Path) -> Path:
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def pair(self, node: Node, base: Path) -> None:
        children = _entries(node)
        if len(children) < 2:
            return
        path = base
        for name, part in _key_parts(children[0]):
            path = (*path, name)
            self.places.keys.setdefault(path, _extent(part))
        self.value(children[-1], path)

    def value(self, node: Node, path: Path) -> None:
        self.places.values[path] = _extent(node)
        if node.type == "array" and node.named_child_count <= MAX_PLACED_ELEMENTS:
            for index, child in enumerate(_entries(node)):
                self.places.keys.setdefault((*path, index), _extent(child))
                self.value(child, (*path, index))
        elif node.type == "inline_table":
            for child in _entries(node):
                if child.type == "pair":
                    self.pair(child, path)


def _parse(text: str) -> Tree:
    from tree_sitter import Parser

    return Parser(_toml()).parse(text.encode())


@cache
def _toml() -> Language:
    import tree_sitter_toml
    from tree_sitter import Language

    return Language(tree_sitter_toml.language())


def _entries(node: Node) -> list[Node]:
    """Named children without comments; what stands inside an error node counts as a child."""
    found: list[Node] = []
    for child in node.named_children:
        if child.type == "ERROR":
            found.extend(inner for inner in child.named_children if inner.type != "comment")
        elif child.type != "comment":
            found.append(child)
    return found


def _error_nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "ERROR" or node.is_missing:
            yield node
        elif node.has_error:
            waiting.extend(reversed(node.children))


def _key_parts(node: Node) -> list[tuple[str, Node]]:
    if node.type == "dotted_key":
        return [part for child in node.named_children for part in _key_parts(child)]
    written = (node.text or b"").decode()
    return [(_unquoted(written) if node.type == "quoted_key" else written, node)]


def _unquoted(written: str) -> str:
    """The key a quoted key stands for, its escapes undone by the TOML parser."""
    try:
        return next(iter(tomli.loads(f"{written} = 0")))
    except tomli.TOMLDecodeError:
        return written


def _extent(node: Node) -> _Extent:
    return _Extent(*node.start_point, *node.end_point)


def _header_extent(node: Node) -> _Extent:
    """Only the header of a table: from its first bracket to its last."""
    closing = next((child for child in node.children if child.type in ("]", "]]")), node)
    return _Extent(*node.start_point, *closing.end_point)
