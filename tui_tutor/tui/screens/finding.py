"""A sheet with a line to type in and what it finds; base of palette and search."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Page, Sheetful
from tui_tutor.tui.widgets.row import EDGE

Result = TypeVar("Result")


class FindingSheet(Sheet[Result], Generic[Result]):
    """Typing narrows the rows, up and down choose one, Enter takes it."""

    DEFAULT_CSS = """
    FindingSheet #edge { height: 2; }
    FindingSheet Input.-textual-compact {
        border: none; height: 1; padding: 0 1 0 11; width: 100%; background: $surface; color: $foreground;
    }
    FindingSheet Input.-textual-compact:focus {
        border: none; background: $surface; background-tint: $surface 0%;
    }
    FindingSheet Input > .input--cursor { text-style: reverse; background: $surface; color: $foreground; }
    FindingSheet Input > .input--placeholder { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next", show=False, priority=True),
        Binding("up", "step(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("enter", "take", "Take it", show=False, priority=True),
    ]
    PLACEHOLDER: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._edge = Page(lambda width, chosen: Sheetful((EDGE, self.title_row())), ground="panel", id="edge")
        self._input = Input(placeholder=self.PLACEHOLDER, compact=True, select_on_focus=False)
        self._input.cursor_blink = False

    @property
    def typed(self) -> str:
        """What was typed."""
        return self._input.value

    def above_page(self) -> tuple[Widget, ...]:
        return (self._edge, self._input)

    def on_mount(self) -> None:
        super().on_mount()
        self._input.focus()

    def found(self, width: int, chosen: str) -> Sheetful:
        """The rows for what was typed."""
        raise NotImplementedError

    def content(self, width: int, chosen: str) -> Sheetful:
        return self.found(width, chosen)

    def _build(self, width: int, chosen: str) -> Sheetful:
        return self.found(width, chosen)

    def fit(self) -> None:
        """Always as high as it may be: a sheet that jumps while one types is not calm."""
        self.page.styles.height = max(1, self.app.size.height - 1 - 3 - 3)

    def footer_keys(self) -> Keys:
        return (("↓ ↑", "choose"), ("Enter", "take it"), ("Esc", "close"))

    @on(Input.Changed)
    def _narrow(self) -> None:
        self.page.rebuild()
        self.page.step(-len(self.page.keys))
