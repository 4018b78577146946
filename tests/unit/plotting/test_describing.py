"""Plots in words."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.unit.plotting.given import cells, plots, viz
from tui_tutor.core.plotting.data import (
    Image,
    Matrix,
    PlotData,
    Series,
    plot_data_as_json,
    plot_data_from_json,
)
from tui_tutor.core.plotting.describing import describe, table


def test_a_scatter_is_its_number_centre_and_spread_for_both_runs():
    now = PlotData("scatter", (Series((0.0, 2.0), (1.0, 1.0)),))
    before = PlotData("scatter", (Series((5.0,), (5.0,)),))

    assert describe(viz(ghost=True), now, before) == (
        "                   points   centre       spread",
        "  this run              2   1.00, 1.00   1.41, 0.00",
        "  the run before        1   5.00, 5.00   0.00, 0.00",
    )


def test_each_class_has_a_row():
    data = PlotData("scatter", (Series((0.0, 2.0), (1.0, 1.0), classes=("b", "a")),))

    assert [line.split()[0] for line in describe(viz(), data)] == ["points", "a", "b"]


def test_a_line_is_its_lowest_highest_and_last_value():
    data = PlotData("line", (Series((0.0, 1.0, 2.0), (3.0, 1.0, 2.0), "loss"),))

    assert describe(viz("line"), data) == (
        "         points   lowest   highest   last",
        "  loss        3        1         3      2",
    )


def test_bars_are_listed():
    data = PlotData("bar", (Series((0.0, 1.0), (3.0, -1.5), categories=("red", "green")),))

    assert describe(viz("bar"), data) == ("          value", "  red         3", "  green    -1.5")


def test_bins_are_listed_with_their_edges():
    data = PlotData("hist", (Series((0.5, 1.5), (3.0, 4.0)),))

    assert describe(viz("hist"), data) == ("           count", "  0 to 1       3", "  1 to 2       4")


def test_many_bins_are_counted_together():
    data = PlotData("hist", (Series(tuple(n + 0.5 for n in range(100)), (1.0,) * 100),))

    lines = describe(viz("hist"), data)

    assert len(lines) <= 13
    assert lines[1].split() == ["0", "to", "9", "9"]


def test_a_heatmap_is_its_size_range_and_extremes():
    data = PlotData("heatmap", matrix=Matrix(((0.0, 1.0), (2.0, 5.0))))

    assert describe(viz("heatmap"), data) == (
        "2 rows x 2 columns, values 0 to 5, mean 2.",
        "Lowest at row 1, column 1, highest at row 2, column 2.",
        "Row 1 is at the bottom.",
    )


def test_an_image_is_its_size_and_brightness():
    data = PlotData("image", images=(Image(2, 1, (0, 255)),), total=1)

    assert describe(viz("image"), data) == ("grey image of 2 x 1 pixels, mean 50% bright.",)


def test_an_error_is_said():
    assert describe(viz(), PlotData("scatter", error="x has 2 values.")) == ("x has 2 values.",)


def test_the_table_lists_points_and_counts_the_rest():
    data = PlotData("scatter", (Series((0.0, 1.0, 2.0), (5.0, None, 7.0)),), total=30)

    assert table(viz(ylabel="loss"), data, limit=2) == (
        "     x   loss",
        "     0      5",
        "     1   none",
        "  and 28 more",
    )


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), plots)
def test_words_fit_a_line_and_always_say_something(data, plot):
    cell = data.draw(cells(plot.kind))
    plot = plot_data_from_json(plot_data_as_json(plot))

    for lines in (describe(cell, plot, plot), table(cell, plot, limit=5)):
        assert lines
        assert all(cell_len(line) <= 76 and "\n" not in line for line in lines)
