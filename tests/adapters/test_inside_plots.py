"""Whatever an expression gives becomes plot data or one clear sentence."""

from __future__ import annotations

import ast
import json
import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.unit.plotting.given import viz
from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.data import PlotData, plot_data_from_json
from tui_tutor.core.plotting.request import MOST_POINTS, pick_request, plot_request
from tui_tutor.kernels import inside_plots

SOURCE = Path(inside_plots.__file__)
NAMES: dict[str, Any] = {"math": math, "random": random, "Counter": Counter}


def evaluate(cell: VizCell, **names: Any) -> PlotData:
    """What the app gets: through JSON, as it comes from a kernel."""
    report = inside_plots.evaluate(plot_request(cell), {**NAMES, **names})
    return plot_data_from_json(json.loads(json.dumps(report, allow_nan=False)))


def scatter(data: str, **names: Any) -> PlotData:
    return evaluate(viz(data=data), **names)


def xy(**settings: Any) -> VizCell:
    return VizCell.model_validate({"kind": "viz", "plot": "scatter", **settings})


def test_it_runs_on_python_3_9_and_needs_the_standard_library_only():
    tree = ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_it_imports_nothing_while_it_works():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import inside_plots as p; before = set(sys.modules);"
        "p.evaluate({'kind': 'scatter', 'data': 'z', 'project': 'pca'}, {'z': [[1, 2, 3], [4, 5, 7]]});"
        "assert set(sys.modules) == before, set(sys.modules) - before"
    )
    subprocess.run([sys.executable, "-I", "-c", code, str(SOURCE.parent)], check=True)


@pytest.mark.parametrize(
    ("data", "x", "y"),
    [
        ("[1, 2, 3]", (0, 1, 2), (1, 2, 3)),
        ("(4, 5)", (0, 1), (4, 5)),
        ("range(3)", (0, 1, 2), (0, 1, 2)),
        ("[(1, 2), (3, 4)]", (1, 3), (2, 4)),
        ("[[1, 2, 9], [3, 4, 9]]", (1, 3), (2, 4)),
        ("[True, False]", (0, 1), (1, 0)),
        ("__import__('array').array('d', [1.5, 2.5])", (0, 1), (1.5, 2.5)),
        ("[__import__('fractions').Fraction(1, 2)]", (0,), (0.5,)),
        ("[__import__('decimal').Decimal('2.5')]", (0,), (2.5,)),
        ("[1, float('nan'), float('inf'), None, 10**400]", (0, 1, 2, 3, 4), (1, None, None, None, None)),
        ("7", (0,), (7,)),
        ("[]", (), ()),
        ("{'a': 1, 'b': 2}", (0, 1), (1, 2)),
    ],
)
def test_plain_values_become_points(data, x, y):
    series = scatter(data).series[0]

    assert (series.x, series.y) == (x, y)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (viz(data="'text'"), "data is text, not numbers: 'text'."),
        (viz(data="['a', 'b']"), "y holds text, not numbers: 'a'."),
        (viz(data="[1 + 2j]"), "y is complex: draw its real part, its size or its angle."),
        (viz(data="[object()]"), "y holds a object, not numbers."),
        (viz(data="(n for n in range(3))"), "data is an iterator: make it a list first, list(...)."),
        (viz(data="[[1, 2], [3]]"), "data has rows of different lengths."),
        (viz(data="1 / 0"), "ZeroDivisionError: division by zero"),
        (viz(data="None"), "There is nothing to draw: y is None."),
        (xy(x="[1, 2]", y="[1, 2, 3]"), "x has 2 values, y has 3."),
        (xy(x="[1, 2]", y="[1, 2]", color="[1, 2, 3]"), "color has 3 values, the plot 2 points."),
        (xy(x="[1, 2]", y="[1, 2]", label="['a']*5"), "label has 5 values, the plot 2 points."),
        (viz("heatmap", data="[1, 2]"), "A heatmap needs rows and columns; this has the shape 2."),
        (viz("image", data="[0] * 10"), "10 pixels in one row are no square image: give it a shape of rows"),
        (viz("image-grid", data="[]"), "An image needs rows and columns of numbers"),
        (viz("hist", data="[float('nan')]"), "There is nothing to draw: no value is a finite number."),
        (viz("bar", data="['a']"), "y holds text, not numbers: 'a'."),
    ],
)
def test_what_cannot_be_drawn_says_why_in_one_line(cell, sentence):
    data = evaluate(cell)

    assert data.error.startswith(sentence)
    assert "\n" not in data.error


