"""Which names a Python program needs from elsewhere: read from its syntax tree, never run."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tui_tutor.core.parsing.python_source import syntax_tree, with_parameters_as_names

# What a kernel has before any cell has run.
GIVEN: Final = frozenset(dir(builtins)) | frozenset(
    (
        "display",
        "get_ipython",
        "In",
        "Out",
        "exit",
        "quit",
        "open",
        "tutor",
        "__file__",
        "__name__",
        "__doc__",
    )
)
_HISTORY: Final = re.compile(r"_+\w*_*\Z")  # _, __, _12, _i3, __m__ (a parameter), ___ (a gap to fill)
# After one of these nobody can tell which names there are.
OPENERS: Final = frozenset({"exec", "globals", "locals", "vars", "get_ipython"})

Place = tuple[int, int]  # line and column from 1


class Names(NamedTuple):
    """Free names with their first places: needed at once, or only when a function is called."""

    at_once: dict[str, Place]
    later: dict[str, Place]
    is_open: bool


NOTHING: Final = Names({}, {}, False)


def free_names(source: str) -> Names:
    """The names that a program uses and binds nowhere itself; none where it is not Python."""
    tree = syntax_tree(with_parameters_as_names(source))
    return _free_in(tree) if tree else NOTHING


def is_given(name: str) -> bool:
    """Whether every kernel knows the name."""
    return name in GIVEN or bool(_HISTORY.match(name))


def _free_in(tree: ast.AST) -> Names:
    bound: set[str] = set()
    at_once: dict[str, Place] = {}
    later: dict[str, Place] = {}
    is_open = False
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, is_inside = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                is_open = is_open or node.id in OPENERS
                (later if is_inside else at_once).setdefault(node.id, (node.lineno, node.col_offset + 1))
            else:
                bound.add(node.id)
            continue
        is_open = is_open or _imports_all(node)
        bound.update(_bound_by(node))
        waiting.extend(_children(node, is_inside=is_inside))
    needed = {name: place for name, place in at_once.items() if name not in bound and not is_given(name)}
    deferred = {name: place for name, place in later.items() if name not in bound and not is_given(name)}
    return Names(needed, {name: at for name, at in deferred.items() if name not in needed}, is_open)


def _children(node: ast.AST, *, is_inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    """The parts of a node, the last first; the body of a function runs only when it is called."""
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for name in reversed(node._fields):
        value = getattr(node, name, None)
        is_later = is_inside or (is_function and name == "body")
        if isinstance(value, list):
            yield from ((item, is_later) for item in reversed(value) if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context | ast.operator):
            yield value, is_later


def _imports_all(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _bound_by(node: ast.AST) -> tuple[str, ...]:
    """The names that a statement or parameter binds, beside assignments."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.arg():
            return (node.arg,)
        case ast.alias():
            return (node.asname or node.name.partition(".")[0],)
        case ast.Global() | ast.Nonlocal():
            return tuple(node.names)
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return (node.name,) if node.name else ()
        case ast.MatchMapping():
            return (node.rest,) if node.rest else ()
        case _:
            # Type parameters, of Python 3.12 on.
            return (node.name,) if type(node).__name__ in _TYPE_PARAMETERS else ()  # type: ignore[attr-defined]


_TYPE_PARAMETERS: Final = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
