"""Textual's terminal driver, made quiet, sure to end with its terminal, and plain about small windows."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TextIO

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.geometry import Size

from tui_tutor.tui.terminal import frugal, modes
from tui_tutor.tui.terminal.guardian import LINK
from tui_tutor.tui.terminal.orders import Ask, Order, Orders, Redraw, can_change_terminal, what_runs
from tui_tutor.tui.terminal.restoring import TERMINAL, terminal_is_lost
from tui_tutor.tui.terminal.too_small import MINIMUM_HEIGHT, MINIMUM_WIDTH, draw_too_small, is_too_small
from tui_tutor.tui.terminal.writing import TerminalWriter

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

_SYNC_START: Final = "\x1b[?2026h"
_SYNC_END: Final = "\x1b[?2026l"
_POINTER_SHAPE: Final = "\x1b]22;"
# Ends a sequence that was cut, a synchronised update, colours, a scrolling region; and clears the screen.
_CUT: Final = "\x18\x1b\\\x1b[?2026l\x1b[m\x1b[r\x1b[2J"
_CURSOR_MOVE: Final = re.compile(r"\x1b\[\d+;\d+H\Z")
# Buttons and dragging. All motion (1003) would send a report for every cell the mouse crosses.
_MOUSE: Final = ("1000", "1002", "1006")
_QUIT_KEY: Final = "ctrl+q"


class TerminalDriver(linux_driver.LinuxDriver):
    """Sends no byte that changes nothing; never asks for in-band resizes, after which SIGWINCH is ignored."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self._usable = (MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self._is_small = False
        self._is_suspended = False
        self._held_sync = ""
        self._cursor = ""
        self._raw: modes.Attributes | None = None
        self._orders = Orders()
        self._has_other_terminal = False
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._terminal = _terminal_file()
        self._file: Any = self._terminal
        self.exit_event = _WakingEvent()
        self._size = size or self._get_terminal_size()

    # Size

    def _window_size(self) -> tuple[int, int]:
        """The window's size; COLUMNS and LINES are not asked, for they do not follow the window."""
        try:
            width, height = os.get_terminal_size(self._terminal.fileno())
        except OSError:
            width, height = 0, 0
        return width or 80, height or 24

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size the app is told: that of the last window that was large enough."""
        size = self._window_size()
        if not is_too_small(*size):
            self._usable = size
        return self._usable

    def _on_window_change(self, _number: int, _frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._window_changed)

    def _window_changed(self) -> None:
        # The terminal may have cut, joined or moved lines.
        frugal.forget()
        size = Size(*self._get_terminal_size())
        if self._show_small_window():
            return
        self._app.post_message(events.Resize(size, size))
        # Textual draws nothing for a size it already has, but the window may have been another in between.
        self._loop.call_later(1 / 30, self._app.call_later, self._app.refresh)

    def _show_small_window(self) -> bool:
        """Show the sentence for small windows if this is one; from now on the app draws only if not."""
        size = self._window_size()
        self._is_small = is_too_small(*size)
        if self._is_small and self._writer_thread is not None:
            self._writer_thread.write(draw_too_small(*size))
        return self._is_small

    # Output

    def write(self, data: str) -> None:
        """Queue data for the terminal, unless it changes nothing or the window shows something else."""
        if self._is_small or data.startswith(_POINTER_SHAPE):
            return
        if data == _SYNC_START:
            self._held_sync = data
        elif data == _SYNC_END and self._held_sync:
            self._held_sync = ""
        elif data != self._cursor or not data:
            moved = _CURSOR_MOVE.search(data)
            self._cursor = moved[0] if moved else self._cursor if data == _SYNC_END else ""
            sync, self._held_sync = self._held_sync, ""
            super().write(sync + data)

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            super().write("".join(f"\x1b[?{mode}h" for mode in _MOUSE))

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            super().write("".join(f"\x1b[?{mode}l" for mode in reversed(_MOUSE)))

    def _query_in_band_window_resize(self) -> None:
        return

    # Application mode

    def start_application_mode(self) -> None:
        """Take the terminal over and draw everything."""
        TERMINAL.enter(self.fileno, self._terminal.fileno())
        frugal.forget()
        self._cursor = self._held_sync = ""
        self._is_small = False  # the switches are for small windows too
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._raw = modes.terminal_attributes(self.fileno)
        signal.signal(signal.SIGWINCH, self._on_window_change)
        self._show_small_window()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._is_small = False
        super().stop_application_mode()

    def close(self) -> None:
        """Wait until all is written."""
        super().close()
        TERMINAL.left()

    def _sigtstp_application(self, *_: object) -> None:
        # On the loop, for the queue of the writer is no place for a signal handler.
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        if LINK.is_hosted:  # the terminal is given back, and the session goes on
            LINK.tell("stop")
            return
        if self._auto_restart and not self._is_suspended:
            self.suspend_application_mode()
            self._is_suspended = self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        if not self._auto_restart:
            return
        if not modes.is_in_foreground(self.fileno):
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        if not self._is_suspended:
            self._take_over_again()
            return
        self._key_thread = None
        self.resume_application_mode()
        # Without a key thread it did not get the terminal, and tries again when continued.
        self._is_suspended = self._key_thread is None
        self._app.call_later(self._app.refresh)

    def _take_over_again(self) -> None:
        """After a stop nobody announced: the guardian may have given the terminal back meanwhile."""
        if self._writer_thread is None or not self._writer_thread.is_alive() or self._raw is None:
            return
        TERMINAL.enter(self.fileno, self._terminal.fileno())
        termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw)
        self._switch_modes_on("=25;1")
        self._window_changed()

    def _switch_modes_on(self, keyboard: str) -> None:
        super().write(f"\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l\x1b[{keyboard}u")
        self._enable_mouse_support()

    # A host's orders

    def _obey(self, order: Order) -> None:
        if isinstance(order, Ask):
            LINK.tell(f"runs {what_runs(self._app)}")
        else:
            self._app.call_later(self._draw_anew, order)

    def _draw_anew(self, order: Redraw) -> None:
        """Switch everything on and draw everything, after the mark the host waits for."""
        if self._writer_thread is None or not self._writer_thread.is_alive():
            return
        super().write(order.mark + _CUT)
        self._switch_modes_on("=25;1" if order.terminal is None else ">25")
        self._cursor = self._held_sync = ""
        self._is_small = False
        if order.terminal is not None:
            frugal.adapt(order.terminal.environ)
            if can_change_terminal(self._app):
                self._app.take_terminal(order.terminal.environ, is_ascii=order.terminal.is_ascii)
            self._app.post_message(events.AppFocus())
            self._app._sync_available = False
            self._request_terminal_sync_mode_support()
        self._window_changed()

    # Input

    def run_input_thread(self) -> None:
        """Read keys until the app ends; the end of input ends the app."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        while not self.exit_event.is_set():
            data = self._read(parser)
            if data is None:
                terminal_is_lost()
                return
            if self._has_other_terminal:  # what the old one had begun to send will not be finished
                self._has_other_terminal = False
                parser = XTermParser(self._debug)
                decode = getincrementaldecoder("utf-8")(errors="replace").decode
            for message in [*(parser.feed(decode(data)) if data else ()), *parser.tick()]:
                self.process_message(message)

    def _read(self, parser: XTermParser) -> bytes | None:
        """What was typed, b"" when it is time to look around, None when nothing can be typed any more."""
        exit_event = self.exit_event
        assert isinstance(exit_event, _WakingEvent)
        watched = [self.fileno, exit_event.descriptor]
        if LINK.guardian_alive >= 0:
            watched.append(LINK.guardian_alive)
        # Only a sequence that may be complete or not needs the clock.
        timeout_s = None if parser._timeout_time is None else 0.02
        ready = select.select(watched, [], [], timeout_s)[0]
        if LINK.guardian_alive in ready and not self._take_orders():
            return None
        if self.fileno not in ready:
            return b""
        try:
            return os.read(self.fileno, 4096) or None
        except OSError:
            return None

    def _take_orders(self) -> bool:
        """Have the app obey what the guardian wants; False if the guardian is dead."""
        data = os.read(LINK.guardian_alive, 65_536)
        for order in self._orders.feed(data):
            self._has_other_terminal |= isinstance(order, Redraw) and order.terminal is not None
            self._loop.call_soon_threadsafe(self._obey, order)
        return bool(data)

    def process_message(self, message: Message) -> None:
        """Hand a message to the app; keys and mouse do not reach what cannot be seen."""
        if self._is_small and isinstance(message, events.InputEvent):
            is_quit = isinstance(message, events.Key) and message.key == _QUIT_KEY
            if not is_quit:
                return
        super().process_message(message)


