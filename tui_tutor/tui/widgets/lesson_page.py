"""A lesson as one page: cells drawn row by row from an anchor, so that opening costs what is seen.

The view is anchored to a row of a cell, not to a distance from the top: what grows above or below moves
nothing, and no cell is set before it comes near the view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from tui_tutor.core.course import Cell
from tui_tutor.core.study import Study
from tui_tutor.tui.theme import PALETTES, ground_of
from tui_tutor.tui.widgets.anchoring import Anchor, Viewport
from tui_tutor.tui.widgets.cell_row import TEXT_COLUMN, CellRow, Frame, paint
from tui_tutor.tui.widgets.cell_ui import PRISTINE, CellUi
from tui_tutor.tui.widgets.cell_view import Asset
from tui_tutor.tui.widgets.drawing import look_of, strip_of
from tui_tutor.tui.widgets.header_cover import HeaderCover
from tui_tutor.tui.widgets.lined import LinedWidget
from tui_tutor.tui.widgets.row import Row, set_row
from tui_tutor.tui.widgets.set_cells import SetCell, SetCells

WHEEL_ROWS: Final = 3


class LessonPage(LinedWidget, can_focus=True):
    """Draws the visible cells of a study. It says what was pressed on; it decides nothing."""

    DEFAULT_CSS = """
    LessonPage {
        width: 1fr; height: 1fr; background: $background; color: $foreground; layers: base over top;
    }
    """

    class Clicked(Message):
        """A row of a cell was clicked; `target` is the row's."""

        def __init__(self, cell_id: str, target: str) -> None:
            super().__init__()
            self.cell_id = cell_id
            self.target = target

    class Placed(Message):
        """The view moved or changed, so whatever floats over the page must be placed again."""

    def __init__(self, study: Study, clock: Callable[[], datetime], asset: Asset) -> None:
        super().__init__()
        self.study = study
        self.header: tuple[Row, ...] = ()
        self._clock = clock
        self._ui: dict[str, CellUi] = {}
        self._sets = SetCells(clock, asset)
        self._anchor = Anchor()
        self._focused_id = study.at_cell
        self._followed = ""
        self.take_input: Callable[[events.Key | events.Paste], bool] = lambda _: False
        self._extra: tuple[Cell, ...] = ()
        self._placed: list[tuple[Cell, int] | None] = []
        self._placed_for: tuple[object, ...] = ()
        self._header_cover = HeaderCover(self.line)
        self._thumb = (0, 0)

    # --- what is shown --------------------------------------------------------------------------

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the page, the scratch cell at the end when it is open."""
        return (*self.study.visible, *self._extra)

    def show_extra(self, *cells: Cell) -> None:
        """Cells after the lesson's own."""
        self._extra = cells
        self.changed()

    @property
    def focused_cell(self) -> Cell:
        return self.cells[self._index(self._focused_id)]

    def _index(self, cell_id: str) -> int:
        return next((n for n, cell in enumerate(self.cells) if cell.id == cell_id), 0)

    def show(self, study: Study) -> None:
        """Another state of the same lesson; what the learner asked for is brought into view.

        A running cell whose end is in view is followed, and so is the cell named by `follow`.
        """
        running = study.running
        followed = running if running and self._end_is_visible(running) else self._followed
        self.study = study
        self.changed()
        if followed and not self._end_is_visible(followed):
            self._show_end(followed)

    def revise(self, study: Study, moved: Mapping[str, str]) -> None:
        """Another form of the lesson; what is looked at stays in its row of the view.

        `moved` names the new id of every old cell that is still there.
        """
        pivot = self._pivot(moved)
        top = (self._viewport.distance(self._anchor, pivot) or 0) if self.size.width else 0
        pivot_id = moved.get(self.cells[pivot].id, study.at_cell)
        self.study = study
        self._ui = {moved.get(cell_id, cell_id): ui for cell_id, ui in self._ui.items()}
        self._focused_id = moved.get(self._focused_id, study.at_cell)
        self._followed = moved.get(self._followed, "")
        self._sets.forget()
        if self.size.width:
            self._anchor = self._viewport.stepped(Anchor(self._index(pivot_id)), -top)
        self.changed()

    def _pivot(self, moved: Mapping[str, str]) -> int:
        """The cell that stays where it is: the focused one if in view, else the topmost that is left."""
        in_view = {place[0].id for place in self._place() if place is not None} if self.size.width else set()
        if self._focused_id in in_view:
            return self._index(self._focused_id)
        cells = self.cells
        there = (n for n in range(self._anchor.cell, len(cells)) if cells[n].id in moved)
        return next(there, self._index(self._focused_id))

    def follow(self, cell_id: str) -> None:
        """The learner did something in this cell: keep its end in view until they move the view."""
        self._followed = cell_id

    def ui_of(self, cell_id: str) -> CellUi:
        return self._ui.get(cell_id, PRISTINE)

    def set_ui(self, cell_id: str, ui: CellUi) -> None:
        """Change what the face alone knows of a cell."""
        if self.ui_of(cell_id) != ui:
            self._ui[cell_id] = ui
            self.changed()

    def changed(self) -> None:
        """Something that is drawn may have changed."""
        self._placed_for = ()
        self.refresh_lines()
        self.post_message(self.Placed())

    # --- moving ---------------------------------------------------------------------------------

    def focus_cell(self, cell_id: str, *, reveal: bool = True) -> None:
        """Make a cell the focused one and bring it into view."""
        self._focused_id = cell_id
        if cell_id == self._followed and self.size.width:
            self._show_end(cell_id)  # what was asked for there stays in view
            return
        self._followed = ""
        if reveal:
            self._anchor = self._viewport.revealed(self._anchor, self._index(cell_id))
        self.changed()

    def focus_beside(self, count: int) -> str:
        """The id of the cell `count` further on, or of the last (first) one."""
        cells = self.cells
        place = max(0, min(self._index(self._focused_id) + count, len(cells) - 1))
        return cells[place].id

    def scroll_rows(self, count: int) -> None:
        """Move the view by rows; never beyond the last row of the lesson."""
        self._followed = ""
        self._anchor = self._viewport.scrolled(self._anchor, count)
        self.changed()

    def page_rows(self, count: int) -> None:
        """Move the view by pages."""
        self.scroll_rows(count * max(1, self.view_rows - 2))

    def scroll_to_end(self) -> None:
        self._followed = ""
        self._anchor = self._viewport.end()
        self.changed()

    def scroll_to_start(self) -> None:
        self._followed = ""
        self._anchor = Anchor()
        self.changed()

    @property
    def text_width(self) -> int:
        """Columns for text."""
        return Frame(self.size.width, look_of(self)).text_width

    @property
    def slot_width(self) -> int:
        """One column of air, the text, and one where the cursor may stand behind it."""
        return self.text_width + 2

    @property
    def view_rows(self) -> int:
        return max(1, self.size.height - len(self.header))

    @property
    def _viewport(self) -> Viewport:
        cells = self.cells
        return Viewport(len(cells), self.view_rows, lambda index: len(self._rows(cells[index])))

    def _end_is_visible(self, cell_id: str) -> bool:
        return bool(self.size.width) and self._viewport.is_end_visible(self._anchor, self._index(cell_id))

    def _show_end(self, cell_id: str) -> None:
        self._anchor = self._viewport.end_shown(self._anchor, self._index(cell_id))
        self.changed()

    # --- setting --------------------------------------------------------------------------------

    def _rows(self, cell: Cell) -> tuple[CellRow, ...]:
        return self._set(cell).rows

    def _set(self, cell: Cell) -> SetCell:
        frame = Frame(self.size.width, look_of(self), cell.id == self._focused_id)
        return self._sets.of(cell, self.study, frame, self.ui_of(cell.id), view_rows=self.view_rows)

    def _place(self) -> list[tuple[Cell, int] | None]:
        wanted = (self.size, self._anchor, self._focused_id, id(self.study), look_of(self), self._second())
        if self._placed_for != wanted:
            cells, viewport = self.cells, self._viewport
            places = list(islice(viewport.places(self._anchor), viewport.rows))
            self._placed = [(cells[place.cell], place.row) if place else None for place in places]
            self._thumb, self._placed_for = viewport.thumb(places), wanted
        return self._placed

    def _second(self) -> int:
        return int(self._clock().timestamp()) if self.study.running else 0

    # --- drawing --------------------------------------------------------------------------------

    def line(self, y: int) -> Strip:
        look = look_of(self)
        width = self.size.width
        if y < len(self.header):
            spans = set_row(self.header[y], width, is_ascii=look.is_ascii)
            return strip_of(spans, look).extend_cell_length(width)
        placed = self._place()
        at = y - len(self.header)
        place = placed[at] if at < len(placed) else None
        strip = (
            self._strip(place, at) if place is not None else Strip.blank(width, ground_of("page", look.theme))
        )
        return self._with_thumb(strip, at)

    def _strip(self, place: tuple[Cell, int], at: int) -> Strip:
        cell, row = place
        made = self._set(cell)
        if at == 0 and row:
            # A cell taller than the view keeps its label at the top row.
            return paint(replace(made.rows[row], label=made.rows[0].label), made.frame)
        strip = made.strips.get(row)
        if strip is None:
            strip = made.strips[row] = paint(made.rows[row], made.frame)
        return strip

    def _with_thumb(self, strip: Strip, at: int) -> Strip:
        start, size = self._thumb
        if not start <= at < start + size:
            return strip
        look = look_of(self)
        palette = PALETTES.get(look.theme)
        style = Style(color=palette.thumb, bgcolor=palette.page) if palette else Style()
        width = self.size.width
        thumb = Segment("|" if look.is_ascii else "▐", style)
        return Strip([*strip.crop(0, width - 1), thumb])

    # --- for what floats over the page ----------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield self._header_cover

    def cover_header(self, *, is_needed: bool) -> None:
        """Keep the header in sight although something that floats begins above it."""
        self._header_cover.cover(len(self.header) if is_needed else 0)

    def slot_region(self) -> Region | None:
        """Where the editor belongs, in the page's coordinates; None if no row of it is in view."""
        first: int | None = None
        count = 0
        for at, place in enumerate(self._place()):
            if place is None or not self._set(place[0]).rows[place[1]].is_slot:
                continue
            if first is None:
                first = at
            count += 1
        if first is None:
            return None
        return Region(TEXT_COLUMN - 1, first + len(self.header), self.slot_width, count)

    def hidden_slot_rows(self) -> int:
        """Rows of the slot above the view."""
        placed = next((p for p in self._place() if p is not None), None)
        if placed is None or not self._set(placed[0]).rows[placed[1]].is_slot:
            return 0
        return sum(row.is_slot for row in self._set(placed[0]).rows[: placed[1]])

    def reveal_slot_row(self, row: int) -> None:
        """Bring row `row` of the slot into view."""
        cell = self.focused_cell
        rows = self._rows(cell)
        start = next((n for n, one in enumerate(rows) if one.is_slot), 0)
        row = min(row, sum(one.is_slot for one in rows) - 1)  # the slot may not have grown yet
        anchor = self._viewport.row_shown(self._anchor, self._index(cell.id), start + row)
        if anchor < self._anchor:
            self._followed = ""
        if anchor != self._anchor:
            self._anchor = anchor
            self.changed()

    def reveal_target(self, target: str) -> None:
        """Bring the focused cell's row with this target into view."""
        cell = self.focused_cell
        row = next((n for n, one in enumerate(self._rows(cell)) if one.target == target), 0)
        self._followed = ""
        self._anchor = self._viewport.row_shown(self._anchor, self._index(cell.id), row)
        self.changed()

    def cursor_offset(self) -> Offset:
        """Where the focused cell's label stands, for the hardware cursor."""
        for at, place in enumerate(self._place()):
            if place is not None and place[0].id == self._focused_id:
                return Offset(1, at + len(self.header))
        return Offset(1, len(self.header))

    # --- keys -----------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Every key of the lesson acts here and now: by way of the app one would overtake another."""
        if self.take_input(event):
            event.stop()
            event.prevent_default()
            return
        for binding in self.screen._bindings.key_to_bindings.get(event.key, [])[:1]:
            event.stop()
            event.prevent_default()
            await self.app.run_action(binding.action, default_namespace=self.screen)

    def on_paste(self, event: events.Paste) -> None:
        if self.take_input(event):
            event.stop()

    # --- mouse ----------------------------------------------------------------------------------

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        at = event.y - len(self.header)
        placed = self._place()
        if not 0 <= at < len(placed):
            return
        place = placed[at]
        if place is not None:
            target = self._set(place[0]).rows[place[1]].target
            self.post_message(self.Clicked(place[0].id, target))