def test_syntax_errors_are_one_line():
    assert scatter("1 +").error.startswith("SyntaxError")


def test_names_that_do_not_exist_are_reported_together():
    request = plot_request(xy(x="nox", y=("noy", "[1]")))

    assert inside_plots.evaluate(request, {}) == {"missing": ["nox", "noy"]}


def test_evaluating_leaves_the_learners_names_alone():
    names = {"z": [1, 2]}

    inside_plots.evaluate(plot_request(viz(data="(z := [9, 9])")), names)

    assert names == {"z": [1, 2]}


def test_huge_data_is_thinned_evenly_and_keeps_its_true_number():
    data = scatter("range(1_000_000)")

    assert len(data.series[0].x) == MOST_POINTS
    assert data.series[0].x[:3] == (0, 50, 100)
    assert data.total == 1_000_000
    assert data.facts == "20,000 of 1,000,000 points"


def test_several_series_have_names_and_share_x():
    data = evaluate(xy(plot="line", x="[1, 2]", y=("[3, 4]", "[5, 6]"), names=("train", "test")))

    assert [(one.name, one.x, one.y) for one in data.series] == [
        ("train", (1, 2), (3, 4)),
        ("test", (1, 2), (5, 6)),
    ]


def test_a_dict_of_sequences_gives_a_line_per_key():
    data = evaluate(xy(plot="line", y="{'a': [1, 2], 'b': [3]}"))

    assert [(one.name, one.y) for one in data.series] == [("a", (1, 2)), ("b", (3,))]


def test_colours_become_classes_and_labels_texts():
    data = evaluate(xy(x="[1, 2]", y="[1, 2]", color="[7, 1.0]", label="['a', 'b']"))

    assert data.series[0].classes == ("7", "1")
    assert data.series[0].labels == ("a", "b")


def test_continuous_colours_become_five_intervals():
    data = evaluate(xy(y="range(100)", color="[n / 7 for n in range(100)]"))

    assert len(set(data.series[0].classes)) == 5
    assert data.series[0].classes[0] == "0 to 2.83"


def test_too_many_classes_are_gathered_as_other():
    data = evaluate(xy(y="range(100)", color="[f'w{n}' for n in range(100)]"))

    assert len(set(data.series[0].classes)) == 36
    assert "other" in data.series[0].classes


def test_bars_take_keys_as_categories():
    data = evaluate(viz("bar", data="Counter('abca')"))

    assert data.series[0].categories == ("a", "b", "c")
    assert data.series[0].y == (2, 1, 1)


def test_bins_hold_every_value_once():
    data = evaluate(viz("hist", data="[0, 1, 2, 3, 4, 10]", bins=5))

    assert data.series[0].x == (1, 3, 5, 7, 9)
    assert data.series[0].y == (2, 2, 1, 0, 1)
    assert data.facts == "6 values · 5 bins"


def test_equal_values_have_a_bin():
    assert sum(evaluate(viz("hist", data="[3, 3, 3]")).series[0].y) == 3


def test_large_heatmaps_are_bounded():
    data = evaluate(viz("heatmap", data="[[n * k for k in range(500)] for n in range(900)]"))

    assert (len(data.matrix.rows), len(data.matrix.rows[0])) == (180, 167)
    assert data.facts == "900 × 500"


def test_layers_lie_over_the_same_axes():
    layer = {"plot": "heatmap", "data": "[[1, 2], [3, 4]]", "x": "[-1, 1]", "y": "[0, 2]"}
    data = evaluate(viz(data="[[0, 1]]", layer=[layer]))

    assert data.layers[0].matrix.x_range == (-1, 1)
    assert data.layers[0].matrix.y_range == (0, 2)


