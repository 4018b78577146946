"""Changed rows as the shortest escape sequences we know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from tui_tutor.tui.terminal.cells import Cell
from tui_tutor.tui.terminal.pen import PLAIN, Pen, can_draw_blank, is_plain_on_blanks, switch_pen

# A row of the screen; None where nobody knows what the terminal shows.
Row: TypeAlias = list[Cell | None]
# A row's number, what the terminal shows there and what it is to show.
Change: TypeAlias = tuple[int, Row, Row]

_LONGEST_BRIDGE: Final = 4  # unchanged cells cheaper to send again than to jump over
_SHORTEST_ERASE: Final = 10  # blanks from which "erase" is shorter than blanks
_WORTH_SORTING: Final = 1_000  # bytes from which another order may save some


def encode(changes: Sequence[Change], size: tuple[int, int], *, erases_with_background: bool) -> str:
    """What to send for the changes on a screen of this width and height.

    Pens are put down at the end. Where colours alternate, switching between them costs more than coming back
    for the second colour later; so a long update is tried in both orders.
    """
    direct = _encode(changes, size, erases_with_background)
    if len(direct) < _WORTH_SORTING:
        return direct
    return min(direct, _encode(sort_by_pen(changes), size, erases_with_background), key=len)


def _encode(changes: Sequence[Change], size: tuple[int, int], erases_with_background: bool) -> str:
    out = _Encoder(*size, erases_with_background=erases_with_background)
    for change in changes:
        out.draw_row(*change)
    return out.finish()


def sort_by_pen(changes: Sequence[Change]) -> list[Change]:
    """The same changes as more and smaller ones, pen after pen; blanks first, for they may erase.

    Rows with wide characters stay whole: nobody knows what half of one shows.
    """
    sorted_changes = [change for change in changes if _has_wide(change)]
    changes = [change for change in changes if not _has_wide(change)]
    wanted: dict[Pen, dict[int, list[int]]] = {}
    for at, (_, old, new) in enumerate(changes):
        for x, pen in _changed_cells(old, new):
            wanted.setdefault(pen, {}).setdefault(at, []).append(x)
    shown = [old for _, old, _ in changes]
    for pen in sorted(wanted, key=lambda pen: bool(pen.foreground or pen.attributes or pen.link)):
        for at, columns in wanted[pen].items():
            y, _, new = changes[at]
            row = _with_cells(shown[at], new, columns, pen)
            sorted_changes.append((y, shown[at], row))
            shown[at] = row
    return sorted_changes


def _has_wide(change: Change) -> bool:
    _, old, new = change
    return any(is_right_half(cell) for row in (old, new) for cell in row)


def _changed_cells(old: Row, new: Row) -> list[tuple[int, Pen]]:
    """The columns that differ, each with the pen to draw it; short blanks go with what is before."""
    changed: list[tuple[int, Pen]] = []
    before: Pen | None = None
    blanks = 0
    for x, cell in enumerate(new):
        if cell is None:
            before = None
            continue
        text, pen = cell
        blanks = blanks + 1 if text == " " else 0
        if 0 < blanks < _SHORTEST_ERASE and before is not None and can_draw_blank(before, pen):
            pen = before
        if cell != old[x]:
            changed.append((x, pen))
        before = pen
    return changed


def _with_cells(shown: Row, new: Row, columns: Sequence[int], pen: Pen) -> Row:
    """The row with these columns drawn; what lies in short gaps between is drawn over later anyway."""
    row = list(shown)
    last = -_LONGEST_BRIDGE
    for x in columns:
        gap = range(last + 1, x)
        if 0 < len(gap) <= _LONGEST_BRIDGE and all(_is_pending(row[g], new[g]) for g in gap):
            for g in gap:
                cell = new[g]
                assert cell is not None
                row[g] = (cell[0], pen) if cell[0] != " " else cell
        row[x] = new[x]
        last = x
    return row


def _is_pending(shown: Cell | None, new: Cell | None) -> bool:
    return new is not None and shown != new and len(new[0]) == 1 and new[0].isascii() and new[0] != " "


def is_right_half(cell: Cell | None) -> bool:
    """Whether a wide character covers this column from the one before."""
    return cell is not None and not cell[0]


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

    def draw_row(self, y: int, old: Row, new: Row) -> None:
        """Send the cells in which the new row differs from the old."""
        tail = _blank_tail(new)
        x = 0
        while (x := _next_difference(old, new, x)) < self._width:
            while x > 0 and is_right_half(new[x]):
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
        while x < self._width and is_right_half(new[x]):
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
            self._x = x  # what follows may erase, which does not move the cursor
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
