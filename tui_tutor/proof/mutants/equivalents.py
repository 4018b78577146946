"""Faults that change nothing, as far as that can be proven without running.

Two programs with the same code are the same program (Trivial Compiler Equivalence: Papadakis, Jia, Harman
and Le Traon, ICSE 2015); beyond that a few patterns that no compiler folds because types are not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Final

COMMUTATIVE: Final = frozenset(
    {"max", "min", "hypot", "gcd", "lcm", "isclose", "maximum", "minimum", "fmax", "fmin", "multiply", "mul"}
    | {"logaddexp", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "not_equal"}
)
"""Functions whose first two arguments may change places (`isclose` of arrays to within its tolerance)."""
CONSUMING: Final = frozenset(
    {"sum", "sorted", "set", "frozenset", "max", "min", "any", "all", "list", "tuple", "join"}
)
"""Functions that read any iterable to its end and keep nothing of it but its values."""
DEFAULTS: Final[dict[str, object]] = {
    "reverse": False,
    "key": None,
    "end": "\n",
    "sep": None,
    "start": 0,
    "strict": False,
    "default": None,
    "keepdims": False,
    "keepdim": False,
    "axis": None,
}
"""Keyword arguments that say what is so without them."""
_EFFECTS: Final = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def is_pure(node: ast.AST) -> bool:
    """Whether evaluating it can only give a value."""
    return not any(isinstance(each, _EFFECTS) for each in ast.walk(node))


def fingerprint(code: CodeType) -> tuple[object, ...]:
    """What a program does, without its line numbers: equal where the compiler sees no difference."""
    constants = tuple(
        fingerprint(each) if isinstance(each, CodeType) else (type(each).__name__, repr(each))
        for each in code.co_consts
    )
    arguments = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_code, code.co_exceptiontable, constants, arguments, names)


def is_neutral(node: ast.BinOp | ast.AugAssign, symbol: str) -> bool:
    """Whether `x + 0`, `x * 1` and their like give the same with another sign."""
    operand = node.right if isinstance(node, ast.BinOp) else node.value
    if not isinstance(operand, ast.Constant) or isinstance(operand.value, bool):
        return False
    match operand.value, node.op:
        case 0, ast.Add() | ast.Sub():
            return symbol in "+-"
        case 1, ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Pow():
            return symbol in ("*", "/", "//", "**")
        case 0, ast.LShift() | ast.RShift():
            return True
        case _:
            return False


def indifferent_comparisons(tree: ast.AST) -> frozenset[ast.AST]:
    """Comparisons such as `if x > best: best = x`, where the boundary takes either way to the same value."""
    try:
        indifferent = {test for test, chosen, other in _choices(tree) if _meet(test, chosen, other)}
        return frozenset(indifferent.union(_after_equality(tree), _around_swaps(tree)))
    except (RecursionError, ValueError):  # this Python cannot write some f-strings down again
        return frozenset()


def _choices(tree: ast.AST) -> Iterator[tuple[ast.Compare, str, str]]:
    """Comparisons of tests, with what is taken if the test holds and if not, both as source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp):
            yield from _each(node.test, node.body, node.orelse)
    for block in _blocks(tree):
        yield from _choices_of_block(block)


def _choices_of_block(block: Sequence[ast.AST]) -> Iterator[tuple[ast.Compare, str, str]]:
    for place, node in enumerate(block):
        match node:
            case ast.If(body=[ast.Assign(targets=[target], value=value)], orelse=[]):
                yield from _each(node.test, value, target)
            case ast.If(
                body=[ast.Assign(targets=[first], value=value)],
                orelse=[ast.Assign(targets=[second], value=other)],
            ) if ast.unparse(first) == ast.unparse(second):
                yield from _each(node.test, value, other)
            case ast.If(body=[ast.Return(value=ast.expr() as value)]):
                following = node.orelse or block[place + 1 :]
                if following and isinstance(following[0], ast.Return) and following[0].value:
                    yield from _each(node.test, value, following[0].value)


def _each(test: ast.expr, chosen: ast.expr, other: ast.expr) -> Iterator[tuple[ast.Compare, str, str]]:
    """The comparisons of a test: if one turns at its boundary, the whole test turns or stays."""
    for part in test.values if isinstance(test, ast.BoolOp) else [test]:
        if isinstance(part, ast.Compare):
            yield part, ast.unparse(chosen), ast.unparse(other)


def _meet(test: ast.Compare, chosen: str, other: str) -> bool:
    """Whether both ways are the same where the two sides of the test are equal."""
    if len(test.ops) != 1 or not is_pure(test):
        return False
    left, right = ast.unparse(test.left), ast.unparse(test.comparators[0])
    if {chosen, other} == {left, right}:
        return True
    side = left if right in ("0", "0.0") else right if left in ("0", "0.0") else ""
    return bool(side) and {chosen, other} <= {side, f"-{side}", "0", "0.0", f"{side} * -1"}


def _after_equality(tree: ast.AST) -> Iterator[ast.Compare]:
    """`a < b` where `a == b` has just been told apart: the boundary is never met."""
    for block in _blocks(tree):
        for place, first in enumerate(block):
            if isinstance(first, ast.If) and (sides := _sides(first.test, ast.Eq)):
                leaves = isinstance(first.body[-1], ast.Return | ast.Raise | ast.Break | ast.Continue)
                following = first.orelse or (block[place + 1 :] if leaves else [])
                if following and isinstance(following[0], ast.If):
                    test = following[0].test
                    if isinstance(test, ast.Compare) and _sides(test) == sides:
                        yield test


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def _around_swaps(tree: ast.AST) -> Iterator[ast.Compare]:
    """`if a > b: a, b = b, a`: equal values may change places."""
    for node in ast.walk(tree):
        match node:
            case ast.If(
                test=ast.Compare() as test,
                body=[ast.Assign(targets=[ast.Tuple(elts=[a, b])], value=ast.Tuple(elts=[c, d]))],
                orelse=[],
            ):
                one, other = (ast.unparse(a), ast.unparse(b)), (ast.unparse(d), ast.unparse(c))
                if one == other and _sides(test) == set(one):
                    yield test


def _sides(test: ast.expr, sign: type[ast.cmpop] = ast.cmpop) -> set[str]:
    """Both sides of a pure comparison, as source; empty for anything else."""
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, sign) and is_pure(test):
            return {ast.unparse(left), ast.unparse(right)}
        case _:
            return set()
