"""Reading CommonMark with tables, callouts and math, and setting it in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from tui_tutor.core.prose.lines import Line, Role, Span, cells_in, merged, wrap
from tui_tutor.core.prose.mathematics import unicode_math
from tui_tutor.core.prose.tables import table_lines
from tui_tutor.core.safe_text import safe_line, safe_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_TEXT: Final = 100_000
MOST_LINES: Final = 20_000
DEEPEST_NESTING: Final = 20
NARROWEST: Final = 8
_CALLOUTS: Final = {"note", "tip", "important", "warning", "caution"}


def prose(markdown: str, *, width: int) -> tuple[Line, ...]:
    """An author's text as rows of at most `width` cells, a blank row between blocks.

    CommonMark with tables, `> [!NOTE]` callouts and `$math$`. Every character has passed `safe_text`; raw
    HTML is shown as the text it is; links show their address. Texts beyond 100,000 characters are cut.
    """
    text = markdown if len(markdown) <= LONGEST_TEXT else markdown[:LONGEST_TEXT] + "\n\n…"
    setting = _Setting(tuple(markdown_reader().parse(text)), max(NARROWEST, width))
    lines = tuple(setting.lines())
    if not lines and text.strip():  # nested deeper than any page can show
        lines = tuple(Line(row) for row in wrap((Span(safe_text(text)),), max(NARROWEST, width)))
    while lines and not lines[-1].spans and not lines[-1].label:
        lines = lines[:-1]
    return lines if len(lines) <= MOST_LINES else (*lines[:MOST_LINES], Line((Span("…", "muted"),)))


def tokens_of(markdown: str) -> Sequence[Token]:
    """The flat list of markdown-it tokens that prose is set from."""
    return markdown_reader().parse(markdown[:LONGEST_TEXT])


def inline_spans(markdown: str, *, role: Role = "text") -> tuple[Span, ...]:
    """One run of text (a caption, an option) with inline marks only; line feeds become blanks."""
    tokens = markdown_reader().parseInline(markdown[:LONGEST_TEXT])
    return merged(_spans(tokens[0].children or [], role)) if tokens else ()


def inline(markdown: str, *, width: int, role: Role = "text") -> tuple[Line, ...]:
    """`inline_spans`, wrapped."""
    return tuple(Line(row) for row in wrap(inline_spans(markdown.strip(), role=role), max(NARROWEST, width)))


@lru_cache(maxsize=1)
def markdown_reader() -> MarkdownIt:
    """CommonMark with tables and mathematics; raw HTML stays text."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": DEEPEST_NESTING}
    return (
        MarkdownIt("commonmark", options)
        .enable("table")
        .use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    )


@dataclass
class _Setting:
    """Sets a flat list of markdown-it tokens; `at` is the token to be read next."""

    tokens: tuple[Token, ...]
    width: int
    at: int = field(default=0)

    def lines(self) -> Iterator[Line]:
        yield from self._blocks("", self.width, role="text")

    def _blocks(self, end: str, width: int, *, role: Role, is_tight: bool = False) -> Iterator[Line]:
        is_first = True
        while self.at < len(self.tokens) and self.tokens[self.at].type != end:
            block = list(self._block(width, role))
            if not block:
                continue
            if not is_first and not is_tight:
                yield Line()
            is_first = False
            yield from block
        self.at += 1

    def _block(self, width: int, role: Role) -> Iterator[Line]:
        token = self.tokens[self.at]
        self.at += 1
        match token.type:
            case "heading_open":
                yield from self._inline(width, "heading")
            case "paragraph_open":
                yield from self._inline(width, role)
            case "bullet_list_open" | "ordered_list_open":
                yield from self._list(token, width, role)
            case "blockquote_open":
                yield from self._quote(width)
            case "fence" | "code_block":
                yield from _panel(token, width)
            case "math_block" | "math_block_label":
                yield from (Line(row) for row in wrap((_math(token.content),), width))
            case "hr":
                yield Line((Span("─" * width, "rule"),))
            case "table_open":
                yield from table_lines(self._table(), width)
            case _:
                if token.content:
                    yield from (Line(row) for row in wrap((Span(safe_text(token.content), role),), width))

    def _inline(self, width: int, role: Role) -> Iterator[Line]:
        children = self.tokens[self.at].children or []
        self.at += 2
        if len(children) == 1 and children[0].type == "image":
            picture = Line((Span(_picture(children[0]), "muted"),))
            rows = wrap(picture.spans, width)
            source = safe_line(str(children[0].attrs.get("src", "")))
            yield from (Line(row, image=source if not n else "") for n, row in enumerate(rows))
            return
        yield from (Line(row) for row in wrap(merged(_spans(children, role)), width))

    def _list(self, opening: Token, width: int, role: Role) -> Iterator[Line]:
        is_ordered = opening.type.startswith("ordered")
        number = int(opening.attrs.get("start", 1))
        closing = opening.type.replace("open", "close")
        is_first = True
        is_tight = self._is_tight(opening)
        while self.tokens[self.at].type != closing:
            self.at += 1
            mark = f"{number}. " if is_ordered else "• "
            number += 1
            if not is_first and not is_tight:
                yield Line()
            is_first = False
            indent = cells_in(mark)
            inner = max(NARROWEST, width - indent)
            item = list(self._blocks("list_item_close", inner, role=role, is_tight=is_tight))
            yield from _hung(mark, item)
        self.at += 1

    def _is_tight(self, opening: Token) -> bool:
        """markdown-it hides the paragraphs of a tight list."""
        closing = opening.type.replace("open", "close")
        for token in self.tokens[self.at :]:
            if token.type == closing and token.level == opening.level:
                break
            if token.type == "paragraph_open" and token.level == opening.level + 2 and not token.hidden:
                return False
        return True

    def _quote(self, width: int) -> Iterator[Line]:
        label = self._callout()
        indent = 0 if label else 2
        role: Role = "text" if label else "muted"
        lines = list(self._blocks("blockquote_close", max(NARROWEST, width - indent), role=role))
        if label:
            first = lines[0] if lines else Line()
            yield replace(first, label=label)
            yield from lines[1:]
        else:
            yield from (_indented("  ", line) for line in lines)

    def _callout(self) -> str:
        """Take `[!NOTE]` away from the front of a quote and give its word."""
        if self.at + 1 >= len(self.tokens) or self.tokens[self.at].type != "paragraph_open":
            return ""
        children = self.tokens[self.at + 1].children or []
        word = children[0].content.strip() if children and children[0].type == "text" else ""
        name = word[2:-1].lower() if word.startswith("[!") and word.endswith("]") else ""
        if name not in _CALLOUTS:
            return ""
        del children[: 2 if len(children) > 1 else 1]
        if not children:
            self.at += 3
        return name

    def _table(self) -> list[list[tuple[Span, ...]]]:
        rows: list[list[tuple[Span, ...]]] = []
        while self.tokens[self.at].type != "table_close":
            token = self.tokens[self.at]
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                role: Role = "muted" if len(rows) == 1 else "text"
                rows[-1].append(merged(_spans(token.children or [], role)))
            self.at += 1
        self.at += 1
        return rows


