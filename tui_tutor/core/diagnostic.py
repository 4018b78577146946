"""What an author wrote wrong: where, what, and the cure; drawn as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tui_tutor.core.safe_text import safe_line

Severity = Literal["error", "warning"]
_EXCERPT: Final = 200  # characters of a line that are shown at most


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file of the course: relative path, line and column from 1; columns count characters."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake or doubt. `source_line` is the text of the line, for the caret.

    `instead` is what belongs in the place of the span, where there is no doubt about it.
    """

    code: str
    message: str
    span: Span
    severity: Severity = "error"
    help: str = ""
    source_line: str = ""
    instead: str | None = None

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
        return "\n".join(
            [head, *self._excerpt(), *([f"  = help: {safe_line(self.help)}"] if self.help else [])]
        )

    def _excerpt(self) -> list[str]:
        if not self.source_line.strip():
            return []
        number = str(self.span.line)
        gutter = " " * len(number)
        before, marked, after = self._parts()
        caret = "^" * max(1, len(marked))
        return [
            f"{gutter} |",
            f"{number} | {before}{marked}{after}",
            f"{gutter} | {' ' * len(before)}{caret}",
        ]

    def _parts(self) -> tuple[str, str, str]:
        """What stands before, under and after the caret; of a very long line only what is near.

        Each is measured after it was made safe to draw: a tab is four blanks then.
        """
        line, start = self.source_line.rstrip("\n"), self.span.column - 1
        first = 0 if len(line) <= _EXCERPT else max(0, start - _EXCERPT // 2)
        before = ("…" if first else "") + safe_line(line[first:start], limit=10_000)
        marked = safe_line(line[start : start + min(self.span.length, _EXCERPT // 2)], limit=10_000)
        rest = line[start + self.span.length :]
        return before, marked, safe_line(rest[:_EXCERPT], limit=max(2, _EXCERPT - len(before) - len(marked)))


def errors_in(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only those that stop a lesson from being opened."""
    return tuple(d for d in diagnostics if d.severity == "error")
