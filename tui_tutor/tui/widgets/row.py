"""One row of a page on the grid of the design: label at column 1, text at column 11, right end at w-3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_tutor.core.prose.lines import Role, Span, cut, merged, width_of
from tui_tutor.tui.glyphs import spans_in_ascii

Spans = tuple[Span, ...]
LABEL_COLUMN = 1
TEXT_COLUMN = 11
RIGHT_MARGIN = 2
WIDEST_TEXT = 76
MOST_PUSHED = 2  # cells; longer labels are cut
DESIGN_END = 70  # below this the right-hand words go before the text is cut


def said(text: str, role: Role = "text") -> Spans:
    """One span; the text is ours or has passed `safe_line`."""
    return (Span(text, role),)


@dataclass(frozen=True, slots=True)
class Stop:
    """A further column: `before_end` cells left of the right end (0: the last text column ends there)."""

    before_end: int
    spans: Spans
    ends_here: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in one row. `start` is the column of the text; `on_panel` lays it on the code panel."""

    label: Spans = ()
    text: Spans = ()
    right: Spans = ()
    stops: tuple[Stop, ...] = ()
    start: int = TEXT_COLUMN
    on_panel: bool = False
    is_rule: bool = False
    is_edge: bool = False


RULE = Row(is_rule=True)
EDGE = Row(is_edge=True)  # the top of a sheet
BLANK = Row()


def text_width(width: int, *, x0: int = 0) -> int:
    """How wide wrapped text may be on a page of this width."""
    return max(1, min(WIDEST_TEXT, width - RIGHT_MARGIN - x0 - TEXT_COLUMN))


def set_row(
    row: Row, width: int, *, x0: int = 0, margin: int = RIGHT_MARGIN, is_ascii: bool = False
) -> Spans:
    """The row as spans that fill exactly `width` cells; what does not fit is cut with `…`."""
    if is_ascii:
        row = _row_in_ascii(row)
    end = max(0, width - margin)
    if row.is_rule:
        rule = "-" if is_ascii else "─"
        return _filled([(x0 + LABEL_COLUMN, said(rule * (end - x0 - LABEL_COLUMN), "rule"))], width)
    if row.is_edge:
        return said(("=" if is_ascii else "▔") * width, "accent")
    mark = ".." if is_ascii else "…"
    return _filled(_placed(row, end, x0, mark), width)


def _placed(row: Row, end: int, x0: int, mark: str) -> list[tuple[int, Spans]]:
    columns = [(end - stop.before_end - (width_of(stop.spans) if stop.ends_here else 0), stop.spans)
               for stop in row.stops]  # fmt: skip
    start = x0 + row.start + _pushed(row)
    wanted = start + width_of(row.text)
    right = row.right
    if right and end - x0 < DESIGN_END and wanted + 2 > min([end, *_firsts(columns)]) - width_of(right):
        right = ()
    if right:
        columns.append((end - width_of(right), right))
    text_end = min([end, *(column - 1 for column in _firsts(columns))])
    label = cut(row.label, max(0, start - x0 - 2) if row.text else max(0, end - x0 - 1), mark=mark)
    return [(x0 + LABEL_COLUMN, label), (start, cut(row.text, max(0, text_end - start), mark=mark)), *columns]


def _pushed(row: Row) -> int:
    """How far a label such as `lesson 778` pushes the text, so that a blank stands between."""
    beyond = LABEL_COLUMN + width_of(row.label) + 1 - row.start
    return beyond if row.label and row.text and 0 < beyond <= MOST_PUSHED else 0


def _firsts(columns: Sequence[tuple[int, Spans]]) -> list[int]:
    return [column for column, spans in columns if spans]


def _filled(placed: Sequence[tuple[int, Spans]], width: int) -> Spans:
    """Lay pieces from left to right, one blank at least between two; pad to the width."""
    row: list[Span] = []
    at = 0
    for column, spans in placed:
        if not spans or column >= width:
            continue
        start = max(column, at)
        row.append(Span(" " * (start - at)))
        fitting = cut(spans, width - start, mark="")
        row.extend(fitting)
        at = start + width_of(fitting)
    row.append(Span(" " * max(0, width - at)))
    return merged(row)


def _row_in_ascii(row: Row) -> Row:
    return replace(
        row,
        label=spans_in_ascii(row.label),
        text=spans_in_ascii(row.text),
        right=spans_in_ascii(row.right),
        stops=tuple(replace(stop, spans=spans_in_ascii(stop.spans)) for stop in row.stops),
    )


def columns(*placed: tuple[int, Spans]) -> Row:
    """A row of several columns, each given by the column of the page where it begins."""
    spans: list[Span] = []
    at = LABEL_COLUMN
    for column, piece in placed:
        start = max(column, at + 1) if at > LABEL_COLUMN else column
        spans += [Span(" " * (start - at)), *piece]
        at = start + width_of(piece)
    return Row(text=merged(spans), start=LABEL_COLUMN)
