"""The sheet of levels and languages: how the course is told from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tui_tutor.core.levels import Offer, Reading
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.wording.levels import MEANINGS
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said


class TellingSheet(Sheet[Reading | None]):
    """The result is the reading that was taken; only what there is a choice of is shown."""

    TITLE_WORDS: ClassVar[str] = "How this course is told"

    def __init__(self, offer: Offer, reading: Reading) -> None:
        self._offer, self._reading = offer, reading
        super().__init__()

    def on_mount(self) -> None:
        super().on_mount()
        now = (
            f"level {self._reading.level}" if self._offer.has_levels else f"language {self._reading.language}"
        )
        self.call_after_refresh(self.page.choose, now)

    def title_row(self) -> Row:
        return Row(text=said(self.TITLE_WORDS, "title"), start=1, right=said("what you did stays", "muted"))

    def footer_keys(self) -> Keys:
        return (("j k", "choose"), ("Enter", "take it"), ("Esc", "close"))

    def content(self, width: int, chosen: str) -> Sheetful:
        blocks: list[Block] = []
        if self._offer.has_levels:
            blocks += self._choices("level", self._offer.levels, self._reading.level, chosen)
        if self._offer.has_levels and self._offer.has_languages:
            blocks.append(Block((BLANK,)))
        if self._offer.has_languages:
            blocks += self._choices("language", self._offer.languages, self._reading.language, chosen)
        return Sheetful(blocks=tuple(blocks))

    def _choices(self, kind: str, words: tuple[str, ...], now: str, chosen: str) -> Iterator[Block]:
        for number, word in enumerate(words):
            key = f"{kind} {word}"
            mark = Span("▸ ", "accent") if word == now else Span("  ")
            text = (mark, Span(word, "title" if key == chosen else "text"))
            row = Row(
                said(kind if number == 0 else "", "muted"), text, said(_meaning(kind, word, number), "muted")
            )
            yield Block((row,), key, is_raised=True)

    def on_page_taken(self, message: Page.Taken) -> None:
        kind, _, word = message.key.partition(" ")
        level, language = self._reading.level, self._reading.language
        self.dismiss(Reading(word, language) if kind == "level" else Reading(level, word))


def _meaning(kind: str, word: str, number: int) -> str:
    own = "the course's own" if number == 0 else ""
    return own if kind == "language" else own or MEANINGS.get(word, "")
