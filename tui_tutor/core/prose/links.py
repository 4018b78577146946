"""The links of an author's text: what they say, and where they really lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_tutor.core.prose.reading import LONGEST_TEXT, markdown_reader
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST_TARGET = 2_000


@dataclass(frozen=True, slots=True)
class Link:
    """`words` and `target` have passed `safe_line`; the target is whole, however long."""

    words: str
    target: str


def links_in(markdown: str) -> tuple[Link, ...]:
    """In the order of the text, each once. Pictures are none."""
    tokens = markdown_reader().parse(markdown[:LONGEST_TEXT])
    found = (link for token in tokens if token.type == "inline" for link in _links(token.children or []))
    return tuple(dict.fromkeys(found))


def _links(tokens: list[Token]) -> Iterator[Link]:
    target, words = "", ""
    for token in tokens:
        match token.type:
            case "link_open":
                target, words = str(token.attrs.get("href", "")), ""
            case "link_close":
                yield Link(safe_line(words.strip()), safe_line(target, limit=LONGEST_TEXT))
            case "softbreak" | "hardbreak":
                words += " "
            case _:
                words += token.content
