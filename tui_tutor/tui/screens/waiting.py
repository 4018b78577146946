"""A course or lesson that cannot be shown yet: what is wrong with it, until its author has mended it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_tutor.core.ports import PreviewedCourse
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.previewing import counts
from tui_tutor.tui.screens.diagnostic_rows import diagnostic_rows
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.widgets.diagnostics_pane import MOST_SHOWN
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, said


class WaitingScreen(PagedScreen):
    """`try_again` is called whenever something was saved; it shows the lesson if it can now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self, previewed: PreviewedCourse, try_again: Callable[[], None], reason: str) -> None:
        super().__init__()
        self._previewed = previewed
        self._try_again = try_again
        self._reason = reason

    def course_saved(self) -> None:
        """Something was saved: perhaps it is mended."""
        self._try_again()
        self.redraw()

    def build(self, width: int, chosen: str) -> Sheetful:
        del chosen
        found = [item.diagnostic for item in self._previewed.diagnostics]
        folder = safe_line(self._previewed.entry.path.rstrip("/").rsplit("/", 1)[-1])
        head = Row(
            text=(Span("Preview", "title"), Span(f"  {counts(found)}")), start=1, right=said(folder, "muted")
        )
        words = Row(said("waiting", "muted"), said(self._previewed.problem or self._reason))
        blocks = [
            Block((*diagnostic_rows(item, width), BLANK), f"d{n}")
            for n, item in enumerate(found[:MOST_SHOWN])
        ]
        return Sheetful((head, words, RULE, BLANK), tuple(blocks))

    def states(self) -> tuple[str, ...]:
        return ("Save a file: it is read again at once.", "waiting for a save")

    def footer_keys(self) -> Keys:
        return (("j k", "mistakes"), ("?", "help"), ("Ctrl+Q", "quit"))

    def action_back(self) -> None:
        self.app.pop_screen()