def _hung(mark: str, lines: Sequence[Line]) -> Iterator[Line]:
    blank = " " * cells_in(mark)
    for number, line in enumerate(lines or [Line()]):
        yield _indented(blank if number else mark, line)


def _indented(before: str, line: Line) -> Line:
    if not line.spans and not before.strip():
        return line
    role: Role = "text" if before.strip() or not line.is_panel else line.spans[0].role
    return replace(line, spans=merged((Span(before, role), *line.spans)))


def _panel(token: Token, width: int) -> Iterator[Line]:
    language = safe_line(token.info.split()[0], limit=40) if token.info.split() else ""
    for line in safe_text(token.content).rstrip("\n").split("\n"):
        for row in _hard_rows(line, width):
            yield Line((Span(row, "panel"),) if row else (), is_panel=True, language=language)


def _hard_rows(line: str, width: int) -> list[str]:
    from rich.cells import chop_cells

    return [line] if cells_in(line) <= width else chop_cells(line, width)


# A citation names bytes of a file that a course was written from: its words say all that can be looked up.
CITED: Final = "source:"


def _spans(tokens: Sequence[Token], role: Role) -> Iterator[Span]:
    """Inline tokens; a heading stays a heading, else the innermost mark wins."""
    roles: list[Role] = [role]
    links: list[tuple[str, int]] = []
    said: list[str] = []
    for token in tokens:
        match token.type:
            case "strong_open" | "em_open":
                inner: Role = "strong" if token.type == "strong_open" else "emphasis"
                roles.append(roles[-1] if roles[-1] in ("heading", "strong") else inner)
            case "strong_close" | "em_close":
                roles.pop()
            case "link_open":
                links.append((safe_line(str(token.attrs.get("href", ""))), len(said)))
                if links[-1][0].startswith(CITED):
                    yield Span("[", roles[-1])
            case "link_close":
                address, start = links.pop()
                if address.startswith(CITED):
                    yield Span("]", roles[-1])
                elif address and "".join(said[start:]) != address:
                    yield Span(" (", roles[-1])
                    yield Span(address, "link")
                    yield Span(")", roles[-1])
            case _:
                span = _leaf(token, "link" if links and _is_address(token, links[-1][0]) else roles[-1])
                said.append(span.text)
                yield span


def _is_address(token: Token, address: str) -> bool:
    return token.content == address


def _leaf(token: Token, role: Role) -> Span:
    match token.type:
        case "softbreak":
            return Span(" ", role)
        case "hardbreak":
            return Span("\n", role)
        case "code_inline":
            return Span(safe_line(token.content, limit=LONGEST_TEXT), "code")
        case "math_inline" | "math_inline_double":
            return _math(token.content)
        case "image":
            return Span(_picture(token), "muted")
        case _:
            return Span(safe_text(token.content).replace("\n", " "), role)


def _math(tex: str) -> Span:
    return Span(safe_line(unicode_math(tex), limit=LONGEST_TEXT), "math")


def _picture(token: Token) -> str:
    alt = safe_line(token.content or "", limit=300).strip()
    source = safe_line(str(cast("str", token.attrs.get("src", ""))), limit=200)
    return f"picture: {alt or source}"
