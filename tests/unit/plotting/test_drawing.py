"""What holds for every picture, and what pictures show."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.unit.plotting.given import ASCII, COLOR, PLAIN, cells, plots, styles, viz
from tui_tutor.core.plotting.data import Image, Matrix, PlotData, Series
from tui_tutor.core.plotting.drawing import Drawing, View, draw, preferred_height

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def scatter(*points: tuple[float, float], **more: object) -> PlotData:
    x, y = (tuple(float(point[n]) for point in points) for n in (0, 1))
    return PlotData("scatter", (Series(x, y, **more),))  # type: ignore[arg-type]


def cloud(count: int, seed: int = 1) -> PlotData:
    rng = random.Random(seed)
    return scatter(*((rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(count)))


def rows(drawing: Drawing) -> list[str]:
    return drawing.text.split("\n")


def roles(drawing: Drawing, char: str) -> set[str]:
    return {run.role for line in drawing.lines for run in line if char in run.text}


@pytest.mark.slow
@QUICK
@given(st.data(), plots, styles, st.integers(1, 200), st.integers(1, 60))
def test_any_data_draws_at_any_size_and_fills_it_exactly(data, plot, style, width, height):
    cell = data.draw(cells(plot.kind))
    ghost = data.draw(st.one_of(st.none(), plots))
    cursor = data.draw(st.one_of(st.none(), st.tuples(st.floats(), st.floats())))

    drawing = draw(cell, plot, width=width, height=height, style=style, ghost=ghost, cursor=cursor, note="n")

    assert len(drawing.lines) == height
    for line in drawing.lines:
        assert cell_len("".join(run.text for run in line)) == width


@pytest.mark.slow
@QUICK
@given(st.data(), plots, st.integers(1, 200), st.integers(1, 60))
def test_the_preferred_height_fits_and_is_drawn(data, plot, width, rows_free):
    cell = data.draw(cells(plot.kind))

    height = preferred_height(cell, plot, width, rows_free)

    assert 1 <= height <= rows_free
    assert len(draw(cell, plot, width=width, height=height, style=COLOR).lines) == height


@pytest.mark.slow
@QUICK
@given(st.data(), plots, st.integers(1, 120), st.integers(1, 40))
def test_ascii_drawings_are_ascii_whatever_the_names(data, plot, width, height):
    cell = data.draw(cells(plot.kind))

    assert draw(cell, plot, width=width, height=height, style=ASCII, ghost=plot).text.isascii()


def test_a_size_of_nothing_gives_no_lines():
    assert draw(viz(), cloud(3), width=0, height=5, style=COLOR).lines == ()
    assert draw(viz(), cloud(3), width=5, height=-1, style=COLOR).lines == ()


def test_the_seed_picture_has_its_axes_points_ghost_and_legend_where_they_belong():
    cell = viz(xlim=(-4, 4), ylim=(-4, 4), ghost=True)

    drawing = draw(
        cell,
        scatter((-4, 4), (0, 0), (4, -4)),
        width=67,
        height=10,
        style=COLOR,
        ghost=scatter((-2, 0), (0, 0)),
        note="drawn after ex [4]",
    )

    assert [line.rstrip() for line in rows(drawing)] == [
        " 4┤•",
        "  │",
        "  │",
        " 0┤                ·               •",
        "  │",
        "  │",
        "-4┤                                                               •",
        "  └┬───────────────┬───────────────┬──────────────┬───────────────┬",
        "  -4              -2               0              2               4",
        "• this run   · the run before                    drawn after ex [4]",
    ]
    assert roles(drawing, "•") == {"class-0"}
    assert roles(drawing, "·") == {"ghost"}
    assert roles(drawing, "┤") == {"axis"}
    assert roles(drawing, "4") == {"muted"}
    assert roles(drawing, "this run") == {"text"}


# Coarser than what rounds a point on the edge of two cells now to the one and now to the other.
_THOUSANDTHS = st.integers(-4000, 4000).map(lambda n: n / 1000)


@QUICK
@given(st.lists(st.tuples(_THOUSANDTHS, _THOUSANDTHS), min_size=1, max_size=200))
def test_every_point_inside_the_limits_is_seen(points):
    drawing = draw(viz(xlim=(-4, 4), ylim=(-4, 4)), scatter(*points), width=60, height=20, style=COLOR)

    assert drawing.layout is not None
    for point in points:
        column, row = drawing.layout.place(*point)
        assert rows(drawing)[row][column] == "•"


@QUICK
@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4)), min_size=1, max_size=200), st.integers(0, 99))
def test_ghosts_never_hide_points(points, seed):
    cell = viz(xlim=(-4, 4), ylim=(-4, 4), ghost=True)
    alone = draw(
        viz(xlim=(-4, 4), ylim=(-4, 4)), scatter(*points), width=60, height=20, style=COLOR, note="n"
    )

    both = draw(cell, scatter(*points), width=60, height=20, style=COLOR, ghost=cloud(300, seed), note="n")

    for before, after in zip(rows(alone)[:17], rows(both)[:17], strict=True):
        assert all(new == "•" for old, new in zip(before, after, strict=True) if old == "•")


def test_points_outside_the_limits_are_left_out():
    drawing = draw(
        viz(xlim=(0, 1), ylim=(0, 1)), scatter((2, 0.5), (0.5, 9)), width=40, height=12, style=COLOR
    )

    assert "•" not in drawing.text


@QUICK
@given(st.integers(1, 40), st.integers(10, 120), st.integers(8, 40))
def test_the_legend_stands_under_the_axis_and_touches_no_point(count, width, height):
    names = tuple(f"class {n}" for n in range(count))
    points = scatter(*((n, n) for n in range(count)), classes=names)

    drawing = draw(viz(), points, width=width, height=height, style=COLOR)

    assert drawing.layout is not None
    area = [line[drawing.layout.left :] for line in rows(drawing)[: drawing.layout.bottom + 1]]
    assert not any("class" in line for line in area)


def test_each_class_has_its_glyph_and_colour_in_the_order_of_their_numbers():
    points = scatter((0, 0), (1, 1), (2, 2), classes=("10", "9", "x"))

    drawing = draw(viz(), points, width=40, height=12, style=COLOR)

    assert rows(drawing)[-1].rstrip() == "• 9   + 10   × x"
    assert [roles(drawing, glyph) for glyph in "•+×"] == [{"class-0"}, {"class-1"}, {"class-2"}]


def test_more_than_six_classes_are_marked_by_their_own_digit():
    digits = tuple(str(n) for n in range(10))
    points = scatter(*((n, n) for n in range(10)), classes=digits)

    drawing = draw(viz(), points, width=60, height=24, style=PLAIN)

    assert rows(drawing)[-1].split() == list(digits)
    assert all(any(digit in line[3:] for line in rows(drawing)[:-3]) for digit in digits)


def test_the_rarer_class_wins_a_shared_cell():
    points = scatter((0, 0), (0, 0), (0, 0), (1, 1), classes=("many", "rare", "many", "many"))

    drawing = draw(viz(), points, width=40, height=12, style=COLOR)

    column, row = drawing.layout.place(0, 0)
    assert rows(drawing)[row][column] == "+"


def test_many_points_are_drawn_finer_but_classes_keep_their_glyphs():
    dense = draw(viz(), cloud(5000), width=60, height=20, style=COLOR)
    halves = draw(viz(), cloud(1000), width=60, height=20, style=COLOR)
    rng = random.Random(1)
    points = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(5000)]
    classes = draw(viz(), scatter(*points, classes=("a", "b") * 2500), width=60, height=20, style=COLOR)

    assert any("\u2800" < char <= "\u28ff" for char in dense.text)
    assert "▐" in halves.text
    assert {"•", "+"} <= set(classes.text)
    assert not any("\u2800" < char <= "\u28ff" for char in classes.text)


def test_log_axes_show_powers_of_ten_and_skip_what_is_not_positive():
    points = scatter((1, 1), (10, 10), (1000, 1000), (-5, 0))

    drawing = draw(viz(xscale="log", yscale="log"), points, width=60, height=15, style=COLOR)

    assert sum(line.count("•") for line in rows(drawing)) == 3
    assert rows(drawing)[-1].split() == ["1", "10", "100", "1000"]


def test_curves_are_told_apart_without_colour():
    x = tuple(float(n) for n in range(50))
    data = PlotData("line", (Series(x, x, "up"), Series(x, tuple(reversed(x)), "down")))

    drawing = draw(viz("line"), data, width=60, height=15, style=PLAIN)

    body = "\n".join(rows(drawing)[:-1])
    assert "•" in body
    assert "+" in body
    assert rows(drawing)[-1].rstrip() == "• up   + down"


def test_a_gap_interrupts_a_curve():
    x = tuple(float(n) for n in range(5))
    whole = PlotData("line", (Series(x, (1.0, 1.0, 1.0, 1.0, 1.0)),))
    broken = PlotData("line", (Series(x, (1.0, 1.0, None, 1.0, 1.0)),))

    marks = [
        sum("⠀" < c <= "⣿" for c in draw(viz("line", ylim=(0, 2)), d, width=60, height=12, style=COLOR).text)
        for d in (whole, broken)
    ]

    assert marks[1] < marks[0] * 0.6


def test_a_curve_far_outside_the_view_is_drawn_up_to_its_edge():
    data = PlotData("line", (Series((0.0, 1e200), (0.0, 1e200)),))

    drawing = draw(viz("line", xlim=(0, 1), ylim=(0, 1)), data, width=40, height=12, style=COLOR)

    assert any("⠀" < char <= "⣿" for char in rows(drawing)[0])


def test_bars_stand_on_the_axis_above_their_names():
    data = PlotData("bar", (Series((0.0, 1.0), (4.0, 2.0), categories=("red", "green")),))

    drawing = draw(viz("bar", ylim=(0, 4)), data, width=22, height=7, style=COLOR)

    assert [line.rstrip() for line in rows(drawing)] == [
        "4┤█████████",
        " │█████████",
        "2┤█████████ ▄▄▄▄▄▄▄▄▄",
        " │█████████ █████████",
        " │█████████ █████████",
        "0└────────────────────",
        "     red      green",
    ]


def test_bins_stand_where_the_axis_says():
    data = PlotData("hist", (Series((-1.0, 0.0, 1.0), (0.0, 5.0, 0.0)),))

    drawing = draw(viz("hist"), data, width=40, height=12, style=COLOR)

    column, _ = drawing.layout.place(0.0, 5.0)
    body = rows(drawing)[drawing.layout.bottom]
    assert body[column] == "█"
    assert body.strip("│ ").count("█") in (12, 13)


def test_a_heatmap_has_row_0_at_the_bottom_and_a_scale():
    data = PlotData("heatmap", matrix=Matrix(((0.0, 0.0), (1.0, 1.0))))

    drawing = draw(viz("heatmap"), data, width=30, height=11, style=PLAIN)

    assert rows(drawing)[0].endswith("█" * 27)
    assert rows(drawing)[7].strip(" │┤") == ""
    assert rows(drawing)[-1].startswith("0 ")
    assert rows(drawing)[-1].rstrip().endswith("1")


def test_colour_heatmaps_are_half_blocks_in_the_ramps_colours():
    data = PlotData("heatmap", matrix=Matrix(((0.0,), (1.0,))))

    drawing = draw(viz("heatmap"), data, width=30, height=11, style=COLOR)

    top = [run for run in drawing.lines[0] if "▀" in run.text]
    assert [(run.fg, run.bg) for run in top] == [(0xFEE838, 0xFEE838)]


def test_a_point_on_a_heatmap_keeps_its_ground_and_stands_out_from_it():
    ground = Matrix(((0.0, 0.0), (0.0, 0.0)), (0.0, 1.0), (0.0, 1.0))
    data = PlotData("heatmap", matrix=ground, layers=(scatter((0.5, 0.5)),))

    drawing = draw(viz("heatmap", vmin=0, vmax=1), data, width=30, height=11, style=COLOR)

    marks = [run for line in drawing.lines for run in line if run.text == "•"]
    assert [(run.fg, run.bg) for run in marks] == [(0xFFFFFF, 0x00224E)]


def test_images_are_two_pixels_to_a_cell():
    image = Image(2, 2, (0, 255, 255, 0))

    drawing = draw(viz("image"), PlotData("image", images=(image,)), width=2, height=1, style=COLOR)

    assert [(run.text, run.fg, run.bg) for run in drawing.lines[0]] == [
        ("▀", 0x000000, 0xFFFFFF),
        ("▀", 0xFFFFFF, 0x000000),
    ]


def test_images_without_colour_are_shades():
    image = Image(2, 2, (0, 255, 0, 255))

    drawing = draw(viz("image"), PlotData("image", images=(image,)), width=2, height=1, style=PLAIN)

    assert drawing.text == " █"


def test_images_that_do_not_fit_are_counted():
    grid = PlotData("image-grid", images=tuple(Image(8, 8, (255,) * 64) for _ in range(100)))

    drawing = draw(viz("image-grid"), grid, width=30, height=8, style=COLOR)

    assert "of 100 images" in rows(drawing)[-1]


def test_the_cursor_is_seen_even_where_no_point_is():
    drawing = draw(viz(), scatter((0, 0), (2, 2)), width=40, height=12, style=COLOR, cursor=(1, 1))

    assert [run.text for line in drawing.lines for run in line if run.role == "cursor"] == [" "]


def test_an_error_is_said_instead_of_a_picture():
    data = PlotData("scatter", error="x has 2 values, y has 3.")

    assert draw(viz(), data, width=40, height=1, style=COLOR).text.rstrip() == data.error


def test_nothing_but_gaps_says_so():
    data = PlotData("scatter", (Series((None, 1.0), (1.0, None)),))
    empty = PlotData("scatter", (Series((None,), (None,)),))

    assert "no value is a finite number" in draw(viz(), empty, width=76, height=3, style=COLOR).text
    assert len(draw(viz(), data, width=76, height=9, style=COLOR).lines) == 9


def test_a_view_shows_its_part_only():
    points = scatter((0, 0), (1, 1), (5, 5))

    drawing = draw(viz(), points, width=40, height=12, style=COLOR, view=View((0.5, 1.5), (0.5, 1.5)))

    assert drawing.text.count("•") == 1


def test_data_of_a_running_cell_is_drawn_as_its_viz_cell_says():
    line = PlotData("line", scatter((0, 0), (1, 1)).series)

    assert "•" in draw(viz("scatter"), line, width=40, height=12, style=COLOR).text


def test_hostile_names_cannot_steer_the_terminal_or_break_the_grid():
    from tui_tutor.core.plotting.data import plot_data_from_json

    name = "\x1b[31mred\u202e\u200d👩‍👩‍👧 漢字"
    data = plot_data_from_json({"kind": "line", "series": [{"x": [0, 1], "y": [0, 1], "name": name}]})

    drawing = draw(viz("line"), data, width=40, height=12, style=COLOR)

    assert "\x1b" not in drawing.text
    assert {cell_len(line) for line in rows(drawing)} == {40}


def test_both_ways_to_ink_a_curve_agree_but_for_rounding():
    from tui_tutor.core.plotting.curves import _raster
    from tui_tutor.core.plotting.inking import draw_strokes

    stroke = [[(0.0, 0.0), (0.5, 1.0), (1.0, 0.25)]]

    theirs, mine = _raster(stroke, 40, 10, "braille"), draw_strokes(stroke, 40, 10, (2, 4), "braille")

    same = sum((a != " ") == (b != " ") for a, b in zip("".join(theirs), "".join(mine), strict=True))
    assert same >= 0.95 * 400


def test_a_long_noisy_curve_keeps_its_extremes():
    x = tuple(float(n) for n in range(20_000))
    y = tuple(10.0 if n == 7777 else 0.0 for n in range(20_000))

    drawing = draw(
        viz("line", ylim=(0, 10)), PlotData("line", (Series(x, y),)), width=60, height=12, style=COLOR
    )

    assert any("\u2800" < char <= "\u28ff" for char in rows(drawing)[0])
