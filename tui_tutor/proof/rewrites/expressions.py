"""The same expressions said differently."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from tui_tutor.proof.rewrites.program import Draft, Edit, Function, Program, Scope, written_again
from tui_tutor.proof.rewrites.values import Kinds, kind_of, kinds_in

_MIRRORED: Final[Mapping[type[ast.cmpop], ast.cmpop]] = {
    ast.Lt: ast.Gt(),
    ast.LtE: ast.GtE(),
    ast.Gt: ast.Lt(),
    ast.GtE: ast.LtE(),
}
_OPPOSITE: Final[Mapping[type[ast.cmpop], ast.cmpop]] = {
    ast.In: ast.NotIn(),
    ast.Is: ast.IsNot(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
}


def mirrored_comparisons(program: Program) -> Iterator[Draft]:
    """`b > a` for `a < b` where both are numbers for certain."""
    for node, kinds in _with_kinds(program, ast.Compare):
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _MIRRORED:
                if {kind_of(program, left, kinds), kind_of(program, right, kinds)} == {"number"}:
                    mirrored = ast.Compare(left=right, ops=[_MIRRORED[type(op)]], comparators=[left])
                    yield from _replaced(
                        program, node, mirrored, f"the comparison of line {node.lineno} is turned"
                    )


def merged_negations(program: Program) -> Iterator[Draft]:
    """`a not in b` for `not a in b`; `a != b` for `not a == b` where both are surely numbers or texts."""
    for node, kinds in _with_kinds(program, ast.UnaryOp):
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(left=left, ops=[op], comparators=[right])):
                if _has_opposite(program, left, op, right, kinds):
                    merged = ast.Compare(left=left, ops=[_OPPOSITE[type(op)]], comparators=[right])
                    yield from _replaced(
                        program, node, merged, f"the `not` of line {node.lineno} is in the sign"
                    )


def _has_opposite(program: Program, left: ast.expr, op: ast.cmpop, right: ast.expr, kinds: Kinds) -> bool:
    if isinstance(op, ast.In | ast.Is):
        return True
    are_known = all(kind_of(program, each, kinds) for each in (left, right))
    return type(op) in _OPPOSITE and are_known


def other_ranges(program: Program) -> Iterator[Draft]:
    """`range(0, n)` for `range(n)` and back."""
    for node in ast.walk(program.tree):
        if not isinstance(node, ast.Call) or not program.is_builtin(node.func, "range") or node.keywords:
            continue
        match node.args:
            case [ast.Starred()]:
                continue
            case [stop]:
                args: list[ast.expr] = [ast.Constant(value=0), stop]
            case [ast.Constant(value=0), ast.expr() as stop] if not isinstance(stop, ast.Starred):
                args = [stop]
            case _:
                continue
        new = ast.Call(func=node.func, args=args, keywords=[])
        yield from _replaced(program, node, new, f"the range of line {node.lineno} is written otherwise")


def _with_kinds(program: Program, wanted: type[ast.expr]) -> Iterator[tuple[ast.expr, Kinds]]:
    """Expressions of a type outside of f-strings and classes, with what is known of the names around them."""
    known: dict[Scope, Kinds] = {}
    for node in ast.walk(program.tree):
        if isinstance(node, wanted):
            scope = program.scope_of(node)
            if isinstance(scope, ast.Module | Function):
                if scope not in known:
                    known[scope] = kinds_in(program, scope)
                yield node, known[scope]


def _replaced(program: Program, old: ast.expr, new: ast.expr, what: str) -> Iterator[Draft]:
    """An expression of the same rank replaced; in f-strings no place is certain."""
    inner: ast.AST = old
    while isinstance(inner, ast.expr):
        inner = program.parents[inner]
        if isinstance(inner, ast.JoinedStr):
            return
    if written := written_again(new):
        yield Draft((Edit(*program.text.span(old), written),), what)
