"""Drawing that sends only the cells that changed, instead of whole widgets for one keystroke.

Two methods of Textual's compositor are replaced. They are private, so the replacement is used only with the
Textual it was written for and after it has drawn a known screen just as Textual draws it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.color import ColorSystem

from tui_tutor.tui.terminal.cells import Cell, cells_of
from tui_tutor.tui.terminal.colour import is_colourless
from tui_tutor.tui.terminal.shadow import Shadow

if TYPE_CHECKING:
    from rich.console import Console
    from textual._compositor import ChopsUpdate, InlineUpdate, LayoutUpdate
    from textual.app import App

FRUGAL: Final = "frugal"
STOCK: Final = "stock"
_TEXTUAL: Final = ((8, 2, 8), (8, 3))  # from, up to but not with
_ERASING_TERMINALS: Final = (
    "xterm",
    "tmux",
    "kitty",
    "alacritty",
    "foot",
    "wezterm",
    "konsole",
    "vte",
    "linux",
    "rxvt",
)


class Drawing:
    """The two replacements and the screen they share."""

    def __init__(self, *, colourless: bool, erases_with_background: bool) -> None:
        self._colourless = self._began_colourless = colourless
        self.shadow = Shadow(erases_with_background=erases_with_background)

    def adapt(self, *, colourless: bool, erases_with_background: bool) -> None:
        """Draw for another terminal; a session begun without colours stays without."""
        self._colourless = self._began_colourless or colourless
        self.shadow = Shadow(erases_with_background=erases_with_background)

    def layout(self, update: LayoutUpdate, console: Console) -> str:
        """Stand in for `LayoutUpdate.render_segments`: the whole screen."""
        region = update.region
        self.shadow.resize(region.right, region.bottom)
        return self.shadow.paint(self._layout_pieces(update, console))

    def chops(self, update: ChopsUpdate, console: Console) -> str:
        """Stand in for `ChopsUpdate.render_segments`: some spans of some rows."""
        self.shadow.resize(max(ends[-1] for ends in update.chop_ends), len(update.chop_ends))
        return self.shadow.paint(self._chops_pieces(update, console))

    def _cells(self, strip: Any, console: Console) -> list[Cell]:
        color_system = console._color_system or ColorSystem.TRUECOLOR
        return cells_of(strip, color_system, colourless=self._colourless)

    def _layout_pieces(self, update: LayoutUpdate, console: Console) -> Iterator[tuple[int, int, list[Cell]]]:
        for y, line in enumerate(update.strips, update.region.y):
            row = [cell for strip in line for cell in self._cells(strip, console)]
            yield y, update.region.x, row

    def _chops_pieces(self, update: ChopsUpdate, console: Console) -> Iterator[tuple[int, int, list[Cell]]]:
        for y, x1, x2 in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= x2 and end > x1:
                    inside = strip if end <= x2 else strip.crop(0, x2 - x)
                    yield y, x, self._cells(inside, console)


_installed: list[Drawing] = []  # none or one


def install(wish: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """Replace Textual's drawing; return "frugal", or "stock" and in brackets why not.

    `wish` is the setting ("frugal" or "stock"); TUI_TUTOR_DRAWING goes before it.
    """
    if _installed:
        return FRUGAL
    if (environ.get("TUI_TUTOR_DRAWING") or wish) == STOCK:
        return f"{STOCK} (as asked)"
    reason = _objection()
    if reason:
        return f"{STOCK} ({reason})"
    drawing = Drawing(colourless=is_colourless(environ), erases_with_background=_can_erase(environ))
    _replace(drawing)
    _installed.append(drawing)
    return FRUGAL


def forget() -> None:
    """The terminal may show anything now: send the next update in full."""
    for drawing in _installed:
        drawing.shadow.forget()


def adapt(environ: Mapping[str, str]) -> None:
    """Draw from now on for the terminal of this environment, of which nothing is known."""
    for drawing in _installed:
        drawing.adapt(colourless=is_colourless(environ), erases_with_background=_can_erase(environ))


def redraw(app: App[Any]) -> None:
    """Draw the whole screen anew, as Ctrl+L does."""
    forget()
    app.refresh()


def _can_erase(environ: Mapping[str, str]) -> bool:
    """Whether erased cells take the background in hand; screen and older terminals use their own."""
    return environ.get("TERM", "").startswith(_ERASING_TERMINALS)


def _objection() -> str | None:
    from textual import __version__

    version = tuple(int(part) for part in __version__.split(".")[:3] if part.isdigit())
    if not _TEXTUAL[0] <= version < _TEXTUAL[1]:
        return f"written for Textual 8.2.8, found {__version__}"
    from tui_tutor.tui.terminal.self_test import draws_alike

    return None if draws_alike() else "the self-test failed"


def _replace(drawing: Drawing) -> None:
    from textual import _compositor

    _replace_methods(_compositor, drawing)


def _replace_methods(compositor: Any, drawing: Drawing) -> None:
    def layout(update: LayoutUpdate, console: Console) -> str:
        return drawing.layout(update, console)

    def chops(update: ChopsUpdate, console: Console) -> str:
        return drawing.chops(update, console)

    def inline(update: InlineUpdate, console: Console) -> str:
        # Inline updates move relative to the cursor; the shadow cannot follow them.
        drawing.shadow.forget()
        sent: str = stock_inline(update, console)
        return sent

    stock_inline = compositor.InlineUpdate.render_segments
    compositor.InlineUpdate.render_segments = inline
    compositor.LayoutUpdate.render_segments = layout
    compositor.ChopsUpdate.render_segments = chops
