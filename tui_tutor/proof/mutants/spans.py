"""A program's text, addressed by the nodes of its tree."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

MAX_SOURCE: Final = 50_000
"""Characters; what is longer is data and no answer a person writes."""


@dataclass(frozen=True, slots=True)
class Text:
    """A source in UTF-8, as the tree counts: lines from 1, columns in bytes from 0."""

    data: bytes
    starts: tuple[int, ...]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The bytes a statement or an expression takes; decorators are not part of it."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.pattern | ast.excepthandler)
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None
        assert end_column is not None
        return self.at(node.lineno, node.col_offset), self.at(end_line, end_column)

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def of(self, node: ast.AST) -> str:
        return self.between(*self.span(node))

    def between(self, start: int, end: int) -> str:
        return self.data[start:end].decode("utf-8", "replace")

    def replaced(self, start: int, end: int, text: str) -> str:
        """The whole source with these bytes replaced."""
        return (self.data[:start] + text.encode() + self.data[end:]).decode()

    def indent_of(self, line: int) -> str:
        """The blanks a line begins with."""
        end = self.starts[line] if line < len(self.starts) else len(self.data)
        whole = self.between(self.starts[line - 1], end)
        return whole[: len(whole) - len(whole.lstrip(" \t"))]

    def stands_alone(self, node: ast.stmt) -> bool:
        """Whether nothing but a comment shares the lines of a statement."""
        start, end = self.span(node)
        before = self.data[self.starts[self.line_of(start) - 1] : start]
        after = self.data[end:].partition(b"\n")[0].strip()
        return not before.strip() and (not after or after.startswith(b"#"))


def text_of(source: str) -> Text:
    data = source.encode()
    starts = [0]
    while (found := data.find(b"\n", starts[-1])) >= 0:
        starts.append(found + 1)
    return Text(data, tuple(starts))


def parsed(source: str) -> ast.Module | None:
    """The tree of a source with plain line ends; None if it is no program or too long for an answer."""
    if len(source) > MAX_SOURCE:
        return None
    try:
        tree = ast.parse(source)
        compiled(tree, tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree


def with_plain_line_ends(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n")


def compiled(program: str | ast.Module, tree: ast.Module) -> object:
    """The program's code under the `__future__` imports of a tree; a SyntaxError if there is none."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | _futures(tree)
    return compile(program, "<answer>", "exec", flags=flags, dont_inherit=True, optimize=0)


def _futures(tree: ast.Module) -> int:
    import __future__

    names = (
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )
    return sum(getattr(__future__, name).compiler_flag for name in names if hasattr(__future__, name))
