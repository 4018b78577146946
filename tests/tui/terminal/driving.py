"""Starts the demo app on a pseudo-terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.pty_driver import PtyDriver

REPOSITORY = Path(__file__).resolve().parents[3]
DEMO = str(Path(__file__).with_name("demo_app.py"))
LAST_LINE = "^p palette"


def demo(*arguments: str, width: int = 120, height: int = 36, **environ: str) -> PtyDriver:
    """The demo app, drawn and quiet."""
    driver = start(sys.executable, DEMO, *arguments, width=width, height=height, **environ)
    driver.wait_for(LAST_LINE)
    driver.settle()
    return driver


def start(*argv: str, width: int = 120, height: int = 36, **environ: str) -> PtyDriver:
    """Any program, with the demo's environment."""
    fixed = {"PYTHONPATH": str(REPOSITORY), "TEXTUAL_ANIMATIONS": "none", "PYTHONFAULTHANDLER": ""}
    return PtyDriver(argv, width=width, height=height, environ={**fixed, **environ}, folder=REPOSITORY)


def children(pid: int) -> list[int]:
    """The processes a process has started, by id."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
