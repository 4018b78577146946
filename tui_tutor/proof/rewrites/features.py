"""Which words an `ast` check could find in a source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tui_tutor.core.course import AstCheck
from tui_tutor.core.grading.syntax import WORDS, broken_rule, dotted


def features(source: str, tree: ast.Module) -> frozenset[str]:
    """All words in use, such as `for`, `call append`, `name total`."""
    used = {word for word in WORDS if broken_rule(_without(word), source)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            used.update(f"call {name}" for name in _names_of(node.func))
        elif isinstance(node, ast.Name | ast.Attribute):
            used.update(f"name {name}" for name in _prefixes(dotted(node)))
    return frozenset(used)


def _without(word: str) -> AstCheck:
    return AstCheck(kind="ast", says="no such word", must_not=(word,))


def _names_of(function: ast.expr) -> set[str]:
    path = dotted(function)
    last = {function.attr} if isinstance(function, ast.Attribute) else set()
    return last | ({path} if path else set())


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split(".") if path else []
    return (".".join(parts[: count + 1]) for count in range(len(parts)))
