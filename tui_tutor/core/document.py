"""TOML text -> values plus the place of every key: tomli for values, tree-sitter for positions.

Positions are found only when somebody asks for one, so that a document without mistakes costs one parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import tomli

from tui_tutor.core.diagnostic import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from tui_tutor.core.places import Places

MAX_FILE_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 16

Key = str | int
Path = tuple[Key, ...]


@dataclass(frozen=True)
class Document:
    """One TOML file as it was read: its values, and where each of them is written.

    `text` has no byte order mark and ends its lines with a line feed.
    """

    file: str
    text: str
    values: Mapping[str, Any]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, without their ends."""
        return self.text.split("\n")

    @cached_property
    def places(self) -> Places:
        """Where every key is written; costs a second parse at the first use."""
        from tui_tutor.core.places import find_places

        return find_places(self.text)

    @cached_property
    def is_toml_1_0(self) -> bool:
        """Whether readers of TOML 1.0 understand the file, too; cheaper than finding its places."""
        from tui_tutor.core.places import is_toml_1_0

        return is_toml_1_0(self.text)

    def line(self, number: int) -> str:
        """The text of a line counted from 1, "" beyond the end."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def key_span(self, path: Path) -> Span:
        """Where the key is written, else the nearest table around it, else 1:1."""
        return self._span(*self.places.key(path))

    def value_span(self, path: Path) -> Span:
        """Where the value is written, else its key."""
        return self._span(*self.places.value(path))

    def text_span(self, path: Path, line: int, column: int = 1) -> Span:
        """Where a line and column (from 1) of a text value is written, as far as its escapes allow."""
        return self._span(*self.places.inside(path, line, column))

    def diagnostic(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        severity: Severity = "error",
        help: str = "",
        instead: str | None = None,
    ) -> Diagnostic:
        """A diagnostic in this file with its line for the caret."""
        return Diagnostic(code, message, span, severity, help, self.line(span.line), instead)

    def _span(self, line: int, column: int, length: int) -> Span:
        return Span(self.file, line, column, max(1, length))


class _Refusal(NamedTuple):
    code: str
    message: str
    help: str = ""
    line: int = 1
    column: int = 1


def parse_toml(data: bytes, file: str) -> Document | tuple[Diagnostic, ...]:
    """Read one TOML file, or say why it cannot be read. Never raises."""
    if len(data) > MAX_FILE_BYTES:
        return _refuse(file, "", _too_large(len(data)))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return _refuse(file, data.decode("utf-8", "replace"), _not_utf8(data, error))
    try:
        if deep := _too_deep_key(text):
            return _refuse(file, text, deep)
        values = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        return _refuse(file, text, _syntax(text, error))
    except (RecursionError, ValueError, MemoryError) as error:
        return _refuse(file, text, _unreadable_value(text, error))
    document = Document(file, text, values)
    if max(map(len, document.lines)) > _HUGE_LENGTH and _holds_huge_number(values):
        return _refuse(file, text, _unreadable_value(text, ValueError()))
    if _depth_of(values) > MAX_DEPTH:
        return _refuse(file, text, _deep_values(text))
    return document


def _refuse(file: str, text: str, refusal: _Refusal) -> tuple[Diagnostic, ...]:
    lines = text.split("\n")
    line = min(max(1, refusal.line), len(lines))
    column = max(1, refusal.column)
    span = Span(file, line, column)
    return (Diagnostic(refusal.code, refusal.message, span, help=refusal.help, source_line=lines[line - 1]),)


def _too_large(size: int) -> _Refusal:
    return _Refusal(
        "file-too-large",
        f"the file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read",
        "split the lesson, or move long sources to files of their own",
    )


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> _Refusal:
    before = data[: error.start].decode("utf-8-sig", "replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return _Refusal("toml-syntax", "this is not UTF-8 text", "save the file as UTF-8", line, column)


_HEADER_BEFORE_CELL: Final = re.compile(r"^[ \t]*\[\[?[ \t]*cell[ \t]*\.[ \t]*([A-Za-z_-]+)", re.MULTILINE)
_CELL_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*cell[ \t]*\]\]", re.MULTILINE)


def _syntax(text: str, error: tomli.TOMLDecodeError) -> _Refusal:
    early = early_subtable(text)
    if early and error.lineno >= early.line and "[[cell" in text.split("\n")[error.lineno - 1]:
        return early
    message = str(error.msg)
    said = f"{message[:1].lower()}{message[1:]}"
    return _Refusal("toml-syntax", f"this is not TOML: {said}", _cure(message), error.lineno, error.colno)


def early_subtable(text: str) -> _Refusal | None:
    """The mistake of `[[cell.option]]` standing before any `[[cell]]`, if the text makes it."""
    early = _HEADER_BEFORE_CELL.search(text)
    first = _CELL_HEADER.search(text)
    if early is None or (first and first.start() < early.start()):
        return None
    header = text[early.start() : text.find("\n", early.start()) % (len(text) + 1)].strip()
    line = text.count("\n", 0, early.start()) + 1
    return _Refusal(
        "table-before-cell",
        f"`{header}` stands before any `[[cell]]`",
        "begin the cell with `[[cell]]`, its keys, and then what belongs to it",
        line,
        len(early.group()) - len(early.group().lstrip()) + 1,
    )


def _cure(message: str) -> str:
    if "Illegal character '\\n'" in message:
        return "a text in quotes ends on its line; longer ones stand between ''' and '''"
    if "Cannot overwrite a value" in message or "Cannot declare" in message:
        return "a key or table may be given once; every cell begins with `[[cell]]` in double brackets"
    if "Unclosed" in message or "Expected" in message or "Invalid value" in message:
        return "texts stand in quotes; longer ones between ''' and '''"
    if "escape" in message:
        return "write \\\\ for a backslash, or use single quotes: '...'"
    return "see https://toml.io for the rules of TOML 1.0"


_HUGE_NUMBER: Final = re.compile(r"0[xob][0-9A-Fa-f_]{3000,}|[0-9][0-9_]{4000,}")
# Python reads and writes whole numbers of up to 4,300 digits; hexadecimal ones escape that limit.
_MAX_BITS: Final = 14_000
_HUGE_LENGTH: Final = 3_000
_DEEP_KEY: Final = re.compile(
    rf"(?<![\w-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}"
)


def _too_deep_key(text: str) -> _Refusal | None:
    """A dotted key beyond the limit, found before the parser spends memory on it."""
    # A key stands on one line: nearly every file is done with by counting.
    if not any(line.count(".") >= MAX_DEPTH and _DEEP_KEY.search(line) for line in text.split("\n")):
        return None
    from tui_tutor.core.places import longest_key

    parts, line, column = longest_key(text)
    return _deep(line, column) if parts > MAX_DEPTH else None


def _deep(line: int, column: int) -> _Refusal:
    return _Refusal("too-deep", f"tables are nested more than {MAX_DEPTH} deep", "flatten them", line, column)


def _deep_values(text: str) -> _Refusal:
    """Where brackets first pile up beyond the limit, else the first line."""
    depth = 0
    for offset, character in enumerate(text):
        depth += (character in "[{") - (character in "]}" and depth > 0)
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, offset) + 1
            return _deep(line, offset - text.rfind("\n", 0, offset))
    return _deep(1, 1)


def _unreadable_value(text: str, error: Exception) -> _Refusal:
    if isinstance(error, RecursionError | MemoryError):
        return _deep_values(text)
    found = _HUGE_NUMBER.search(text)
    offset = found.start() if found else 0
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return _Refusal(
        "toml-syntax", "a number or date here cannot be read", "write a smaller number", line, column
    )


def _holds_huge_number(values: object) -> bool:
    waiting: list[object] = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            return True
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _depth_of(values: object) -> int:
    """How deep tables and lists are nested, without recursion."""
    level: list[object] = [values]
    depth = 0
    while level and depth <= MAX_DEPTH:
        level = [inner for value in level for inner in _members(value)]
        depth += 1
    return depth


def _members(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        return (item for item in value.values() if isinstance(item, dict | list))
    if isinstance(value, list):
        return (item for item in value if isinstance(item, dict | list))
    return iter(())
