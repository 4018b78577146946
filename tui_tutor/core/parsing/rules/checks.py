"""Rules about `[[cell.check]]`, `[[cell.wrong]]` and what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Check
from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.inlining import is_inside
from tui_tutor.core.parsing.rules.answers import require_regex
from tui_tutor.core.parsing.rules.sources import require_expression, require_program, require_statements
from tui_tutor.core.parsing.validating import nearest

SHELL_CHECKS: Final = ("stdout", "file", "status", "code")
PYTHON_CHECKS: Final = (
    "value",
    "close",
    "call",
    "stdout",
    "raises",
    "property",
    "ast",
    "plot",
    "code",
    "file",
)
AST_WORDS: Final = ("for", "while", "if", "try", "def", "lambda", "comprehension", "recursion")
_AST_NAMED: Final = re.compile(r"(?:call|import|name) [A-Za-z_][\w.]*")
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def require_checks(
    checks: Sequence[Check],
    allowed: Sequence[str],
    path: Path,
    findings: Findings,
    cells: Mapping[str, tuple[int, str]],
) -> None:
    """Every check is of an allowed kind, says what can be evaluated, and names what exists."""
    seen: set[str] = set()
    for index, check in enumerate(checks):
        at: Path = (*path, "check", index)
        if check.kind not in allowed:
            help = f"checks of this cell can be: {', '.join(allowed)}"
            message = f"a {check.kind} check cannot be made here"
            findings.error("check-not-allowed", message, (*at, "kind"), help=help)
        if check.id is not None and check.id in seen:
            findings.error("duplicate-id", f"two checks have the id {check.id}", (*at, "id"))
        seen.add(check.id or "")
        _require_check(check, at, findings, cells)


def _require_check(check: Check, at: Path, findings: Findings, cells: Mapping[str, tuple[int, str]]) -> None:
    match check:
        case models.ValueCheck():
            _expressions(check, ("expr", "equals_py"), at, findings)
        case models.CloseCheck():
            _expressions(check, ("expr", "to_py"), at, findings)
        case models.CallCheck():
            _expressions(check, ("function", "args_py", "returns_py"), at, findings)
        case models.RaisesCheck():
            _require_raises(check, at, findings)
        case models.PropertyCheck():
            require_statements(check.given, (*at, "given"), findings)
            require_expression(check.holds, (*at, "holds"), findings)
        case models.AstCheck():
            _require_words(check, at, findings)
        case models.PlotCheck():
            require_expression(check.holds, (*at, "holds"), findings)
            _require_viz(check.viz, (*at, "viz"), findings, cells)
        case models.CodeCheck():
            require_program(check.code, (*at, "code"), findings)
        case models.FileCheck():
            _require_file(check, at, findings)
        case models.StdoutCheck() | models.StatusCheck():
            pass


def _expressions(check: Check, names: Sequence[str], at: Path, findings: Findings) -> None:
    for name in names:
        require_expression(getattr(check, name), (*at, name), findings)


def _require_raises(check: models.RaisesCheck, at: Path, findings: Findings) -> None:
    require_program(check.expr, (*at, "expr"), findings)
    if not _DOTTED.fullmatch(check.error):
        message = f"{check.error!r} is not the name of an exception"
        findings.error("wrong-value", message, (*at, "error"), help='such as "ValueError"')


def _require_words(check: models.AstCheck, at: Path, findings: Findings) -> None:
    if not (check.must or check.must_not):
        findings.error("missing-key", "one of `must` and `must_not` is missing", at, at="key")
    for name, words in (("must", check.must), ("must_not", check.must_not)):
        for index, word in enumerate(words):
            if word not in AST_WORDS and not _AST_NAMED.fullmatch(word):
                close = nearest(word, AST_WORDS)
                help = f'did you mean "{close}"?' if close else _AST_HELP
                findings.error("unknown-word", f"{word!r} names no construct", (*at, name, index), help=help)
    for word in set(check.must) & set(check.must_not):
        message = f"{word!r} is both demanded and forbidden"
        findings.error("contradiction", message, (*at, "must_not", check.must_not.index(word)))


_AST_HELP: Final = f'one of: {", ".join(AST_WORDS)}, "call NAME", "import NAME", "name NAME"'


def _require_viz(name: str, at: Path, findings: Findings, cells: Mapping[str, tuple[int, str]]) -> None:
    if cells.get(name, (0, ""))[1] != "viz":
        vizzes = [known for known, (_, kind) in cells.items() if kind == "viz"]
        close = nearest(name, vizzes) or (vizzes[0] if len(vizzes) == 1 else "")
        help = f"did you mean `{close}`?" if close else "it names the `id` of a viz cell of this lesson"
        findings.error("unknown-viz", f"the lesson has no viz cell `{name}`", at, help=help)


def _require_file(check: models.FileCheck, at: Path, findings: Findings) -> None:
    if not is_inside(check.path):
        help = "a path is relative to the workspace and stays inside it"
        findings.error(
            "path-outside", f"{check.path!r} is no file of the workspace", (*at, "path"), help=help
        )
    if check.matches is not None:
        require_regex(check.matches, (*at, "matches"), findings)
    if check.exists is False and (check.contains is not None or check.matches is not None):
        message = "a file that must not exist cannot contain anything"
        findings.error("contradiction", message, (*at, "exists"))


def require_samples(cell: models.ExerciseCell, known: frozenset[str], path: Path, findings: Findings) -> None:
    """Wrong and right samples parse, and a wrong one names one of the `known` checks as catching it."""
    is_python = cell.language == "python"
    for index, wrong in enumerate(cell.wrong):
        at: Path = (*path, "wrong", index)
        if is_python:
            require_program(wrong.source, (*at, "source"), findings)
        if wrong.caught_by not in known:
            close = nearest(wrong.caught_by, known)
            help = f"did you mean `{close}`?" if close else "give the check that catches it this `id`"
            message = f"no check of this cell has the id {wrong.caught_by}"
            findings.error("unknown-check", message, (*at, "caught_by"), help=help)
    for index, right in enumerate(cell.right):
        if is_python:
            require_program(right.source, (*path, "right", index, "source"), findings)
