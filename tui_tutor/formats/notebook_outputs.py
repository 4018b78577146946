"""Recorded run events -> outputs of a notebook cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tui_tutor.core.execution import Displayed, ErrorRaised, StreamText
from tui_tutor.core.execution_json import event_from_json


def outputs_of(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outputs that a lock's entry records, [] if it records none that can be read."""
    recorded = entry.get("output")
    count = count_of(entry)
    return list(_outputs(recorded, count)) if isinstance(recorded, list) else []


def count_of(entry: Mapping[str, Any]) -> int | None:
    """The execution count of a lock's entry."""
    count = entry.get("k")
    return count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else None


def lines_of(text: str) -> list[str]:
    """A text as nbformat stores it, in lines that keep their ends, so that a diff can be read."""
    return [line for line in _with_ends(text) if line]


def _with_ends(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), last]


def _outputs(recorded: list[Any], count: int | None) -> Iterator[dict[str, Any]]:
    for value in recorded:
        match event_from_json(value):
            case StreamText(stream, text):
                yield {"output_type": "stream", "name": stream, "text": lines_of(text)}
            case Displayed() as event:
                yield _displayed(event, count)
            case ErrorRaised() as event:
                yield {
                    "output_type": "error",
                    "ename": event.name,
                    "evalue": event.message,
                    "traceback": list(event.traceback),
                }
            case _:
                continue


def _displayed(event: Displayed, count: int | None) -> dict[str, Any]:
    data = {mime: _stored(mime, text) for mime, text in event.bundle.items() if isinstance(text, str)}
    if event.is_result:
        return {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _stored(mime: str, text: str) -> str | list[str]:
    return lines_of(text) if mime.startswith("text/") else text
