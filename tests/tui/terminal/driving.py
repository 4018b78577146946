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


def shell(*arguments: str, **environ: str) -> PtyDriver:
    """The demo app, drawn and quiet, as bash has started it at the prompt `ready> `."""
    driver = start("bash", "--norc", "--noprofile", "-i", PS1="ready> ", **environ)
    driver.wait_for("ready> ")
    driver.type(" ".join((sys.executable, DEMO, *arguments)) + "\r")
    driver.wait_for(LAST_LINE)
    driver.settle()
    return driver


def assert_the_shell_has_its_terminal(driver: PtyDriver) -> None:
    """The app has just stopped: bash says so, in a mode of its own, and runs a command."""
    driver.wait_for("Stopped")
    driver.settle()
    assert driver.modes_left_on() <= {2004}, "bash itself may use bracketed paste"
    run_a_command(driver)


def run_a_command(driver: PtyDriver) -> None:
    """Bash takes a line and answers it."""
    driver.type("echo so$((1 + 1))far\r")
    driver.wait_for("so2far")


def assert_it_goes_on(driver: PtyDriver, before: object) -> None:
    """Brought back, the app draws these cells again and takes what is typed."""
    driver.type("fg\r")
    driver.wait(lambda: driver.cells() == before)
    driver.type("y")
    driver.wait_for("yimport torch")


def assert_it_ends_well(driver: PtyDriver) -> None:
    """Left by its key, the app gives bash back, with status 0."""
    driver.press("ctrl+q")
    driver.wait(lambda: driver.text().rstrip().endswith("ready>"))
    driver.type("echo code $?\r")
    driver.wait_for("code 0")


def children(pid: int) -> list[int]:
    """The processes a process has started, by id."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
