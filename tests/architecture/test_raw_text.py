"""Nothing is printed or drawn but through the gate `core.safe_text`, and nothing as markup."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ROOT / "tui_tutor"
GATES = frozenset({"safe_text", "safe_line", "safe_json"})
# A bar draws itself with escapes of ours; JSON is safe as it is; a table for programs is theirs to read.
GATED_WITHIN = frozenset({"_bar", "as_json", "_for_the_reader"})
# What gives numbers, whatever it is given.
COUNTING = frozenset({"len", "sum", "round", "int"})
# What reads markup or escapes in a text, or takes a text to be either; and what prints by itself.
INTERPRETERS = frozenset(
    (
        *("Static", "Label", "Markdown", "MarkdownViewer", "RichLog", "Log", "Toast", "OptionList"),
        *("from_markup", "from_ansi", "from_text", "secho", "open_url", "launch"),
    )
)
# What runs in a kernel or in somebody's notebook prints there.
ELSEWHERE = ("kernels/inside", "formats/inside_notebook")


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(OURS.rglob("*.py")):
        name = path.relative_to(OURS).as_posix()
        if not name.startswith(ELSEWHERE):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.expr) -> str:
    return call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""


def is_safe(node: ast.expr) -> bool:
    """Whether it is written here, is a number, or has passed the gate."""
    match node:
        case ast.Constant():
            return True
        case ast.Call():
            return name_of(node.func) in GATES | GATED_WITHIN | COUNTING
        case ast.JoinedStr():
            return all(is_safe(value) for value in node.values)
        case ast.FormattedValue():
            return is_safe(node.value)
        case ast.BinOp():
            return is_safe(node.left) and is_safe(node.right)
        case ast.IfExp():
            return is_safe(node.body) and is_safe(node.orelse)
        case _:
            return False


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.slow
def test_a_command_prints_only_what_has_passed_the_gate() -> None:
    raw = [
        f"{name}:{call.lineno}"
        for name, tree in trees()
        for call in calls(tree)
        if name_of(call.func) in ("echo", "prompt", "confirm") and not (call.args and is_safe(call.args[0]))
    ]
    assert raw == []


@pytest.mark.slow
def test_nothing_prints_past_the_commands() -> None:
    printing = [
        f"{name}:{call.lineno}"
        for name, tree in trees()
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id in ("print", "pprint")
    ]
    assert printing == []


@pytest.mark.slow
def test_nothing_is_drawn_by_what_reads_markup_or_escapes_in_a_text() -> None:
    found = [
        f"{name}:{node.lineno} {word}"
        for name, tree in trees()
        if name.startswith(("tui/", "plain/", "cli/"))
        for node in ast.walk(tree)
        for word in [node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")]
        if word in INTERPRETERS and isinstance(node, ast.Name | ast.Attribute)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "is_through"),
    [
        ("'ours'", True),
        ("safe_text(x)", True),
        ("f'{safe_line(x)} {len(y)}'", True),
        ("x", False),
        ("f'{x}'", False),
        ("safe_line(x) + y", False),
        ("safe_line(x) if z else y", False),
        ("'\\n'.join(x)", False),
        ("x.as_text()", False),
    ],
)
def test_the_rule_knows_what_is_raw(source: str, is_through: bool) -> None:
    assert is_safe(ast.parse(source, mode="eval").body) is is_through
