"""Loops that collect as comprehensions, and back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tui_tutor.proof.mutants.equivalents import is_pure
from tui_tutor.proof.rewrites.program import FUNCTIONS, Draft, Program, Scope, names_in

_UNMOVABLE: Final = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda, ast.Starred)
_HARMLESS: Final = (
    *(
        "len",
        "abs",
        "int",
        "float",
        "str",
        "round",
        "range",
        "enumerate",
        "zip",
        "sorted",
        "reversed",
        "list",
    ),
    *("tuple", "set", "sum", "min", "max", "ord", "chr", "bool", "repr"),
)
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp


@dataclass(frozen=True, slots=True)
class _Collected:
    """One item that a loop collects: a dict's has a key."""

    kind: str
    item: ast.expr
    key: ast.expr | None = None


def loop_drafts(program: Program) -> Iterator[Draft]:
    for block, scope in program.blocks():
        for first, second in pairwise(block):
            yield from _as_comprehension(program, scope, first, second)
        for statement in block:
            yield from _as_loop(program, scope, statement)


def _as_comprehension(program: Program, scope: Scope, first: ast.stmt, loop: ast.stmt) -> Iterator[Draft]:
    match first, loop:
        case ast.Assign(targets=[ast.Name(id=name)], value=empty), ast.For(orelse=[], body=[_]):
            pass
        case _:
            return
    assert isinstance(loop, ast.For)
    conditions, collected = _body_of(loop, name)
    if collected is None or collected.kind != _kind_of(program, empty):
        return
    parts = [loop.iter, *conditions, collected.item, *([collected.key] if collected.key else [])]
    if not _may_move(program, scope, name, parts) or not _are_its_own(program, scope, loop.target, loop):
        return
    if program.can_be_replaced(first) and program.can_be_replaced(loop) and not program.is_tried(loop):
        generator = ast.comprehension(target=loop.target, iter=loop.iter, ifs=conditions, is_async=0)
        made = ast.Assign(targets=first.targets, value=_comprehension(collected, generator))
        yield from program.replacing(first, loop, [made], f"a loop that fills `{name}` is a comprehension")


def _kind_of(program: Program, empty: ast.expr) -> str:
    match empty:
        case ast.List(elts=[]):
            return "list"
        case ast.Dict(keys=[]):
            return "dict"
        case ast.Call(func=function, args=[], keywords=[]) if program.is_builtin(function, "set"):
            return "set"
        case _:
            return ""


def _body_of(loop: ast.For, name: str) -> tuple[list[ast.expr], _Collected | None]:
    statement, conditions = loop.body[0], list[ast.expr]()
    if isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1:
        conditions, statement = [statement.test], statement.body[0]
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(ast.Name(id=its), method), args=[item], keywords=[])):
            kind = {"append": "list", "add": "set"}.get(method, "")
            return conditions, _Collected(kind, item) if its == name and kind else None
        case ast.Assign(targets=[ast.Subscript(ast.Name(id=its), key)], value=item) if is_pure(key):
            return conditions, _Collected("dict", item, key) if its == name else None
        case _:
            return conditions, None


def _comprehension(collected: _Collected, generator: ast.comprehension) -> ast.expr:
    if collected.key is not None:
        return ast.DictComp(key=collected.key, value=collected.item, generators=[generator])
    made = ast.SetComp if collected.kind == "set" else ast.ListComp
    return made(elt=collected.item, generators=[generator])


def _may_move(program: Program, scope: Scope, name: str, parts: list[ast.expr]) -> bool:
    """Whether what is collected can be read before its name is bound: nothing on the way looks at it."""
    if any(name in names_in(part) or _is_unmovable(part) for part in parts) or name in program.declared:
        return False
    inner = [
        node for node in ast.walk(scope) if node is not scope and isinstance(node, (*FUNCTIONS, ast.Lambda))
    ]
    if any(name in names_in(node) for node in inner):
        return False
    return not isinstance(scope, ast.Module) or all(_is_harmless(program, part) for part in parts)


def _is_unmovable(part: ast.AST) -> bool:
    return any(isinstance(node, _UNMOVABLE) for node in ast.walk(part)) or not names_in(
        part
    ).keys().isdisjoint({"super", "__class__"})


def _is_harmless(program: Program, part: ast.AST) -> bool:
    """Whether no call in it could look at the module's names."""
    calls = [node.func for node in ast.walk(part) if isinstance(node, ast.Call)]
    return all(program.is_builtin(function, *_HARMLESS) for function in calls)


def _are_its_own(program: Program, scope: Scope, target: ast.expr, inside: ast.AST) -> bool:
    """Whether a loop's variables are plain names that nothing outside it means."""
    names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
    is_plain = all(isinstance(node, ast.Name | ast.Tuple | ast.expr_context) for node in ast.walk(target))
    return is_plain and all(program.occurs_only_in(name, inside, scope) for name in names)


def _as_loop(program: Program, scope: Scope, statement: ast.stmt) -> Iterator[Draft]:
    match statement:
        case ast.Return(value=ast.ListComp() | ast.SetComp() | ast.DictComp() as value):
            pass
        case ast.Assign(targets=[ast.Name()], value=ast.ListComp() | ast.SetComp() | ast.DictComp() as value):
            pass
        case _:
            return
    if not program.can_be_replaced(statement) or not _can_be_unrolled(program, scope, value):
        return
    name = program.new_name("collected")
    result = ast.Name(id=name, ctx=ast.Load())
    last: ast.stmt = ast.Return(value=result)
    if isinstance(statement, ast.Assign):
        last = ast.Assign(targets=statement.targets, value=result)
    first = ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=_empty(value))
    yield from program.replacing(
        statement, statement, [first, _loop(value, name), last], "a comprehension is a loop"
    )


def _can_be_unrolled(program: Program, scope: Scope, value: Comprehension) -> bool:
    targets = [generator.target for generator in value.generators]
    names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    first = names_in(value.generators[0].iter)
    return (
        not _is_unmovable(value)
        and not any(generator.is_async for generator in value.generators)
        and len(names) == len(set(names))
        and first.keys().isdisjoint(names)
        and not (isinstance(value, ast.SetComp) and "set" in program.shadowed)
        and not (isinstance(value, ast.DictComp) and not is_pure(value.key))
        and all(_are_its_own(program, scope, target, value) for target in targets)
    )


def _empty(value: Comprehension) -> ast.expr:
    if isinstance(value, ast.SetComp):
        return ast.Call(func=ast.Name(id="set", ctx=ast.Load()), args=[], keywords=[])
    return (
        ast.Dict(keys=[], values=[]) if isinstance(value, ast.DictComp) else ast.List(elts=[], ctx=ast.Load())
    )


def _loop(value: Comprehension, name: str) -> ast.stmt:
    statement = _collecting(value, ast.Name(id=name, ctx=ast.Load()))
    for generator in reversed(value.generators):
        for test in reversed(generator.ifs):
            statement = ast.If(test=test, body=[statement], orelse=[])
        statement = ast.For(target=generator.target, iter=generator.iter, body=[statement], orelse=[])
    return statement


def _collecting(value: Comprehension, result: ast.expr) -> ast.stmt:
    if isinstance(value, ast.DictComp):
        place = ast.Subscript(value=result, slice=value.key, ctx=ast.Store())
        return ast.Assign(targets=[place], value=value.value)
    method = ast.Attribute(
        value=result, attr="add" if isinstance(value, ast.SetComp) else "append", ctx=ast.Load()
    )
    return ast.Expr(value=ast.Call(func=method, args=[value.elt], keywords=[]))
