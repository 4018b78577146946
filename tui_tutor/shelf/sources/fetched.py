"""What every source gives, how far it is, and how long it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.shelf.archive.signing import Signer

Report = Callable[[Progress], None]  # may raise to stop the work

SILENCE_S: Final = 30.0
"""Seconds without a byte after which a server is given up."""
LONGEST_S: Final = 1_800.0
"""Seconds for one download."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A course folder of our own, regular files only, not checked yet; `notes`: what was left out."""

    folder: Path
    signer: Signer | None = None
    notes: tuple[str, ...] = ()
    expected_id: str = ""  # what a list called it


@dataclass
class Receiving:
    """Counts what arrives, reports it, and stops at a limit of bytes or time."""

    what: str
    limit: int
    report: Report
    expected: int | None = None
    received: int = 0
    _began: float = field(default_factory=time.monotonic)
    _said: float = 0.0

    def count(self, size: int) -> None:
        """Another piece arrived; TutorError beyond the limits."""
        self.received += size
        now = time.monotonic()
        if self.received > self.limit:
            raise TutorError(
                f"{self.what} is larger than {self.limit // 1_000_000} MB. Nothing was installed.",
                help="Ask the course's author for a smaller one.",
            )
        if now - self._began > LONGEST_S:
            raise TutorError(
                f"{self.what} did not arrive within {LONGEST_S / 60:.0f} minutes. Nothing was installed.",
                help="Try again on a faster line, or take the archive from a USB stick.",
            )
        if now - self._said > 0.1:
            self._said = now
            self.report(self._progress(now))

    def _progress(self, now: float) -> Progress:
        so_far = f"{self.received / 1e6:.1f} MB received"
        if not self.expected or self.expected < self.received:
            return Progress(so_far)
        fraction = self.received / self.expected
        return Progress(so_far, fraction, (now - self._began) * (1 - fraction) / max(fraction, 1e-9))
