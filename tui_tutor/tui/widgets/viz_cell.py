"""A viz cell: caption and facts on one line, the drawing below, what the point under the cursor is."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.style import Style

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.core.plotting.drawing import PlotStyle, Run, draw, preferred_height
from tui_tutor.core.prose import inline_spans, wrap
from tui_tutor.core.prose.lines import Span
from tui_tutor.tui.theme import PALETTES, class_style, style_of
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece, pieces_width
from tui_tutor.tui.widgets.cell_view import View

DESIGN_WIDTH: Final = 80
"""Narrower windows leave out what is said at the right first."""
SHORTEST: Final = 9
TALLEST: Final = 25
MOST_OF_VIEW: Final = 0.55
MOST_WITH_CLASSES: Final = 0.75
"""Classes that lie close together need more room to be told apart."""


def viz_rows(cell: VizCell, view: View) -> tuple[CellRow, ...]:
    """The rows of a viz cell as it stands."""
    state, frame = view.state(cell), view.frame
    rows = _caption(cell, view)
    if state.plot is None:
        words = "nothing to draw yet: run the cells above"
        return (*rows, CellRow(pieces=(frame.piece(words, "muted"),)))
    if state.plot.error:
        mark = frame.piece("✗ ", "alarm")
        lines = wrap((Span(state.plot.error),), frame.text_width - 2)
        drawn = [
            CellRow(pieces=(mark if n == 0 else ("  ", Style()), *frame.pieces(line)))
            for n, line in enumerate(lines)
        ]
        return (*rows, *drawn)
    height = plot_height(cell, state.plot, frame, view.view_rows)
    drawing = draw(
        cell,
        state.plot,
        width=frame.text_width,
        height=height,
        style=plot_style(frame),
        ghost=state.ghost,
        view=view.ui.view,
        cursor=view.ui.cursor,
        note=f"drawn after {state.plotted_after}" if state.plotted_after else "",
    )
    rows += [CellRow(pieces=_pieces(line, frame), target="plot") for line in drawing.lines]
    rows += _inspection(view)
    return tuple(rows)


def plot_style(frame: Frame) -> PlotStyle:
    return PlotStyle(is_ascii=frame.look.is_ascii, has_color=frame.look.theme in PALETTES)


def plot_height(cell: VizCell, data: PlotData, frame: Frame, view_rows: int) -> int:
    """About half the view, within reason; the same while the window stays the same."""
    share = MOST_WITH_CLASSES if cell.label or cell.color else MOST_OF_VIEW
    wanted = max(SHORTEST, min(TALLEST, int(view_rows * share)))
    return preferred_height(cell, data, frame.text_width, wanted)


def _caption(cell: VizCell, view: View) -> list[CellRow]:
    frame, state = view.frame, view.state(cell)
    words = view.words(cell)
    facts = (frame.piece(state.plot.facts, "muted"),) if state.plot is not None and state.plot.facts else ()
    right = words or facts
    if right is facts and facts and frame.width < DESIGN_WIDTH:
        right = ()
    said = state.plot.facts if state.plot is not None and right else ""
    caption = caption_beside(cell.caption or cell.title or cell.plot, said)
    taken = pieces_width(right) + 2 if right else 0
    lines = _beside(inline_spans(caption), frame.text_width, taken)
    head = CellRow(view.main_label(cell), frame.pieces(lines[0]), right)
    return [head, *(CellRow(pieces=frame.pieces(line)) for line in lines[1:])]


def _beside(spans: tuple[Span, ...], width: int, taken: int) -> tuple[tuple[Span, ...], ...]:
    """Lines of which only the first leaves `taken` columns free at its right end."""
    first, *rest = wrap(spans, max(20, width - taken))
    if not rest:
        return (first,)
    later = [span for line in rest for span in (*line, Span(" "))]
    return (first, *wrap(later[:-1], width))


def caption_beside(caption: str, facts: str) -> str:
    """The caption without a last bracket that says what the facts at its right say already."""
    head, bracket, tail = caption.rstrip(". ").rpartition(" (")
    is_said = bracket and tail.rstrip(")").replace(",", " ·") == facts
    return head if is_said else caption


def _inspection(view: View) -> list[CellRow]:
    ui, frame = view.ui, view.frame
    lines = wrap((Span(ui.said),), frame.text_width)
    rows = [
        CellRow(frame.label("point") if n == 0 else (), frame.pieces(line)) for n, line in enumerate(lines)
    ]
    rows = rows if ui.said else []
    if ui.picked is None:
        return rows
    if ui.picked.error or not ui.picked.images:
        return [*rows, CellRow(frame.label("picked"), (frame.piece(ui.picked.error or "no image", "muted"),))]
    cell = VizCell(kind="viz", plot="image", data="picked")
    height = preferred_height(cell, ui.picked, frame.text_width, 16)
    drawing = draw(cell, ui.picked, width=frame.text_width, height=height, style=plot_style(frame))
    return [*rows, *(CellRow(pieces=_pieces(line, frame)) for line in drawing.lines)]


def _pieces(line: tuple[Run, ...], frame: Frame) -> tuple[Piece, ...]:
    return tuple((run.text, run_style(run.role, run.fg, run.bg, frame.look.theme)) for run in line)


@lru_cache(maxsize=65_536)
def run_style(role: str, fg: int | None, bg: int | None, theme: str) -> Style:
    """The look of one run of a drawing in a theme."""
    if theme not in PALETTES:
        return Style(reverse=True) if role == "cursor" else Style(dim=None)
    if fg is not None or bg is not None:
        return Style(color=_hex(fg), bgcolor=_hex(bg))
    if role.startswith(("class-", "line-")):
        return class_style(int(role.rpartition("-")[2]), theme)
    if role == "cursor":
        return Style(reverse=True, bold=True)
    if role == "ghost":
        return Style(color=PALETTES[theme].ghost)
    return style_of("rule" if role == "axis" else "muted" if role == "muted" else "text", theme)


def _hex(color: int | None) -> str | None:
    return None if color is None else f"#{color:06x}"
