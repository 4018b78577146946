"""Whatever is drawn, the terminal shows what it should show."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_tutor.tui.terminal.cells import Cell
from tui_tutor.tui.terminal.emulator import Emulator
from tui_tutor.tui.terminal.encoding import encode, sort_by_pen
from tui_tutor.tui.terminal.pen import PLAIN, Pen, blank_pen, parse_pen, switch_pen
from tui_tutor.tui.terminal.self_test import draws_alike
from tui_tutor.tui.terminal.shadow import Shadow

WIDTH, HEIGHT = 40, 9
PENS = (
    PLAIN,
    Pen(("1",), "31", ""),
    Pen((), "38;2;1;2;3", "48;2;9;9;9"),
    Pen(("2", "4"), "", "48;2;9;9;9"),
    Pen(("7",), "38;5;200", ""),
    Pen(("1", "3"), "38;2;1;2;3", "44"),
    Pen((), "31", "", "https://example.org/"),
)
TEXTS = ("a", "b", " ", " " * 13, " " * WIDTH, "def f(x):", "你", "好好", "e\u0301", "⣿", "└──┘", "👍🏽")

pens = st.sampled_from(PENS)
pieces = st.tuples(
    st.integers(0, HEIGHT - 1),
    st.integers(0, WIDTH - 1),
    st.lists(st.tuples(st.sampled_from(TEXTS), pens), max_size=8),
)


def cells(runs: list[tuple[str, Pen]]) -> list[Cell]:
    made: list[Cell] = []
    for text, pen in runs:
        for cluster in [text] if text in ("e\u0301", "👍🏽") else text:
            pen_here = blank_pen(pen) if cluster == " " else pen
            made.append((cluster, pen_here))
            made += [("", pen_here)] * (cluster in ("你", "好", "👍🏽"))
    return made


def whole_row(y: int, runs: list[tuple[str, Pen]]) -> tuple[int, int, list[Cell]]:
    row = cells(runs)[:WIDTH]
    if row and row[-1][0] in ("你", "好", "👍🏽"):
        row[-1] = (" ", PLAIN)
    return y, 0, row + [(" ", PLAIN)] * (WIDTH - len(row))


def _without_halves(row: list[Cell]) -> list[Cell]:
    wide = ("你", "好")
    before = [(" ", PLAIN), *row]
    return [
        (" ", PLAIN) if cell[0] == "" and left[0] not in wide else cell
        for left, cell in zip(before, row, strict=False)
    ]


screens = st.lists(
    st.lists(st.tuples(st.sampled_from(TEXTS), pens), max_size=12), min_size=HEIGHT, max_size=HEIGHT
)


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.lists(screens, min_size=1, max_size=4), st.booleans())
def test_every_screen_is_shown_as_asked_after_any_other(sequence, erases_with_background):
    shadow = Shadow(erases_with_background=erases_with_background)
    shadow.resize(WIDTH, HEIGHT)
    terminal = Emulator(WIDTH, HEIGHT)
    for screen in sequence:
        rows = [whole_row(y, runs) for y, runs in enumerate(screen)]
        terminal.feed(shadow.paint(rows))
        assert terminal.shown() == [row for _, _, row in rows]


@settings(max_examples=80, deadline=None)
@given(screens, st.integers(-6, 6), st.integers(0, 3), st.integers(0, 3))
def test_rows_that_move_are_shown_where_they_moved_to(screen, shift, top, bottom):
    shadow = Shadow(erases_with_background=True)
    shadow.resize(WIDTH, HEIGHT)
    terminal = Emulator(WIDTH, HEIGHT)
    labels = [[(f"{y} ", PLAIN), *runs] for y, runs in enumerate(screen)]
    terminal.feed(shadow.paint([whole_row(y, runs) for y, runs in enumerate(labels)]))
    inner = labels[top : HEIGHT - bottom]
    moved = labels[:top] + inner[shift:] + inner[:shift] + labels[HEIGHT - bottom :]
    rows = [whole_row(y, runs) for y, runs in enumerate(moved)]
    terminal.feed(shadow.paint(rows))
    assert terminal.shown() == [row for _, _, row in rows]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.lists(screens, min_size=2, max_size=3))
def test_another_emulator_shows_the_same(sequence):
    shadow = Shadow(erases_with_background=True)
    shadow.resize(WIDTH, HEIGHT)
    patched, whole = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    for terminal in (patched, whole):
        pyte.Stream(terminal).feed("\x1b[?7l")  # the driver switches wrapping off
    for screen in sequence:
        rows = [whole_row(y, runs) for y, runs in enumerate(screen)]
        # pyte knows no clusters, so the halves of one are blanks here.
        rows = [(y, x, [cell if cell[0] != "👍🏽" else (" ", PLAIN) for cell in row]) for y, x, row in rows]
        rows = [(y, x, _without_halves(row)) for y, x, row in rows]
        pyte.Stream(patched).feed(shadow.paint(rows))
        fresh = Shadow()
        fresh.resize(WIDTH, HEIGHT)
        pyte.Stream(whole).feed(fresh.paint(rows))
    shown = [
        [[terminal.buffer[y][x].data for x in range(WIDTH)] for y in range(HEIGHT)]
        for terminal in (patched, whole)
    ]
    assert shown[0] == shown[1]


@given(pens, pens)
def test_a_switch_of_pens_ends_with_the_new_pen(old, new):
    terminal = Emulator(4, 1)
    terminal.feed(switch_pen(PLAIN, old) + "x" + switch_pen(old, new) + "y")
    assert terminal.shown()[0][:2] == [("x", old), ("y", new)]


def test_a_screen_that_is_shown_already_costs_nothing():
    shadow = Shadow()
    shadow.resize(WIDTH, HEIGHT)
    row = whole_row(1, [("def f(x):", PENS[1])])
    assert shadow.paint([row]) != ""
    assert shadow.paint([row]) == ""


def test_one_changed_letter_costs_a_move_a_colour_and_the_letter():
    shadow = Shadow()
    shadow.resize(WIDTH, HEIGHT)
    shadow.paint([whole_row(1, [("def f(x):", PENS[1])])])
    assert shadow.paint([whole_row(1, [("def g(x):", PENS[1])])]) == "\x1b[2;5H\x1b[1;31mg\x1b[m"


def test_a_forgotten_screen_is_sent_in_full():
    shadow = Shadow()
    shadow.resize(WIDTH, HEIGHT)
    row = whole_row(1, [("def f(x):", PENS[1])])
    first = shadow.paint([row])
    shadow.forget()
    shadow.resize(WIDTH, HEIGHT)
    assert shadow.paint([row]) == first


def test_a_colourless_pen_keeps_only_bold_underline_and_reverse():
    assert parse_pen("1;4;7;38;2;1;2;3;48;5;9;31", "", colourless=True) == Pen(("1", "4", "7"))


def test_the_self_test_finds_both_ways_of_drawing_alike():
    assert draws_alike()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(screens, screens)
def test_pen_after_pen_shows_what_row_after_row_shows(first, second):
    rows = [[whole_row(y, runs)[2] for y, runs in enumerate(screen)] for screen in (first, second)]
    shadow = Shadow(erases_with_background=True)
    shadow.resize(WIDTH, HEIGHT)
    terminal = Emulator(WIDTH, HEIGHT)
    terminal.feed(shadow.paint([(y, 0, row) for y, row in enumerate(rows[0])]))
    changes = [(y, list(old), list(new)) for y, (old, new) in enumerate(zip(*rows, strict=True))]
    for change in sort_by_pen(changes):
        terminal.feed(encode([change], (WIDTH, HEIGHT), erases_with_background=True))
    assert terminal.shown() == rows[1]


def test_alternating_colours_do_not_cost_a_switch_for_each_letter():
    shadow = Shadow()
    shadow.resize(WIDTH, HEIGHT)
    numbers = [(text, PENS[2] if text == "a" else PENS[5]) for _ in range(18) for text in "ab"]
    sent = shadow.paint([whole_row(y, numbers) for y in range(HEIGHT)])
    assert sent.count("\x1b[") < 18 * HEIGHT * 2


def test_blanks_erased_after_letters_sent_again_are_erased_where_they_are():
    shadow = Shadow()
    shadow.resize(WIDTH, HEIGHT)
    terminal = Emulator(WIDTH, HEIGHT)
    before, after = whole_row(0, [("xab" + "y" * 20, PLAIN)]), whole_row(0, [("zab", PLAIN)])
    terminal.feed(shadow.paint([before]))
    terminal.feed(shadow.paint([after]))
    terminal.feed(shadow.paint([whole_row(0, [("q", PLAIN), (" " * 12, PLAIN), ("w" * 20, PLAIN)])]))
    terminal.feed(shadow.paint([whole_row(0, [("r", PLAIN), (" " * 4 + "v", PLAIN), (" " * 20, PLAIN)])]))
    assert terminal.shown()[0] == whole_row(0, [("r    v", PLAIN)])[2]
