"""Plots: drawn after every run that went well; the run before stays as a ghost."""

from __future__ import annotations

from tests.builders import NOON, a_code, a_viz
from tests.unit.study.studying import a_study, after, effects_of, has_run, printed, remembered, run_of
from tui_tutor.core.execution import LivePlotted, Started
from tui_tutor.core.plotting.data import PlotData, Series
from tui_tutor.core.study import update
from tui_tutor.core.study.events import EvaluatePlots, Plotted, RunReported, RunRequested


def a_plot(*ys: float, error: str = "") -> PlotData:
    series = Series(tuple(float(n) for n in range(len(ys))), ys)
    return PlotData("line", (series,) if ys else (), total=len(ys), error=error)


def plotted(data: PlotData, *, is_live: bool = False) -> Plotted:
    return Plotted("viz-1", data, NOON, is_live=is_live)


def with_plots(**fields):
    return a_study([a_code(), a_viz(**fields), a_code(id="below"), a_viz(id="viz-2")])


def test_all_plots_are_drawn_after_a_run_that_went_well():
    study = after(with_plots(), RunRequested("below", NOON))
    assert EvaluatePlots(("viz-1", "viz-2")) in effects_of(study, run_of("below"))


def test_no_plot_is_drawn_after_a_run_that_failed():
    study = after(with_plots(), RunRequested("below", NOON))
    assert not any(isinstance(e, EvaluatePlots) for e in effects_of(study, run_of("below", outcome="error")))


def test_a_plot_says_after_which_run_it_was_drawn():
    study = after(has_run(with_plots(), "code-1", printed(""), count=7), plotted(a_plot(1)))
    state = study.state("viz-1")
    assert (state.plot, state.plotted_after, state.ghost) == (a_plot(1), "In [7]", None)


def test_the_plot_before_stays_as_a_ghost_where_one_is_wished():
    study = after(with_plots(ghost=True), plotted(a_plot(1)), plotted(a_plot(2)))
    assert (study.state("viz-1").plot, study.state("viz-1").ghost) == (a_plot(2), a_plot(1))
    study = after(with_plots(), plotted(a_plot(1)), plotted(a_plot(2)))
    assert study.state("viz-1").ghost is None


def test_a_plot_that_did_not_change_keeps_the_ghost():
    study = after(with_plots(ghost=True), *[plotted(a_plot(n)) for n in (1, 2, 2)])
    assert study.state("viz-1").ghost == a_plot(1)


def test_a_plot_that_could_not_be_drawn_is_no_ghost():
    study = after(with_plots(ghost=True), plotted(a_plot(error="no ys")), plotted(a_plot(2)))
    assert study.state("viz-1").ghost is None


def test_frames_of_a_running_cell_are_shown_but_neither_kept_nor_ghosts():
    study = after(with_plots(ghost=True), RunRequested("code-1", NOON))
    frames = [LivePlotted("viz-1", {"kind": "line", "series": [{"x": [0], "y": [n]}]}) for n in (1, 2)]
    study, effects = update(study, RunReported("code-1", (Started(1), *frames), NOON))
    assert study.state("viz-1").plot is not None
    assert (study.state("viz-1").ghost, effects) == (None, ())


def test_a_small_plot_is_kept_in_the_log_and_a_large_one_is_not():
    small, large = a_plot(1.0), PlotData("line", total=10_000)
    assert [r.kind for r in remembered(effects_of(with_plots(), plotted(small)))] == ["plotted"]
    assert remembered(effects_of(with_plots(), plotted(large))) == ()


def test_a_plot_for_a_cell_that_is_none_changes_nothing():
    study = with_plots()
    assert after(study, Plotted("code-1", a_plot(1), NOON)).cells == study.cells
