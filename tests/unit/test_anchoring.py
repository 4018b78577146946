"""Where the view stands in a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.tui.widgets.anchoring import Anchor, Viewport

HEIGHTS = st.lists(st.integers(1, 40), min_size=1, max_size=12)
VIEWS = st.integers(1, 30)
COUNTS = st.lists(st.integers(-60, 60), max_size=6)


def a_viewport(*heights: int, rows: int = 10) -> Viewport:
    return Viewport(len(heights), rows, heights.__getitem__)


def seen(view: Viewport, anchor: Anchor) -> list[Anchor | None]:
    return list(islice(view.places(anchor), view.rows))


def total_rows(view: Viewport) -> int:
    return sum(view.height(cell) for cell in range(view.cells))


def scrolled(view: Viewport, counts: Sequence[int]) -> Anchor:
    """Where a learner gets who scrolls from the first row on."""
    anchor = Anchor()
    for count in counts:
        anchor = view.scrolled(anchor, count)
    return anchor


def test_cells_stand_one_below_another_with_a_gap_between_them():
    assert seen(a_viewport(2, 1, 1, rows=9), Anchor()) == [
        Anchor(0, 0),
        Anchor(0, 1),
        None,
        Anchor(1, 0),
        None,
        Anchor(2, 0),
    ]


def test_the_gap_counts_to_the_cell_above_it():
    assert seen(a_viewport(2, 1, rows=9), Anchor(0, 2)) == [None, Anchor(1, 0)]


def test_only_cells_near_the_view_are_measured():
    measured = set[int]()

    def rows_of(cell: int) -> int:
        measured.add(cell)
        return 3

    view = Viewport(500, 10, rows_of)
    view.thumb(seen(view, Anchor()))
    view.scrolled(Anchor(), 5)
    view.revealed(Anchor(), 499)
    assert measured <= {*range(12), 497, 498, 499}


@given(HEIGHTS, VIEWS, COUNTS, st.integers(0, 200))
def test_stepping_forth_and_back_leads_to_where_it_began(
    heights: list[int], rows: int, counts: list[int], count: int
):
    view = a_viewport(*heights, rows=rows)
    start = scrolled(view, counts)
    left = len(list(view.places(start)))
    forth = view.stepped(start, min(count, left - 1))
    assert view.stepped(forth, -min(count, left - 1)) == start


@given(HEIGHTS, VIEWS, st.integers(0, 200))
def test_stepping_passes_one_row_at_a_time(heights: list[int], rows: int, count: int):
    view = a_viewport(*heights, rows=rows)
    count = min(count, total_rows(view) - 1)
    assert list(view.places(view.stepped(Anchor(), count))) == list(view.places(Anchor()))[count:]


@given(HEIGHTS, VIEWS, COUNTS)
def test_the_view_never_leaves_the_lesson(heights: list[int], rows: int, counts: list[int]):
    view = a_viewport(*heights, rows=rows)
    assert len(seen(view, scrolled(view, counts))) == min(rows, total_rows(view))


@given(HEIGHTS, VIEWS)
def test_the_end_of_the_lesson_is_as_far_as_scrolling_goes(heights: list[int], rows: int):
    view = a_viewport(*heights, rows=rows)
    assert view.end() == view.scrolled(Anchor(), 10_000)


@given(HEIGHTS, VIEWS, COUNTS, st.integers(0, 11))
def test_a_revealed_cell_is_in_view_as_far_as_it_fits(
    heights: list[int], rows: int, counts: list[int], cell: int
):
    view, cell = a_viewport(*heights, rows=rows), min(cell, len(heights) - 1)
    places = seen(view, view.revealed(scrolled(view, counts), cell))
    assert [place for place in places if place and place.cell == cell] == [
        Anchor(cell, row) for row in range(min(heights[cell], rows))
    ]


@given(HEIGHTS, VIEWS, COUNTS, st.integers(0, 11))
def test_revealing_what_is_in_view_moves_nothing(heights: list[int], rows: int, counts: list[int], cell: int):
    view, cell = a_viewport(*heights, rows=rows), min(cell, len(heights) - 1)
    anchor = view.revealed(scrolled(view, counts), cell)
    assert view.revealed(anchor, cell) == anchor


@given(HEIGHTS, VIEWS, COUNTS, st.integers(0, 11))
def test_the_end_that_is_shown_is_visible(heights: list[int], rows: int, counts: list[int], cell: int):
    view, cell = a_viewport(*heights, rows=rows), min(cell, len(heights) - 1)
    anchor = view.end_shown(scrolled(view, counts), cell)
    assert view.is_end_visible(anchor, cell)
    assert Anchor(cell, heights[cell] - 1) in seen(view, anchor)


@given(HEIGHTS, VIEWS, COUNTS, st.integers(0, 11), st.integers(0, 39))
def test_a_row_that_is_shown_is_in_view(
    heights: list[int], rows: int, counts: list[int], cell: int, row: int
):
    view, cell = a_viewport(*heights, rows=rows), min(cell, len(heights) - 1)
    row = min(row, heights[cell] - 1)
    assert Anchor(cell, row) in seen(view, view.row_shown(scrolled(view, counts), cell, row))


@given(HEIGHTS, VIEWS, COUNTS, st.integers(0, 11))
def test_bringing_into_view_leaves_no_rows_empty(heights: list[int], rows: int, counts: list[int], cell: int):
    view, cell = a_viewport(*heights, rows=rows), min(cell, len(heights) - 1)
    start = scrolled(view, counts)
    anchors = view.revealed(start, cell), view.end_shown(start, cell), view.row_shown(start, cell, 0)
    assert {len(seen(view, anchor)) for anchor in anchors} == {min(rows, total_rows(view))}


@given(HEIGHTS, HEIGHTS, VIEWS, COUNTS)
def test_what_grows_above_moves_nothing_that_is_seen(
    heights: list[int], others: list[int], rows: int, counts: list[int]
):
    view = a_viewport(*heights, rows=rows)
    anchor = scrolled(view, counts)
    grown = [*(others * 12)[: anchor.cell], *heights[anchor.cell :]]
    assert seen(a_viewport(*grown, rows=rows), anchor) == seen(view, anchor)


@given(HEIGHTS, st.integers(2, 30), COUNTS)
def test_the_thumb_stays_in_the_view_and_is_gone_when_all_is_seen(
    heights: list[int], rows: int, counts: list[int]
):
    view = a_viewport(*heights, rows=rows)
    start, size = view.thumb(seen(view, scrolled(view, counts)))
    assert (size == 0) == (total_rows(view) <= rows)
    assert 0 <= start <= start + size <= rows
