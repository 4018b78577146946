"""What the terminal shows now, and the fewest bytes that make it show something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from tui_tutor.tui.terminal.cells import Cell
from tui_tutor.tui.terminal.pen import PLAIN, Pen, can_draw_blank, is_plain_on_blanks, switch_pen

# A row of the screen; None where nobody knows what the terminal shows.
Row: TypeAlias = list[Cell | None]

_LONGEST_BRIDGE: Final = 4  # unchanged cells cheaper to send again than to jump over
_SHORTEST_ERASE: Final = 10  # blanks from which "erase" is shorter than blanks
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
        out = _Encoder(self._width, len(self._rows), erases_with_background=self._erases_with_background)
        self._scroll(wanted, out)
        for y, row in wanted.items():
            out.draw_row(y, self._rows[y], row)
            self._rows[y] = row
        return out.finish()

    def _wanted_rows(self, pieces: Iterable[tuple[int, int, list[Cell]]]) -> dict[int, Row]:
        wanted: dict[int, Row] = {}
        for y, x, cells in pieces:
            if 0 <= y < len(self._rows):
                _overlay(wanted.setdefault(y, list(self._rows[y])), x, cells)
        return {y: row for y, row in sorted(wanted.items()) if row != self._rows[y]}

    def _scroll(self, wanted: dict[int, Row], out: _Encoder) -> None:
        found = find_scroll(self._rows, wanted)
        if found is None:
            return
        top, bottom, shift = found
        out.scroll(top, bottom, shift)
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


def _overlay(row: Row, x: int, cells: Sequence[Cell]) -> None:
    if x < 0:
        cells, x = cells[-x:], 0
    cells = cells[: len(row) - x]
    if not cells:
        return
    end = x + len(cells)
    # Half a wide character is not a character: nobody knows what its other half shows.
    if x > 0 and _is_right_half(row[x]):
        row[x - 1] = None
    if end < len(row) and _is_right_half(row[end]):
        row[end] = None
    row[x:end] = cells


def _is_right_half(cell: Cell | None) -> bool:
    return cell is not None and not cell[0]


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


class _Encoder:
    """Writes the sequences for one update, remembering where the cursor is and what pen it holds."""

    def __init__(self, width: int, height: int, *, erases_with_background: bool) -> None:
        self._width = width
        self._height = height
        self._erases_with_background = erases_with_background
        self._out: list[str] = []
        self._x: int | None = None
        self._y: int | None = None
        self._pen = PLAIN

    def finish(self) -> str:
        """Everything so far; the pen is put down so that others find the terminal's own."""
        self._hold(PLAIN)
        return "".join(self._out)

    def scroll(self, top: int, bottom: int, shift: int) -> None:
        """Move the rows from top to bottom up by `shift` rows, down when it is negative."""
        order = f"{abs(shift)}M" if shift > 0 else f"{abs(shift)}L"
        # Not all agree on where setting and resetting the margins leaves the cursor.
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H\x1b[{order}\x1b[r")
        self._x = self._y = None

    def draw_row(self, y: int, old: Row, new: Row) -> None:
        """Send the cells in which the new row differs from the old."""
        tail = _blank_tail(new)
        x = 0
        while (x := _next_difference(old, new, x)) < self._width:
            while x > 0 and _is_right_half(new[x]):
                x -= 1
            self._go(x, y, new)
            x = self._draw_from(x, y, new, tail)

    def _draw_from(self, x: int, y: int, new: Row, tail: int) -> int:
        cell = new[x]
        assert cell is not None
        if cell[0] == " ":
            count = _equal_run(new, x) if x < tail else self._width - x
            if count >= _SHORTEST_ERASE and self._can_erase(cell[1]):
                return self._erase(x, count, cell[1])
        self._put(cell)
        x += 1
        while x < self._width and _is_right_half(new[x]):
            x += 1
        self._x = x if _has_certain_width(cell[0]) and x < self._width else None
        return x

    def _can_erase(self, pen: Pen) -> bool:
        return is_plain_on_blanks(pen) and (self._erases_with_background or not pen.background)

    def _erase(self, x: int, count: int, pen: Pen) -> int:
        if not can_draw_blank(self._pen, pen):
            self._hold(pen)
        # Erasing leaves the cursor where it is.
        self._out.append("\x1b[K" if x + count >= self._width else f"\x1b[{count}X")
        return x + count

    def _put(self, cell: Cell) -> None:
        text, pen = cell
        if not (text == " " and can_draw_blank(self._pen, pen)):
            self._hold(pen)
        self._out.append(text)

    def _hold(self, pen: Pen) -> None:
        if pen != self._pen:
            self._out.append(switch_pen(self._pen, pen))
            self._pen = pen

    def _go(self, x: int, y: int, new: Row) -> None:
        if (self._x, self._y) == (x, y):
            return
        if y == self._y and self._x is not None and self._bridge(self._x, x, new):
            return
        self._out.append(self._shortest_move(x, y))
        self._x, self._y = x, y

    def _bridge(self, start: int, end: int, new: Row) -> bool:
        """Send the few unchanged cells in between again, when the pen in hand can draw them."""
        between = new[start:end]
        if not 0 < len(between) <= _LONGEST_BRIDGE:
            return False
        texts = [cell[0] for cell in between if cell is not None and self._can_draw(cell)]
        if len(texts) < len(between):
            return False
        self._out.extend(texts)
        return True

    def _can_draw(self, cell: Cell) -> bool:
        text, pen = cell
        if text == " ":
            return can_draw_blank(self._pen, pen)
        return len(text) == 1 and text.isascii() and pen == self._pen

    def _shortest_move(self, x: int, y: int) -> str:
        moves = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if y == self._y:
            moves += self._moves_along(x)
        elif self._y is not None:
            moves += self._moves_down(x, y)
        return min(moves, key=len)

    def _moves_along(self, x: int) -> list[str]:
        if x == 0:
            return ["\r"]
        moves = [f"\x1b[{x + 1}G"]
        if self._x is not None:
            moves += [f"\x1b[{_count(x - self._x)}C"] if x > self._x else ["\b" * (self._x - x)]
        return moves

    def _moves_down(self, x: int, y: int) -> list[str]:
        assert self._y is not None
        down = y - self._y
        if down < 0:
            return []
        # Never from the last row, so a line feed cannot scroll.
        feed = "\r" + "\n" * down
        moves = [feed] if x == 0 else [f"{feed}\x1b[{_count(x)}C"]
        if x == self._x:
            moves.append(f"\x1b[{_count(down)}B")
        return moves


def _count(number: int) -> str:
    return "" if number == 1 else str(number)


def _next_difference(old: Row, new: Row, start: int) -> int:
    for x in range(start, len(new)):
        if new[x] is not None and new[x] != old[x]:
            return x
    return len(new)


def _blank_tail(row: Row) -> int:
    """Where the blanks that end the row begin, all drawn alike; the row's length without any."""
    last = row[-1] if row else None
    x = len(row)
    if last is not None and last[0] == " ":
        while x > 0 and row[x - 1] == last:
            x -= 1
    return x


def _equal_run(row: Row, start: int) -> int:
    end = start
    while end < len(row) and row[end] == row[start]:
        end += 1
    return end - start


def _has_certain_width(text: str) -> bool:
    """Whether all terminals agree on the width: not clusters, not emoji, not characters of private use."""
    return len(text) == 1 and not (0xE000 <= ord(text) < 0xF900 or ord(text) >= 0x1F000)
