"""A sheet that rises from below: title, rows, keys; Esc closes it and nothing is lost."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from tui_tutor.tui.widgets.backdrop import Backdrop, rows_seen
from tui_tutor.tui.widgets.footer import Footer, Keys
from tui_tutor.tui.widgets.page import Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, EDGE, Row, said

Result = TypeVar("Result")
LEAST_ABOVE = 3  # rows of the page that stay in sight


class Sheet(Screen[Result], Generic[Result]):
    """Covers the lower part of the window at full width, on the panel colour."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Sheet { layout: vertical; }
    Sheet Page { background: $surface; height: auto; }
    """
    TITLE_WORDS: ClassVar[str] = ""
    ROWS_ABOVE: ClassVar[int] = LEAST_ABOVE
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("down,j", "step(1)", "Next", show=False),
        Binding("up,k", "step(-1)", "Previous", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("enter", "take", "Take it", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.page = Page(self._build, ground="panel")
        self.footer = Footer((), self.footer_keys())
        self._backdrop = Backdrop()

    def compose(self) -> ComposeResult:
        yield self._backdrop
        yield from self.above_page()
        yield self.page
        yield self.footer

    def above_page(self) -> tuple[Widget, ...]:
        """Widgets between the page behind and the sheet's own rows."""
        return ()

    def content(self, width: int, chosen: str) -> Sheetful:
        """The rows under the title."""
        raise NotImplementedError

    def title_row(self) -> Row:
        """The bold title, and what stands at its right."""
        return Row(text=said(self.TITLE_WORDS, "title"), start=1)

    def footer_keys(self) -> Keys:
        """Keys, the way out last."""
        return (("Esc", "close"),)

    def _build(self, width: int, chosen: str) -> Sheetful:
        content = self.content(width, chosen)
        return Sheetful((EDGE, self.title_row(), BLANK, *content.pinned), content.blocks)

    def on_mount(self) -> None:
        under = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else None
        if under is not None:
            self._backdrop.show(rows_seen(under))
        self.fit()

    def on_resize(self) -> None:
        self.fit()

    def fit(self) -> None:
        """As high as its rows need, with a blank row at the end, if the window allows."""
        size = self.app.size
        sheetful = self._build(size.width, self.page.chosen)
        rows = len(sheetful.pinned) + sum(len(block.rows) for block in sheetful.blocks) + 1
        extra = sum(1 for _ in self.above_page())
        self.page.styles.height = max(1, min(rows, size.height - 1 - self.ROWS_ABOVE - extra))

    def redraw(self) -> None:
        """The facts changed."""
        self.fit()
        self.page.rebuild()
        self.footer.show((), self.footer_keys())

    def action_close(self) -> None:
        self.dismiss(None)

    def action_step(self, count: int) -> None:
        self.page.step(count)

    def action_page(self, count: int) -> None:
        self.page.page_step(count)

    def action_take(self) -> None:
        self.page.take()
