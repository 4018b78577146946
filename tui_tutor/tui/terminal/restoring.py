"""Whatever ends the app, the terminal is put right, and what must not outlive the app is ended."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

from tui_tutor.tui.terminal import modes
from tui_tutor.tui.terminal.guardian import LINK

_GRACE_S: Final = 2.0  # for an orderly end after a signal
_SECOND_THOUGHTS_S: Final = 1.0  # the same signal within this time is one signal that came two ways
_GRACEFUL: Final = (signal.SIGINT, signal.SIGTERM)
_AT_ONCE: Final = (signal.SIGHUP, signal.SIGQUIT)

_cleanups: list[Callable[[], None]] = []


def on_exit(cleanup: Callable[[], None]) -> Callable[[], None]:
    """Have `cleanup` called however the app ends, short of SIGKILL; returns what takes it back.

    It may run in a signal handler, and twice: quick, synchronous, no locks, no writing to the terminal.
    """
    _cleanups.append(cleanup)

    def take_back() -> None:
        with contextlib.suppress(ValueError):
            _cleanups.remove(cleanup)

    return take_back


def run_cleanups() -> None:
    """Call every cleanup, the last first; one that fails does not keep the others from running.

    A cleanup that a signal interrupts is called again by the signal's handler.
    """
    while _cleanups:
        with contextlib.suppress(Exception):
            _cleanups[-1]()
        _cleanups.pop()


class Terminal:
    """The terminal the app draws on, and how it is left."""

    def __init__(self) -> None:
        self._input = 0
        self._output = 2
        self._before: modes.Attributes | None = None
        self._is_drawing = False

    def enter(self, input_descriptor: int, output_descriptor: int) -> None:
        """Call before the first mode is switched on."""
        self._input, self._output = input_descriptor, output_descriptor
        self._before = self._before or modes.terminal_attributes(input_descriptor)
        self._is_drawing = True
        LINK.tell("drawing")

    def left(self) -> None:
        """Call when the app itself has switched everything off."""
        self._is_drawing = False
        LINK.tell("left")

    def restore(self) -> None:
        """Switch off whatever is on; safe to call in a signal handler and more than once."""
        if self._is_drawing and modes.terminal_attributes(self._input) is not None:
            modes.send(self._output, modes.UNDO)
            modes.restore_attributes(self._input, self._before)
        self.left()


TERMINAL: Final = Terminal()


def _nobody_to_ask(_code: int) -> bool:
    return False


class SignalHandlers:
    """SIGINT and SIGTERM ask for an orderly end, SIGHUP and SIGQUIT end at once."""

    def __init__(self) -> None:
        self.ask_to_exit: Callable[[int], bool] = _nobody_to_ask
        self._asked_at: float | None = None
        self._code = 128 + signal.SIGTERM
        self._is_leaving = False

    def install(self) -> None:
        """Take the signals over, ignored ones too: without a terminal there is nothing to do."""
        for number in _GRACEFUL:
            signal.signal(number, self._end_orderly)
        for number in _AT_ONCE:
            signal.signal(number, self._end_at_once)
        signal.signal(signal.SIGALRM, self._end_at_once)
        if LINK.crash_report >= 0:
            faulthandler.enable(file=LINK.crash_report)

    def _end_orderly(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_at is not None:
            if now - self._asked_at > _SECOND_THOUGHTS_S:
                self._end_at_once(number, frame)
            return
        self._asked_at = now
        self._code = 128 + number
        if not self.ask_to_exit(self._code):
            self._end_at_once(number, frame)
        signal.setitimer(signal.ITIMER_REAL, _GRACE_S)

    def _end_at_once(self, number: int, _frame: FrameType | None) -> None:
        if self._is_leaving:
            return  # the guardian's copy must not cut the first one short
        self._is_leaving = True
        code = self._code if number == signal.SIGALRM and self._asked_at is not None else 128 + number
        leave(code)


HANDLERS: Final = SignalHandlers()


def leave(code: int) -> None:
    """End now: cleanups, the terminal put right unless it is gone, no orderly shutdown of anything else."""
    run_cleanups()
    TERMINAL.restore()
    os._exit(code)


def terminal_is_lost() -> None:
    """End the app because its terminal is gone; for any thread but the main one."""
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGHUP)
    # The main thread may be busy in code that lets no handler run.
    time.sleep(_GRACE_S)
    os._exit(128 + signal.SIGHUP)
