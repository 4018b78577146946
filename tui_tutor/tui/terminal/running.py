"""Runs a Textual app so that the terminal survives it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from tui_tutor import __version__
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line, safe_text
from tui_tutor.tui.terminal.restoring import HANDLERS, TERMINAL, on_exit, run_cleanups

if TYPE_CHECKING:
    from textual.app import App

PAINT_PERIOD_S: Final = 1 / 240
_REPORT: Final = (
    f"TUI Tutor {__version__} made a mistake and had to stop. What was answered and run is kept; start it "
    "again to go on.\nPlease report the lines above as an issue of the project; CONTRIBUTING.md says how."
)


def run_app(
    make_app: Callable[[], App[Any]],
    *,
    cleanups: Iterable[Callable[[], None]] = (),
    drawing: str | None = None,
) -> int:
    """Make the app and run it on the terminal; return the exit code for `sys.exit`.

    `cleanups` are called however it ends, short of SIGKILL (see `on_exit`). `drawing` is the setting
    ("frugal" or "stock"). A TutorError is told in its own words; any other exception with its traceback.
    """
    for cleanup in cleanups:
        on_exit(cleanup)
    HANDLERS.install()
    try:
        return _run(make_app, drawing)
    except TutorError as refused:
        return _tell_refusal(refused)
    except Exception as mistake:  # noqa: BLE001 - the last place that can still explain it
        return _tell_mistake(mistake)
    finally:
        run_cleanups()
        TERMINAL.restore()


def _run(make_app: Callable[[], App[Any]], drawing: str | None) -> int:
    from tui_tutor.tui.terminal import frugal, highlighting
    from tui_tutor.tui.terminal.driver import use_terminal_driver

    if not os.environ.get("NO_COLOR", "x"):
        del os.environ["NO_COLOR"]  # set but empty means colours, which Textual reads otherwise
    frugal.install(drawing)
    highlighting.install()
    _keep_cursors_still()
    _paint_soon()
    app = make_app()
    HANDLERS.ask_to_exit = use_terminal_driver(app)
    _keep_quiet_about_mistakes(app)
    app.run()
    mistake = app._exception
    refused = getattr(mistake, "error", mistake)  # a worker's failure wraps what it raised
    if isinstance(refused, TutorError):
        raise refused
    if mistake is not None and not hasattr(mistake, "__rich__"):
        raise mistake
    return app.return_code or 0


def _keep_cursors_still() -> None:
    """A blinking cursor sends bytes for ever; editors are told by those who make them."""
    from textual.widgets import Input

    blink: Any = Input.cursor_blink
    blink._default = False


def _paint_soon() -> None:
    """Textual paints a period or two after a change; periods can be short where little is sent."""
    from textual import screen

    period: Any = screen
    period.UPDATE_PERIOD = PAINT_PERIOD_S


def _keep_quiet_about_mistakes(app: App[Any]) -> None:
    """Textual would print every local variable of every frame; the last lines are what helps."""
    app._fatal_error = app._close_messages_no_wait  # type: ignore[method-assign]


def _tell_refusal(refused: TutorError) -> int:
    _say(safe_line(refused.message), safe_text(refused.help))
    return refused.exit_code


def _tell_mistake(mistake: Exception) -> int:
    _say(safe_text("".join(traceback.format_exception(mistake))), _REPORT)
    return 1


def _say(*parts: str) -> None:
    TERMINAL.restore()
    sys.stderr.write("".join(f"{part}\n" for part in parts if part))