@pytest.mark.parametrize(
    ("data", "pixels"),
    [
        ("[[0, 1], [0.5, 1]]", (0, 255, 128, 255)),
        ("[[0, 255], [128, 7]]", (0, 255, 128, 7)),
        ("[[-1, 1], [0, 1]]", (0, 255, 128, 255)),
        ("[0, 1, 1, 0]", (0, 255, 255, 0)),
        ("[[[0, 1], [1, 0]]]", (0, 255, 255, 0)),
        ("[[[0], [1]], [[1], [0]]]", (0, 255, 255, 0)),
    ],
)
def test_images_of_any_scale_and_shape_become_grey_levels(data, pixels):
    image = evaluate(viz("image", data=data)).images[0]

    assert (image.width, image.height, image.pixels) == (2, 2, pixels)


def test_colour_images_may_have_their_channels_first_or_last():
    last = evaluate(viz("image", data="[[[1, 0, 0], [0, 1, 0]]] * 2")).images[0]
    first = evaluate(viz("image", data="[[[1, 0], [1, 0]], [[0, 1], [0, 1]], [[0, 0], [0, 0]]]")).images[0]

    assert last.pixels == first.pixels == (0xFF0000, 0x00FF00, 0xFF0000, 0x00FF00)
    assert last.is_color


def test_a_grid_takes_flat_rows_and_labels():
    data = evaluate(viz("image-grid", data="[[0, 1, 1, 0]] * 3", label="'abc'[:0] or ['x', 'y', 'z']"))

    assert [image.label for image in data.images] == ["x", "y", "z"]
    assert data.facts == "3 images · 2 × 2"


def test_many_large_images_are_bounded():
    data = evaluate(viz("image-grid", data="[[[0.5] * 300] * 300] * 400"))

    assert len(data.images) == 256
    assert sum(len(image.pixels) for image in data.images) <= 200_000
    assert data.total == 400


def test_a_pick_binds_the_place_of_the_cursor():
    cell = viz(pick="[[x, y], [0, 1]]")

    report = inside_plots.evaluate(pick_request(cell, 0.2, 0.4), {})

    assert plot_data_from_json(report).images[0].pixels == (51, 102, 0, 255)


def test_a_picture_of_pillow_is_drawn():
    pillow = pytest.importorskip("PIL.Image")
    picture = pillow.new("RGB", (2, 1), (255, 0, 0))

    assert evaluate(viz("image", data="p"), p=picture).images[0].pixels == (0xFF0000, 0xFF0000)
    assert evaluate(viz("image", data="p"), p=picture.convert("L")).images[0].is_color is False


def test_principal_axes_are_found_without_numpy_and_do_not_flip():
    rng = random.Random(1)
    rows = [[3 * (a := rng.gauss(0, 1)), 3 * a + rng.gauss(0, 0.1), rng.gauss(0, 0.01)] for _ in range(200)]

    axes, share = inside_plots._axes_by_power(rows)

    assert axes[0] == pytest.approx([math.sqrt(0.5), math.sqrt(0.5), 0], abs=0.05)
    assert share > 0.99
    assert axes == inside_plots._axes_by_power([[-value for value in row] for row in rows])[0]


def test_a_running_cell_plots_values():
    report = inside_plots.live({"x": [1, 2], "y": [3, 4]})

    assert report["series"][0]["y"] == [3.0, 4.0]
    assert report["kind"] == "line"


def test_a_running_cell_plots_several_series_and_says_what_is_wrong():
    assert len(inside_plots.live({"y": [[1, 2], [3, 4]], "names": ["a", "b"]})["series"]) == 2
    assert inside_plots.live({"x": [1], "y": [1, 2]})["error"] == "x has 1 value, y has 2."


def test_a_running_cell_plots_as_its_viz_cell_was_evaluated():
    inside_plots.evaluate(plot_request(viz("hist", id="losses", bins=4, data="[1]")), {})

    report = inside_plots.live({"data": [1, 2, 3, 4]}, "losses")

    assert report["kind"] == "hist"
    assert report["series"][0]["y"] == [1, 1, 1, 1]


