"""Points one after the other, with the keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plotting.given import plots, viz
from tui_tutor.core.plotting.axis import View
from tui_tutor.core.plotting.data import Matrix, PlotData, Series
from tui_tutor.core.plotting.inspecting import Found, describe_point, move, nearest
from tui_tutor.core.plotting.viewing import initial_view

VIEW = View((0, 10), (0, 10))
DATA = PlotData("scatter", (Series((1.0, 5.0, 9.0, 5.0, 50.0), (5.0, 5.0, 5.0, 9.0, 5.0)),))


def test_the_first_point_is_the_one_nearest_the_middle():
    assert nearest(DATA, VIEW, None, None) == Found(5, 5, number=2, count=5)


def test_each_direction_finds_the_next_point_that_way():
    found = {way: nearest(DATA, VIEW, 5, 5, way) for way in ("left", "right", "up")}

    assert {way: (point.x, point.y) for way, point in found.items()} == {
        "left": (1, 5),
        "right": (9, 5),
        "up": (5, 9),
    }
    assert nearest(DATA, VIEW, 5, 5, "down") is None


def test_points_outside_the_view_are_not_found():
    assert nearest(DATA, VIEW, 9, 5, "right") is None


def test_cells_of_a_heatmap_are_points_with_a_value():
    data = PlotData("heatmap", matrix=Matrix(((1.0, 2.0), (3.0, 4.0))))

    assert nearest(data, View((-0.5, 1.5), (-0.5, 1.5)), 0, 0, "right") == Found(1, 0, value=2.0, number=2)


def test_a_point_is_described_in_one_line():
    found = Found(1.23456, -2, "run", "digit 7", "img 3", number=14, count=2000)

    assert describe_point(viz(ylabel="loss"), found) == (
        "x 1.235, loss -2 · run · digit 7 · img 3 · point 14 of 2,000"
    )
    assert describe_point(viz("bar"), Found(0, 3, category="red", number=1, count=2)) == (
        "x red, y 3 · point 1 of 2"
    )


def test_the_free_cursor_stops_at_the_edge():
    assert move(VIEW, 9.9, 5, "right", share=0.5) == (10, 5)
    assert move(VIEW, 5, 5, "up", share=0.1) == (5, 6)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(plots, st.sampled_from(["left", "right", "up", "down", "any"]), st.floats(-10, 10), st.floats(-10, 10))
def test_a_step_never_raises_and_goes_the_way_it_says(plot, way, x, y):
    view = initial_view(viz(plot.kind), plot)

    found = nearest(plot, view, x, y, way)

    if found is not None:
        assert {"left": found.x < x, "right": found.x > x, "up": found.y > y, "down": found.y < y}.get(
            way, True
        )
        assert describe_point(viz(plot.kind), found)
