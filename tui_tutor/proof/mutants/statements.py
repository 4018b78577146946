"""Faults in statements: what is returned, what is left out, how a loop is left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tui_tutor.proof.mutants.change import Change, Site, said
from tui_tutor.proof.mutants.sites import LABELLING, SEEDING, called_name

_SHOWING: Final = frozenset({"show", "tight_layout", "figure", "collect", "pprint", "display"})


def statement_changes(site: Site) -> Iterator[Change]:
    match site.node:
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield site.replaced("return None", "`return` gives None", "return")
        case ast.Lambda(body=body) if not _is_none(body):
            start, end = site.text.span(body)
            yield Change(start, end, "None", "the lambda gives None", "return")
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if not _is_none(value):
            if isinstance(site.parent, ast.Module):
                start, end = site.text.span(site.node)
                yield Change(start, end, f"{name} = None", f"`{name}` became None", "assignment")
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]) | ast.Raise():
            yield _left_out(site)
        case ast.Expr(value=ast.Call() as call) if called_name(call) not in SEEDING | LABELLING | _SHOWING:
            yield _left_out(site)
        case ast.AugAssign(target=target) if not _drives_a_loop(site, target):
            yield _left_out(site)
        case ast.Break() | ast.Continue():
            yield from _other_exit(site)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _left_out(site: Site) -> Change:
    return site.replaced("pass", f"{said(site.text.of(site.node))} left out", "deletion")


def _drives_a_loop(site: Site, target: ast.expr) -> bool:
    """Whether a `while` waits for what the statement changes: without it the loop would only never end."""
    loop = _enclosing_loop(site)
    if not isinstance(loop, ast.While) or not isinstance(target, ast.Name):
        return False
    return any(isinstance(node, ast.Name) and node.id == target.id for node in ast.walk(loop.test))


def _enclosing_loop(site: Site) -> ast.AST | None:
    node: ast.AST | None = site.parents.get(site.node)
    while node is not None and not isinstance(node, ast.For | ast.AsyncFor | ast.While):
        node = site.parents.get(node)
    return node


def _other_exit(site: Site) -> Iterator[Change]:
    loop = _enclosing_loop(site)
    if isinstance(site.node, ast.Continue):
        yield site.replaced("break", "`continue` became `break`", "loop")
    elif not (isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant)):
        yield site.replaced("continue", "`break` became `continue`", "loop")
