"""HTML in a question -> Markdown: what can be shown is kept, what cannot is named."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final, NamedTuple

_AROUND: Final = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`", "kbd": "`", "samp": "`",
    "del": "~~", "s": "~~",
}  # fmt: skip
_BLOCKS: Final = frozenset({"p", "div", "ul", "ol", "table", "tr", "section", "article", "dl", "dt", "dd"})
_SILENT: Final = frozenset({"span", "font", "u", "tbody", "thead", "html", "body", "small", "big", "center"})
_UNSEEN: Final = frozenset({"script", "style"})
_TAG: Final = re.compile(r"<[A-Za-z/!]|&(?:#?[A-Za-z0-9]{1,10});")
_MOST_LISTS: Final = 8


class Shown(NamedTuple):
    """Markdown, and the elements that were left out of it."""

    text: str
    left_out: tuple[str, ...] = ()


def markdown_from_html(html: str) -> Shown:
    """Bold, italics, code, lists, links and pictures as Markdown; other elements keep their text."""
    if not _TAG.search(html):
        return Shown(html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = re.sub(r"[ \t]+\n", "\n", "".join(reader.parts))
    return Shown(re.sub(r"\n{3,}", "\n\n", text).strip(), tuple(dict.fromkeys(reader.left_out)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.left_out: list[str] = []
        self._lists: list[str] = []
        self._addresses: list[str] = []
        self._unseen = 0
        self._is_literal = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
            self.left_out.append(f"<{tag}>")
        elif tag == "pre":
            self._is_literal = True
            self.parts.append("\n\n```text\n")
        elif tag in _AROUND:
            self.parts.append("" if self._is_literal else _AROUND[tag])
        elif tag == "img":
            self.parts.append(f"![{values.get('alt', '')}]({values.get('src', '').replace(' ', '%20')})")
        elif tag == "a":
            self._addresses.append(values.get("href", ""))
            self.parts.append("[")
        else:
            self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        if tag == "br":
            self.parts.append("\n" if self._is_literal else "  \n")
        elif tag == "li":
            mark = "1." if self._lists and self._lists[-1] == "ol" else "-"
            self.parts.append(f"\n{'   ' * min(len(self._lists) - 1, _MOST_LISTS)}{mark} ")
        elif tag in _BLOCKS:
            if tag in ("ul", "ol"):
                self._lists.append(tag)
            self.parts.append("\n" if len(self._lists) > 1 else "\n\n")
        elif re.fullmatch("h[1-6]", tag):
            self.parts.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "hr":
            self.parts.append("\n\n---\n\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag not in _SILENT:
            self.left_out.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "pre":
            self._is_literal = False
            self.parts.append("\n```\n\n")
        elif tag in _AROUND:
            self.parts.append("" if self._is_literal else _AROUND[tag])
        elif tag == "a" and self._addresses:
            self.parts.append(f"]({self._addresses.pop().replace(' ', '%20')})")
        elif tag in _BLOCKS or re.fullmatch("h[1-6]", tag):
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            self.parts.append("\n\n" if not self._lists else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)


def plain_from_html(html: str) -> str:
    """An answer to be typed: without any markup."""
    return unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", html)).strip()


_MARKS: Final = re.compile(r"[*_`]")
_TEX: Final = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)


def literal(text: str) -> str:
    """A text that is no Markdown, so that it looks the same as Markdown."""
    marks = _MARKS.findall(text)
    doubled = {mark for mark in marks if marks.count(mark) > 1}
    return "".join(f"\\{char}" if char in doubled else char for char in text)


def with_dollars(text: str) -> str:
    r"""TeX between `\(` and `\)` or `\[` and `\]`, as Moodle writes it, between dollars."""
    return _TEX.sub(lambda found: f"${found[1]}$" if found[1] else f"$${found[2]}$$", text)
