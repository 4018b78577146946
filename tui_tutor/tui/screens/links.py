"""The links of a cell: where each really leads; one is opened only after its address has been shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_tutor.core.prose.lines import Role, Span, cut, wrap
from tui_tutor.core.prose.links import Link
from tui_tutor.core.wording.links import doubts, host_of, plain_address, refusal
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said, text_width

MOST_ROWS = 8  # of an address; of a longer one the end is not shown


class LinksSheet(Sheet[None]):
    """A list; Enter asks about the chosen one; a second Enter opens it, Esc goes back."""

    TITLE_WORDS: ClassVar[str] = "Links of this cell"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", "Copy the address", show=False)]

    def __init__(self, links: Sequence[Link], open_address: Callable[[str], bool]) -> None:
        self._links, self._open_address = links, open_address
        self._asked: Link | None = links[0] if len(links) == 1 else None
        super().__init__()

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self.page.choose, "open" if self._asked else "0")

    def title_row(self) -> Row:
        words = "Open this in your browser?" if self._may_open() else self.TITLE_WORDS
        return Row(text=said(words, "title"), start=1)

    def footer_keys(self) -> Keys:
        if self._asked is None:
            return (("j k", "choose"), ("Enter", "look at it"), ("Esc", "close"))
        opening = (("Enter", "open it"),) if self._may_open() else ()
        return (*opening, ("c", "copy the address"), ("Esc", "back"))

    def content(self, width: int, chosen: str) -> Sheetful:
        if self._asked is not None:
            return Sheetful(blocks=(Block((*self._question(self._asked, width), BLANK), "open"),))
        return Sheetful(blocks=tuple(self._list(width, chosen)))

    def _list(self, width: int, chosen: str) -> Iterator[Block]:
        for number, link in enumerate(self._links):
            role: Role = "title" if str(number) == chosen else "text"
            words = cut(said(link.words or link.target, role), text_width(width))
            address = cut(said(link.target, "link"), text_width(width))
            yield Block((Row(said(str(number + 1), "muted"), words), Row(text=address)), str(number))

    def _question(self, link: Link, width: int) -> Iterator[Row]:
        host = host_of(link.target)
        yield from _fact("words", link.words or "none", width)
        if host:
            yield from _fact("leads to", host, width, role="title")
        yield from _fact("address", link.target, width, role="link")
        for doubt in doubts(link):
            yield from _fact("", f"{glyphs.WARNING} {doubt}", width, role="bright")
        if words := refusal(link.target):
            yield from _fact("", words, width)

    def _may_open(self) -> bool:
        return self._asked is not None and not refusal(self._asked.target)

    def on_page_taken(self, message: Page.Taken) -> None:
        if self._asked is None:
            self._ask(self._links[int(message.key)])
        elif self._may_open():
            self._open(self._asked)

    def _ask(self, link: Link | None) -> None:
        self._asked = link
        self.redraw()
        self.page.choose("open" if link else "0")

    def _open(self, link: Link) -> None:
        if self._open_address(plain_address(link.target)):
            self.dismiss(None)
        else:
            self.footer.say("There is no browser here to open it with; c copies the address.")

    def action_copy(self) -> None:
        if self._asked is not None:
            self.app.copy_to_clipboard(plain_address(self._asked.target))
            self.footer.say("The address is copied, if this terminal allows it.")

    def action_close(self) -> None:
        if self._asked is not None and len(self._links) > 1:
            self._ask(None)
        else:
            self.dismiss(None)


def _fact(label: str, words: str, width: int, *, role: Role = "text") -> Iterator[Row]:
    rows = wrap((Span(words, role),), text_width(width))
    for number, spans in enumerate(rows[:MOST_ROWS]):
        yield Row(said(label if number == 0 else "", "muted"), spans)
    if len(rows) > MOST_ROWS:
        yield Row(text=said(f"… {len(words):,} characters in all", "muted"))
