"""What stands in a cell's gutter: `In  [7]`, `viz [3]`; padded for the screen, plain in prose."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.course import Cell

KIND_LABELS: Final = {"md": "md", "code": "In", "viz": "viz", "ex": "ex", "quiz": "?", "sh": "sh"}


def gutter_label(cell: Cell, number: int, count: int | None) -> str:
    """The kind padded to three, a blank, the number in brackets; code shows its execution count."""
    return f"{KIND_LABELS[cell.kind]:<3} {_bracket(cell, number, count)}"


def plain_label(cell: Cell, number: int, count: int | None) -> str:
    """The label in a sentence: one blank."""
    return f"{KIND_LABELS[cell.kind]} {_bracket(cell, number, count)}"


def _bracket(cell: Cell, number: int, count: int | None) -> str:
    if cell.kind == "code":
        return f"[{count}]" if count is not None else "[ ]"
    return f"[{number}]"


def output_label(count: int | None) -> str:
    """`out [7]`, or `out [ ]` for output that no run of this kernel made."""
    return f"out [{count}]" if count is not None else "out [ ]"


def milliseconds(elapsed_ms: float) -> str:
    """`12 ms`, `4 s`, `1 min 04 s`."""
    if elapsed_ms < 999.5:
        return f"{elapsed_ms:.0f} ms"
    seconds = elapsed_ms / 1000
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return duration(seconds)


def duration(seconds: float) -> str:
    """Whole seconds: `4 s`, from a minute on `1 min 04 s`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02d} s"
