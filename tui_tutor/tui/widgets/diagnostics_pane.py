"""What `check` says of a course that is being written, under its lesson: the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.strip import Strip

from tui_tutor.core.ports import NotedDiagnostic
from tui_tutor.core.prose.lines import Role, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.previewing import counts
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import EDGE, Row, said, text_width

MOST_SHOWN: Final = 200
LEAST_ROWS: Final = 4
SHARE: Final = 3  # of the window's rows, the pane takes one in so many at most


class DiagnosticsPane(Page):
    """One row for each diagnostic; the chosen one is unfolded with its message and cure.

    Blocks have the numbers of the diagnostics as keys, from "0".
    """

    DEFAULT_CSS = """
    DiagnosticsPane { background: $surface; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(self._build_rows, ground="panel", id="diagnostics")
        self._noted: tuple[NotedDiagnostic, ...] = ()
        self._edition = 0
        self._is_checked = True
        self._is_begun = False  # whether the chosen one was gone to
        self.is_wished: bool | None = None  # None: shown while there is something to say

    def show(
        self, noted: tuple[NotedDiagnostic, ...], edition: int, rows: int, *, is_checked: bool = True
    ) -> None:
        """These diagnostics, in a window of so many rows; of an older edition until `is_checked`."""
        self._is_checked = is_checked
        if (noted, edition) != (self._noted, self._edition):
            self._noted, self._edition = noted, edition
            self._chosen = "0" if noted else ""
            self._top = 0
            self._is_begun = False
        self.fit(rows)
        self.rebuild()

    def fit(self, rows: int) -> None:
        """As high as its rows need, if the window allows; gone where it is not wished."""
        self.display = bool(self._noted) if self.is_wished is None else self.is_wished
        content = self._build_rows(self.size.width or 80, self._chosen)
        needed = len(content.pinned) + sum(len(block.rows) for block in content.blocks)
        self.styles.height = min(needed, max(LEAST_ROWS, rows // SHARE))

    def toggle(self, rows: int) -> None:
        """Show it, or hide it, until asked again."""
        self.is_wished = not self.display
        self.fit(rows)

    def step_round(self, count: int) -> NotedDiagnostic | None:
        """Choose the next diagnostic, after the last the first; None if there is none."""
        if not self._noted:
            return None
        shown = len(self._noted[:MOST_SHOWN])
        at = int(self._chosen or 0) + count if self._is_begun else 0
        self._is_begun = True
        self.choose(str(at % shown))
        return self._noted[at % shown]

    def diagnostic(self, key: str) -> NotedDiagnostic:
        """The one with this key."""
        return self._noted[int(key)]

    def _drawn(self, row: Row, *, is_chosen: bool, is_raised: bool) -> Strip:
        """Without a bar: the one in the lesson says where the learner is; the chosen one is unfolded."""
        del is_chosen
        return super()._drawn(row, is_chosen=False, is_raised=is_raised)

    # --- rows ---------------------------------------------------------------------------------------

    def _build_rows(self, width: int, chosen: str) -> Sheetful:
        counted = said(counts([item.diagnostic for item in self._noted]), "bright")
        head = Row(said("check", "title"), counted, said("" if self._is_checked else "checking", "muted"))
        blocks = [
            Block(tuple(self._rows_of(item, width, is_chosen=str(number) == chosen)), str(number))
            for number, item in enumerate(self._noted[:MOST_SHOWN])
        ]
        if len(self._noted) > MOST_SHOWN:
            blocks.append(Block((Row(text=said(f"… {len(self._noted)} in all", "muted")),)))
        return Sheetful((EDGE, head), tuple(blocks))

    def _rows_of(self, item: NotedDiagnostic, width: int, *, is_chosen: bool) -> Iterator[Row]:
        diagnostic = item.diagnostic
        is_error = diagnostic.severity == "error"
        mark = glyphs.FAILED if is_error else glyphs.WARNING
        label = said(f"{mark} {diagnostic.severity}", "alarm" if is_error else "text")
        span = diagnostic.span
        place = said(f"{safe_line(span.file)}:{span.line}:{span.column}", "muted")
        role: Role = "bright" if item.edition == self._edition else "text"
        message = said(safe_line(diagnostic.message), role)
        if not is_chosen:
            yield Row(label, message, place)
            return
        room = text_width(width)
        lines = wrap(message, room)
        yield Row(label, (*place, *said(f"  {safe_line(diagnostic.code)}", "muted")))
        for line in (*lines, *(wrap(said(safe_line(diagnostic.help)), room) if diagnostic.help else ())):
            yield Row(text=line)
