"""What a Python program reaches for outside its workspace: read from its syntax tree, never run."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.core.parsing.python_source import syntax_tree, with_parameters_as_names
from tui_tutor.studio.gates.places import is_outside, is_remote, is_secret, private_name_in
from tui_tutor.studio.gates.reach_names import FETCHERS, NETWORK, OPENERS, RUNNERS, UNSAFE
from tui_tutor.studio.gates.reach_shell import reaches_of_shell

_HOME: Final = frozenset({"expanduser", "expandvars", "home", "getpwnam", "getpwuid", "getlogin"})
_EVALUATORS: Final = frozenset({"eval", "exec", "compile", "__import__", "import_module"})
_INNARDS: Final = frozenset({"__subclasses__", "__globals__", "__builtins__", "__bases__", "__mro__"})
_READERS: Final = ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault")
_FILE_MODULES: Final = ("os.", "shutil.", "pathlib.", "glob.", "io.")
_WHOLE: Final = "it reads the whole environment"
_DEEPEST: Final = 3  # programs inside programs
_MOST_FOLDED: Final = 20_000  # characters of a text that is put together


def reaches_of_python(source: str, *, depth: int = 0) -> Iterator[tuple[int, str]]:
    """(line, what it does) for everything that leaves the workspace; nothing for what is no Python."""
    if source.lstrip().startswith("%%"):
        head, _, body = source.lstrip().partition("\n")
        if head.split()[0] in ("%%bash", "%%sh", "%%script", "%%system", "%%!"):
            yield from ((line + 1, what) for line, what in reaches_of_shell(body))
            return
    for number, line in enumerate(source.splitlines(), 1):
        bare = line.strip()
        if bare.startswith(("!", "%pip", "%conda", "%cd", "%sx", "%system", "%env")):
            yield from ((number, what) for _, what in reaches_of_shell(bare.lstrip("!%")))
    tree = syntax_tree(with_parameters_as_names(source))
    if tree is None:
        return
    if depth >= _DEEPEST:
        yield 1, "nobody can tell what is run inside of what is run here"
        return
    try:
        yield from _Reading(tree, depth).reaches()
    except RecursionError:
        yield 1, "nobody can tell what is put together here: it is nested too deeply"


class _Reading:
    """One program; `names` are what its imports are called, by their names in it."""

    def __init__(self, tree: ast.Module, depth: int) -> None:
        self._tree, self._depth = tree, depth
        self._names = dict(_imported(tree))
        self._texts = _bound_texts(tree)

    def reaches(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self._tree):
            line = getattr(node, "lineno", 1)
            yield from ((line, what) for what in self._of(node))

    def _of(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Import():
                for alias in node.names:
                    yield from _of_module(alias.name)
            case ast.ImportFrom():
                yield from _of_module(node.module or "")
                for alias in node.names:
                    yield from _of_module(f"{node.module}.{alias.name}")
            case ast.Call():
                yield from self._of_text(node)
                yield from self._of_call(node)
            case ast.Attribute(attr=name) if name in _INNARDS:
                yield f"it looks into the interpreter by `{name}`"
            case ast.Subscript() if self._dotted(node.value).endswith("os.environ"):
                yield from self._of_variable(node.slice)
            case ast.BinOp() | ast.JoinedStr() | ast.Constant():
                yield from self._of_text(node)
            case _:
                yield from self._of_environment(node)

    def _of_environment(self, node: ast.AST) -> Iterator[str]:
        """The environment as a whole: looped over, printed, copied."""
        values: list[ast.expr] = []
        match node:
            case ast.For(iter=value) | ast.comprehension(iter=value) | ast.FormattedValue(value=value):
                values = [value]
            case ast.Assign(value=value) | ast.Expr(value=value):
                values = [value]
            case ast.Return(value=ast.expr() as value):
                values = [value]
            case ast.Dict(keys=keys, values=found):
                values = [value for key, value in zip(keys, found, strict=True) if key is None]
            case _:
                pass
        if any(self._is_environment(value) for value in values):
            yield _WHOLE

    def _is_environment(self, node: ast.AST) -> bool:
        return self._dotted(node) in ("os.environ", "os.environb")

    def _of_text(self, node: ast.expr) -> Iterator[str]:
        text = self._folded(node)
        if text and (name := private_name_in(text)):
            yield f"it names {name}"

    def _of_variable(self, key: ast.expr) -> Iterator[str]:
        name = self._folded(key)
        if name is None:
            yield "it reads a variable of the environment whose name is made as it runs"
        elif is_secret(name) or name == "HOME":
            yield f"it reads {name} of the environment"

    def _of_call(self, node: ast.Call) -> Iterator[str]:
        dotted = self._dotted(node.func)
        name = dotted.rpartition(".")[2]
        given = (*node.args, *(keyword.value for keyword in node.keywords))
        texts = [text for value in given if (text := self._folded(value))]
        yield from self._of_asking(node, dotted, name)
        if name in _EVALUATORS and dotted.removeprefix("importlib.").removeprefix("builtins.") == name:
            yield from self._of_evaluation(node, name)
        if dotted in RUNNERS or dotted.startswith(("os.exec", "os.spawn", "os.posix_spawn")):
            yield from self._of_command(node)
        yield from _of_fetching(node, dotted, name)
        if name != "print":
            yield from (f"it connects to {text[:60]}" for text in texts if is_remote(text))
        if name in OPENERS or dotted.startswith(_FILE_MODULES):
            outside = [text for text in texts if is_outside(text)]
            yield from (f"it opens {text[:60]}, outside the workspace" for text in outside[:1])

    def _of_asking(self, node: ast.Call, dotted: str, name: str) -> Iterator[str]:
        """Calls that ask who the learner is, or what their environment holds."""
        if dotted in _READERS and node.args:
            yield from self._of_variable(node.args[0])
        is_read = dotted.startswith("os.environ.") and name in ("items", "keys", "values", "copy")
        if is_read or any(self._is_environment(value) for value in node.args):
            yield _WHOLE
        if name in _HOME and (
            name.startswith("expand") or dotted.startswith(("os.", "pathlib.", "pwd.", "getpass."))
        ):
            yield f"it asks for the learner's home by `{name}`"

    def _of_evaluation(self, node: ast.Call, name: str) -> Iterator[str]:
        text = self._folded(node.args[0]) if node.args else None
        if text is None:
            yield f"nobody can tell what `{name}` runs here"
        elif name in ("__import__", "import_module"):
            yield from _of_module(text)
        else:
            yield from (what for _, what in reaches_of_python(text, depth=self._depth + 1))

    def _of_command(self, node: ast.Call) -> Iterator[str]:
        first = node.args[0] if node.args else None
        parts = first.elts if isinstance(first, ast.List | ast.Tuple) else list(node.args)
        words = [self._word(part) for part in parts]
        if not words or words[0] is None:
            yield "nobody can tell which command it runs"
            return
        known = " ".join(word for word in words if word is not None)
        yield from (what for _, what in reaches_of_shell(known))

    def _word(self, node: ast.expr) -> str | None:
        return "python" if self._dotted(node) == "sys.executable" else self._folded(node)

    # --- names and texts ----------------------------------------------------------------------------

    def _dotted(self, node: ast.AST) -> str:
        """`os.path.join` for the call of what was imported under whatever name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Call):
            parts.append(f"{self._dotted(node.func)}()")
        elif isinstance(node, ast.Name):
            parts.append(self._names.get(node.id, node.id))
        else:
            parts.append("?")
        return ".".join(reversed(parts))

    def _folded(self, node: ast.AST) -> str | None:
        """The text that an expression always gives, None where that is not plain to see."""
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Constant(value=bytes() as data):
                return data.decode("latin-1")
            case ast.Name(id=name):
                return self._texts.get(name)
            case ast.BinOp(op=ast.Add() | ast.Div(), left=left, right=right):
                return self._put_together((left, right), "/" if isinstance(node.op, ast.Div) else "")
            case ast.JoinedStr(values=values):
                return self._put_together(values, "", unknown="…")
            case ast.FormattedValue(value=value):
                return self._folded(value)
            case ast.Call(func=func, args=args) if self._dotted(func).rpartition(".")[2] in ("join", "Path"):
                return self._joined(func, args)
            case _:
                return None

    def _joined(self, func: ast.expr, args: list[ast.expr]) -> str | None:
        """`os.path.join(...)`, `Path(...)`, and `"".join([...])`."""
        if isinstance(func, ast.Attribute) and (glue := self._folded(func.value)) is not None:
            items = args[0].elts if len(args) == 1 and isinstance(args[0], ast.List | ast.Tuple) else ()
            return self._put_together(items, glue)
        return self._put_together(args, "/")

    def _put_together(self, nodes: Sequence[ast.expr], glue: str, unknown: str = "") -> str | None:
        parts = [self._folded(node) for node in nodes]
        if not parts or (not unknown and None in parts):
            return None
        known = [unknown if part is None else part for part in parts]
        text = posixpath.join(*known) if glue == "/" else glue.join(known)
        return text[:_MOST_FOLDED]


def _of_fetching(node: ast.Call, dotted: str, name: str) -> Iterator[str]:
    if name in FETCHERS or (name.startswith("fetch_") and "datasets" in dotted):
        yield f"it fetches something by `{name}`"
    for keyword in node.keywords:
        is_on = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if keyword.arg == "download" and is_on:
            yield "it downloads"


def _of_module(name: str) -> Iterator[str]:
    heads = {name, name.partition(".")[0], ".".join(name.split(".")[:2])}
    if heads & NETWORK:
        yield f"it can use the network: `{name}`"
    elif heads & UNSAFE:
        yield f"it can leave Python: `{name}`"


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield alias.asname or first, alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _bound_texts(tree: ast.Module) -> dict[str, str]:
    """Names that are bound once, to a plain text."""
    bound: dict[str, list[str | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            for target in node.targets:
                if isinstance(target, ast.Name):
                    bound.setdefault(target.id, []).append(value if isinstance(value, str) else None)
    return {name: values[0] for name, values in bound.items() if len(values) == 1 and values[0] is not None}
