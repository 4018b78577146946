"""Markdown and code as HTML that can do nothing: no raw HTML, no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, MutableMapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from tui_tutor.core.prose.mathematics import unicode_math
from tui_tutor.core.safe_text import safe_line, safe_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Asset = Callable[[str], bytes | None]
"""A file of the course by its path, None if there is none."""

_CALLOUTS: Final = ("note", "tip", "important", "warning", "caution")
_SIGNS: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
_LINKS: Final = ("https://", "http://", "mailto:", "#")


def escaped(text: str) -> str:
    """Safe text for an element or an attribute, line feeds kept."""
    return html.escape(safe_text(text))


def prose_html(markdown: str, asset: Asset) -> str:
    """An author's text: CommonMark with tables, `> [!NOTE]` callouts and `$math$`."""
    tokens = _reader().parse(safe_text(markdown))
    _mark_callouts(tokens)
    return str(_reader().renderer.render(tokens, _reader().options, {"asset": asset}))


def inline_html(markdown: str, asset: Asset) -> str:
    """One run of text (a caption, an option) with inline marks only."""
    return str(_reader().renderInline(safe_text(markdown).replace("\n", " "), {"asset": asset}))


def code_html(source: str, language: str) -> str:
    """Highlighted source, one `<span class=line>` for each line."""
    lines = _highlighted(safe_text(source).strip("\n"), language).rstrip("\n").split("\n")
    return "\n".join(f'<span class="line">{line}</span>' for line in lines)


def _highlighted(source: str, language: str) -> str:
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.lexers.special import TextLexer
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    return str(highlight(source, lexer, HtmlFormatter(nowrap=True)))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": 20}
    reader = (
        MarkdownIt("commonmark", options)
        .enable("table")
        .use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    )
    for name, rule in _RULES.items():
        reader.add_render_rule(name, rule)
    return reader


# --- rules of rendering: (renderer, tokens, index, options, environment) -> html ---------------------


def _image(_: Any, tokens: Sequence[Token], at: int, __: Any, environment: MutableMapping[str, Any]) -> str:
    token = tokens[at]
    source, alt = str(token.attrs.get("src", "")), escaped(token.content)
    address = data_address(environment["asset"](source))
    if not address:
        return f'<span class="picture">picture: {alt or escaped(source)}</span>'
    return f'<img src="{address}" alt="{alt}">'


def data_address(content: bytes | None) -> str:
    """A picture as a `data:` address; "" for what is no picture that browsers show."""
    mime = next((mime for sign, mime in _SIGNS.items() if content and content.startswith(sign)), "")
    return f"data:{mime};base64,{base64.b64encode(content).decode()}" if mime and content else ""


def _link(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: Any) -> str:
    target = str(tokens[at].attrs.get("href", ""))
    if not target.lower().startswith(_LINKS):
        return f'<a title="{escaped(target)}">'
    return f'<a href="{escaped(target)}" title="{escaped(target)}" rel="noopener noreferrer">'


def _math(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: Any) -> str:
    token = tokens[at]
    shown = html.escape(safe_line(unicode_math(token.content), limit=100_000))
    tex = html.escape(token.content, quote=True)
    if token.type.startswith("math_block"):
        return f'<p class="math" title="{tex}">{shown}</p>\n'
    return f'<span class="math" title="{tex}">{shown}</span>'


def _fence(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: Any) -> str:
    token = tokens[at]
    language = token.info.split()[0] if token.info.split() else ""
    return f"<pre>{code_html(token.content, language)}</pre>\n"


def _quote(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: Any) -> str:
    name = cast("str", tokens[at].meta.get("callout", ""))
    return f'<aside class="{name}"><b>{name.capitalize()}</b>\n' if name else "<blockquote>\n"


def _quote_end(_: Any, tokens: Sequence[Token], at: int, __: Any, ___: Any) -> str:
    return "</aside>\n" if tokens[at].meta.get("callout") else "</blockquote>\n"


_RULES: Final = {
    "image": _image,
    "link_open": _link,
    "math_inline": _math,
    "math_inline_double": _math,
    "math_block": _math,
    "math_block_label": _math,
    "fence": _fence,
    "code_block": _fence,
    "blockquote_open": _quote,
    "blockquote_close": _quote_end,
}


def _mark_callouts(tokens: Sequence[Token]) -> None:
    """Take `[!NOTE]` away from the front of a quote and note its word at both ends of the quote."""
    for at, token in enumerate(tokens):
        name = _callout_in(tokens, at) if token.type == "blockquote_open" else ""
        if not name:
            continue
        children = tokens[at + 2].children or []
        del children[: 2 if len(children) > 1 else 1]
        ends = (end for end in tokens[at:] if end.type == "blockquote_close" and end.level == token.level)
        for end in (token, next(ends)):
            end.meta["callout"] = name


def _callout_in(tokens: Sequence[Token], at: int) -> str:
    if at + 2 >= len(tokens) or tokens[at + 1].type != "paragraph_open":
        return ""
    children = tokens[at + 2].children or []
    word = children[0].content.strip().lower() if children and children[0].type == "text" else ""
    return next((name for name in _CALLOUTS if word == f"[!{name}]"), "")
