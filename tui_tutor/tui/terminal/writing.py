"""The thread that writes to the terminal, for as long as there is one."""

from __future__ import annotations

import os
import select
from queue import Empty

from textual.drivers._writer_thread import WriterThread

from tui_tutor.tui.terminal.restoring import terminal_is_lost


class TerminalWriter(WriterThread):
    """Writes what is queued in as few calls as possible; a terminal that is gone ends the app."""

    def run(self) -> None:
        """Write until told to stop."""
        try:
            while self._write_some():
                pass
        except OSError:
            terminal_is_lost()

    def _write_some(self) -> bool:
        """Write all that waits; False once the end was among it."""
        texts = [self._queue.get()]
        try:
            while texts[-1] is not None:
                texts.append(self._queue.get_nowait())
        except Empty:
            pass
        data = "".join(text for text in texts if text is not None).encode(errors="replace")
        while data:
            data = data[self._write_part(data) :]
        return texts[-1] is not None

    def _write_part(self, data: bytes) -> int:
        try:
            return os.write(self._file.fileno(), data)
        except BlockingIOError:
            # A program we share the terminal with may have made it non-blocking.
            select.select([], [self._file.fileno()], [])
            return 0
