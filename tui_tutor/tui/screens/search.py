"""Search in a course: titles, prose, tasks, questions."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.worker import get_current_worker

from tui_tutor.core.ports import CourseEntry
from tui_tutor.core.prose.lines import Span, merged
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.searching import Passage, first_shown, matches, passages_of
from tui_tutor.core.wording.labels import KIND_LABELS
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.finding import FindingSheet
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, TEXT_COLUMN, Row, Spans, said, text_width
from tui_tutor.tui.words import counted

LESSONS_BETWEEN_DRAWINGS = 50


class SearchSheet(FindingSheet[Passage]):
    """The result is the passage that was taken. Lessons are read while one types."""

    TITLE_WORDS: ClassVar[str] = "Search"
    PLACEHOLDER: ClassVar[str] = "words to look for"

    def __init__(self, entry: CourseEntry, catalogue: Catalogue) -> None:
        self._entry = entry
        self._catalogue = catalogue
        self._passages: list[Passage] = []
        self._is_read = False
        super().__init__()

    def on_mount(self) -> None:
        super().on_mount()
        self._read()

    def title_row(self) -> Row:
        return Row(
            text=said(self.TITLE_WORDS, "title"), start=1, right=said(safe_line(self._entry.title), "muted")
        )

    @property
    def _lessons(self) -> tuple[str, ...]:
        return self._entry.course.lessons if self._entry.course else ()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _read(self) -> None:
        """Read all lessons; drawing what is found so far now and then."""
        worker = get_current_worker()
        for number, lesson_id in enumerate(self._lessons, start=1):
            if worker.is_cancelled:
                return
            file = self._catalogue.read_lesson(self._entry.ref, lesson_id)
            if file and file.lesson:
                self._passages += passages_of(file.lesson, number)
            if number % LESSONS_BETWEEN_DRAWINGS == 0:
                self.app.call_from_thread(self.page.rebuild)
        self._is_read = True
        self.app.call_from_thread(self.page.rebuild)

    def found(self, width: int, chosen: str) -> Sheetful:
        if not self.typed.strip():
            return Sheetful((BLANK,))
        hits = matches(tuple(self._passages), self.typed)
        if not hits:
            words = f'Nothing matches "{safe_line(self.typed, limit=40)}".' if self._is_read else "reading …"
            return Sheetful((BLANK,), (Block((Row(text=said(words)),)),))
        count = Row(label=said("found", "muted"), text=said(counted(len(hits), "place"), "muted"))
        return Sheetful(
            (count, BLANK), tuple(self._block(hit, n, width, chosen) for n, hit in enumerate(hits))
        )

    def _block(self, hit: Passage, number: int, width: int, chosen: str) -> Block:
        key = str(number)
        place = f"{KIND_LABELS[hit.cell_kind]} [{hit.cell_number}]" if hit.cell_kind else "title"
        start = max(TEXT_COLUMN, len(f"lesson {len(self._lessons)}") + 2)
        room = text_width(width) - (start - TEXT_COLUMN) - len(place) - 2
        label = said(f"lesson {hit.lesson_number}", "accent-bold" if key == chosen else "muted")
        text = _around(safe_line(hit.text), self.typed.split()[0], room)
        return Block((Row(label, text, said(place, "muted"), start=start),), key, is_raised=True)

    def on_page_taken(self, message: Page.Taken) -> None:
        hits = matches(tuple(self._passages), self.typed)
        if int(message.key) < len(hits):
            self.dismiss(hits[int(message.key)])


def _around(text: str, word: str, room: int) -> Spans:
    """The text with the word in bold, begun late enough that the word is seen."""
    at = text.casefold().find(word.casefold())
    if at < 0:
        return said(text)
    start = first_shown(text, at, len(word), room)
    before = ("…" if start else "") + text[start:at]
    end = at + len(word)
    return merged((Span(before), Span(text[at:end], "title"), Span(text[end:])))
