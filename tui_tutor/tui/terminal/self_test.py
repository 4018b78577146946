"""Draws a known screen in Textual's way and in ours, and compares every cell."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from tui_tutor.tui.terminal.emulator import Emulator

if TYPE_CHECKING:
    from textual.strip import Strip

_WIDTH: Final = 24
_HEIGHT: Final = 12
_WORDS: Final = ("if x:", " " * 7, "你好", "e\u0301", "┃", " ", "print(1)", "⣿")
_LOOKS: Final = (
    Style.parse("#ff8800 on #101010"),
    Style.parse("bold #ffffff on #101010"),
    Style.parse("reverse"),
    Style.parse("underline #00ff00 on #202020"),
    Style(),
)


def draws_alike() -> bool:
    """Whether our drawing, update by update, leaves the screen that Textual's leaves."""
    try:
        return _compare()
    except Exception:  # noqa: BLE001 - any surprise in private code means: do not use it
        return False


def _compare() -> bool:
    from textual._compositor import ChopsUpdate, LayoutUpdate

    from tui_tutor.tui.terminal.frugal import Drawing

    console = Console(color_system="truecolor", force_terminal=True, _environ={})
    ours = Drawing(colourless=False, erases_with_background=True)
    theirs, mine = Emulator(_WIDTH, _HEIGHT), Emulator(_WIDTH, _HEIGHT)
    for update in _updates():
        theirs.feed(update.render_segments(console))
        is_chops = isinstance(update, ChopsUpdate)
        assert is_chops or isinstance(update, LayoutUpdate)
        mine.feed(ours.chops(update, console) if is_chops else ours.layout(update, console))
        if mine.shown() != theirs.shown():
            return False
    return True


def _updates() -> list[Any]:
    from textual._compositor import ChopsUpdate, LayoutUpdate
    from textual.geometry import Region

    region = Region(0, 0, _WIDTH, _HEIGHT)
    rows = [_strip(seed, _WIDTH) for seed in range(_HEIGHT + 2)]
    left, right = _strip(3, 10), _strip(5, _WIDTH - 10)
    chops: list[dict[int, Strip | None]] = [{0: left, 10: right} for _ in range(_HEIGHT)]
    ends = [[10, _WIDTH] for _ in range(_HEIGHT)]
    return [
        LayoutUpdate([[row] for row in rows[:_HEIGHT]], region),
        ChopsUpdate(chops, [(1, 0, 10), (3, 4, _WIDTH), (4, 0, _WIDTH)], ends),
        LayoutUpdate([[row] for row in rows[2:]], region),
    ]


def _strip(seed: int, width: int) -> Strip:
    from textual.strip import Strip

    words = islice(cycle(_WORDS), seed, seed + 9)
    looks = islice(cycle(_LOOKS), seed * 2, None)
    segments = [Segment(word, look) for word, look in zip(words, looks, strict=False)]
    return Strip(segments).adjust_cell_length(width, _LOOKS[seed % len(_LOOKS)])
