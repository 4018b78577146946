"""A solution as its rewrites see it: text, tree, scopes, and who reads which name."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.proof.mutants.spans import Text, text_of

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES: Final = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Module)
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | Function


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes replaced by another text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Edits that together write the same program differently."""

    edits: tuple[Edit, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Program:
    tree: ast.Module
    text: Text
    parents: Mapping[ast.AST, ast.AST]
    kept: frozenset[str]
    words: frozenset[str]
    """Every word of the source: no new name may be one of them."""
    declared: frozenset[str]
    """Names in `global` and `nonlocal`."""
    shadowed: frozenset[str]
    """Names that the solution binds in any way: no builtins any more."""
    named: Mapping[str, Sequence[ast.Name]]
    """Where each name stands."""

    def new_name(self, wish: str) -> str:
        """The name wished for, or one like it that nothing in sight uses."""
        taken = self.words | self.kept
        names = (wish if count == 1 else f"{wish}_{count}" for count in range(1, len(taken) + 3))
        return next(each for each in names if each not in taken and not _is_reserved(each))

    def is_builtin(self, node: ast.expr, *names: str) -> bool:
        return isinstance(node, ast.Name) and node.id in names and node.id not in self.shadowed

    def scope_of(self, node: ast.AST) -> ast.AST:
        """The function, lambda, class or module whose names a node binds."""
        inner = self.parents[node]
        while not isinstance(inner, _SCOPES):
            inner = self.parents[inner]
        return inner

    def blocks(self) -> Iterator[tuple[Sequence[ast.stmt], Scope]]:
        """Every block of statements of a function or the module, with whose it is; those of classes not."""
        for node in ast.walk(self.tree):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block:
                    scope = self.scope_of(block[0])
                    if isinstance(scope, Scope):
                        yield block, scope

    def is_tried(self, node: ast.AST) -> bool:
        """Whether an error at a node may be caught where what was done before it can still be seen."""
        inner: ast.AST | None = node
        while inner is not None and not isinstance(inner, FUNCTIONS):
            if isinstance(inner, ast.Try | ast.TryStar | ast.With | ast.AsyncWith):
                return True
            inner = self.parents.get(inner)
        return False

    def occurs_only_in(self, name: str, inside: ast.AST, scope: Scope) -> bool:
        """Whether a scope names something nowhere but in one of its nodes, and nobody else reads it."""
        if name in self.declared or (isinstance(scope, ast.Module) and name in self.kept):
            return False
        is_parameter = isinstance(scope, Function) and name in parameters(scope)
        return not is_parameter and names_in(scope)[name] == names_in(inside)[name]

    def can_be_replaced(self, statement: ast.stmt) -> bool:
        """Whether a statement has its lines to itself; an `elif` hangs on what is before it."""
        start, _ = self.text.span(statement)
        return self.text.stands_alone(statement) and self.text.data[start : start + 4] != b"elif"

    def replacing(
        self, first: ast.stmt, last: ast.stmt, statements: Sequence[ast.stmt], what: str
    ) -> Iterator[Draft]:
        """Statements of a block replaced by others, if these can be written down."""
        start, end = self.text.span(first)[0], self.text.span(last)[1]
        indent = self.text.indent_of(self.text.line_of(start))
        written = [written_again(each) for each in statements]
        if all(written):
            lines = "\n".join(written).split("\n")
            yield Draft((Edit(start, end, f"\n{indent}".join(lines)),), what)


def written_again(node: ast.AST) -> str:
    """The source of a new node; "" where this Python cannot write it, as some f-strings."""
    try:
        return ast.unparse(ast.fix_missing_locations(node))
    except (ValueError, RecursionError):
        return ""


def program_of(source: str, tree: ast.Module, kept: frozenset[str]) -> Program:
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    declared = {
        name for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    }
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not is_read(node)}
    shadowed = stored | bound_by_word(tree) | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    words = frozenset(re.findall(r"\w+", source))
    named: dict[str, list[ast.Name]] = {}
    for node in parents:
        if isinstance(node, ast.Name):
            named.setdefault(node.id, []).append(node)
    return Program(
        tree, text_of(source), parents, kept, words, frozenset(declared), frozenset(shadowed), named
    )


def is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def names_in(node: ast.AST) -> Counter[str]:
    return Counter(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def parameters(function: Function | ast.Lambda) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}


def bound_by_word(tree: ast.AST) -> set[str]:
    """Names that something else than an assignment binds: imports, definitions, `as` and patterns."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.partition(".")[0])
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                names.add(name)
            case ast.MatchMapping(rest=str(rest)):
                names.add(rest)
    return names


def bound_in_nested(scope: Scope) -> set[str]:
    """Names that functions, lambdas, classes and comprehensions inside a scope bind for themselves."""
    names: set[str] = set()
    for node in ast.walk(scope):
        if node is scope:
            continue
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            names |= parameters(node)
        if isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)):
            names |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and not is_read(each)}
        if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def is_bound_first(program: Program, name: str) -> bool:
    """Whether the module binds a name for certain before anything of it reads it: no cell before gave it."""
    named = program.named[name]
    first = min(named, key=lambda each: (each.lineno, each.col_offset))
    binding = program.parents[first]
    is_plain = isinstance(binding, ast.Assign) and first in binding.targets
    is_plain = is_plain and program.parents[binding] is program.tree
    if not is_plain or any(isinstance(each.ctx, ast.Del) for each in named):
        return False
    assert isinstance(binding, ast.Assign)
    return not names_in(binding.value)[name]


def _is_reserved(name: str) -> bool:
    return keyword.iskeyword(name) or hasattr(builtins, name)
