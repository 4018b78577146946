"""HTML in a question -> Markdown: what can be shown is kept, what cannot is named."""

from __future__ import annotations

import re
from html import unescape
from typing import Final, NamedTuple

_AROUND: Final = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`", "kbd": "`", "samp": "`",
    "del": "~~", "s": "~~",
}  # fmt: skip
_BLOCKS: Final = frozenset({"p", "div", "ul", "ol", "table", "tr", "section", "article", "dl", "dt", "dd"})
_SILENT: Final = frozenset({"span", "font", "u", "tbody", "thead", "html", "body", "small", "big", "center"})
_UNSEEN: Final = frozenset({"script", "style"})
_TAG: Final = re.compile(r"<[A-Za-z/!]|&(?:#?[A-Za-z0-9]{1,10});")
_INDENT: Final = re.compile(r"\n[ \t]+")
_MOST_LISTS: Final = 8
_LONGEST_TAG: Final = 2_000
# Bounded and possessive: no text makes it look at a character more than a few times.
_ELEMENT: Final = re.compile(
    r"""<(/?)([A-Za-z][A-Za-z0-9]{0,30}+)((?:[^<>"']|"[^"<>]{0,1000}+"|'[^'<>]{0,1000}+'){0,500}+)>"""
)
_ATTRIBUTE: Final = re.compile(
    r"""([A-Za-z-]{1,30}+)\s{0,9}+=\s{0,9}+(?:"([^"]*)"|'([^']*)'|([^\s"'>]{1,1000}+))"""
)


class Shown(NamedTuple):
    """Markdown, and the elements that were left out of it."""

    text: str
    left_out: tuple[str, ...] = ()


def markdown_from_html(html: str) -> Shown:
    """Bold, italics, code, lists, links and pictures as Markdown; other elements keep their text."""
    if not _TAG.search(html):
        return Shown(html)
    reader = _Reader()
    reader.read(_without_comments(html))
    text = re.sub(r"[ \t]+\n", "\n", "".join(reader.parts))
    return Shown(re.sub(r"\n{3,}", "\n\n", text).strip(), tuple(dict.fromkeys(reader.left_out)))


def _without_comments(html: str) -> str:
    parts: list[str] = []
    at = 0
    while (begin := html.find("<!--", at)) >= 0 and (end := html.find("-->", begin + 4)) >= 0:
        parts.append(html[at:begin])
        at = end + 3
    return "".join([*parts, html[at:]])


class _Reader:
    """Takes HTML apart in time proportional to its length, whatever it is."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.left_out: list[str] = []
        self._lists: list[str] = []
        self._addresses: list[str] = []
        self._unseen = 0
        self._is_literal = False

    def read(self, html: str) -> None:
        """Add a text's parts."""
        at = 0
        for found in _ELEMENT.finditer(html):
            self._add_words(html[at : found.start()])
            at = found.end()
            tag = found[2].lower()
            if found[1]:
                self._end(tag)
            else:
                self._begin(tag, found[3])
        self._add_words(html[at:])

    def _add_words(self, words: str) -> None:
        if self._unseen:
            return
        # Line breaks and indents of HTML mean a blank; as Markdown they could mean a block of code.
        self.parts.append(unescape(words if self._is_literal else _INDENT.sub("\n", words)))

    def _begin(self, tag: str, attributes: str) -> None:
        values = {
            name.lower(): unescape(a or b or c)
            for name, a, b, c in _ATTRIBUTE.findall(attributes[:_LONGEST_TAG])
        }
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

    def _end(self, tag: str) -> None:
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


def plain_from_html(html: str) -> str:
    """An answer to be typed: without any markup."""
    return unescape(re.sub(r"</?[A-Za-z][^<>]{0,1000}>", "", html)).strip()


_MARKS: Final = re.compile(r"[*_`$]")
_TEX: Final = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)


def literal(text: str, *, has_math: bool = False) -> str:
    """A text that is no Markdown, to look the same as Markdown; with `has_math` dollars are those of TeX."""
    marks = _MARKS.findall(text)
    doubled = {mark for mark in marks if marks.count(mark) > 1} - ({"$"} if has_math else set())
    escaped = "".join(f"\\{char}" if char in doubled else char for char in text)
    return _INDENT.sub("\n", escaped)


def with_dollars(text: str) -> str:
    r"""TeX between `\(` and `\)` or `\[` and `\]`, as Moodle writes it, between dollars."""
    return _TEX.sub(lambda found: f"${found[1]}$" if found[1] else f"$${found[2]}$$", text)
