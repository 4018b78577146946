"""Editors of one language share one compiled query, and colour as they did."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.widgets import TextArea
from tree_sitter import Query

from tui_tutor.tui.terminal import highlighting

SOURCES = {
    "python": "def f(x):\n    return x  # why\n",
    "bash": "for x in *; do echo $x; done\n",
    "toml": "[table]\nkey = 'value'\n",
    "json": '{"key": [1, null]}\n',
    "markdown": "# Title\n\n- item\n",
}


KEPT: list[object] = []


def compile_and_keep(document, query):
    """As Textual does; tree-sitter 0.26.1 crashes when the query for JSON is freed."""
    KEPT.append(Query(document.language, query))
    return KEPT[-1]


def highlights(language: str) -> list[dict]:
    class Editors(App[None]):
        def compose(self) -> ComposeResult:
            yield TextArea(SOURCES[language], language=language)
            yield TextArea(SOURCES[language], language=language)

    async def look() -> list[dict]:
        async with Editors().run_test() as pilot:
            return [
                {line: sorted(marks, key=str) for line, marks in editor._highlights.items() if marks}
                for editor in pilot.app.query(TextArea)
            ]

    return asyncio.run(look())


@pytest.mark.parametrize("language", SOURCES)
def test_shared_queries_colour_as_textual_does(language, monkeypatch):
    from textual.document._syntax_aware_document import SyntaxAwareDocument

    monkeypatch.setattr(SyntaxAwareDocument, "prepare_query", compile_and_keep)
    stock = highlights(language)
    highlighting.install()
    assert highlights(language) == stock
    assert stock[0]


def test_a_query_the_grammar_does_not_know_leaves_the_text_uncoloured():
    import tree_sitter_python
    from tree_sitter import Language

    assert highlighting._compile(Language(tree_sitter_python.language()), "(no_such_node) @x") is None


def test_a_language_is_compiled_once():
    import tree_sitter_python
    from textual.document._syntax_aware_document import SyntaxAwareDocument
    from tree_sitter import Language

    language = Language(tree_sitter_python.language())
    first, second = (SyntaxAwareDocument("x = 1", language) for _ in range(2))
    query = "(identifier) @x"
    assert highlighting._prepare_query(first, query) is highlighting._prepare_query(second, query)
