"""A table as aligned columns: the head is muted, nothing is framed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_tutor.core.prose.lines import Line, Span, merged, width_of, wrap

GAP = 2
NARROWEST_COLUMN = 4


def table_lines(rows: Sequence[Sequence[tuple[Span, ...]]], width: int) -> Iterator[Line]:
    """Rows of cells set in columns; cells too wide for their column are wrapped."""
    count = max((len(row) for row in rows), default=0)
    if not count:
        return
    if count * NARROWEST_COLUMN + GAP * (count - 1) > width:
        yield from _one_under_another(rows, width)
        return
    widths = _widths(rows, count, width)
    for row in rows:
        yield from _row(row, widths)


def _widths(rows: Sequence[Sequence[tuple[Span, ...]]], count: int, width: int) -> list[int]:
    """Each column as wide as its widest cell; the widest columns give way until all fit."""
    widths = [
        max([NARROWEST_COLUMN, *(width_of(row[column]) for row in rows if column < len(row))])
        for column in range(count)
    ]
    room = width - GAP * (count - 1)
    while (excess := sum(widths) - room) > 0:
        widest = max(widths)
        second = max([w for w in widths if w < widest], default=NARROWEST_COLUMN)
        shared = widths.count(widest)
        step = max(1, min(widest - max(second, NARROWEST_COLUMN), -(-excess // shared)))
        for column, size in enumerate(widths):
            if size == widest and excess > 0:
                widths[column] -= min(step, excess)
                excess -= step
    return widths


def _row(row: Sequence[tuple[Span, ...]], widths: Sequence[int]) -> Iterator[Line]:
    cells = [wrap(row[column] if column < len(row) else (), size) for column, size in enumerate(widths)]
    for number in range(max(len(cell) for cell in cells)):
        spans: list[Span] = []
        for cell, size in zip(cells, widths, strict=True):
            part = cell[number] if number < len(cell) else ()
            spans += [*part, Span(" " * (size - width_of(part) + GAP))]
        yield Line(_without_trailing_blanks(merged(spans)))


def _without_trailing_blanks(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    if not spans:
        return spans
    last = Span(spans[-1].text.rstrip(), spans[-1].role)
    return (*spans[:-1], last) if last.text else _without_trailing_blanks(spans[:-1])


def _one_under_another(rows: Sequence[Sequence[tuple[Span, ...]]], width: int) -> Iterator[Line]:
    for row in rows:
        for cell in row:
            yield from (Line(part) for part in wrap(cell, width))
