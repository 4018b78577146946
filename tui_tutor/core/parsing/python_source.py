"""Whether a text is Python (or what IPython makes of it); parsed, never run."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Final, Literal

_ALLOWED: Final = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAGIC_LINE: Final = re.compile(
    r"^(?P<indent>[ \t]*)(?:[%!?].*|[A-Za-z_][\w., \[\]]*=[ \t]*[!%].*|[\w.%]+\?{1,2}[ \t]*)$", re.MULTILINE
)
_CELL_MAGIC: Final = re.compile(r"\A\s*%%(?P<name>\w+)")
# Cell magics whose body is still Python; the body of any other belongs to another language.
_PYTHON_MAGICS: Final = frozenset({"time", "timeit", "capture", "prun"})
_PARAMETER: Final = re.compile(r"\{\{([A-Za-z_]\w*)\}\}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a text stops being Python: line and column from 1."""

    message: str
    line: int = 1
    column: int = 1


def statements_mistake(source: str, *, allow_magics: bool = True) -> Mistake | None:
    """What is wrong with a program; IPython's `%` and `!` lines count as right."""
    mistake = _parse(source, "exec")
    if mistake is None or not allow_magics:
        return mistake
    if (magic := _CELL_MAGIC.match(source)) and magic["name"] not in _PYTHON_MAGICS:
        return None
    # Only after a failure: a line inside a bracket may begin with `%` and be plain Python.
    plain = _MAGIC_LINE.sub(lambda line: f"{line['indent']}pass", source)
    return _parse(plain, "exec") if plain != source else mistake


def expression_mistake(source: str) -> Mistake | None:
    """What is wrong with an expression."""
    if not source.strip():
        return Mistake("there is no expression")
    stripped = source.lstrip()
    mistake = _parse(stripped.rstrip(), "eval")
    shift = len(source) - len(stripped)
    if mistake and mistake.line == 1 and shift and "\n" not in source[:shift]:
        return Mistake(mistake.message, 1, mistake.column + shift)
    return mistake


def syntax_tree(source: str) -> ast.Module | None:
    """A program's syntax tree, the results of IPython's magics taken for None; None if it is not Python."""
    tree = _tree(source)
    if tree is None and not ((magic := _CELL_MAGIC.match(source)) and magic["name"] not in _PYTHON_MAGICS):
        tree = _tree(_MAGIC_LINE.sub(_without_magic, source))
    return tree


def _without_magic(line: re.Match[str]) -> str:
    target, is_assigned, _ = line[0].partition("=")
    names = target.strip()
    return (
        f"{line['indent']}{names} = None" if is_assigned and names[:1].isalpha() else f"{line['indent']}pass"
    )


def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = compile(source, "<course>", "exec", _ALLOWED, dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None
    return made if isinstance(made, ast.Module) else None


def with_parameters_as_names(source: str) -> str:
    """`{{m}}` replaced by a name as long as it, so that places stay right."""
    return _PARAMETER.sub(lambda found: f"__{found[1]}__", source)


def assigned_names(statements: tuple[str, ...]) -> frozenset[str]:
    """The names that statements bind at their outermost level."""
    names: set[str] = set()
    for statement in statements:
        if statements_mistake(statement, allow_magics=False) is None:
            tree = ast.parse(statement)
            names.update(
                node.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            )
            names.update(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    return frozenset(names)


def _parse(source: str, mode: Literal["exec", "eval"]) -> Mistake | None:
    try:
        with warnings.catch_warnings():
            # A doubtful escape is the author's affair; it must not be written over the screen.
            warnings.simplefilter("ignore")
            compile(source, "<course>", mode, _ALLOWED, dont_inherit=True)
    except SyntaxError as error:
        # Without an offset the program ends too early.
        column = error.offset or len(source.rpartition("\n")[2]) + 1
        return Mistake(_plain(error.msg), max(1, error.lineno or 1), column)
    except (ValueError, OverflowError):
        return Mistake("it holds a character that no program can have")
    except (RecursionError, MemoryError):
        return Mistake("it is nested too deeply")
    return None


def _plain(message: str | None) -> str:
    return (message or "invalid syntax").split(" (<course>")[0]
