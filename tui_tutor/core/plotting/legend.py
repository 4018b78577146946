"""The legend: what each mark means, on lines of its own under the axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tui_tutor.core.plotting.bars import bar_fill
from tui_tutor.core.plotting.canvas import Canvas, Cell, cut_text, shown_width
from tui_tutor.core.plotting.groups import Group, PlotStyle
from tui_tutor.core.plotting.marks import ghost_glyph

_GAP = 3
_MOST_NAME = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark and what it means; or ready cells (a heatmap's scale) and no name."""

    glyph: str
    role: str
    name: str
    cells: tuple[Cell, ...] = ()

    @property
    def width(self) -> int:
        """Columns taken."""
        return len(self.cells) or 2 * bool(self.glyph) * bool(self.name) + max(1, shown_width(self.name))


def legend_entries(groups: Sequence[Group], style: PlotStyle, *, has_ghost: bool) -> tuple[Entry, ...]:
    """One entry per named group, and the run before; nothing where there is nothing to tell apart."""
    kinds = Counter(group.kind for group in groups)
    named = [group for group in groups if group.name]
    entries = [_entry(group, group.name, style, is_single=kinds[group.kind] == 1) for group in named]
    if not has_ghost:
        return tuple(entries)
    if not named and groups:
        entries = [_entry(groups[0], "this run", style, is_single=len(groups) == 1)]
    return (*entries, Entry(ghost_glyph(style), "ghost", "the run before"))


def _entry(group: Group, name: str, style: PlotStyle, *, is_single: bool) -> Entry:
    glyph = group.glyph
    if is_single and not style.is_ascii and group.kind != "scatter":
        glyph = "─" if group.kind == "line" else "▪"
    if group.kind in ("bar", "hist") and not is_single:
        glyph = bar_fill(group, style, is_single=False)
    shown = "" if name == glyph else cut_text(name, _MOST_NAME, ".." if style.is_ascii else "…")
    return Entry(glyph, group.role, shown)


def legend_rows(entries: Sequence[Entry], width: int, note: str, most: int) -> list[list[Entry]]:
    """The entries divided into at most `most` rows; the last entry then counts what is left out."""
    rows: list[list[Entry]] = []
    free = 0
    for entry in entries:
        if not rows or entry.width > free:
            rows.append([])
            free = width - (shown_width(note) + _GAP if len(rows) == 1 and note else 0)
        rows[-1].append(entry)
        free -= entry.width + _GAP
    if not rows and note:
        rows.append([])
    return rows if len(rows) <= most else _shortened(rows, most)


def _shortened(rows: list[list[Entry]], most: int) -> list[list[Entry]]:
    if most <= 0:
        return []
    left = sum(map(len, rows[most:])) + 1
    return [*rows[: most - 1], [*rows[most - 1][:-1], Entry("", "muted", f"and {left} more")]]


def draw_legend(canvas: Canvas, top: int, rows: list[list[Entry]], note: str) -> None:
    """The rows from `top` on, the note at the right end of the first if it has room."""
    for y, row in enumerate(rows, start=top):
        column = 0
        for entry in row:
            _draw_entry(canvas, column, y, entry)
            column += entry.width + _GAP
        start = canvas.width - shown_width(note)
        if note and y == top and start >= (column if row else 0):
            canvas.write(start, y, note, "muted")


def _draw_entry(canvas: Canvas, column: int, row: int, entry: Entry) -> None:
    for n, cell in enumerate(entry.cells):
        canvas.put(column + n, row, cell)
    if not entry.cells:
        canvas.write(column, row, entry.glyph, entry.role)
        start = column + 2 if entry.glyph else column
        canvas.write(start, row, cut_text(entry.name, canvas.width - start), "text")
