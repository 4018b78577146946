"""Merging text: the first after a quiet time at once, then what came in about 33 ms, in order."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.execution import StreamName, StreamText

MERGE_S: Final = 0.033
_LIMIT: Final = 1 << 18  # characters that are not held back any longer


class TextMerger:
    """Holds text back. Times are monotonic seconds given by the caller."""

    def __init__(self) -> None:
        self._waiting: list[tuple[StreamName, list[str], int]] = []
        self._given_at = -MERGE_S
        self._size = 0

    def add(self, stream: StreamName, text: str, dropped_lines: int = 0) -> None:
        """Take text; `dropped_lines` lines before it were lost."""
        self._size += len(text)
        if self._waiting and self._waiting[-1][0] == stream and not dropped_lines:
            self._waiting[-1][1].append(text)
        else:
            self._waiting.append((stream, [text], dropped_lines))

    def due_at(self) -> float | None:
        """When something should be given, None if nothing waits."""
        if not self._waiting:
            return None
        return self._given_at if self._size > _LIMIT else self._given_at + MERGE_S

    def due(self, now: float) -> tuple[StreamText, ...]:
        """What should be given now."""
        at = self.due_at()
        return self.rest(now) if at is not None and now >= at else ()

    def rest(self, now: float) -> tuple[StreamText, ...]:
        """All that waits, so that what comes next keeps its place."""
        if not self._waiting:
            return ()
        waiting, self._waiting, self._given_at, self._size = self._waiting, [], now, 0
        return tuple(StreamText(stream, "".join(texts), dropped) for stream, texts, dropped in waiting)
