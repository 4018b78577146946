"""Programs and expressions must parse."""

from __future__ import annotations

from collections.abc import Sequence

from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.python_source import (
    Mistake,
    expression_mistake,
    statements_mistake,
    with_parameters_as_names,
)


def require_program(source: str, path: Path, findings: Findings) -> None:
    """A text that the kernel runs; IPython's magics are right."""
    _report(statements_mistake(with_parameters_as_names(source)), path, findings)


def require_statements(statements: Sequence[str], path: Path, findings: Findings) -> None:
    """Each of a list of plain Python statements."""
    for index, statement in enumerate(statements):
        mistake = statements_mistake(with_parameters_as_names(statement), allow_magics=False)
        _report(mistake, (*path, index), findings)


def require_expression(source: str, path: Path, findings: Findings) -> None:
    """An expression, if it is given at all."""
    if source:
        _report(expression_mistake(with_parameters_as_names(source)), path, findings)


def _report(mistake: Mistake | None, path: Path, findings: Findings) -> None:
    if mistake:
        message = f"this is not Python: {mistake.message}"
        findings.error_inside("python-syntax", message, path, mistake.line, mistake.column)
