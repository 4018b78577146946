"""What a source must and must not use: read, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tui_tutor.core.course import AstCheck

_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_NODES: Final[Mapping[str, tuple[type[ast.AST], ...]]] = {
    "for": (ast.For, ast.AsyncFor),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "try": (ast.Try, ast.TryStar),
    "def": _FUNCTIONS,
    "lambda": (ast.Lambda,),
    "comprehension": _COMPREHENSIONS,
}
WORDS: Final = (*_NODES, "recursion")
_NAMED: Final = re.compile(r"(call|import|name)\s+([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_SAID: Final = {
    "for": "a for loop",
    "while": "a while loop",
    "if": "an if",
    "try": "a try",
    "def": "a function (def)",
    "lambda": "a lambda",
    "comprehension": "a comprehension",
    "recursion": "a function that calls itself",
}
MAX_SOURCE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a source is no Python, as a sentence."""

    sentence: str


def broken_rule(check: AstCheck, source: str) -> str:
    """The first rule the source breaks, as a sentence; "" if it keeps them all."""
    tree = parsed(source)
    if isinstance(tree, Unreadable):
        return tree.sentence
    for word in check.must:
        if _line_of(tree, word) is None:
            return f"expected {_words_for(word)}, found none"
    for word in check.must_not:
        line = _line_of(tree, word)
        if line is not None:
            return f"expected no {_bare(word)}, found it in line {line}"
    return ""


def _words_for(word: str) -> str:
    named = _NAMED.fullmatch(word.strip())
    if named is None:
        return _SAID.get(word, word)
    return {"call": "a call of ", "import": "an import of ", "name": "the name "}[named[1]] + named[2]


def _bare(word: str) -> str:
    return _words_for(word).removeprefix("a ").removeprefix("an ").removeprefix("the ")


@lru_cache(maxsize=16)
def parsed(source: str) -> ast.Module | Unreadable:
    """The source as a tree; IPython's magics and shell escapes are tolerated."""
    if len(source) > MAX_SOURCE:
        return Unreadable("the code is too long to be read")
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        return ast.parse(_without_magics(source))
    except SyntaxError as problem:
        return Unreadable(f"line {problem.lineno or 1} cannot be read as Python: {problem.msg}")
    except (ValueError, RecursionError, MemoryError):
        return Unreadable("the code cannot be read as Python")


_MAGIC_LINE: Final = re.compile(r"^(\s*)(?:[%!?].*|.*[^#]\?{1,2}\s*)$")
_MAGIC_VALUE: Final = re.compile(r"^(\s*[\w., ]+=\s*)[%!].*$")


def _without_magics(source: str) -> str:
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        lines[first] = ""
    return "\n".join(_MAGIC_VALUE.sub(r"\1None", _MAGIC_LINE.sub(r"\1pass", line)) for line in lines)


def _line_of(tree: ast.Module, word: str) -> int | None:
    """The first line (from 1) that uses the word; None if nothing does."""
    named = _NAMED.fullmatch(word.strip())
    lines = _named_lines(tree, named[1], named[2]) if named else _word_lines(tree, word)
    return min(lines, default=None)


def _word_lines(tree: ast.Module, word: str) -> Iterator[int]:
    if word == "recursion":
        yield from _recursive_lines(tree)
        return
    kinds = _NODES.get(word, ())
    for node in ast.walk(tree):
        if isinstance(node, kinds):
            yield getattr(node, "lineno", 1)


def _named_lines(tree: ast.Module, what: str, name: str) -> Iterator[int]:
    full = _imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt) and _is_named(node, what, name, full):
            yield node.lineno


def _is_named(node: ast.AST, what: str, name: str, full: Mapping[str, str]) -> bool:
    match what, node:
        case "import", ast.Import() | ast.ImportFrom():
            return any(_is_within(module, name) for module in _modules_of(node))
        case "call", ast.Call():
            return _is_call_of(node.func, name, full)
        case "name", ast.Name() | ast.Attribute():
            return any(_is_within(spelling, name) for spelling in _spellings(node, full))
        case _:
            return False


def _is_within(dotted: str, name: str) -> bool:
    return dotted == name or dotted.startswith(name + ".")


def _modules_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [f"{module}.{alias.name}" for alias in node.names]


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """What the names that imports bind stand for: `np` -> `numpy`."""
    full: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom) and node.module:
            full.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return full


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of attributes; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _spellings(node: ast.expr, full: Mapping[str, str]) -> list[str]:
    path = dotted(node)
    root, _, rest = path.partition(".")
    if not path or root not in full:
        return [path] if path else []
    return [path, f"{full[root]}.{rest}" if rest else full[root]]


def _is_call_of(function: ast.expr, name: str, full: Mapping[str, str]) -> bool:
    if name in _spellings(function, full):
        return True
    return "." not in name and isinstance(function, ast.Attribute) and function.attr == name


def _recursive_lines(tree: ast.Module) -> Iterator[int]:
    """Lines of functions that reach themselves by calls, by way of others too."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}
    calls = {name: _called_names(node) & functions.keys() for name, node in functions.items()}
    for name, node in functions.items():
        seen: set[str] = set()
        waiting = list(calls[name])
        while waiting:
            called = waiting.pop()
            if called not in seen:
                seen.add(called)
                waiting.extend(calls[called])
        if name in seen:
            yield node.lineno


def _called_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                names.add(node.func.id)
            elif dotted(node.func).partition(".")[0] in ("self", "cls"):
                names.add(dotted(node.func).partition(".")[2])
    return names
