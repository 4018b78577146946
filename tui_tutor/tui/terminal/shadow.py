"""What the terminal shows now, and the fewest bytes that make it show something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from tui_tutor.tui.terminal.cells import Cell
from tui_tutor.tui.terminal.encoding import Row, encode, is_right_half
from tui_tutor.tui.terminal.pen import PLAIN

_SCROLL_PAYS: Final = 150  # cells that scrolling must save before it is used
_SCROLLBAR: Final = 2  # columns at the right that may differ in rows that have moved


class Shadow:
    """The screen as the terminal shows it."""

    def __init__(self, *, erases_with_background: bool = False) -> None:
        self._rows: list[Row] = []
        self._width = 0
        self._erases_with_background = erases_with_background

    def forget(self) -> None:
        """Whatever the terminal shows now, it is unknown: the next update is sent in full."""
        self._rows = []

    def resize(self, width: int, height: int) -> None:
        """Fit a screen of this size; another size than before makes everything unknown."""
        if (width, height) != (self._width, len(self._rows)):
            self._width = width
            self._rows = [[None] * width for _ in range(height)]

    def paint(self, pieces: Iterable[tuple[int, int, list[Cell]]]) -> str:
        """Show (row, column, cells) pieces; return what to send to the terminal for it."""
        wanted = self._wanted_rows(pieces)
        if not wanted:
            return ""
        scroll = self._scroll(wanted)
        size = (self._width, len(self._rows))
        changes = [(y, self._rows[y], row) for y, row in wanted.items()]
        for y, row in wanted.items():
            self._rows[y] = row
        return scroll + encode(changes, size, erases_with_background=self._erases_with_background)

    def _wanted_rows(self, pieces: Iterable[tuple[int, int, list[Cell]]]) -> dict[int, Row]:
        wanted: dict[int, Row] = {}
        for y, x, cells in pieces:
            if 0 <= y < len(self._rows):
                _overlay(wanted.setdefault(y, list(self._rows[y])), x, cells)
        return {y: row for y, row in sorted(wanted.items()) if row != self._rows[y]}

    def _scroll(self, wanted: dict[int, Row]) -> str:
        found = find_scroll(self._rows, wanted)
        if found is None:
            return ""
        top, bottom, shift = found
        block = self._rows[top : bottom + 1]
        unknown: list[Row] = [[None] * self._width for _ in range(abs(shift))]
        moved = block[shift:] + unknown if shift > 0 else unknown + block[:shift]
        before = self._rows
        self._rows = [*before[:top], *moved, *before[bottom + 1 :]]
        for y in range(top, bottom + 1):
            # A row nobody asked to change must come back to what it was.
            wanted.setdefault(y, before[y])
        for y in sorted(wanted):
            wanted[y] = wanted.pop(y)
        order = f"{shift}M" if shift > 0 else f"{-shift}L"
        return f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H\x1b[{order}\x1b[r"


def _overlay(row: Row, x: int, cells: Sequence[Cell]) -> None:
    if x < 0:
        cells, x = cells[-x:], 0
    cells = cells[: len(row) - x]
    if not cells:
        return
    end = x + len(cells)
    # Half a wide character is not a character: nobody knows what its other half shows.
    if x > 0 and is_right_half(row[x]):
        row[x - 1] = None
    if end < len(row) and is_right_half(row[end]):
        row[end] = None
    row[x:end] = cells


def find_scroll(rows: Sequence[Row], wanted: dict[int, Row]) -> tuple[int, int, int] | None:
    """The (top row, bottom row, rows upward) move after which fewest cells differ, if it pays."""
    if len(wanted) < 4:
        return None
    votes = _vote(rows, wanted)
    if not votes:
        return None
    shift, count = votes.most_common(1)[0]
    if count < 3:
        return None
    moved = [y for y in wanted if 0 <= y + shift < len(rows) and _body(rows[y + shift]) == _body(wanted[y])]
    top, bottom = min(moved), max(moved)
    top, bottom = (top, bottom + shift) if shift > 0 else (top + shift, bottom)
    return (top, bottom, shift) if _saving(rows, wanted, top, bottom, shift) > _SCROLL_PAYS else None


def _body(row: Row) -> tuple[Cell | None, ...]:
    return tuple(row[:-_SCROLLBAR])


def _vote(rows: Sequence[Row], wanted: dict[int, Row]) -> Counter[int]:
    """How many rows would be in place after each move; rows that look alike do not vote."""
    places: dict[tuple[Cell | None, ...], list[int]] = {}
    for y, row in enumerate(rows):
        places.setdefault(_body(row), []).append(y)
    votes: Counter[int] = Counter()
    for y, row in wanted.items():
        found = places.get(_body(row), [])
        if len(found) == 1 and found[0] != y:
            votes[found[0] - y] += 1
    return votes


def _saving(rows: Sequence[Row], wanted: dict[int, Row], top: int, bottom: int, shift: int) -> int:
    saved = 0
    for y in range(top, bottom + 1):
        row = wanted.get(y, rows[y])
        source = y + shift
        moved = _differing(rows[source], row) if top <= source <= bottom else len(row)
        saved += _differing(rows[y], row) - moved
    return saved


def _differing(old: Row, new: Row) -> int:
    return 0 if old == new else sum(map(tuple.__ne__, _known(old), _known(new)))


def _known(row: Row) -> list[Cell]:
    return [cell or ("", PLAIN) for cell in row]
