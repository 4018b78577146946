"""Plot data survives JSON, and hostile JSON is refused in a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.plotting.given import plots
from tui_tutor.core.plotting.data import PlotData, Series, plot_data_as_json, plot_data_from_json
from tui_tutor.core.plotting.decoding import MOST_POINTS
from tui_tutor.core.safe_text import safe_line

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
KEYS = ["kind", "series", "x", "y", "images", "width", "height", "pixels", "matrix", "rows", "layers"]
KEYS += ["total", "facts", "error", "classes", "labels", "categories", "name", "x_range", "is_color"]


def _objects(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)


anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | _objects(inner), max_leaves=20)


@pytest.mark.slow
@QUICK
@given(plots)
def test_what_was_written_is_read_back(plot):
    safe = plot_data_from_json(plot_data_as_json(plot))

    assert plot_data_from_json(json.loads(json.dumps(plot_data_as_json(safe), allow_nan=False))) == safe


@QUICK
@given(st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.none()), max_size=50))
def test_numbers_are_exact(points):
    data = PlotData("scatter", (Series(tuple(x for x, _ in points), tuple(y for _, y in points)),), total=7)

    assert plot_data_from_json(json.loads(json.dumps(plot_data_as_json(data)))) == data


@QUICK
@given(_objects(anything), st.sampled_from(["scatter", "line", "bar", "heatmap", "image", "nonsense"]))
def test_nothing_a_kernel_says_raises(value, kind):
    for hostile in (value, {**value, "kind": kind}):
        data = plot_data_from_json(hostile)
        assert data.error == safe_line(data.error)


@pytest.mark.parametrize("hostile", [None, 3, "text", [], {}, {"kind": None}, {"kind": ["scatter"]}])
def test_what_is_no_plot_at_all_gives_an_error(hostile):
    assert plot_data_from_json(hostile).error


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"kind": "pie"}, "its kind is unknown"),
        ({"kind": "line", "series": [{"x": [1], "y": [1, 2]}]}, "columns of different lengths"),
        ({"kind": "line", "series": [{"x": ["1"], "y": [1]}]}, "a coordinate is not a number"),
        ({"kind": "line", "series": [{"x": [True], "y": [1]}]}, "a coordinate is not a number"),
        ({"kind": "line", "series": [{}] * 100}, "more than 64 series"),
        ({"kind": "scatter", "series": [{"x": [0] * 60_000, "y": [0] * 60_000}]}, "more than 50,000"),
        ({"kind": "image", "images": [{"width": 2, "height": 2, "pixels": [0]}]}, "width x height pixels"),
        ({"kind": "image", "images": [{"width": 1, "height": 1, "pixels": [256]}]}, "out of range"),
        ({"kind": "image", "images": [{"width": 0, "height": 0, "pixels": []}]}, "width x height pixels"),
        ({"kind": "heatmap", "matrix": {"rows": [[1], [1, 2]]}}, "rows differ in length"),
        ({"kind": "heatmap", "matrix": {"rows": [[]]}}, "no values"),
        ({"kind": "line", "total": -1}, "a count is not a whole number"),
        ({"kind": "line", "layers": [{"kind": "line", "layers": [{"kind": "line"}]}]}, "more than 0 layers"),
    ],
)
def test_malformed_plots_say_why(value, reason):
    data = plot_data_from_json(value)

    assert reason in data.error
    assert data.series == ()


def test_numbers_that_are_not_finite_are_gaps():
    x = [float("nan"), float("inf"), -float("inf"), 10**400, None, 1]

    data = plot_data_from_json({"kind": "line", "series": [{"x": x, "y": [0] * 6}]})

    assert data.series[0].x == (None, None, None, None, None, 1.0)


def test_every_text_is_made_safe_and_short():
    evil = "\x1b]0;owned\x07\n\u202e" + "x" * 10_000
    series = {"x": [0], "y": [0], "name": evil, "classes": [evil], "labels": [evil], "categories": [evil]}

    data = plot_data_from_json({"kind": "bar", "series": [series], "facts": evil, "error": evil})

    one = data.series[0]
    for text in (one.name, *one.classes, *one.labels, *one.categories, data.facts, data.error):
        assert text == safe_line(text)
        assert len(text) <= 200


def test_a_plot_of_the_greatest_size_is_taken():
    points = [0.5] * MOST_POINTS

    assert plot_data_from_json({"kind": "scatter", "series": [{"x": points, "y": points}]}).error == ""
