"""What the source of a code cell is: Python for the kernel, commands for a shell, or text in a magic."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tui_tutor.core.parsing.python_source import statements_mistake

_SHELL_MAGIC: Final = re.compile(
    r"\A\s*%%(bash|sh)[ \t]*(?:\n|\Z)|\A\s*%%script[ \t]+(bash|sh)[ \t]*(?:\n|\Z)"
)
_TEXT_MAGIC: Final = re.compile(r"\A\s*%%(markdown|latex|html|HTML|svg|SVG|javascript|js)\b[^\n]*(?:\n|\Z)")
_BROWSER_MAGICS: Final = {"html": "html", "svg": "svg", "javascript": "javascript", "js": "javascript"}
_BRACED: Final = re.compile(r"(?<![$\\])\{([^{}]*)\}")
_DOLLAR: Final = re.compile(r"\$([A-Za-z_]\w*)")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
# Each `!` line has a shell of its own: what one of these sets would last in a script.
_LASTING: Final = re.compile(
    r"(?:cd|export|set|unset|alias|source|exit|exec|trap|umask|\.)\b|[A-Za-z_]\w*=|.*(?:<<|&\s*\Z)"
)


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A stretch of a code cell that becomes one cell. `note` tells what of it changes."""

    kind: Literal["code", "sh", "md"]
    text: str
    shell: str = "sh"
    note: str = ""


def parts_of(source: str, names: frozenset[str]) -> tuple[SourcePart, ...]:
    """The cells that a Python code cell becomes; `names` are all words of the notebook's Python."""
    if magic := _SHELL_MAGIC.match(source):
        script = source[magic.end() :]
        return (SourcePart("sh", script, magic[1] or magic[2]),) if script.strip() else (_code(source),)
    if magic := _TEXT_MAGIC.match(source):
        return (_text_part(magic[1].lower(), source[magic.end() :]),)
    if source.lstrip().startswith("%%") or "!" not in source:
        return (_code(source),)
    return _split(_logical_lines(source), names) or (_code(source),)


def words_of(source: str) -> frozenset[str]:
    """Every word of a program that could be a name; what is said to a shell is no program."""
    if source.lstrip().startswith("%%"):
        return frozenset()
    lines = (line for line in source.split("\n") if not line.lstrip().startswith("!"))
    return frozenset(_WORD.findall("\n".join(lines)))


def _code(source: str) -> SourcePart:
    return SourcePart("code", source)


def _text_part(magic: str, text: str) -> SourcePart:
    from tui_tutor.formats.ipynb_text import fenced

    if magic not in _BROWSER_MAGICS:
        return SourcePart("md", text)
    return SourcePart(
        "md", fenced(text, _BROWSER_MAGICS[magic]), note="it needs a browser; it is shown as text"
    )


# --- lines that begin with ! ------------------------------------------------------------------------


def _logical_lines(source: str) -> list[str]:
    """The lines; one that ends with a backslash keeps the next one with it."""
    lines: list[str] = []
    is_open = False
    for line in source.split("\n"):
        if is_open:
            lines[-1] += "\n" + line
        else:
            lines.append(line)
        is_open = line.endswith("\\") and lines[-1].startswith("!")
    return lines


def _split(lines: Sequence[str], names: frozenset[str]) -> tuple[SourcePart, ...]:
    """Commands before or after the Python of a cell become cells of their own; () where that would not do."""
    first = next((at for at, line in enumerate(lines) if not _may_be_shell(line)), len(lines))
    last = next((at for at in range(len(lines), 0, -1) if not _may_be_shell(lines[at - 1])), 0)
    head, body, tail = lines[:first], lines[first:last], lines[max(first, last) :]
    commands = [line for line in (*head, *tail) if line.startswith("!")]
    if not commands or not all(_is_plain(line, names) for line in commands):
        return ()
    program = "\n".join(body)
    if any(line.startswith("!") for line in body) or not _may_stand_alone(program, bool(_script(tail))):
        return ()
    parts = (SourcePart("sh", _script(head)), SourcePart("code", program), SourcePart("sh", _script(tail)))
    return tuple(part for part in parts if part.text.strip())


def _may_be_shell(line: str) -> bool:
    return not line.strip() or line.startswith(("#", "!"))


def _is_plain(line: str, names: frozenset[str]) -> bool:
    """Whether a shell does with a `!` line what IPython does: no Python in it, nothing that lasts."""
    command = line[1:].lstrip()
    if command.startswith("!") or "$$" in line or "{{" in line or not command.strip():
        return False
    if _LASTING.match(command):
        return False
    if any(_is_expression(inner) for inner in _BRACED.findall(line)):
        return False
    return not any(name in names for name in _DOLLAR.findall(line))


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _script(lines: Sequence[str]) -> str:
    if not any(line.startswith("!") for line in lines):
        return ""
    kept = [line[1:].lstrip() if line.startswith("!") else line for line in lines]
    return "\n".join(kept).strip("\n")


def _may_stand_alone(program: str, is_followed: bool) -> bool:
    """Whether Python means the same without the commands around it: whole, and its last value still shown."""
    if not program.strip():
        return True
    if statements_mistake(program, allow_magics=False) is not None:
        return False
    body = ast.parse(program).body if _parses(program) else []
    is_value = bool(body) and isinstance(body[-1], ast.Expr) and not program.rstrip().endswith(";")
    # IPython shows the value of a cell's last line only; after the split it would be shown.
    return not (is_followed and is_value and not _is_print(body[-1]))


def _parses(program: str) -> bool:
    try:
        ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_print(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
