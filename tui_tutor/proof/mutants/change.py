"""One place of a solution where a fault may be planted, and one fault."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from tui_tutor.proof.mutants.spans import Text


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes of the solution replaced by another text."""

    start: int
    end: int
    text: str
    what: str
    operator: str


@dataclass(frozen=True, slots=True)
class Site:
    """A node that may be mutated, and all that an operator asks about its surroundings."""

    node: ast.AST
    text: Text
    parents: Mapping[ast.AST, ast.AST]
    bound: frozenset[str]
    """Names that the solution binds other than by imports: their methods are called, not their functions."""
    indifferent: frozenset[ast.AST]
    """Comparisons that may include the boundary or not: both branches give the same there."""

    @property
    def parent(self) -> ast.AST:
        return self.parents[self.node]

    def replaced(self, text: str, what: str, operator: str) -> Change:
        """The node's own span given another text."""
        start, end = self.text.span(self.node)
        return Change(start, end, text, what, operator)


def said(text: str, most: int = 40) -> str:
    """A piece of source on one line, as it stands in a sentence."""
    line = " ".join(text.split())
    return f"`{line if len(line) <= most else line[: most - 1] + '…'}`"
