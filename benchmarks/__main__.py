"""`python -m benchmarks [NAME...]`: print the figures of every benchmark, or of those named."""

from __future__ import annotations

import sys
import traceback

from benchmarks.measuring import Benchmark, Figure, benchmarks, is_met

_HEADER = ("figure", "median", "floor", "ratio", "wanted", "")

_MET = {True: "met", False: "MISSED", None: ""}


def main(names: list[str]) -> int:
    """Print one table for each benchmark; 1 when one of them could not measure."""
    chosen = list(benchmarks(names))
    missing = set(names) - {benchmark.name for benchmark in chosen}
    if missing:
        print(f"no such benchmark: {', '.join(sorted(missing))}", file=sys.stderr)
        return 2
    return max([_print(benchmark) for benchmark in chosen], default=0)


def _print(benchmark: Benchmark) -> int:
    print(f"\n{benchmark.name}", flush=True)
    try:
        figures = benchmark.measure()
    except Exception:  # noqa: BLE001 - the other benchmarks still have something to say
        traceback.print_exc()
        return 1
    rows = [_HEADER, *(_row(figure, benchmark.wanted) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _row(figure: Figure, wanted: dict[str, str]) -> tuple[str, ...]:
    name, value, unit, floor, ratio = figure
    shown_ratio = "" if ratio is None else f"{ratio:.2f} x"
    wish = wanted.get(name, "")
    return name, f"{_number(value)} {unit}", floor, shown_ratio, wish, _MET[is_met(figure, wish)]


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
