"""A sheet to read something long in: a whole output, a page of documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from tui_tutor.core.output import ErrorPart, Part, TextPart, Transcript, plain_lines
from tui_tutor.core.prose.lines import Span
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import Row, said

MOST_LINES = 10_000


class ReadingSheet(Sheet[None]):
    """Scrolls through lines that have passed the gate."""

    TITLE_WORDS: ClassVar[str] = ""

    def __init__(self, title: str, facts: str, lines: Callable[[], list[str]]) -> None:
        self._title = title
        self._facts = facts
        self._rows = tuple(Row(text=(Span(line),), start=1) for line in lines())
        super().__init__()

    @classmethod
    def of_text(cls, title: str, text: str) -> ReadingSheet:
        """A text of the kernel: escapes are taken out."""
        part = TextPart("result").fed(text)
        lines = [part.text(n) for n in range(part.line_count)]
        return cls(title, "", lambda: lines)

    @classmethod
    def of_transcript(cls, title: str, transcript: Transcript) -> ReadingSheet:
        """Everything a run has shown that is still kept."""
        lines: list[str] = []
        for part in transcript.parts:
            lines += _lines(part)
        lost = f"{transcript.dropped:,} lines not kept".replace(",", " ") if transcript.dropped else ""
        count = f"{len(lines):,} lines".replace(",", " ") if len(lines) != 1 else "1 line"
        facts = lost or count
        return cls(title, facts, lambda: lines[-MOST_LINES:])

    def title_row(self) -> Row:
        return Row(text=said(self._title, "title"), start=1, right=said(self._facts, "muted"))

    def content(self, width: int, chosen: str) -> Sheetful:
        del width, chosen
        return Sheetful(blocks=(Block(self._rows),))

    def footer_keys(self) -> Keys:
        return (("j k", "scroll"), ("PgDn PgUp", "page"), ("Esc", "close"))


def _lines(part: Part) -> list[str]:
    if not isinstance(part, ErrorPart):
        return plain_lines(part)
    head = [f"{part.name}: {line}" for line in part.message.split("\n")]
    return [*("".join(piece.text for piece in line) for line in part.traceback), *head]
