"""What of a run's events is kept: merged, bounded, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tui_tutor.core.execution import Finished, InputAsked, RunEvent, Started, StreamText
from tui_tutor.core.execution_json import event_as_json

MOST_EVENTS: Final = 200
MOST_TEXT: Final = 100_000


def bounded_events(said: Sequence[RunEvent]) -> list[dict[str, Any]]:
    """The events that show something, merged and bounded, as JSON."""
    kept: list[dict[str, Any]] = []
    size = 0
    for event in merged_text(said):
        if isinstance(event, Started | Finished | InputAsked):
            continue
        encoded = event_as_json(event)
        size += len(str(encoded))
        if size > MOST_TEXT or len(kept) >= MOST_EVENTS:
            kept.append(event_as_json(StreamText("stdout", "\n… more was printed than is recorded …\n")))
            break
        kept.append(encoded)
    return kept


def merged_text(said: Sequence[RunEvent]) -> list[RunEvent]:
    """Neighbouring texts of one stream as one event."""
    merged: list[RunEvent] = []
    for event in said:
        last = merged[-1] if merged else None
        if isinstance(event, StreamText) and isinstance(last, StreamText) and last.stream == event.stream:
            lost = last.dropped_lines + event.dropped_lines
            merged[-1] = replace(last, text=last.text + event.text, dropped_lines=lost)
        else:
            merged.append(event)
    return merged
