"""A real app on a real pseudo-terminal looks the same as Textual draws it, for a fraction of the bytes."""

from __future__ import annotations

import random
import re
import time

import pytest

from benchmarks.pty_driver import PtyDriver
from tests.tui.terminal.driving import demo

pytestmark = pytest.mark.slow

WHEEL_DOWN, WHEEL_UP = b"\x1b[<65;10;30M", b"\x1b[<64;10;30M"
ACTIONS = (
    *("xyz (:'#",),
    "你好",
    "e\u0301",
    *("enter", "backspace", "up", "down", "left", "right", "home", "end", "pagedown", "pageup"),
    *("shift+up", "shift+right", "ctrl+z", "tab", "shift+tab", "f9"),
    *(WHEEL_DOWN, WHEEL_DOWN, WHEEL_UP),
    *((100, 30), (80, 24), (120, 36), (40, 10), (131, 40)),
    ("ctrl+p", "q", "escape"),
)


def act(driver: PtyDriver, action: object) -> None:
    match action:
        case bytes():
            driver.write(action)
        case (int(width), int(height)):
            driver.resize(width, height)
        case tuple():
            driver.press(*action)
        case str() if re.fullmatch(r"[a-z+0-9]{2,}", action):
            driver.press(action)
        case str():
            driver.type(action)
    driver.settle(0.12)


def shown(driver: PtyDriver) -> list[list[tuple[str, str, str, bool, bool, bool]]]:
    return driver.cells()


def wait_until_alike(first: PtyDriver, second: PtyDriver, timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while shown(first) != shown(second) and time.monotonic() < end:
        first.settle(0.05)
        second.settle(0.05)


@pytest.mark.parametrize("seed", [1, 2])
def test_after_every_action_each_cell_is_as_textual_draws_it(seed):
    chosen = random.Random(seed).choices([a for a in ACTIONS if a != (40, 10)], k=40)
    with demo("stock") as stock, demo() as frugal:
        assert shown(frugal) == shown(stock)
        for number, action in enumerate(chosen):
            act(stock, action)
            act(frugal, action)
            wait_until_alike(stock, frugal)
            assert shown(frugal) == shown(stock), f"after action {number}, {action!r} of {chosen}"
        assert len(frugal.sent) * 3 < len(stock.sent)


def test_a_window_that_went_small_and_came_back_is_drawn_whole():
    with demo() as driver:
        before = shown(driver)
        for size in [(90, 36), (120, 36), (30, 5), (120, 36)]:
            act(driver, size)
        driver.settle()
        assert shown(driver) == before


def test_what_is_sent_stays_within_the_promised_bytes():
    with demo() as driver:
        assert len(driver.sent) <= 20_000
        assert driver.bytes_after(lambda: driver.type("x")) <= 200
        driver.press("tab")
        assert driver.bytes_after(lambda: driver.press("pagedown")) <= 3_000
        assert driver.settle(1.0, 1.0) == 0


def test_ctrl_l_draws_the_whole_screen_again():
    with demo() as driver:
        whole = shown(driver)
        driver.screen.erase_in_display(2)
        driver.press("f9")
        driver.settle()
        assert shown(driver) == whole


def test_without_colours_only_bold_underline_and_reverse_are_sent():
    with demo(NO_COLOR="1") as driver:
        driver.type("print('x')")
        driver.press("ctrl+p")
        driver.settle()
        codes = {code for sgr in re.findall(rb"\x1b\[([\d;]*)m", driver.sent) for code in sgr.split(b";")}
        assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"22", b"23", b"24", b"27", b"39", b"49"}


def test_with_256_colours_no_24_bit_colour_is_sent():
    with demo(COLORTERM="", TERM="xterm-256color") as driver:
        assert b"38;5;" in driver.sent
        assert b"38;2;" not in driver.sent
        assert b"48;2;" not in driver.sent


def test_textual_draws_itself_when_asked_to():
    with demo(TUI_TUTOR_DRAWING="stock") as driver:
        assert driver.bytes_after(lambda: driver.type("x")) > 2_000
