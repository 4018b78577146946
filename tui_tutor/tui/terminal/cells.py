"""Textual's strips as terminal cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import split_graphemes

from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui.terminal.pen import PLAIN, Pen, blank_pen, parse_pen

if TYPE_CHECKING:
    from rich.color import ColorSystem
    from rich.style import Style
    from textual.strip import Strip

# One column: what is written there and how. The right half of a wide character holds "".
Cell: TypeAlias = tuple[str, Pen]

_SAFE_LINK: Final = re.compile(r"[!-~]+")


def pen_of(style: Style | None, color_system: ColorSystem, *, colourless: bool) -> Pen:
    """The pen a style asks for; a link with anything but printable ASCII is left out."""
    if style is None:
        return PLAIN
    codes = style._ansi
    if codes is None:
        from textual.strip import Strip

        codes = Strip.render_ansi(style, color_system)
    link = style.link
    safe_link = link if link and _SAFE_LINK.fullmatch(link) else ""
    return parse_pen(codes, safe_link, colourless=colourless)


def cells_of(strip: Strip, color_system: ColorSystem, *, colourless: bool) -> list[Cell]:
    """One cell for each column of the strip."""
    cells: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        pen = pen_of(style, color_system, colourless=colourless)
        if text.isascii() and text.isprintable():
            blank = (" ", blank_pen(pen))
            cells += [blank if character == " " else (character, pen) for character in text]
        else:
            _add_graphemes(cells, text, pen)
    return cells


def _add_graphemes(cells: list[Cell], text: str, pen: Pen) -> None:
    blank = (" ", blank_pen(pen))
    for start, end, width in split_graphemes(text)[0]:
        cluster = text[start:end]
        if width == 0:
            _combine(cells, cluster)
            continue
        if not cluster.isprintable():
            cluster = _without_controls(cluster)
        cells.append(blank if cluster == " " else (cluster, pen))
        cells += [("", pen)] * (width - 1)


def _combine(cells: list[Cell], mark: str) -> None:
    """Join a mark of no width to the character before it; a control character has no width and is dropped."""
    if not mark.isprintable() and safe_line(mark) != mark:
        return
    at = len(cells) - 1
    while at >= 0 and not cells[at][0]:
        at -= 1
    if at >= 0:
        cells[at] = (cells[at][0] + mark, cells[at][1])


def _without_controls(cluster: str) -> str:
    kept = [
        character for character in cluster if character.isprintable() or safe_line(character) == character
    ]
    return "".join(kept) or "\N{REPLACEMENT CHARACTER}"
