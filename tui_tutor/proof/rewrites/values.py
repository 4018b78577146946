"""Which variables are numbers or texts for certain."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tui_tutor.proof.rewrites.program import (
    Function,
    Program,
    Scope,
    bound_by_word,
    is_bound_first,
    is_read,
    parameters,
)

_NUMERIC: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
Kinds = Mapping[str, str]
"""A variable's kind: `number` or `text`."""


def kind_of(program: Program, node: ast.expr, known: Kinds) -> str:
    """`number`, `text`, or "" where it cannot be told."""
    match node:
        case ast.Constant(value=bool() | int() | float()):
            return "number"
        case ast.Constant(value=str()) | ast.JoinedStr():
            return "text"
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return "number" if kind_of(program, operand, known) == "number" else ""
        case ast.BinOp(left=left, op=op, right=right):
            kinds = {kind_of(program, left, known), kind_of(program, right, known)}
            return kinds.pop() if len(kinds) == 1 and _is_closed(op, kinds) else ""
        case ast.Call(func=function):
            return _kind_of_call(program, function)
        case _:
            return ""


def _is_closed(op: ast.operator, kinds: set[str]) -> bool:
    return (kinds == {"number"} and isinstance(op, _NUMERIC)) or (
        kinds == {"text"} and isinstance(op, ast.Add)
    )


def _kind_of_call(program: Program, function: ast.expr) -> str:
    if program.is_builtin(function, "len", "int", "float", "ord"):
        return "number"
    return "text" if program.is_builtin(function, "chr", "repr") else ""


@dataclass(frozen=True, slots=True)
class _Binding:
    name: str
    value: ast.expr


def kinds_in(program: Program, scope: Scope) -> Kinds:
    """Variables all of whose bindings in a scope are of one kind, the first without the variable itself."""
    bindings = _bindings(program, scope)
    known: dict[str, str] = {}
    while found := {
        name: kind for name in bindings.keys() - known if (kind := _agreed(program, bindings[name], known))
    }:
        known |= found
    return known


def _agreed(program: Program, bindings: list[_Binding], known: Kinds) -> str:
    for kind in {kind_of(program, each.value, known) for each in bindings} - {""}:
        assumed = {**known, bindings[0].name: kind}
        if all(kind_of(program, each.value, assumed) == kind for each in bindings):
            return kind
    return ""


def _bindings(program: Program, scope: Scope) -> dict[str, list[_Binding]]:
    """All bindings of those names that only plain assignments, updates and `range` loops bind."""
    found: dict[str, list[_Binding]] = {}
    stores: dict[str, int] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and not is_read(node):
            stores[node.id] = stores.get(node.id, 0) + 1
        for binding in _binding_of(program, node) if _is_of(program, node, scope) else ():
            found.setdefault(binding.name, []).append(binding)
    taken = bound_by_word(scope) | program.declared | _all_parameters(scope)
    names = {name for name, its in found.items() if len(its) == stores[name] and name not in taken}
    if isinstance(scope, ast.Module):
        names = {name for name in names if is_bound_first(program, name)}
    return {name: found[name] for name in names}


def _is_of(program: Program, node: ast.AST, scope: Scope) -> bool:
    """Whether a statement is of this scope: what functions inside bind are other variables."""
    return isinstance(node, ast.stmt) and program.scope_of(node) is scope


def _binding_of(program: Program, node: ast.AST) -> Iterator[_Binding]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield _Binding(name, value)
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            yield _Binding(name, ast.BinOp(left=ast.Name(id=target.id, ctx=ast.Load()), op=op, right=value))
        case ast.For(target=ast.Name(id=name), iter=ast.Call(func=function)):
            if program.is_builtin(function, "range"):
                yield _Binding(name, ast.Constant(value=0))


def _all_parameters(scope: Scope) -> set[str]:
    functions = [node for node in ast.walk(scope) if isinstance(node, Function | ast.Lambda)]
    return set[str]().union(*map(parameters, functions))
