"""A page of rows: pinned rows on top, the rest scrolls; blocks with a key can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from tui_tutor.tui.theme import PALETTES, Ground
from tui_tutor.tui.widgets.drawing import Look, look_of, strip_of, with_bar, with_segment
from tui_tutor.tui.widgets.lined import LinedWidget
from tui_tutor.tui.widgets.row import BLANK, RIGHT_MARGIN, Row, Spans, set_row

WHEEL_ROWS: Final = 3
MOST_STRIPS: Final = 500


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together. One with a `key` can be chosen; `is_raised` lays the chosen one higher."""

    rows: tuple[Row, ...]
    key: str = ""
    is_raised: bool = False


@dataclass(frozen=True, slots=True)
class Sheetful:
    """What a page shows at one width."""

    pinned: tuple[Row, ...] = ()
    blocks: tuple[Block, ...] = ()


Builder = Callable[[int, str], Sheetful]  # (width, key of the chosen block) -> what is shown


class Page(LinedWidget):
    """Draws rows line by line: one node of the tree however long the page is."""

    DEFAULT_CSS = """
    Page { width: 1fr; height: 1fr; background: $background; color: $foreground; }
    """

    class Moved(Message):
        """Another block was chosen."""

        def __init__(self, page: Page, key: str) -> None:
            super().__init__()
            self.page = page
            self.key = key

    class Taken(Message):
        """The chosen block was taken with Enter or a second click."""

        def __init__(self, page: Page, key: str) -> None:
            super().__init__()
            self.page = page
            self.key = key

    def __init__(
        self,
        builder: Builder,
        *,
        x0: int = 0,
        margin: int = RIGHT_MARGIN,
        ground: Ground = "page",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.x0 = x0
        self.margin = margin
        self._builder = builder
        self._ground = ground
        self._content = Sheetful()
        self._rows: list[tuple[Row, int]] = []
        self._keys: tuple[str, ...] = ()
        self._chosen = ""
        self._top = 0
        self._built_width = -1
        self._strips: dict[tuple[Row, bool, bool, Look, int], Strip] = {}

    @property
    def chosen(self) -> str:
        """The key of the chosen block, "" if nothing can be chosen."""
        return self._chosen

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all blocks that can be chosen, in order."""
        return self._keys

    @property
    def row_count(self) -> int:
        """Rows that scroll."""
        return len(self._rows)

    def rebuild(self) -> None:
        """Ask the builder again (the facts changed) and draw."""
        self._built_width = -1
        if self.size.width:
            self._build()
        self.refresh_lines()

    def choose(self, key: str) -> None:
        """Choose a block by its key."""
        if key in self._keys and key != self._chosen:
            self._chosen = key
            self.rebuild()
            self._reveal()
            self.post_message(self.Moved(self, key))

    def step(self, count: int) -> None:
        """Choose the block `count` further on; a page without choices scrolls."""
        if not self._keys:
            self.scroll_rows(count)
            return
        at = self._keys.index(self._chosen) + count
        if not 0 <= at < len(self._keys):
            self.scroll_rows(count)
        self.choose(self._keys[max(0, min(at, len(self._keys) - 1))])

    def page_step(self, count: int) -> None:
        """One screenful up or down, choice and view together."""
        rows = max(1, self._view_height - 1) * count
        if self._keys:
            height = max(1, self.row_count // len(self._keys))
            self.step(rows // height or count)
        else:
            self.scroll_rows(rows)

    def scroll_rows(self, count: int) -> None:
        """Move the view, not the choice."""
        top = max(0, min(self._top + count, self.row_count - self._view_height))
        if top != self._top:
            self._top = top
            self.refresh_lines()

    def take(self) -> None:
        """Take the chosen block."""
        if self._chosen:
            self.post_message(self.Taken(self, self._chosen))

    # --- drawing ------------------------------------------------------------------------------------

    def line(self, y: int) -> Strip:
        """Row y of the view."""
        if self._built_width != self.size.width:
            self._build()
        pinned = self._content.pinned
        if y < len(pinned):
            return self._drawn(pinned[y], is_chosen=False, is_raised=False)
        at = y - len(pinned) + self._top
        if at >= len(self._rows):
            return self._drawn(BLANK, is_chosen=False, is_raised=False)
        row, number = self._rows[at]
        block = self._content.blocks[number]
        is_chosen = bool(block.key) and block.key == self._chosen
        strip = self._drawn(row, is_chosen=is_chosen, is_raised=is_chosen and block.is_raised)
        return self._with_thumb(strip, y - len(pinned))

    def _drawn(self, row: Row, *, is_chosen: bool, is_raised: bool) -> Strip:
        look = look_of(self)
        key = (row, is_chosen, is_raised, look, self.size.width)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._strip(row, look, is_chosen=is_chosen, is_raised=is_raised)
        return strip

    def _strip(self, row: Row, look: Look, *, is_chosen: bool, is_raised: bool) -> Strip:
        ground: Ground = self._ground
        if is_raised:
            ground = "popup" if self._ground == "panel" else "raised"
        elif row.on_panel:
            ground = "panel"
        strip = strip_of(self._set(row, look), look, ground)
        return with_bar(strip, look, ground, column=self.x0) if is_chosen else strip

    def _set(self, row: Row, look: Look) -> Spans:
        return set_row(row, self.size.width, x0=self.x0, margin=self.margin, is_ascii=look.is_ascii)

    def _with_thumb(self, strip: Strip, y: int) -> Strip:
        height, total = self._view_height, self.row_count
        if total <= height or height <= 0:
            return strip
        size = max(1, height * height // total)
        start = round(self._top * (height - size) / (total - height))
        if not start <= y < start + size:
            return strip
        look = look_of(self)
        palette = PALETTES.get(look.theme)
        style = Style(color=palette.thumb, bgcolor=palette.page) if palette else Style()
        return with_segment(strip, Segment("|" if look.is_ascii else "▐", style), self.size.width - 1)

    def _build(self) -> None:
        width = self.size.width
        self._built_width = width
        self._content = self._builder(width, self._chosen)
        self._keys = tuple(block.key for block in self._content.blocks if block.key)
        if self._chosen not in self._keys:
            self._chosen = self._keys[0] if self._keys else ""
            if self._chosen:
                self._content = self._builder(width, self._chosen)
        blocks: Sequence[Block] = self._content.blocks
        self._rows = [(row, number) for number, block in enumerate(blocks) for row in block.rows]
        self._top = max(0, min(self._top, self.row_count - self._view_height))

    @property
    def _view_height(self) -> int:
        return max(0, self.size.height - len(self._content.pinned))

    def _reveal(self) -> None:
        """Bring the chosen block into view and the hardware cursor to it."""
        numbers = [at for at, (_, block) in enumerate(self._rows) if self._is_chosen(block)]
        if not numbers:
            return
        first, last = numbers[0], numbers[-1]
        if first == self._first_choice():
            self._top = 0
        elif first < self._top:
            self._top = first
        elif last >= self._top + self._view_height:
            self._top = last - self._view_height + 1
        self.scroll_rows(0)
        self.place_cursor(first)

    def row_of(self, key: str) -> int:
        """The row of the page where a block begins; one that is scrolled out of sight has no such row: -1."""
        at = next((at for at, (_, n) in enumerate(self._rows) if self._content.blocks[n].key == key), -1)
        y = len(self._content.pinned) + at - self._top
        return y if at >= self._top and y < self.size.height else -1

    def show_cursor(self) -> None:
        """Bring the hardware cursor to the chosen block, if it is in view."""
        if (y := self.row_of(self._chosen)) >= 0:
            self.app.cursor_position = Offset(self.region.x + self.x0 + 1, self.region.y + y)

    def place_cursor(self, row: int) -> None:
        """Put the terminal's cursor on a row, for screen readers and magnifiers."""
        y = len(self._content.pinned) + row - self._top
        self.app.cursor_position = Offset(self.region.x + self.x0 + 1, self.region.y + y)

    def _is_chosen(self, number: int) -> bool:
        return self._content.blocks[number].key == self._chosen

    def _first_choice(self) -> int:
        return next(at for at, (_, block) in enumerate(self._rows) if self._content.blocks[block].key)

    # --- mouse --------------------------------------------------------------------------------------

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        at = event.y - len(self._content.pinned) + self._top
        if not 0 <= at < len(self._rows) or event.y < len(self._content.pinned):
            return
        key = self._content.blocks[self._rows[at][1]].key
        if key and key == self._chosen:
            self.take()
        elif key:
            self.choose(key)
