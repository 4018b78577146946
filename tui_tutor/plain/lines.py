"""Where plain mode reads its lines from and writes them to: no escape byte, one line at a time."""

from __future__ import annotations

import asyncio
import sys
import termios
import threading
from contextlib import suppress
from typing import TextIO

from tui_tutor.core.safe_text import safe_line, safe_text


class LineReader:
    """Reads one line when asked for one; a thread waits, so that runs, timers and Ctrl+C go on meanwhile."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self.is_terminal = source.isatty()
        self._is_editing = self.is_terminal and _enable_editing()
        self._modes = termios.tcgetattr(source) if self.is_terminal else None
        self._echoes = True
        self._waiting: asyncio.Future[str | None] | None = None

    async def line(self, prompt: str = "", *, is_secret: bool = False) -> str | None:
        """The next line without its end, None at the end of input; a secret is not shown while it is typed.

        A wait that was given up goes on: the line it gets is the next one asked for.
        """
        prompt = safe_line(prompt)
        if self._waiting is None:
            self._waiting = self._start_reading(prompt, is_secret=is_secret)
        else:
            self._set_echo(not is_secret)
            sys.stdout.write(prompt)
            sys.stdout.flush()
        text = await asyncio.shield(self._waiting)
        self._waiting = None
        return text

    def close(self) -> None:
        """Give the terminal back as it was: a line editor that still waits has changed its modes."""
        if self._modes is not None:
            with suppress(termios.error, ValueError):
                termios.tcsetattr(self._source, termios.TCSADRAIN, self._modes)

    def _set_echo(self, is_on: bool) -> None:
        """Echo what is typed, or not; the line editor of other lines sets the terminal up for itself."""
        if self._modes is None or self._echoes == is_on:
            return
        self._echoes = is_on
        modes = [*self._modes]
        modes[3] = modes[3] if is_on else modes[3] & ~termios.ECHO
        with suppress(termios.error, ValueError):
            termios.tcsetattr(self._source, termios.TCSADRAIN, modes)

    def _start_reading(self, prompt: str, *, is_secret: bool) -> asyncio.Future[str | None]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def deliver(text: str | None) -> None:
            if not answer.done():
                answer.set_result(text)

        def wait() -> None:
            text = self._read(prompt, is_secret=is_secret)
            if not loop.is_closed():
                loop.call_soon_threadsafe(deliver, text)

        # A daemon: a thread that waits for a key must not keep a program alive that wants to end.
        threading.Thread(target=wait, daemon=True, name="line reader").start()
        return answer

    def _read(self, prompt: str, *, is_secret: bool) -> str | None:
        try:
            if self._is_editing and not is_secret:
                return input(prompt)
            self._set_echo(not is_secret)
            sys.stdout.write(prompt)
            sys.stdout.flush()
            text = self._source.readline()
            if is_secret and self.is_terminal:
                sys.stdout.write("\n")
        except (EOFError, OSError, ValueError):
            return None
        finally:
            self._set_echo(True)
        return text.rstrip("\r\n") if text else None


def _enable_editing() -> bool:
    """Line editing and history at a terminal, where Python was built with them."""
    try:
        import readline
    except ImportError:
        return False
    readline.set_auto_history(True)
    # Without this some terminals are sent an escape byte before the first prompt.
    readline.parse_and_bind("set enable-bracketed-paste off")
    readline.parse_and_bind("set enable-meta-key off")
    return True


class LineWriter:
    """Writes safe lines; an output that cannot hold a character gets `?` in its place."""

    def __init__(self, target: TextIO) -> None:
        self._target = target

    def say(self, *lines: str) -> None:
        """Write lines; each may hold several."""
        for line in lines:
            self._write(safe_text(line) + "\n")

    def _write(self, text: str) -> None:
        encoding = self._target.encoding or "utf-8"
        self._target.write(text.encode(encoding, "replace").decode(encoding))
        self._target.flush()
