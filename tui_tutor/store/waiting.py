"""A record that cannot be written yet: kept in memory, and moved to its file as soon as that can be."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Record
from tui_tutor.store.opening import MEMORY
from tui_tutor.store.sqlite import SqliteStore

RETRY_S: Final = 5.0


class WaitingStore(SqliteStore):
    """Shows earlier work where it can be read; `is_saving` once it has moved, and `notice` says so."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(MEMORY)
        self._wanted = path
        self._held: list[Record] = []
        self._next_s = time.monotonic() + RETRY_S
        self.load(path)
        self.notice = (
            f"Nothing you do is saved: {reason}. It is tried again all the time; "
            "TUI_TUTOR_DATA names another folder."
        )

    def append(self, records: Sequence[Record]) -> None:
        """Commit all or nothing, for good if the file can be written now."""
        self._try_to_move()
        super().append(records)
        if not self.is_saving:
            self._held.extend(records)

    def news(self) -> tuple[Record, ...] | None:
        """As ever; whoever asks now and then also learns that the file can be written."""
        return () if self._try_to_move() else super().news()

    def _try_to_move(self) -> bool:
        if self.is_saving or time.monotonic() < self._next_s:
            return False
        self._next_s = time.monotonic() + RETRY_S
        try:
            lasting = SqliteStore(self._wanted)
        except TutorError:
            return False
        try:
            lasting.append(self._held)
        except TutorError:
            lasting.close()
            return False
        self._become(lasting)
        self.notice = lasting.notice or "What you do is saved from here on, and what you did before is too."
        return True
