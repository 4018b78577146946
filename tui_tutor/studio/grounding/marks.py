"""What a text of Markdown points at and claims: its links and pictures, its paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tui_tutor.core.prose.reading import DEEPEST_NESTING, LONGEST_TEXT

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TEXT_TOKENS: Final = frozenset({"text", "softbreak", "hardbreak"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link or picture: its words, where it leads, and its title."""

    words: str
    address: str
    title: str
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its words without code and formulas, and its links."""

    words: str
    links: tuple[Link, ...]


def paragraphs_of(markdown: str) -> tuple[Paragraph, ...]:
    """Every paragraph, those of lists and quotations too; headings, tables and blocks of code are none."""
    tokens = _reader().parse(markdown[:LONGEST_TEXT])
    inlines = [
        token.children or []
        for before, token in pairwise(tokens)
        if before.type == "paragraph_open" and token.type == "inline"
    ]
    return tuple(Paragraph(_words(children), tuple(_links(children))) for children in inlines)


def links_of(markdown: str) -> tuple[Link, ...]:
    """Every link and picture of a text, in order."""
    tokens = _reader().parse(markdown[:LONGEST_TEXT])
    return tuple(link for token in tokens for link in _links(token.children or []))


def _words(children: Sequence[Token]) -> str:
    return "".join(
        token.content if token.type == "text" else " " for token in children if token.type in _TEXT_TOKENS
    )


def _links(children: Sequence[Token]) -> Iterator[Link]:
    opened: list[tuple[Token, list[str]]] = []
    for token in children:
        if token.type == "link_open":
            opened.append((token, []))
        elif token.type == "link_close" and opened:
            start, words = opened.pop()
            yield Link("".join(words), str(start.attrs.get("href", "")), str(start.attrs.get("title", "")))
        elif token.type == "image":
            address, title = str(token.attrs.get("src", "")), str(token.attrs.get("title", ""))
            yield Link(token.content, address, title, is_picture=True)
        elif opened:
            opened[-1][1].append(token.content)


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    """Reads what the player reads (core.prose)."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": DEEPEST_NESTING}
    return (
        MarkdownIt("commonmark", options)
        .enable("table")
        .use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    )
