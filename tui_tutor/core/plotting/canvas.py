"""A grid of terminal cells that plots are drawn on, and the runs of text it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. `role` names a colour of the theme; `fg` and `bg` (0xRRGGBB) go before it.

    Roles: `text`, `muted`, `axis`, `ghost`, `cursor` (reverse), `image`, `class-0` .. `class-5`,
    `line-0` .. `line-5`.
    """

    text: str
    role: str = "text"
    fg: int | None = None
    bg: int | None = None


class Cell(NamedTuple):
    """One column of one row; `char` is empty right of a wide character."""

    char: str = " "
    role: str = "text"
    fg: int | None = None
    bg: int | None = None


BLANK = Cell()


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    # Characters that may join their neighbours are left out: their width depends on the terminal.
    if 0x1F1E6 <= ord(char) <= 0x1F1FF or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return 0
    return cell_len(char)


def shown_width(text: str) -> int:
    """How many columns `Canvas.write` takes for this text."""
    return sum(map(_columns, text))


def cut_text(text: str, width: int, mark: str = "…") -> str:
    """The text, ended by `mark` where it is wider than `width` columns."""
    if shown_width(text) <= width:
        return text
    room, kept = width - len(mark), ""
    for char in text:
        if _columns(char) > room:
            break
        room -= _columns(char)
        kept += char
    return (kept.rstrip() + mark)[: max(width, 0)] if width >= len(mark) else mark[: max(width, 0)]


@dataclass(slots=True)
class Canvas:
    """`height` rows of `width` cells; whatever is written outside is dropped.

    An ASCII canvas shows `?` for every other character of names and messages.
    """

    width: int
    height: int
    is_ascii: bool = False
    rows: list[list[Cell]] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = [[BLANK] * self.width for _ in range(self.height)]

    def put(self, column: int, row: int, cell: Cell) -> None:
        """Set one cell."""
        if 0 <= row < self.height and 0 <= column < self.width:
            self.rows[row][column] = cell

    def write(self, column: int, row: int, text: str, role: str = "text") -> None:
        """Write text from a column on; a wide character that would not fit is left out."""
        if not 0 <= row < self.height:
            return
        for char in text:
            columns = _columns(char)
            if columns and column >= 0 and column + columns <= self.width:
                shown = "?" if self.is_ascii and not char.isascii() else char
                self.rows[row][column] = Cell(shown, role)
                if columns == 2:
                    self.rows[row][column + 1] = Cell(" " if shown == "?" else "", role)
            column += columns

    def lines(self) -> tuple[tuple[Run, ...], ...]:
        """The rows as runs of one look, each row exactly `width` columns wide."""
        return tuple(tuple(_runs(row)) for row in self.rows)


def _runs(row: list[Cell]) -> Iterator[Run]:
    text, look = "", None
    for char, role, fg, bg in row:
        here = ("text" if char == " " and bg is None and role != "cursor" else role, fg, bg)
        if here != look and char:
            if look is not None:
                yield Run(text, *look)
            text, look = "", here
        text += char
    if look is not None:
        yield Run(text, *look)
