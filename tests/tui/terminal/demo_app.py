"""A small app with everything that is hard to draw; run as a program on a terminal by the tests.

Arguments: `stock` draws as Textual does, `no-guardian` does without the guardian, `hosted` outlives its
terminal: HOST_DATA names the data folder the session belongs to, HOST_KEEP_S the seconds it waits. RUNS is
what it says that runs.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tui_tutor.tui.terminal.guardian import guard, watch_group

if "no-guardian" not in sys.argv:
    guard()
if "hosted" in sys.argv:
    from tui_tutor.tui.terminal import hosting

    assert hosting.host(Path(os.environ["HOST_DATA"]), float(os.environ.get("HOST_KEEP_S", "600")))

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Footer, Header, Static, TextArea

from tui_tutor.core.errors import TutorError
from tui_tutor.tui.terminal import colour, frugal, running
from tui_tutor.tui.terminal.restoring import on_exit

CODE = "import torch\n\ndef f(x):\n    # 你好 e\u0301\n    return x ** 2\n\nprint(f(3))\n"


class Demo(App[None]):
    """An editor above a long page."""

    BINDINGS = [
        ("f2", "fail", "Fail"),
        ("f3", "refuse", "Refuse"),
        ("f4", "crash", "Crash"),
        ("f5", "hang", "Hang"),
        ("f8", "suspend_process", "Suspend"),
        ("f9", "redraw", "Redraw"),
        ("f10", "flood", "Flood"),
    ]
    CSS = "TextArea { height: 12; border: round blue; } #odd { background: #303050; }"

    def compose(self) -> ComposeResult:
        yield Header()
        with VerticalScroll():
            yield TextArea.code_editor(CODE, language="python")
            for number in range(60):
                mark = "" if number % 3 else "你好, e\u0301 and ⣿▀ "
                identity = "odd" if number == 4 else None
                yield Static(f"paragraph {number} {mark}lorem ipsum dolor " * 2, id=identity, markup=False)
        yield Footer()

    def on_mount(self) -> None:
        editor = self.query_one(TextArea)
        editor.cursor_blink = False
        editor.focus()

    def action_fail(self) -> None:
        raise RuntimeError("a \x1b[31mmistake")

    def action_refuse(self) -> None:
        raise TutorError("the disk is full; nothing was lost", help="make room and start again")

    def action_crash(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def action_hang(self) -> None:
        while True:
            pass

    redrawn = 0

    def action_flood(self) -> None:
        """Write and write; what runs counts how often."""
        self.set_interval(0.01, self.redraw_once_more)

    def redraw_once_more(self) -> None:
        self.redrawn += 1
        frugal.redraw(self)

    def what_runs(self) -> str:
        return os.environ.get("RUNS", "") or str(self.redrawn or "")

    def action_redraw(self) -> None:
        frugal.redraw(self)


def make_app() -> Demo:
    """The app; with NO_COLOR as a colourless app is to be made."""
    app = Demo(**colour.app_arguments())
    if colour.is_colourless():
        app.theme = colour.COLOURLESS_THEME
    return app


def note_cleanup() -> None:
    """Leave a mark that cleanups have run."""
    if "CLEANUP_MARK" in os.environ:
        with open(os.environ["CLEANUP_MARK"], "a", encoding="utf-8") as mark:
            mark.write("cleaned\n")


if __name__ == "__main__":
    if "WATCHED_GROUP" in os.environ:
        watch_group(int(os.environ["WATCHED_GROUP"]))
    on_exit(note_cleanup)
    sys.exit(running.run_app(make_app, drawing="stock" if "stock" in sys.argv else None))
