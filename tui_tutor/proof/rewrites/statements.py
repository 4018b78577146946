"""The same statements said differently: other order, other branch first, other words for an update."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tui_tutor.proof.rewrites.program import FUNCTIONS, Draft, Edit, Program, Scope, names_in
from tui_tutor.proof.rewrites.values import Kinds, kinds_in

_PLAIN: Final = (
    *(ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Dict),
    *(ast.operator, ast.unaryop, ast.expr_context),
)


def reorderings(program: Program) -> Iterator[Draft]:
    """Two neighbours that have nothing to do with each other change places."""
    for block, _ in program.blocks():
        for first, second in pairwise(block):
            if _are_independent(first, second) and all(map(program.can_be_replaced, (first, second))):
                one, other = program.text.span(first), program.text.span(second)
                edits = (Edit(*one, program.text.of(second)), Edit(*other, program.text.of(first)))
                yield Draft(edits, f"lines {first.lineno} and {second.lineno} changed places")


def _are_independent(first: ast.stmt, second: ast.stmt) -> bool:
    match first, second:
        case ast.Assign(targets=[ast.Name(id=one)], value=value), ast.Assign(
            targets=[ast.Name(id=other)], value=following
        ):
            is_plain = all(isinstance(node, _PLAIN) for each in (value, following) for node in ast.walk(each))
            return (
                is_plain and one != other and one not in names_in(following) and other not in names_in(value)
            )
        case _:
            return False


def choices(program: Program) -> Iterator[Draft]:
    """A choice between two values as statements and as an expression."""
    for block, _ in program.blocks():
        for place, node in enumerate(block):
            following = block[place + 1] if place + 1 < len(block) else None
            yield from _as_expression(program, node, following)
            yield from _as_statements(program, node)


def _as_expression(program: Program, node: ast.stmt, following: ast.stmt | None) -> Iterator[Draft]:
    match node, following:
        case ast.If(body=[ast.Return() as one], orelse=[ast.Return() as other]), _:
            last: ast.stmt = node
        case ast.If(body=[ast.Return() as one], orelse=[]), ast.Return() as other:
            last = other
        case _:
            return
    assert isinstance(node, ast.If)
    if program.can_be_replaced(node) and program.text.stands_alone(last):
        chosen = ast.IfExp(test=node.test, body=one.value or _none(), orelse=other.value or _none())
        what = f"the `if` of line {node.lineno} is an expression"
        yield from program.replacing(node, last, [ast.Return(value=chosen)], what)


def _none() -> ast.expr:
    return ast.Constant(value=None)


def _as_statements(program: Program, node: ast.stmt) -> Iterator[Draft]:
    match node:
        case ast.Return(value=ast.IfExp(test=test, body=one, orelse=other)) if program.can_be_replaced(node):
            first = ast.If(test=test, body=[ast.Return(value=one)], orelse=[])
            what = f"the choice of line {node.lineno} is an `if`"
            yield from program.replacing(node, node, [first, ast.Return(value=other)], what)


def turned_branches(program: Program) -> Iterator[Draft]:
    """`if not c: B else: A` for `if c: A else: B`."""
    for block, _ in program.blocks():
        for node in block:
            if isinstance(node, ast.If) and node.orelse and _can_be_turned(program, node):
                test = ast.UnaryOp(op=ast.Not(), operand=node.test)
                turned = ast.If(test=test, body=node.orelse, orelse=node.body)
                yield from program.replacing(
                    node, node, [turned], f"the branches of line {node.lineno} changed places"
                )


def _can_be_turned(program: Program, node: ast.If) -> bool:
    has_long_text = any(
        isinstance(each, ast.Constant) and isinstance(each.value, str | bytes) and len(repr(each.value)) > 60
        for each in ast.walk(node)
    )
    nests = any(isinstance(each, (*FUNCTIONS, ast.ClassDef)) for each in ast.walk(node))
    is_chain = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
    return not (has_long_text or nests or is_chain) and program.can_be_replaced(node)


def updates(program: Program) -> Iterator[Draft]:
    """`x = x + 1` for `x += 1` and back, where x is a number or a text for certain."""
    known: dict[Scope, Kinds] = {}
    for block, scope in program.blocks():
        for node in block:
            if isinstance(node, ast.AugAssign | ast.Assign):
                if scope not in known:
                    known[scope] = kinds_in(program, scope)
                yield from _other_update(program, node, known[scope])


def _other_update(program: Program, node: ast.AugAssign | ast.Assign, kinds: Kinds) -> Iterator[Draft]:
    match node:
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            sum_ = ast.BinOp(left=ast.Name(id=name, ctx=ast.Load()), op=op, right=value)
            new: ast.stmt = ast.Assign(targets=[node.target], value=sum_)
        case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.BinOp(ast.Name(id=left), op, right)):
            new = ast.AugAssign(target=target, op=op, value=right)
            if left != name:
                return
        case _:
            return
    if name in kinds and program.can_be_replaced(node):
        yield from program.replacing(
            node, node, [new], f"the update of `{name}` in line {node.lineno} is written otherwise"
        )


def named_results(program: Program) -> Iterator[Draft]:
    """What a function returns gets a name first."""
    for block, _ in program.blocks():
        for node in block:
            match node:
                case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
                    if program.can_be_replaced(node):
                        name = program.new_name("result")
                        first = ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=value)
                        last = ast.Return(value=ast.Name(id=name, ctx=ast.Load()))
                        what = f"what line {node.lineno} returns has a name"
                        yield from program.replacing(node, node, [first, last], what)


def defined_lambdas(program: Program) -> Iterator[Draft]:
    """A lambda that has a name is a `def`."""
    for block, _ in program.blocks():
        for node in block:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=arguments, body=body)):
                    if program.can_be_replaced(node) and name not in program.declared:
                        made = ast.parse(f"def {name}(): pass").body[0]
                        assert isinstance(made, ast.FunctionDef)
                        made.args, made.body = arguments, [ast.Return(value=body)]
                        yield from program.replacing(node, node, [made], f"the lambda `{name}` is a function")


def layouts(program: Program) -> Iterator[Draft]:
    """Comments, blank lines and docstrings."""
    end = len(program.text.data)
    yield Draft((Edit(0, 0, "# another way\n\n"), Edit(end, end, "\n\n# done\n")), "comments and blank lines")
    if "__doc__" in program.words:
        return
    bodies = [node.body for node in ast.walk(program.tree) if isinstance(node, FUNCTIONS)]
    first = [body[0] for body in bodies if not _is_text(body[0]) and program.can_be_replaced(body[0])]
    edits = [
        _docstring(program, statement) for statement in first if not hasattr(statement, "decorator_list")
    ]
    if edits:
        yield Draft(tuple(edits), "functions have a docstring")


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _docstring(program: Program, before: ast.stmt) -> Edit:
    start, _ = program.text.span(before)
    indent = program.text.indent_of(before.lineno)
    return Edit(start, start, f'"""Said in words."""\n{indent}')
