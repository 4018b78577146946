"""What an author wrote wrong: where, what, and the cure; drawn as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui_tutor.core.safe_text import safe_line

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file of the course: relative path, line and column from 1; columns count characters."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake or doubt. `source_line` is the text of the line, for the caret."""

    code: str
    message: str
    span: Span
    severity: Severity = "error"
    help: str = ""
    source_line: str = ""

    def as_json(self) -> dict[str, object]:
        """The stable shape of `check --json`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "message": self.message,
            "help": self.help,
        }

    def as_text(self) -> str:
        """`file:line:col: error[code]: message`, the line with a caret, and the help."""
        head = (
            f"{safe_line(self.span.file)}:{self.span.line}:{self.span.column}: "
            f"{self.severity}[{self.code}]: {safe_line(self.message)}"
        )
        return "\n".join([head, *self._excerpt(), *([f"  = help: {safe_line(self.help)}"] if self.help else [])])

    def _excerpt(self) -> list[str]:
        if not self.source_line.strip():
            return []
        number = str(self.span.line)
        gutter = " " * len(number)
        # A tab is drawn as four blanks, so what stands before the caret is measured after drawing it.
        before = safe_line(self.source_line[: self.span.column - 1], limit=10_000)
        line = safe_line(self.source_line.rstrip("\n"), limit=max(200, len(before) + 40))
        caret = "^" * max(1, min(self.span.length, len(line) - len(before)))
        return [f"{gutter} |", f"{number} | {line}", f"{gutter} | {' ' * len(before)}{caret}"]


def errors_in(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only those that stop a lesson from being opened."""
    return tuple(d for d in diagnostics if d.severity == "error")