class _WakingEvent(threading.Event):
    """An event that a `select` can wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptor, self._wake = os.pipe()

    def set(self) -> None:
        """Set the flag and make the descriptor readable."""
        super().set()
        os.write(self._wake, b"!")

    def clear(self) -> None:
        """Reset the flag and empty the descriptor."""
        if self.is_set():
            os.read(self.descriptor, 4096)
        super().clear()


def _terminal_file() -> TextIO:
    """Standard error if it is the terminal, as Textual has it, otherwise standard output."""
    files = [file for file in (sys.__stderr__, sys.__stdout__) if file is not None]
    return next((file for file in files if file.isatty()), files[0])


def use_terminal_driver(app: App[Any]) -> Callable[[int], bool]:
    """Give the app this driver; returns how to ask the app for an orderly end, from any place."""
    # The driver makes its writer by this name.
    linux_driver.WriterThread = TerminalWriter  # type: ignore[attr-defined]
    if "TEXTUAL_DRIVER" not in os.environ:
        app.driver_class = TerminalDriver

    def ask_to_exit(code: int) -> bool:
        driver = app._driver
        if driver is None or not app.is_running:
            return False
        driver._loop.call_soon_threadsafe(lambda: app.exit(return_code=code))
        return True

    return ask_to_exit
