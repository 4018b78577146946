"""The author's turn, cell by cell: accept, lock, edit, have made anew. What does not hold changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from tui_tutor.core.prose.lines import Span
from tui_tutor.core.safe_text import safe_line, safe_text
from tui_tutor.core.studio_desk import CellMark, DeskCell, DeskState
from tui_tutor.tui.screens.reading import ReadingSheet
from tui_tutor.tui.screens.studio_asking import NoteSheet
from tui_tutor.tui.screens.studio_editing import StudioEditScreen
from tui_tutor.tui.screens.studio_screen import StudioScreen
from tui_tutor.tui.studio_wishes import PlayWished, StudioWished
from tui_tutor.tui.studio_words import MARKS, cell_label, first_words, source_rows, spent_words
from tui_tutor.tui.studio_working import DeskThread
from tui_tutor.tui.widgets.divider import Divider
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, Stop, said

WIDE: Final = 120
LIST_WIDTH: Final = 56


class StudioReviewScreen(StudioScreen):
    """Cells of every written lesson; the chosen one's text stands below, or beside on a wide window."""

    DEFAULT_CSS = f"""
    StudioReviewScreen #both {{ layout: vertical; width: 100%; height: 1fr; }}
    StudioReviewScreen #cells, StudioReviewScreen #cell {{ height: 1fr; }}
    StudioReviewScreen Divider {{ display: none; }}
    StudioReviewScreen.-wide #both {{ layout: horizontal; }}
    StudioReviewScreen.-wide #cells {{ width: {LIST_WIDTH}; }}
    StudioReviewScreen.-wide Divider {{ display: block; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "mark('accepted')", "Accept the cell, or take that back", show=False),
        Binding("l", "mark('locked')", "Lock the cell, or unlock it", show=False),
        Binding("e", "edit", "Edit the cell", show=False),
        Binding("g", "regenerate", "Have the cell made anew, with a note", show=False),
        Binding("v", "take", "View the whole cell", show=False),
        Binding("p", "play", "Play the course from here", show=False),
        Binding("o,escape", "outline", "Outline and build", show=False),
        Binding("n", "lesson(1)", "Next lesson", show=False),
        Binding("b", "lesson(-1)", "Lesson before", show=False),
        Binding("pagedown,space", "scroll_cell(1)", "Scroll the cell down", show=False),
        Binding("pageup", "scroll_cell(-1)", "Scroll the cell up", show=False),
    ]

    def __init__(self, desk: DeskThread, state: DeskState) -> None:
        super().__init__(desk, state)
        self.page = Page(self.build, id="cells")
        self._detail = Page(self._build_detail, x0=0, id="cell")
        self._cells: dict[str, DeskCell] = {}
        self._is_read = False

    def compose(self) -> ComposeResult:
        with Container(id="both"):
            yield self.page
            yield Divider()
            yield self._detail
        yield self.footer

    def on_mount(self) -> None:
        super().on_mount()
        self._read_cells()

    def on_resize(self) -> None:
        is_wide = self.app.size.width >= WIDE
        self.set_class(is_wide, "-wide")
        self.page.margin = 1 if is_wide else 2

    def on_screen_resume(self) -> None:
        if self._is_read:
            self._read_cells()
            self.read()

    def _read_cells(self) -> None:
        self.ask(lambda desk: desk.cells(), self._take_cells)

    def _take_cells(self, cells: tuple[DeskCell, ...]) -> None:
        self._cells, self._is_read = {_key(cell): cell for cell in cells}, True
        self.redraw()

    def redraw(self) -> None:
        super().redraw()
        self._detail.rebuild()

    @property
    def cell(self) -> DeskCell | None:
        """The chosen cell."""
        return self._cells.get(self.page.chosen)

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        is_wide = self.has_class("-wide")
        title = (Span("Review  ", "title"), Span(safe_line(self.state.title), "title"))
        head = (Row(text=title, start=1), self._facts(), RULE)
        if not self._cells:
            words = "No cell is written yet. o shows the outline; b builds it there."
            return Sheetful(head, (Block((BLANK, Row(text=said(words if self._is_read else "")))),))
        return Sheetful(head, tuple(self._blocks(chosen, is_wide=is_wide)))

    def _facts(self) -> Row:
        cells = self._cells.values()
        marks = [cell.mark for cell in cells]
        words = [
            f"{sum(bool(mark) for mark in marks)} of {len(marks)} seen",
            f"{marks.count('locked')} locked",
            "published" if self.state.is_published else "not published",
        ]
        return Row(said("cells", "muted"), said(" · ".join(words)), said(spent_words(self.state), "muted"))

    def _blocks(self, chosen: str, *, is_wide: bool) -> Iterator[Block]:
        titles = {one.id: one.title for one in self.state.lessons}
        before = ""
        for key, cell in self._cells.items():
            if cell.lesson != before:
                head = Row(
                    said("lesson", "muted"), said(safe_line(titles.get(cell.lesson) or cell.lesson), "muted")
                )
                yield Block((head,) if not before else (BLANK, head))
                before = cell.lesson
            yield Block((_row(cell, is_chosen=key == chosen, is_wide=is_wide),), key, is_raised=True)

    def _build_detail(self, width: int, chosen: str) -> Sheetful:
        del chosen
        cell = self.cell
        if cell is None:
            return Sheetful()
        label = said(cell_label(cell), "accent-bold")
        mark, role = MARKS[cell.mark]
        head = Row(label, said(safe_line(cell.id)), said(mark, role))
        proof = (Row(said("proof", "muted"), said(safe_line(cell.proof), "muted")),) if cell.proof else ()
        rule = () if self.has_class("-wide") else (RULE,)
        rows = tuple(source_rows(cell.text, width - 4))
        return Sheetful((*rule, head, *proof, BLANK), (Block(rows),))

    def states(self) -> tuple[str, ...]:
        return ()

    def footer_keys(self) -> Keys:
        cell = self.cell
        if cell is None:
            return (("o", "outline"), ("?", "help"), ("Ctrl+Q", "quit"))
        accept = "unaccept" if cell.mark == "accepted" else "accept"
        lock = "unlock" if cell.mark == "locked" else "lock"
        return (
            ("a", accept),
            ("l", lock),
            ("e", "edit"),
            ("g", "make anew"),
            ("p", "play"),
            ("?", "help"),
            ("Ctrl+Q", "quit"),
        )

    # --- what is done -------------------------------------------------------------------------------

    def on_page_moved(self, message: Page.Moved) -> None:
        if message.page is self.page:
            self.show_footer()
            self._detail.scroll_rows(-self._detail.row_count)
            self._detail.rebuild()

    def on_page_taken(self, message: Page.Taken) -> None:
        cell = self.cell
        if cell is not None:
            lines = safe_text(cell.text).rstrip("\n").split("\n")
            title = f"{cell_label(cell)}  {safe_line(cell.id)}"
            self.app.push_screen(ReadingSheet(title, safe_line(cell.proof), lambda: lines))

    def action_scroll_cell(self, count: int) -> None:
        self._detail.page_step(count)

    def action_lesson(self, count: int) -> None:
        """The first cell of the lesson after this one, or of this one or the one before."""
        firsts = list({cell.lesson: key for key, cell in reversed(self._cells.items())}.items())[::-1]
        cell = self.cell
        if cell is None:
            return
        lessons = [lesson for lesson, _ in firsts]
        at = lessons.index(cell.lesson)
        is_inside = count < 0 and self.page.chosen != firsts[at][1]
        self.page.choose(firsts[max(0, min(at + (0 if is_inside else count), len(firsts) - 1))][1])

    def action_mark(self, mark: CellMark) -> None:
        cell = self.cell
        if cell is None:
            return
        if mark == "accepted" and cell.mark == "locked":
            self.say("It is locked, which says more. l unlocks it.")
            return
        new: CellMark = "" if cell.mark == mark else mark
        self._show_mark(cell, new)
        if new == "accepted":  # at once: the next key is for the next cell
            self.page.step(1)
        self.ask(
            lambda desk: desk.mark(cell.lesson, cell.id, new),
            otherwise=lambda: self._show_mark(cell, cell.mark),
        )

    def _show_mark(self, cell: DeskCell, mark: CellMark) -> None:
        key = _key(cell)
        if key in self._cells:
            self._cells[key] = replace(self._cells[key], mark=mark)
        self.redraw()

    @work(exclusive=True, group="changing")
    async def action_edit(self) -> None:
        cell = self.cell
        if cell is None:
            return
        screen = StudioEditScreen(
            f"{cell_label(cell)}  {safe_line(cell.id)}",
            safe_line(cell.lesson),
            cell.text,
            lambda text, on_news: self.desk.do(
                lambda desk: desk.save_cell(cell.lesson, cell.id, text, on_news)
            ),
            hint="F5 runs and proves the lesson with it, and keeps it, locked, if it holds.",
        )
        if sentence := await self.app.push_screen_wait(screen):
            self._changed(sentence)

    @work(exclusive=True, group="changing")
    async def action_regenerate(self) -> None:
        cell = self.cell
        if cell is None:
            return
        if cell.mark == "locked":
            self.say("It is locked and stays as it is. l unlocks it.")
            return
        sheet = NoteSheet(
            f"{cell_label(cell)}  {safe_line(cell.id)}, made anew",
            spent_words(self.state),
            lambda note, on_news: self.desk.do(
                lambda desk: desk.regenerate(cell.lesson, cell.id, note, on_news)
            ),
        )
        if sentence := await self.app.push_screen_wait(sheet):
            self._changed(sentence)

    def _changed(self, sentence: str) -> None:
        self._read_cells()
        self.read()
        self.call_after_refresh(self.say, sentence)

    def action_play(self) -> None:
        self.post_message(PlayWished(self.cell.lesson if self.cell else ""))

    def action_outline(self) -> None:
        self.post_message(StudioWished("outline"))


def _key(cell: DeskCell) -> str:
    return f"{cell.lesson}/{cell.id}"


def _row(cell: DeskCell, *, is_chosen: bool, is_wide: bool) -> Row:
    mark, role = MARKS[cell.mark]
    label = said(cell_label(cell), "accent-bold" if is_chosen else "muted")
    text = said(first_words(cell), "title" if is_chosen else "text")
    if is_wide:
        return Row(label, text, stops=(Stop(0, said(mark, role), ends_here=True),) if mark else ())
    proof = safe_line(cell.proof)
    return Row(label, text, said(proof, "muted"), (Stop(37, said(mark, role)),) if mark else ())
