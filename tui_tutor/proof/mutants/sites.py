"""Where faults may be planted: what a check could see, and nothing that only people read."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.proof.mutants.change import Site
from tui_tutor.proof.mutants.equivalents import indifferent_comparisons, is_pure
from tui_tutor.proof.mutants.spans import Text

_NEVER: Final = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Assert, ast.Pass)
_UNSEEN_FIELDS: Final = frozenset(
    {"annotation", "returns", "decorator_list", "format_spec", "type_params", "bases", "ctx", "op", "ops"}
)
_EXITS: Final = (ast.Return, ast.Raise, ast.Break, ast.Continue)
SEEDING: Final = frozenset(
    {"seed", "manual_seed", "manual_seed_all", "default_rng", "RandomState", "Random", "set_seed", "sleep"}
)
LABELLING: Final = frozenset(
    {"input", "xlabel", "ylabel", "zlabel", "title", "suptitle", "set_title", "set_xlabel", "set_ylabel"}
    | {"legend", "debug", "info", "warning", "error", "warn"}
)
_LABELS: Final = frozenset({"label", "title", "xlabel", "ylabel", "caption", "desc", "doc", "file", "flush"})
_NAMES_FOR_TOOLS: Final = frozenset({"__all__", "__slots__", "__author__", "__version__"})


def sites_of(tree: ast.Module, text: Text, *, kept: frozenset[str]) -> Iterator[Site]:
    """Every node that may be mutated; `kept`: the module's names that are read elsewhere, empty for all."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    bound = _bound_names(tree)
    indifferent = indifferent_comparisons(tree)
    dead = _dead_assignments(tree, kept)
    waiting: list[ast.AST] = _inside(tree, text)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _NEVER) or node in dead or _is_main_guard(node):
            continue
        yield Site(node, text, parents, bound, indifferent)
        waiting.extend(_inside(node, text))


def _inside(node: ast.AST, text: Text) -> list[ast.AST]:
    match node:
        case ast.Expr(value=value):
            return [] if is_pure(value) else [value]
        case ast.JoinedStr(values=values):
            return _fields(values, text)
        case ast.Raise(exc=ast.Call(args=args)):
            return [arg for arg in args if not _is_wording(arg)]
        case ast.Call():
            return _inside_call(node)
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _NAMES_FOR_TOOLS:
            return []
        case ast.ClassDef(body=body):
            return list(_reached(body))
        case _:
            return _children(node)


def _children(node: ast.AST) -> list[ast.AST]:
    children: list[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name in _UNSEEN_FIELDS:
            continue
        if isinstance(value, list):
            nodes = [each for each in value if isinstance(each, ast.AST)]
            children.extend(_reached(nodes))
        elif isinstance(value, ast.AST):
            children.append(value)
    return children


def _reached(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Statements up to the first that leaves the block: nothing runs what follows it."""
    for node in nodes:
        yield node
        if isinstance(node, _EXITS):
            return


def _fields(values: Sequence[ast.expr], text: Text) -> list[ast.AST]:
    fields = [each.value for each in values if isinstance(each, ast.FormattedValue)]
    return [field for field in fields if _is_well_placed(field, text)]


def _is_well_placed(field: ast.expr, text: Text) -> bool:
    """Whether a field of an f-string stands where the tree says: before Python 3.12 it may not."""
    try:
        there = ast.parse(f"({text.of(field)})", mode="eval").body
    except (SyntaxError, ValueError, IndexError):
        return False
    return ast.dump(there) == ast.dump(field)


def called_name(call: ast.Call) -> str:
    """The last part of what is called: `seed` of `np.random.seed(0)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _inside_call(call: ast.Call) -> list[ast.AST]:
    name = called_name(call)
    receiver: list[ast.AST] = [call.func]
    if name in SEEDING:
        return receiver
    is_labelled = name in LABELLING or (name == "print" and len(call.args) > 1)
    args = [arg for arg in call.args if not (is_labelled and _is_wording(arg))]
    keywords = [each for each in call.keywords if each.arg not in _LABELS | SEEDING | {"random_state"}]
    return [*receiver, *args, *keywords]


def _is_wording(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_main_guard(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    return any(isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(node.test))


def _bound_names(tree: ast.Module) -> frozenset[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not _is_read(node)}
    return frozenset(names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)})


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


_DYNAMIC: Final = frozenset({"locals", "globals", "vars", "eval", "exec", "dir"})


def _dead_assignments(tree: ast.Module, kept: frozenset[str]) -> frozenset[ast.AST]:
    """Pure assignments to names that nothing reads; a module's names only count if `kept` tells which are."""
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _is_read(node)}
    read.update(
        name for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    )
    if read & _DYNAMIC:
        return frozenset()
    read.update(
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    )
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {each for block in blocks for each in ast.walk(block)} - _of_classes(tree)
    return frozenset(
        node
        for node in ast.walk(tree)
        if _is_dead(node, read if node in inside else read | kept)
        and (node in inside or (kept and node in tree.body))
    )


def _of_classes(tree: ast.Module) -> set[ast.AST]:
    """Statements of class bodies: the names they bind are attributes."""
    return {each for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in node.body}


def _is_dead(node: ast.AST, read: set[str]) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name not in read and is_pure(value)
        case _:
            return False
