"""Plot data of every shape, for the rules that hold for all of it."""

from __future__ import annotations

from hypothesis import strategies as st

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.data import Image, Matrix, PlotData, Series
from tui_tutor.core.plotting.groups import PlotStyle

COLOR = PlotStyle()
PLAIN = PlotStyle(has_color=False)
ASCII = PlotStyle(is_ascii=True)

numbers = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-10, 10),
    st.integers(-5, 5).map(float),
)
words = st.text(max_size=12)
styles = st.sampled_from([COLOR, PLAIN, ASCII, PlotStyle(is_ascii=True, has_color=False)])


@st.composite
def series(draw: st.DrawFn, *, with_classes: bool = True) -> Series:
    """Up to 40 points; classes, labels and categories or none."""
    count = draw(st.integers(0, 40))
    column = st.lists(numbers, min_size=count, max_size=count).map(tuple)
    texts = st.lists(words, min_size=count, max_size=count).map(tuple)
    some = st.one_of(st.just(()), texts)
    return Series(
        draw(column),
        draw(column),
        draw(words),
        draw(some) if with_classes else (),
        draw(some),
        draw(some),
    )


@st.composite
def images(draw: st.DrawFn) -> Image:
    """A small picture, grey or coloured."""
    width, height = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    is_color = draw(st.booleans())
    pixel = st.integers(0, 0xFFFFFF if is_color else 0xFF)
    pixels = draw(st.lists(pixel, min_size=width * height, max_size=width * height))
    return Image(width, height, tuple(pixels), is_color, draw(words))


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """A small matrix, with the axes' extent or without."""
    width, height = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    row = st.lists(numbers, min_size=width, max_size=width).map(tuple)
    rows = draw(st.lists(row, min_size=height, max_size=height).map(tuple))
    finite = st.floats(allow_nan=False, allow_infinity=False)
    extent = st.one_of(st.none(), st.tuples(finite, finite))
    return Matrix(rows, draw(extent), draw(extent))


def _plots(layers: st.SearchStrategy[tuple[PlotData, ...]]) -> st.SearchStrategy[PlotData]:
    points = st.builds(
        PlotData,
        kind=st.sampled_from(["scatter", "line", "bar", "hist"]),
        series=st.lists(series(), max_size=8).map(tuple),
        layers=layers,
    )
    pictures = st.builds(
        PlotData,
        kind=st.sampled_from(["image", "image-grid"]),
        images=st.lists(images(), max_size=12).map(tuple),
    )
    heat = st.builds(PlotData, kind=st.just("heatmap"), matrix=matrices(), layers=layers)
    failed = st.builds(PlotData, kind=st.just("scatter"), error=words)
    return st.one_of(points, pictures, heat, failed)


flat_plots = _plots(st.just(()))
plots = _plots(st.lists(flat_plots, max_size=2).map(tuple))


@st.composite
def cells(draw: st.DrawFn, kind: str) -> VizCell:
    """A viz cell of this kind with any settings an author may write."""
    finite = st.floats(allow_nan=False, allow_infinity=False)
    limits = st.one_of(st.none(), st.tuples(finite, finite), st.just((-4.0, 4.0)))
    scales = st.sampled_from(["linear", "log"])
    place = st.one_of(st.none(), finite, st.tuples(st.floats(-5, 5), st.floats(-5, 5)))
    return VizCell(
        kind="viz",
        plot=kind,
        data="z",
        xlim=draw(limits),
        ylim=draw(limits),
        xscale=draw(scales),
        yscale=draw(scales),
        xlabel=draw(words),
        ylabel=draw(words),
        columns=draw(st.one_of(st.none(), st.integers(1, 1000))),
        vmin=draw(st.one_of(st.none(), finite)),
        vmax=draw(st.one_of(st.none(), finite)),
        hline=draw(place),
        vline=draw(place),
        ghost=draw(st.booleans()),
    )


def viz(plot: str = "scatter", **settings: object) -> VizCell:
    """A viz cell with its data named and the rest as given."""
    return VizCell.model_validate({"kind": "viz", "plot": plot, "data": "z", **settings})
