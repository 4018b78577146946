"""Source in two tints: keywords and literals, comments muted; tokens by tree-sitter."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tui_tutor.core.prose.lines import Role, Span, merged
from tui_tutor.core.safe_text import safe_text

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

LITERALS: Final = frozenset(
    {"integer", "float", "string", "true", "false", "none", "number", "raw_string", "string_content"}
)
LANGUAGES: Final = {"python": "python", "sh": "bash", "bash": "bash"}
LONGEST: Final = 50_000


@lru_cache(maxsize=1024)
def highlighted(source: str, language: str) -> tuple[tuple[Span, ...], ...]:
    """The lines of a source as spans; plain where the language is unknown or the text is long."""
    text = safe_text(source)
    parser = _parser(LANGUAGES.get(language, "")) if len(text) <= LONGEST else None
    if parser is None:
        return tuple((Span(line),) for line in text.split("\n"))
    data = text.encode()
    marks: list[tuple[int, int, Role]] = []
    _collect(parser.parse(data).root_node, marks)
    return tuple(_lines(data, marks))


def is_prose(source: str, language: str, row: int, column: int) -> bool:
    """Whether what stands before a place is part of a comment or a string."""
    lines = highlighted(source, language)
    for span in lines[row] if row < len(lines) else ():
        if column <= len(span.text):
            return span.role == "comment" or (span.role == "literal" and not span.text[:1].isdigit())
        column -= len(span.text)
    return False


@lru_cache(maxsize=8)
def _parser(name: str) -> Parser | None:
    if not name:
        return None
    from tree_sitter import Language, Parser

    if name == "python":
        import tree_sitter_python as grammar
    else:
        import tree_sitter_bash as grammar  # type: ignore[no-redef]
    return Parser(Language(grammar.language()))


def _collect(root: Node, marks: list[tuple[int, int, Role]]) -> None:
    """Ranges of tokens, in order; strings are one token, f-strings keep their expressions plain."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        role = _role(node)
        if role is not None:
            marks.append((node.start_byte, node.end_byte, role))
        else:
            waiting += reversed(node.children)


def _role(node: Node) -> Role | None:
    kind = node.type
    if kind == "comment":
        return "comment"
    if kind in LITERALS:
        return "literal"
    if not node.is_named and kind.isalpha() and len(kind) > 1:
        return "keyword"
    return None


def _lines(data: bytes, marks: list[tuple[int, int, Role]]) -> list[tuple[Span, ...]]:
    spans: list[Span] = []
    at = 0
    for start, end, role in marks:
        if start > at:
            spans.append(Span(data[at:start].decode("utf-8", "replace")))
        if end > at:
            spans.append(Span(data[max(start, at) : end].decode("utf-8", "replace"), role))
            at = end
    spans.append(Span(data[at:].decode("utf-8", "replace")))
    lines: list[list[Span]] = [[]]
    for span in spans:
        first, *rest = span.text.split("\n")
        lines[-1].append(Span(first, span.role))
        lines += [[Span(text, span.role)] for text in rest]
    return [merged(line) for line in lines]
