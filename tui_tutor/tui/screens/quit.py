"""Asked only when something still runs: stop it and quit, or go back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import Row, said


class QuitSheet(Sheet[bool]):
    """`running` names what runs, such as `In [7]`; the result is True for quitting."""

    TITLE_WORDS: ClassVar[str] = "Quit?"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit_now", "Stop it and quit", show=False)]

    def __init__(self, running: str) -> None:
        self._what = safe_line(running)
        super().__init__()

    def content(self, width: int, chosen: str) -> Sheetful:
        words = f"{self._what} is still running. q stops it and quits; Esc goes back."
        return Sheetful(blocks=(Block((Row(text=said(words), start=1),)),))

    def footer_keys(self) -> Keys:
        return (("q", "stop and quit"), ("Esc", "back"))

    def action_quit_now(self) -> None:
        self.dismiss(True)
