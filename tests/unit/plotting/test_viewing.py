"""Limits, ticks, zooming and panning."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plotting.given import plots, viz
from tui_tutor.core.plotting.axis import Axis, View, tick_texts, ticks
from tui_tutor.core.plotting.data import Matrix, PlotData, PlotKind, Series
from tui_tutor.core.plotting.viewing import initial_view, pan, zoom

QUICK = settings(max_examples=60, deadline=None)
ends = st.floats(-1e6, 1e6)


def points(x: tuple[float, ...], y: tuple[float, ...], kind: PlotKind = "scatter") -> PlotData:
    return PlotData(kind, (Series(x, y),))


@pytest.mark.parametrize(
    ("limits", "cells", "most", "texts"),
    [
        ((-4, 4), 7, 4, ("-4", "0", "4")),
        ((-4, 4), 9, 5, ("-4", "-2", "0", "2", "4")),
        ((-8, 6), 64, 6, ("-8", "-4", "0", "4")),
        ((0, 1), 64, 6, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        ((0, 1), 10, 5, ("0.00", "0.25", "0.50", "0.75", "1.00")),
        ((0, 3e9), 60, 4, ("0", "1e9", "2e9", "3e9")),
        ((1.0001, 1.0003), 60, 4, ("1.0001", "1.0002", "1.0003")),
    ],
)
def test_ticks_are_round_and_reach_the_ends_where_they_can(limits, cells, most, texts):
    assert tick_texts(ticks(Axis(*limits, cells), most)) == texts


@QUICK
@given(ends, ends, st.integers(0, 12))
def test_ticks_stay_inside_and_are_few(lo, hi, most):
    if abs(hi - lo) < 1e-6:
        return
    found = ticks(Axis(lo, hi, 50), most)

    assert len(found) <= most
    assert all(min(lo, hi) <= value <= max(lo, hi) for value in found)


@QUICK
@given(st.floats(1e-6, 1e6), st.floats(1.5, 1e6), st.booleans(), st.integers(2, 200))
def test_value_undoes_position(lo, factor, is_log, cells):
    axis = Axis(lo, lo * factor, cells, is_log)

    for cell in range(cells):
        assert axis.cell(min(max(axis.value(cell), axis.lo), axis.hi)) == cell


def test_the_authors_limits_hold():
    view = initial_view(viz(xlim=(-4, 4), ylim=(0, 9)), points((100,), (100,)))

    assert view == View((-4.0, 4.0), (0.0, 9.0))


@pytest.mark.parametrize("limits", [(1, 1), (1e308, -1e308)])
def test_limits_that_cannot_hold_are_replaced_by_fitting_ones(limits):
    view = initial_view(viz(xlim=limits), points((0, 10), (0, 10)))

    assert view.xlim == (-0.5, 10.5)


def test_a_log_axis_from_zero_fits_its_positive_points():
    view = initial_view(viz("line", xlim=(0, 10), xscale="log"), points((0, 1, 100), (1, 2, 3), "line"))

    assert view.xlim == (1, 100)


def test_limits_hold_the_run_before_too():
    view = initial_view(viz("line"), points((0, 1), (0, 1), "line"), points((0, 9), (0, 1), "line"))

    assert view.xlim == (0, 9)


def test_bars_start_at_zero():
    assert initial_view(viz("bar"), PlotData("bar", (Series((0, 1), (3, 5)),))).ylim == (0, 5)
    assert initial_view(viz("bar"), PlotData("bar", (Series((0, 1), (-3, -5)),))).ylim == (-5, 0)


def test_heatmaps_are_shown_whole():
    data = PlotData("heatmap", matrix=Matrix(((0.0, 1.0, 2.0), (0.0, 1.0, 2.0)), (0.0, 2.0)))

    assert initial_view(viz("heatmap"), data) == View((-0.5, 2.5), (-0.5, 1.5))


def test_zooming_keeps_the_centre_where_it_is():
    assert zoom(View((0, 10), (0, 10)), 0.5, (0, 10)) == View((0, 5), (5, 10))
    assert zoom(View((0, 10), (-2, 2)), 0.5) == View((2.5, 7.5), (-1, 1))


def test_zooming_a_log_axis_keeps_ratios():
    assert zoom(View((1, 10000), (0, 1), "log"), 0.5).xlim == pytest.approx((10, 1000))


def test_panning_moves_by_shares_of_the_view():
    assert pan(View((0, 10), (0, 100)), 0.25, -0.5) == View((2.5, 12.5), (-50, 50))


@pytest.mark.slow
@QUICK
@given(
    plots,
    st.lists(st.tuples(st.floats(0.1, 10), st.floats(-2, 2), st.floats(-2, 2)), max_size=60),
    st.sampled_from(["linear", "log"]),
)
def test_zooming_and_panning_for_ever_keeps_a_usable_view(plot, steps, scale):
    view = initial_view(viz(plot.kind, xscale=scale, yscale=scale), plot)

    for factor, dx, dy in steps:
        view = pan(zoom(view, factor), dx, dy)

    for limits in (view.xlim, view.ylim):
        assert all(map(math.isfinite, limits))
        assert limits[0] != limits[1]


def test_a_layer_of_bars_makes_a_log_axis_linear():
    data = PlotData("scatter", layers=(PlotData("bar", (Series((0.0, 1.0), (1.0, 2.0)),)),))

    assert initial_view(viz(xscale="log"), data).xscale == "linear"


def test_ticks_of_numbers_far_apart_have_labels():
    assert tick_texts((1e-300, 1.0, 1e300))[-1] == "1e300"
