"""Compiled tree-sitter queries, kept: each takes 20 ms, and Textual compiles two for every editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.document._syntax_aware_document import SyntaxAwareDocument
    from tree_sitter import Language, Query

# Never emptied: tree-sitter 0.26.1 crashes when Textual's query for JSON is freed.
_queries: dict[tuple[Language, str], Query | None] = {}


def install() -> None:
    """Have editors share their queries; call before the first editor is made."""
    from textual.document import _syntax_aware_document

    module: Any = _syntax_aware_document
    module.SyntaxAwareDocument.prepare_query = _prepare_query


def _prepare_query(document: SyntaxAwareDocument, query: str) -> Query | None:
    key = (document.language, query)
    if key not in _queries:
        _queries[key] = _compile(*key)
    return _queries[key]


def _compile(language: Language, query: str) -> Query | None:
    """The compiled query; None when the grammar installed has no such nodes, for then nothing is coloured."""
    from tree_sitter import Query, QueryError

    try:
        return Query(language, query)
    except QueryError:
        return None
