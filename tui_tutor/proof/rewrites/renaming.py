"""The same program with other names for what nothing else reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tui_tutor.proof.rewrites.program import (
    FUNCTIONS,
    Draft,
    Edit,
    Function,
    Program,
    bound_by_word,
    bound_in_nested,
    is_bound_first,
    is_read,
    parameters,
)


def renamings(program: Program) -> Iterator[Draft]:
    """Each function's variables, then the module's."""
    for node in ast.walk(program.tree):
        if isinstance(node, Function) and (names := _free_to_rename(program, node)):
            yield from _renamed(program, node, names, f"the variables of `{node.name}` have other names")
    module = {name for name in _free_to_rename(program, program.tree) if is_bound_first(program, name)}
    if module:
        yield from _renamed(program, program.tree, module, "variables have other names")


def _free_to_rename(program: Program, scope: ast.Module | Function) -> set[str]:
    """Names a scope binds by assignments, as far as nothing else could mean them."""
    stored = {node.id for node in _own(scope) if isinstance(node, ast.Name) and not is_read(node)}
    taken = bound_in_nested(scope) | bound_by_word(program.tree) | program.declared
    taken |= _in_f_strings(scope)
    if isinstance(scope, Function):
        taken |= parameters(scope)
    else:
        taken |= program.kept
    return {name for name in stored - taken if not name.startswith("__")}


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions and classes in it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield from _own(node)


def _in_f_strings(scope: ast.AST) -> set[str]:
    """Before Python 3.12 the fields of f-strings have no reliable place, and `{x=}` shows the name."""
    strings = [node for node in ast.walk(scope) if isinstance(node, ast.JoinedStr)]
    return {each.id for string in strings for each in ast.walk(string) if isinstance(each, ast.Name)}


def _renamed(program: Program, scope: ast.AST, names: set[str], what: str) -> Iterator[Draft]:
    new: Mapping[str, str] = {name: program.new_name(f"{name}_2") for name in sorted(names)}
    nodes = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id in new]
    yield Draft(tuple(Edit(*program.text.span(node), new[node.id]) for node in nodes), what)
