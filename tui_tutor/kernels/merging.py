"""Merging the text of a stream: the first of a quiet stream at once, then what came in about 33 ms."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.execution import StreamName, StreamText

MERGE_S: Final = 0.033


class TextMerger:
    """Holds text back. Times are monotonic seconds given by the caller."""

    def __init__(self) -> None:
        self._texts: dict[StreamName, list[str]] = {}
        self._dropped: dict[StreamName, int] = {}
        self._given_at: dict[StreamName, float] = {}

    def add(self, stream: StreamName, text: str, now: float, dropped_lines: int = 0) -> None:
        """Take text; `dropped_lines` lines before it were lost."""
        self._texts.setdefault(stream, []).append(text)
        self._dropped[stream] = self._dropped.get(stream, 0) + dropped_lines

    def due_at(self) -> float | None:
        """When something should be given, None if nothing waits."""
        times = [self._given_at.get(stream, 0.0) + MERGE_S for stream in self._texts]
        return min(times, default=None)

    def due(self, now: float) -> tuple[StreamText, ...]:
        """What should be given now."""
        return self._take(
            [name for name in self._texts if now >= self._given_at.get(name, 0.0) + MERGE_S], now
        )

    def rest(self, now: float) -> tuple[StreamText, ...]:
        """All that waits, so that what comes next keeps its place."""
        return self._take(list(self._texts), now)

    def _take(self, streams: list[StreamName], now: float) -> tuple[StreamText, ...]:
        taken = []
        for stream in streams:
            text = "".join(self._texts.pop(stream))
            taken.append(StreamText(stream, text, self._dropped.pop(stream, 0)))
            self._given_at[stream] = now
        return tuple(taken)
