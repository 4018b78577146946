"""Answers that know the visible examples by heart."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from tui_tutor.proof.mutants.change import Change, said
from tui_tutor.proof.mutants.spans import Text

_FAMILY = "example"


@dataclass(frozen=True, slots=True)
class Example:
    """A visible `call` check whose keys are TOML values."""

    function: str
    args: tuple[object, ...]
    kwargs: Mapping[str, object]
    returns: object


def example_changes(
    tree: ast.Module, text: Text, examples: Sequence[Example], free: frozenset[int]
) -> Iterator[Change]:
    """Each function first answers one example's value always, then looks all of them up."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or _is_generator(node) or _is_free(node, free):
            continue
        known = [example for example in examples if example.function == node.name]
        values = dict.fromkeys(literal(example.returns) for example in known)
        for value in values:
            what = f"always returns what an example wants: {said(value)}"
            yield _at_the_top(text, node, [f"return {value}"], what)
        if len(values) > 1 and (table := _table(node.args, known)):
            yield _at_the_top(text, node, table, "looks the visible examples up")


def _is_generator(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def _is_free(function: ast.FunctionDef, free: frozenset[int]) -> bool:
    return function.lineno in free or all(statement.lineno in free for statement in function.body)


def _at_the_top(text: Text, function: ast.FunctionDef, lines: Sequence[str], what: str) -> Change:
    """Lines put before the body, after the docstring: what follows is never reached."""
    body = function.body
    first = body[1] if ast.get_docstring(function) is not None and len(body) > 1 else body[0]
    start = text.span(first)[0]
    line = text.line_of(start)
    indent = text.indent_of(line)
    if text.between(text.starts[line - 1], start).strip():
        start, end = text.span(body[0])[0], text.span(body[-1])[1]
        return Change(start, end, "\n    " + "\n    ".join(lines), what, _FAMILY)
    if decorated := getattr(first, "decorator_list", None):
        start = text.at(decorated[0].lineno, 0) + len(indent)
    return Change(start, start, "".join(f"{each}\n{indent}" for each in lines), what, _FAMILY)


def _table(arguments: ast.arguments, examples: Sequence[Example]) -> list[str]:
    """One line for each example that its parameters can tell, then the last one's value."""
    lines = []
    for example in examples:
        if given := _given(arguments, example):
            names, values = ", ".join(given), ", ".join(map(literal, given.values()))
            lines.append(f"if repr([{names}]) == repr([{values}]): return {literal(example.returns)}")
    return [*lines, f"return {literal(examples[-1].returns)}"] if len(lines) > 1 else []


def _given(arguments: ast.arguments, example: Example) -> dict[str, object]:
    """The parameters an example gives, by name; empty if it does not fit them."""
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    known = {*names, *(each.arg for each in arguments.kwonlyargs)}
    given: dict[str, object] = dict(zip(names, example.args, strict=False))
    rest = example.args[len(names) :]
    if arguments.vararg is not None:
        given[arguments.vararg.arg] = rest
    elif rest:
        return {}
    return {**given, **example.kwargs} if known.issuperset(example.kwargs) else {}


def literal(value: object) -> str:
    """A TOML value as a Python expression that needs no import."""
    match value:
        case float() if not math.isfinite(value):
            return f'float("{value}")'
        case date() | time():
            return f'__import__("datetime").{type(value).__name__}.fromisoformat("{value.isoformat()}")'
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case tuple():
            return "(" + "".join(f"{literal(each)}, " for each in value) + ")"
        case Mapping():
            return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
        case _:
            return repr(value)
