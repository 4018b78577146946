"""Findings: collects the mistakes of one file, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from tui_tutor.core.diagnostic import Diagnostic, Severity, Span
from tui_tutor.core.document import Document, Path

# A file with more mistakes than anybody can read; the rest waits until these are mended.
MAX_FINDINGS: Final = 1_000

Value = TypeVar("Value")


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
        self,
        code: str,
        message: str,
        path: Path,
        *,
        help: str = "",
        at: Literal["key", "value"] = "value",
        instead: str | None = None,
    ) -> None:
        """Something that stops the lesson from being opened; `instead` is what belongs there, if certain."""
        self._add("error", self._place(path, at), (code, message, help), instead)

    def warning(
        self, code: str, message: str, path: Path, *, help: str = "", at: Literal["key", "value"] = "key"
    ) -> None:
        """Something that is only advised."""
        self._add("warning", self._place(path, at), (code, message, help))

    def error_inside(
        self, code: str, message: str, path: Path, line: int, column: int, *, help: str = ""
    ) -> None:
        """An error at a line and column (from 1) of a text, in the file that the text came from."""
        self._add_inside("error", path, (line, column), (code, message, help))

    def warning_inside(
        self, code: str, message: str, path: Path, line: int, column: int, *, help: str = ""
    ) -> None:
        """The same as advice."""
        self._add_inside("warning", path, (line, column), (code, message, help))

    def _add_inside(
        self, severity: Severity, path: Path, place: tuple[int, int], said: tuple[str, str, str]
    ) -> None:
        (line, column), (code, message, help) = place, said
        if self.is_full:
            return
        origin = self.origins.get(path)
        source = origin or self.document
        if origin:
            span = Span(origin.file, min(line, len(origin.lines)), max(1, column))
        else:
            span = self.document.text_span(path, line, column)
        self.items.append(source.diagnostic(code, message, span, severity=severity, help=help))

    @property
    def is_full(self) -> bool:
        """Whether no more is collected."""
        return len(self.items) >= MAX_FINDINGS

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops the file from being used."""
        return any(item.severity == "error" for item in self.items)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Everything found, by place; the same finding once."""
        return sorted_diagnostics(self.items)

    def _place(self, path: Path, at: Literal["key", "value"]) -> Span:
        if self.is_full:
            return Span(self.document.file)
        return self.document.value_span(path) if at == "value" else self.document.key_span(path)

    def _add(
        self, severity: Severity, span: Span, said: tuple[str, str, str], instead: str | None = None
    ) -> None:
        if not self.is_full:
            code, message, help = said
            item = self.document.diagnostic(
                code, message, span, severity=severity, help=help, instead=instead
            )
            self.items.append(item)


def sorted_diagnostics(items: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file, place, and code; without repetitions."""
    unique = dict.fromkeys(items)
    return tuple(sorted(unique, key=lambda item: (item.span, item.severity, item.code, item.message)))
