"""How long plots take: drawing at 120 x 36, decoding, and the kernel's side."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.data import (
    Image,
    Matrix,
    PlotData,
    Series,
    plot_data_as_json,
    plot_data_from_json,
)
from tui_tutor.core.plotting.drawing import PlotStyle, draw
from tui_tutor.core.plotting.request import plot_request
from tui_tutor.kernels.inside_plots import evaluate

Figure = tuple[str, float, str, str, float | None]
_WIDTH, _HEIGHT = 120, 36


def measure() -> list[Figure]:
    """Name, median, unit, what it is measured against, and the share of that which is used."""
    figures = [_drawing(name, cell, data, goal_ms) for name, cell, data, goal_ms in _pictures()]
    figures.append(_figure("decode 20,000 points", _decoding(), None))
    figures.append(_figure("kernel: 200 x 32 list, first two columns", _evaluating(), None))
    figures.append(_figure("first draw of a line (plotext is imported)", _first_draw_ms, None, runs=3))
    return figures


def _pictures() -> list[tuple[str, VizCell, PlotData, float | None]]:
    rng = random.Random(1)
    scatter = VizCell(kind="viz", plot="scatter", data="z")
    heat = Matrix(tuple(tuple(rng.random() for _ in range(100)) for _ in range(60)))
    image = Image(28, 28, tuple(rng.randrange(256) for _ in range(784)))
    steps = tuple(map(float, range(20_000)))
    losses = [tuple(rng.gauss(1 / (1 + step / 3000), 0.02) for step in steps) for _ in range(2)]
    short = PlotData("line", tuple(Series(steps[:300], loss[:300], str(n)) for n, loss in enumerate(losses)))
    long = PlotData(
        "line", tuple(Series(steps[:10_000], loss[:10_000], str(n)) for n, loss in enumerate(losses))
    )
    return [
        ("scatter, 200 points", scatter, _cloud(rng, 200), 8.0),
        ("scatter, 200 points, 10 classes", scatter, _cloud(rng, 200, classes=10), 8.0),
        ("scatter, 10,000 points", scatter, _cloud(rng, 10_000), 60.0),
        ("scatter, 10,000 points, 10 classes", scatter, _cloud(rng, 10_000, classes=10), 60.0),
        ("line, 2 x 300 points", VizCell(kind="viz", plot="line", y="z"), short, None),
        ("line, 2 x 10,000 points", VizCell(kind="viz", plot="line", y="z"), long, None),
        (
            "heatmap, 60 x 100",
            VizCell(kind="viz", plot="heatmap", data="z"),
            PlotData("heatmap", matrix=heat),
            None,
        ),
        (
            "image grid, 32 digits",
            VizCell(kind="viz", plot="image-grid", data="z"),
            PlotData("image-grid", images=(image,) * 32),
            None,
        ),
    ]


def _cloud(rng: random.Random, count: int, *, classes: int = 0, name: str = "") -> PlotData:
    x, y = (tuple(rng.gauss(0, 1) for _ in range(count)) for _ in range(2))
    names = tuple(str(rng.randrange(classes)) for _ in range(count)) if classes else ()
    return PlotData("scatter", (Series(x, y, name, names),))


def _drawing(name: str, cell: VizCell, data: PlotData, goal_ms: float | None) -> Figure:
    def act() -> None:
        draw(cell, data, width=_WIDTH, height=_HEIGHT, style=PlotStyle())

    return _figure(f"draw {name}", act, goal_ms)


def _decoding() -> Callable[[], None]:
    text = json.dumps(plot_data_as_json(_cloud(random.Random(1), 20_000)))
    return lambda: (plot_data_from_json(json.loads(text)), None)[1]


def _evaluating() -> Callable[[], None]:
    request = plot_request(VizCell(kind="viz", plot="scatter", data="z"))
    rows = [[float(n * k % 7) for k in range(32)] for n in range(200)]
    return lambda: (evaluate(request, {"z": rows}), None)[1]


def _first_draw_ms() -> None:
    code = "import tui_tutor.core.plotting.curves as c; from tui_tutor.core.plotting.axis import Axis;"
    code += "c.draw_curve((0, 1), (0, 1), Axis(0, 1, 60), Axis(0, 1, 20), 'braille')"
    subprocess.run([sys.executable, "-c", code], check=True)


def _figure(name: str, act: Callable[[], None], goal_ms: float | None, runs: int = 15) -> Figure:
    act()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1e3)
    median = statistics.median(times)
    floor = "" if goal_ms is None else f"at most {goal_ms:g} ms"
    return name, median, "ms", floor, None if goal_ms is None else median / goal_ms


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure[0]:<45} {figure[1]:8.2f} {figure[2]}  {figure[3]}")
