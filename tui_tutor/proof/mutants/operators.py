"""Faults in expressions: signs, comparisons, conditions and constants."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from tui_tutor.proof.mutants.change import Change, Site, said
from tui_tutor.proof.mutants.equivalents import is_neutral

SYMBOLS: Final[Mapping[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ARITHMETIC: Final[Mapping[str, tuple[str, ...]]] = {
    "+": ("-", "*"),
    "-": ("+",),
    "*": ("+", "/"),
    "/": ("*", "//"),
    "//": ("/",),
    "%": ("//",),
    "**": ("*",),
    "@": ("*",),
    "<<": (">>",),
    ">>": ("<<",),
    "&": ("|",),
    "|": ("&",),
    "^": ("|",),
}
_BINDING: Final[Mapping[str, int]] = {
    "|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "@": 6, "**": 8
}  # fmt: skip
"""How tightly a sign holds its operands (the Python reference, 6.17); a unary sign is 7."""
_BOUNDARY: Final[Mapping[str, str]] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_NEGATION: Final[Mapping[str, str]] = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
}
_MOST_INT: Final = 10**15
_MOST_NESTED: Final = 20


def expression_changes(site: Site) -> Iterator[Change]:
    match site.node:
        case ast.BinOp():
            yield from _other_signs(site, site.node)
        case ast.AugAssign():
            yield from _other_augmented_signs(site, site.node)
        case ast.UnaryOp():
            yield from _without_sign(site, site.node)
        case ast.BoolOp():
            yield from _other_junction(site, site.node)
        case ast.Compare():
            yield from _other_comparisons(site, site.node)
        case ast.Constant():
            yield from _other_constants(site, site.node)
        case ast.If() | ast.While() | ast.IfExp():
            yield from _negated(site, site.node.test)
        case ast.comprehension(ifs=tests):
            for test in tests:
                yield from _negated(site, test)


def _is_text(node: ast.expr) -> bool:
    """Whether a value is known to be no number, so that another sign only crashes."""
    for _ in range(_MOST_NESTED):
        if not isinstance(node, ast.BinOp):
            break
        if _is_text(node.right):
            return True
        node = node.left
    return isinstance(node, ast.JoinedStr | ast.List | ast.ListComp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def _other_signs(site: Site, node: ast.BinOp) -> Iterator[Change]:
    if _is_text(node):
        return
    old = SYMBOLS[type(node.op)]
    for new in _ARITHMETIC[old]:
        if not is_neutral(node, new) and (text := _with_sign(site, node, old, new)):
            yield site.replaced(text, f"`{old}` became `{new}`", "operator")


def _with_sign(site: Site, node: ast.BinOp, old: str, new: str) -> str:
    """The operation with another sign, in brackets where it needs them; "" if the sign is hard to find."""
    start, end = site.text.span(node)
    (left_start, left_end), (right_start, right_end) = site.text.span(node.left), site.text.span(node.right)
    place = _found(site.text.between(left_end, right_start), old)
    if place < 0:
        return ""
    gap = site.text.between(left_end, right_start)
    left = site.text.between(start, left_end) + gap[:place].rstrip()
    right = gap[place + len(old) :].lstrip() + site.text.between(right_start, end)
    if left_start == start and _binding(node.left) < _BINDING[new]:
        left = f"({left})"
    if right_end == end and _binding(node.right) <= _BINDING[new]:
        right = f"({right})"
    blank = " " if gap[:place].endswith(" ") else ""
    text = f"{left}{blank}{new}{blank}{right}"
    return f"({text})" if _BINDING[new] < _BINDING[old] and _is_held(site, start, end) else text


def _found(gap: str, symbol: str) -> int:
    """Where between two operands their sign stands; -1 where comments or odd breaks are in the way."""
    return -1 if "#" in gap else gap.find(symbol)


def _binding(node: ast.expr) -> int:
    match node:
        case ast.BinOp(op=op):
            return _BINDING[SYMBOLS[type(op)]]
        case ast.UnaryOp():
            return 7
        case ast.BoolOp() | ast.Compare() | ast.IfExp() | ast.Lambda():
            return 0
        case _:
            return 9


def _is_held(site: Site, start: int, end: int) -> bool:
    """Whether a neighbour would pull at the operands of a looser sign."""
    if not isinstance(site.parent, ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript | ast.Await):
        return False
    data = site.text.data
    return not (data[:start].rstrip().endswith(b"(") and data[end:].lstrip().startswith(b")"))


def _other_augmented_signs(site: Site, node: ast.AugAssign) -> Iterator[Change]:
    old = SYMBOLS[type(node.op)]
    start, end = site.text.span(node.target)[1], site.text.span(node.value)[0]
    place = _found(site.text.between(start, end), f"{old}=")
    if place < 0 or is_neutral(node, "="):
        return
    at = start + place
    if not _is_text(node.value):
        for new in _ARITHMETIC[old]:
            if not is_neutral(node, new):
                yield Change(at, at + len(old) + 1, f"{new}=", f"`{old}=` became `{new}=`", "operator")
    yield Change(at, at + len(old) + 1, "=", f"`{old}=` became `=`", "assignment")


def _without_sign(site: Site, node: ast.UnaryOp) -> Iterator[Change]:
    symbol = {ast.USub: "-", ast.Not: "not", ast.Invert: "~"}.get(type(node.op), "")
    if symbol:
        start, end = site.text.span(node)
        operand = site.text.between(start + len(symbol), end).lstrip()
        yield site.replaced(operand, f"`{symbol}` left out", "condition" if symbol == "not" else "operator")


def _other_junction(site: Site, node: ast.BoolOp) -> Iterator[Change]:
    """`and` for `or` and back, between all of its parts at once."""
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    parts = [site.text.span(value) for value in node.values]
    start, end = site.text.span(node)
    text, reached = "", start
    for before, after in pairwise(parts):
        gap = site.text.between(before[1], after[0])
        if "#" in gap:
            return
        text += site.text.between(reached, before[1]) + re.sub(rf"\b{old}\b", new, gap, count=1)
        reached = after[0]
    yield site.replaced(text + site.text.between(reached, end), f"`{old}` became `{new}`", "condition")


def _other_comparisons(site: Site, node: ast.Compare) -> Iterator[Change]:
    operands = [node.left, *node.comparators]
    for place, operator in enumerate(node.ops):
        old = SYMBOLS[type(operator)]
        start, end = site.text.span(operands[place])[1], site.text.span(operands[place + 1])[0]
        found = re.search(r"\s+".join(map(re.escape, old.split())), site.text.between(start, end))
        if found is None or "#" in found.string:
            continue
        for new in _comparisons_for(site, old):
            at = (start + found.start(), start + found.end())
            yield Change(*at, new, f"`{old}` became `{new}`", "comparison")


def _comparisons_for(site: Site, old: str) -> list[str]:
    """The boundary moved, and the negation."""
    boundary = [_BOUNDARY[old]] if old in _BOUNDARY and site.node not in site.indifferent else []
    return [*boundary, _NEGATION[old]]


def _negated(site: Site, test: ast.expr) -> Iterator[Change]:
    is_done_elsewhere = isinstance(test, ast.Constant | ast.NamedExpr) or (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    )
    if is_done_elsewhere or (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return
    old = site.text.of(test)
    is_plain = isinstance(test, ast.Name | ast.Call | ast.Attribute | ast.Subscript)
    start, end = site.text.span(test)
    new = f"not {old}" if is_plain else f"not ({old})"
    yield Change(start, end, new, f"condition {said(old)} negated", "condition")


def _other_constants(site: Site, node: ast.Constant) -> Iterator[Change]:
    old = site.text.of(node)
    is_in_f_string = isinstance(site.parent, ast.FormattedValue)
    is_format = isinstance(site.parent, ast.BinOp) and isinstance(site.parent.op, ast.Mod)
    for new in _constants_for(node.value):
        if new.startswith("-") and _is_divisor(site):
            continue
        if isinstance(node.value, str | bytes) and (is_in_f_string or is_format):
            continue
        text = f"({new})" if new.startswith("-") and _pulls_at_sign(site) else new
        yield site.replaced(text, f"{said(old)} became `{new}`", "constant")


def _is_divisor(site: Site) -> bool:
    """Whether only divisibility is asked for, which no sign changes: `x % 2 == 0`."""
    rest = site.parent
    if not (isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Mod) and rest.right is site.node):
        return False
    match site.parents[rest]:
        case ast.Compare(ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=0)]):
            return True
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return test is rest
        case ast.comprehension(ifs=tests):
            return rest in tests
        case parent:
            return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)


def _constants_for(value: object) -> tuple[str, ...]:
    match value:
        case bool():
            return (str(not value),)
        case int() if abs(value) < _MOST_INT:
            return (
                (str(value + 1), str(value - 1), str(-value))
                if value > 1
                else (str(value + 1), str(value - 1))
            )
        case float() if math.isfinite(value):
            return (repr(value + 1), repr(-value)) if value else ("1.0",)
        case str():
            return ('""',) if value else ('"x"',)
        case bytes():
            return ('b""',) if value else ('b"x"',)
        case _:
            return ()


def _pulls_at_sign(site: Site) -> bool:
    parent = site.parent
    is_base = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and parent.left is site.node
    return is_base or isinstance(parent, ast.Attribute | ast.UnaryOp)
