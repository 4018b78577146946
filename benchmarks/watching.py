"""Watches a program on a pseudo-terminal without slowing it: bytes with their times, looked at afterwards."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.pty_driver import PtyDriver

Claim = Callable[[str], bool]


@dataclass(frozen=True)
class Chunk:
    """What was read at once, and when."""

    at: float
    data: bytes


class Watcher(PtyDriver):
    """A program whose bytes are only kept while it is timed; `look` draws them, long after they came."""

    def __init__(self, argv: list[str], environ: dict[str, str]) -> None:
        self._chunks: list[Chunk] = []
        super().__init__(argv, environ=environ)

    def _take(self, data: bytes) -> None:
        self._chunks.append(Chunk(time.perf_counter(), data))

    def await_bytes(self, mark: bytes, timeout_s: float = 30.0) -> None:
        """Read until these bytes have come, wherever they stand on the screen."""
        end = time.perf_counter() + timeout_s
        while mark not in self.sent:
            if time.perf_counter() > end or (not self.read(0.02) and self.has_ended()):
                raise TimeoutError(f"waited for {mark!r}; the screen:\n{self.look()}")

    def has_said(self, word: str, *, since: int) -> bool:
        """Whether this word was sent after so many bytes; nothing is drawn to find out."""
        return word.encode() in self.sent[since:]

    def look(self) -> str:
        """The screen as it is now."""
        for _ in self.moments():
            pass
        return self.text()

    def moments(self) -> Iterator[float]:
        """The time of each chunk not yet drawn; after each the screen is as it was then."""
        while self._chunks:
            chunk = self._chunks.pop(0)
            self._show(chunk.data)
            yield chunk.at

    def when(self, claim: Claim, *, timeout_s: float = 30.0, what: str = "") -> float:
        """The time of the first chunk after which the claim about the screen was true.

        Looks only when nothing has come for 20 ms, so that drawing here takes nothing from the program.
        """
        end = time.perf_counter() + timeout_s
        while True:
            if self.read(0.02):
                continue
            for at in self.moments():
                if claim(self.text()):
                    return at
            if time.perf_counter() > end or self.has_ended():
                raise TimeoutError(f"waited for {what or claim}; the screen:\n{self.text()}")

    def ms_until(self, act: Callable[[], object], claim: Claim) -> float:
        """Milliseconds from an action until the claim about the screen was true."""
        self.look()
        start = time.perf_counter()
        act()
        return (self.when(claim) - start) * 1000


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def median_of(take: Callable[[], float], tries: int) -> float:
    """The median of several calls."""
    return statistics.median(take() for _ in range(tries))
