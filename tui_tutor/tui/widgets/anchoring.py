"""Where the view stands in a lesson: rows counted from an anchor, so that only what is near is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = 1


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """The first row of the view: row `row` of cell number `cell` (from 0); a cell's gap counts to it."""

    cell: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Viewport:
    """A view of `rows` rows on a lesson of `cells` cells.

    `rows_of(n)` says how many rows cell `n` has without the gap below it, at least one. It is asked only
    for cells between the anchor and what is looked for, because whoever answers must set the cell.
    """

    cells: int
    rows: int
    rows_of: Callable[[int], int]

    def height(self, cell: int) -> int:
        """Rows of a cell with the gap below it; the last one has none."""
        return self.rows_of(cell) + (GAP if cell < self.cells - 1 else 0)

    def places(self, anchor: Anchor) -> Iterator[Anchor | None]:
        """The cell and row of each row from the anchor to the end of the lesson; None for a gap."""
        start = anchor.row
        for cell in range(anchor.cell, self.cells):
            count = self.rows_of(cell)
            for row in range(start, count):
                yield Anchor(cell, row)
            if cell < self.cells - 1:
                if start <= count:
                    yield None
                start = max(0, start - count - GAP)

    def _rows_from(self, anchor: Anchor, most: int) -> int:
        """How many rows there are from the anchor on, counted up to `most`."""
        there = 0
        for _ in self.places(anchor):
            there += 1
            if there >= most:
                break
        return there

    # --- moving ---------------------------------------------------------------------------------

    def stepped(self, anchor: Anchor, count: int) -> Anchor:
        """`count` rows further on; not above the first row of the lesson, nor beyond its last cell."""
        cell, row = anchor.cell, anchor.row + count
        while row < 0 and cell > 0:
            cell -= 1
            row += self.height(cell)
        while row >= self.height(cell) and cell < self.cells - 1:
            row -= self.height(cell)
            cell += 1
        return Anchor(cell, max(0, row))

    def scrolled(self, anchor: Anchor, count: int) -> Anchor:
        """The view moved by rows; down only until the last row of the lesson is in view."""
        if count > 0:
            count = min(count, max(0, self._rows_from(anchor, self.rows + count) - self.rows))
        return self.stepped(anchor, count)

    def end(self) -> Anchor:
        """The last row of the lesson at the bottom of the view."""
        last = self.cells - 1
        return self.stepped(Anchor(last), self.height(last) - self.rows)

    def at_top(self, cell: int) -> Anchor:
        """The cell at the top, or lower where the lesson ends before the view does."""
        there = self._rows_from(Anchor(cell), self.rows)
        return self.stepped(Anchor(cell), there - self.rows) if there < self.rows else Anchor(cell)

    # --- bringing into view ---------------------------------------------------------------------

    def distance(self, anchor: Anchor, cell: int) -> int | None:
        """Rows from the top of the view to a cell's first row, below 0 above it; None beyond two views."""
        far, rows = 2 * self.rows, -anchor.row
        for place in range(anchor.cell, cell):
            rows += self.height(place)
            if rows > far:
                return None
        for place in range(anchor.cell - 1, cell - 1, -1):
            rows -= self.height(place)
            if rows < -far:
                return None
        return rows

    def revealed(self, anchor: Anchor, cell: int) -> Anchor:
        """As much of a cell in view as fits, moving as little as possible."""
        if Anchor(cell) < anchor:
            return Anchor(cell) if self.rows_of(cell) >= self.rows else self.at_top(cell)
        distance = self.distance(anchor, cell)
        if distance is None:
            return self.at_top(cell)
        beyond = distance + min(self.rows_of(cell), self.rows) - self.rows
        return self.stepped(anchor, beyond) if beyond > 0 else anchor

    def is_end_visible(self, anchor: Anchor, cell: int) -> bool:
        """Whether the last row of a cell is in view."""
        distance = self.distance(anchor, cell) if cell >= anchor.cell else None
        return distance is not None and 0 < distance + self.rows_of(cell) <= self.rows

    def end_shown(self, anchor: Anchor, cell: int) -> Anchor:
        """The last row of a cell in view."""
        distance = self.distance(anchor, cell)
        if distance is None:
            anchor = self.at_top(cell)
            distance = self.distance(anchor, cell) or 0
        end = distance + self.rows_of(cell)
        if end <= 0:
            return self.stepped(anchor, end - min(self.rows_of(cell), self.rows))
        return self.stepped(anchor, end - self.rows) if end > self.rows else anchor

    def row_shown(self, anchor: Anchor, cell: int, row: int) -> Anchor:
        """One row of a cell in view."""
        distance = self.distance(anchor, cell)
        if distance is None:
            anchor = self.revealed(anchor, cell)
            distance = self.distance(anchor, cell) or 0
        at = distance + row
        if at < 0:
            return self.stepped(anchor, at)
        return self.stepped(anchor, at - self.rows + 1) if at >= self.rows else anchor

    # --- the scroll thumb -----------------------------------------------------------------------

    def thumb(self, seen: Sequence[Anchor | None]) -> tuple[int, int]:
        """First row and length of the scroll thumb, from the cells' places (not their unknown heights).

        (0, 0) where all of the lesson is in view.
        """
        places = [place for place in seen if place is not None]
        if not places:
            return 0, 0
        top, bottom = self._fraction(places[0], 0), self._fraction(places[-1], 1)
        if top <= 0 and bottom >= self.cells:
            return 0, 0
        size = max(1, round(self.rows * (bottom - top) / self.cells))
        return min(round(self.rows * top / self.cells), self.rows - size), size

    def _fraction(self, place: Anchor, more: int) -> float:
        return place.cell + (place.row + more) / max(1, self.rows_of(place.cell))
