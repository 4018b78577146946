"""The frame that all pages but the lesson share: one page of rows, a footer, and the keys to move."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_tutor.tui.widgets.footer import Footer, Keys
from tui_tutor.tui.widgets.page import Page, Sheetful


class PagedScreen(Screen[None]):
    """A screen whose `build(width, chosen)` says what its page shows."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Next", show=False),
        Binding("up,k", "step(-1)", "Previous", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "take", "Open", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.page = Page(self.build)
        self.footer = Footer()

    def compose(self) -> ComposeResult:
        yield self.page
        yield self.footer

    def build(self, width: int, chosen: str) -> Sheetful:
        """What the page shows; called again at every new width and choice."""
        raise NotImplementedError

    def states(self) -> tuple[str, ...]:
        """The footer's state, from long to short."""
        return ()

    def footer_keys(self) -> Keys:
        """The footer's keys, the most important first, the way out last."""
        return ()

    def on_mount(self) -> None:
        self.call_after_refresh(self.show_footer)  # the page knows what is chosen once it was drawn

    def show_footer(self) -> None:
        """Draw state and keys anew."""
        self.footer.show(self.states(), self.footer_keys())

    def redraw(self) -> None:
        """The facts changed."""
        self.page.rebuild()
        self.show_footer()

    def on_key(self) -> None:
        self.footer.say("")

    def on_page_moved(self, message: Page.Moved) -> None:
        self.show_footer()

    def action_step(self, count: int) -> None:
        self.page.step(count)

    def action_page(self, count: int) -> None:
        self.page.page_step(count)

    def action_first(self) -> None:
        self.page.step(-max(1, len(self.page.keys) or self.page.row_count))

    def action_last(self) -> None:
        self.page.step(max(1, len(self.page.keys) or self.page.row_count))

    def action_take(self) -> None:
        self.page.take()
