"""The figures of the whole app on a pseudo-terminal of 120x36, as a learner meets them."""

from __future__ import annotations

from benchmarks.app_drawing import measure_drawing
from benchmarks.app_running import measure_floods, measure_running
from benchmarks.app_start import measure_large, measure_start, run_in_folder
from benchmarks.measuring import Figure

WANTED = {
    "tui-tutor --version": "≤ floor + 80 ms",
    "start to usable library": "≤ 2 x",
    "start to usable lesson": "≤ 2.3 x",
    "500-cell lesson usable": "≤ 1.3 x",
    "500-cell lesson, memory added": "≤ 60 MB",
    "launch to first output": "≤ 1.4 x",
    "first output after a second": "≤ 50 ms",
    "first cell imports torch, after 3 s": "≤ 150 ms",
    "run key to output, warm": "≤ floor + 10 ms",
    "100,000 lines to the end": "≤ 1.25 x",
    "100,000 lines: keys answered meanwhile, p95": "≤ 50 ms",
    "100,000 lines: memory of the tree added": "≤ 64 MB",
    "100,000 lines: unaccounted for": "≤ 0 lines",
    "1,000,000 lines to the end": "≤ 1.25 x",
    "1,000,000 lines: keys answered meanwhile, p95": "≤ 50 ms",
    "1,000,000 lines: memory of the tree added": "≤ 64 MB",
    "1,000,000 lines: unaccounted for": "≤ 0 lines",
    "key to screen in the editor": "≤ 1.5 x",
    "bytes: a typed letter": "≤ 200 B",
    "bytes: page down": "≤ 3,000 B",
    "bytes: open a lesson": "≤ 20,000 B",
    "bytes: an idle second": "≤ 0 B",
    "1,000-lesson course in the library": "≤ floor + 100 ms",
    "interrupt of an endless print loop": "≤ 200 ms",
    "interrupt of an await": "≤ 200 ms",
    "killed kernel noticed": "≤ 100 ms",
    "restart": "≤ 250 ms",
    "1,000,000 events: start": "≤ floor + 100 ms",
    "1,000,000 events: open a lesson": "≤ floor + 100 ms",
}


def measure() -> list[Figure]:
    """Everything; needs about five minutes."""
    parts = (measure_start, measure_drawing, measure_running, measure_floods, measure_large)
    return [figure for part in parts for figure in run_in_folder(part)]
