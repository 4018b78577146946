"""Findings: collects the mistakes of one file, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from tui_tutor.core.diagnostic import Diagnostic, Severity, Span
from tui_tutor.core.document import Document, Path

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Value]):
    """A value and what is to be said about it; None when there is an error."""

    value: Value | None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass
class Findings:
    """The mistakes found in one document so far. `origins` are texts read from files of their own."""

    document: Document
    origins: dict[Path, Document] = field(default_factory=dict)
    items: list[Diagnostic] = field(default_factory=list)

    def error(
        self, code: str, message: str, path: Path, *, help: str = "", at: Literal["key", "value"] = "value"
    ) -> None:
        """Something that stops the lesson from being opened."""
        self._add(code, message, self._span(path, at), "error", help)

    def warning(
        self, code: str, message: str, path: Path, *, help: str = "", at: Literal["key", "value"] = "key"
    ) -> None:
        """Something that is only advised."""
        self._add(code, message, self._span(path, at), "warning", help)

    def error_inside(
        self, code: str, message: str, path: Path, line: int, column: int, *, help: str = ""
    ) -> None:
        """An error at a line and column (from 1) of a text, in the file that the text came from."""
        origin = self.origins.get(path)
        if origin is None:
            self._add(code, message, self.document.text_span(path, line, column), "error", help)
            return
        span = Span(origin.file, max(1, line), max(1, column))
        self.items.append(origin.diagnostic(code, message, span, help=help))

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops the file from being used."""
        return any(item.severity == "error" for item in self.items)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Everything found, by place; the same finding once."""
        return sorted_diagnostics(self.items)

    def _span(self, path: Path, at: Literal["key", "value"]) -> Span:
        return self.document.value_span(path) if at == "value" else self.document.key_span(path)

    def _add(self, code: str, message: str, span: Span, severity: Severity, help: str) -> None:
        self.items.append(self.document.diagnostic(code, message, span, severity=severity, help=help))


def sorted_diagnostics(items: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file, place, and code; without repetitions."""
    unique = dict.fromkeys(items)
    return tuple(sorted(unique, key=lambda item: (item.span, item.severity, item.code, item.message)))