class Frame:
    """What a pandas frame can do, as far as it is asked for."""

    def __init__(self, rows: list[list[float]], index: list[str]) -> None:
        self.rows = rows
        self.index = Index(index)

    def to_numpy(self) -> list[list[float]]:
        return self.rows


class Index(list[str]):
    def tolist(self) -> list[str]:
        return list(self)


def test_frames_are_read_through_their_own_conversion():
    assert scatter("f", f=Frame([[1, 2], [3, 4]], ["a", "b"])).series[0].y == (2, 4)
    assert evaluate(viz("bar", data="f"), f=Frame([5, 6], ["a", "b"])).series[0].categories == ("a", "b")


@pytest.mark.torch
def test_arrays_of_numpy_are_drawn():
    numpy = pytest.importorskip("numpy")
    z = numpy.array([[1, 2], [3, 4]], dtype=numpy.float32)

    assert scatter("z", z=z).series[0].y == (2, 4)
    assert scatter("z", z=z[:, :1]).series[0].y == (1, 3)
    assert scatter("z", z=numpy.float64(3)).series[0].y == (3,)
    assert scatter("z", z=numpy.array([1, numpy.nan])).series[0].y == (1, None)
    assert scatter("z", z=numpy.array([1j])).error.startswith("y is complex")
    assert scatter("z", z=numpy.zeros((30, 8, 8))).facts == "2-d projection · 30 samples"
    assert evaluate(viz("image", data="z"), z=numpy.array([[0, 255]], dtype="uint8")).images[0].width == 2
    assert evaluate(viz("image-grid", data="z"), z=numpy.zeros((5, 784))).facts == "5 images · 28 × 28"
    assert evaluate(viz("hist", data="z", bins=2), z=numpy.arange(400_000)).series[0].y == (2e5, 2e5)
    assert evaluate(xy(y="z", color="z > 1"), z=numpy.array([1, 2])).series[0].classes == ("False", "True")


@pytest.mark.torch
def test_both_ways_to_the_principal_axes_agree():
    numpy = pytest.importorskip("numpy")
    rows = numpy.random.default_rng(1).normal(size=(200, 6)) * [5, 3, 1, 0.5, 0.1, 0.1]
    rows -= rows.mean(axis=0)

    mine, theirs = inside_plots._axes_by_power(rows.tolist()), inside_plots._axes_by_numpy(rows.tolist())

    assert mine[1] == pytest.approx(theirs[1], abs=1e-6)
    assert mine[0][0] == pytest.approx(theirs[0][0], abs=1e-3)
    assert mine[0][1] == pytest.approx(theirs[0][1], abs=1e-3)
    assert evaluate(viz(data="z", project="pca"), z=rows).facts.endswith("% of variance · 200 samples")


@pytest.mark.torch
def test_tensors_leave_their_graph_and_half_precision():
    torch = pytest.importorskip("torch")
    z = torch.tensor([[1.0, 2.0, 0.0], [3.0, 4.0, 0.0]], requires_grad=True)

    assert scatter("z", z=z).series[0].y == (2, 4)
    assert scatter("z * 2", z=z).series[0].y == (4, 8)
    assert scatter("z", z=z.to(torch.bfloat16)).series[0].y == (2, 4)
    assert scatter("z", z=[z[0, :2], z[1, :2]]).series[0].y == (2, 4)
    assert scatter("z", z=torch.tensor(5)).series[0].y == (5,)
    assert scatter("z", z=torch.tensor([True, False])).series[0].y == (1, 0)
    assert evaluate(xy(y="z[:, 0]", color="c"), z=z, c=torch.tensor([3, 4])).series[0].classes == ("3", "4")
    assert evaluate(viz("image", data="z"), z=torch.rand(1, 1, 28, 28)).images[0].width == 28
    assert evaluate(viz("image-grid", data="z"), z=torch.rand(4, 1, 8, 8)).facts == "4 images · 8 × 8"
    assert evaluate(viz("image-grid", data="z"), z=torch.rand(4, 3, 8, 8)).images[0].is_color
    assert evaluate(viz("heatmap", data="z"), z=torch.eye(3)).facts == "3 × 3"
    assert sum(evaluate(viz("hist", data="z"), z=torch.randn(200_000)).series[0].y) == 200_000
