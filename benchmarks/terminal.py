"""What drawing costs: bytes to the terminal, time from key to screen, the guardian."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import Figure, alternating_medians, median_ms, memory_mb, process_tree
from benchmarks.pty_driver import PtyDriver

_REPOSITORY = Path(__file__).resolve().parents[1]
_DEMO = _REPOSITORY / "tests/tui/terminal/demo_app.py"
_READY = "^p palette"

WANTED = {
    "a typed letter": "≤ 200 B",
    "page down": "≤ 3,000 B",
    "the first screen": "≤ 20,000 B",
    "an idle second": "0 B",
    "self-test": "≤ 5 ms",
    "guardian's memory": "≤ 6 MB",
    "start of a session that is kept": "≤ 20 ms more",
    "key to screen through a host": "≤ 2 ms more",
}


def measure() -> list[Figure]:
    """Bytes and times of a small app, with Textual's own drawing as the floor."""
    with _demo("stock") as stock, _demo() as frugal:
        figures = [
            _bytes("the first screen", [len(stock.sent), len(frugal.sent)]),
            _compare("a typed letter", stock, frugal, lambda driver: driver.type("x")),
            _compare("a new line", stock, frugal, lambda driver: driver.press("enter")),
            _compare(
                "page down", stock, frugal, lambda driver: driver.press("pagedown"), before=_leave_editor
            ),
            _compare("a wheel notch", stock, frugal, lambda driver: driver.write(b"\x1b[<65;10;30M")),
            ("an idle second", frugal.settle(1.0, 1.0), "B", "", None),
            _compare("command palette", stock, frugal, lambda driver: driver.press("ctrl+p")),
        ]
    return [*figures, _key_to_screen(), *_in_process(), *_guardian(), *_host()]


def _demo(*arguments: str) -> PtyDriver:
    driver = _start(*arguments)
    driver.wait_for(_READY)
    driver.settle()
    return driver


def _start(*arguments: str, **more: str) -> PtyDriver:
    environ = {"PYTHONPATH": str(_REPOSITORY), "TEXTUAL_ANIMATIONS": "none", **more}
    return PtyDriver([sys.executable, str(_DEMO), *arguments], environ=environ, folder=_REPOSITORY)


def _leave_editor(driver: PtyDriver) -> None:
    driver.press("tab")


def _compare(
    name: str,
    stock: PtyDriver,
    frugal: PtyDriver,
    act: Callable[[PtyDriver], object],
    before: Callable[[PtyDriver], object] = lambda _driver: None,
) -> Figure:
    sent = []
    for driver in (stock, frugal):
        before(driver)
        sent.append(driver.bytes_after(lambda: act(driver)))  # noqa: B023 - called at once
    return _bytes(name, sent)


def _bytes(name: str, sent: list[int]) -> Figure:
    stock, frugal = sent
    return name, frugal, "B", f"stock {stock:,} B", frugal / stock if stock else None


def _key_to_screen() -> Figure:
    with _demo("stock") as stock, _demo() as frugal:
        times = alternating_medians([lambda: _type_ms(stock), lambda: _type_ms(frugal)], tries=40)
    return "key to screen", times[1], "ms", f"stock {times[0]:.1f} ms", times[1] / times[0]


def _type_ms(driver: PtyDriver) -> float:
    driver.settle(0.05)
    start = time.perf_counter()
    driver.type("x")
    driver.read(5.0)
    return (time.perf_counter() - start) * 1000


def _in_process() -> list[Figure]:
    from tui_tutor.tui.terminal.cells import Cell
    from tui_tutor.tui.terminal.pen import Pen
    from tui_tutor.tui.terminal.self_test import draws_alike
    from tui_tutor.tui.terminal.shadow import Shadow

    assert draws_alike()
    shadow = Shadow(erases_with_background=True)
    shadow.resize(120, 36)
    screen: list[tuple[int, int, list[Cell]]] = [
        (y, 0, [(f"{y % 10}", Pen((), "31"))] * 120) for y in range(36)
    ]
    shadow.paint(screen)
    return [
        ("self-test", median_ms(draws_alike), "ms", "", None),
        ("comparing a whole unchanged screen", median_ms(lambda: shadow.paint(screen)), "ms", "", None),
    ]


def _guardian() -> list[Figure]:
    def start_ms(*arguments: str) -> float:
        with _start(*arguments) as driver:
            return driver.wait_for(_READY) * 1000

    without, guarded = alternating_medians([lambda: start_ms("no-guardian"), start_ms], tries=5)
    with _demo() as driver:
        guardian = memory_mb(process_tree(driver.pid)[0])
    return [
        ("start with a guardian", guarded, "ms", f"without {without:.0f} ms", guarded / without),
        ("guardian's memory", guardian, "MB", "", None),
    ]


def _host() -> list[Figure]:
    """What a session costs that outlives its terminal; those started here end a second after it has gone."""
    with TemporaryDirectory() as data, _demo() as direct, _hosted(data) as hosted:
        keys = alternating_medians([lambda: _type_ms(direct), lambda: _type_ms(hosted)], tries=40)

    def start_ms(*arguments: str) -> float:
        with TemporaryDirectory() as data, _start(*arguments, HOST_DATA=data, HOST_KEEP_S="1") as driver:
            took = driver.wait_for(_READY) * 1000
            driver.press("ctrl+q")
            driver.wait_for_end()
            return took

    starts = alternating_medians([start_ms, lambda: start_ms("hosted")], tries=5)
    return [
        ("key to screen through a host", keys[1], "ms", f"without {keys[0]:.1f} ms", keys[1] / keys[0]),
        (
            "start of a session that is kept",
            starts[1],
            "ms",
            f"without {starts[0]:.0f} ms",
            starts[1] / starts[0],
        ),
    ]


def _hosted(data: str) -> PtyDriver:
    driver = _start("hosted", HOST_DATA=data, HOST_KEEP_S="1")
    driver.wait_for(_READY)
    driver.settle()
    return driver
