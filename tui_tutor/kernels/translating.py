"""Messages of the Jupyter protocol -> run events. Whatever is malformed is left out, never raised.

Source: jupyter-client.readthedocs.io, "Messaging in Jupyter", version 5.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.core.execution import (
    PLOT_MIME,
    Displayed,
    ErrorRaised,
    InputAsked,
    LivePlotted,
    OutputCleared,
    RunEvent,
)

Message = Mapping[str, Any]
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")
_PLACE: Final = re.compile(r"Cell In\[(\d+)\], line (\d+)")
# A cell is compiled under a file name of ipykernel's own making, which tells a learner nothing.
_MADE_UP_FILE: Final = re.compile(r" \(\d+\.py, line \d+\)\Z")
_HEAD, _TAIL, _FRAME_LIMIT, _TEXT_LIMIT = 3, 8, 4_000, 10_000


def parent_id(message: Message) -> str:
    """Which request a message answers."""
    return str(_mapping(message.get("parent_header")).get("msg_id", ""))


def kind_of(message: Message) -> str:
    """The type of a message."""
    return str(_mapping(message.get("header")).get("msg_type", ""))


def content_of(message: Message) -> Mapping[str, Any]:
    """The content of a message, {} if it has none."""
    return _mapping(message.get("content"))


def event_of(message: Message, count: int | None) -> RunEvent | None:
    """What a message other than stream and status tells; `count` is the run's own execution count."""
    content = content_of(message)
    match kind_of(message):
        case "display_data" | "execute_result" | "update_display_data":
            return _displayed(kind_of(message), content)
        case "clear_output":
            return OutputCleared(bool(content.get("wait")))
        case "error":
            return error_of(content, count)
        case "input_request":
            return InputAsked(str(content.get("prompt", "")), bool(content.get("password")))
        case _:
            return None


def _displayed(kind: str, content: Mapping[str, Any]) -> RunEvent:
    bundle = _mapping(content.get("data"))
    live = _mapping(bundle.get(PLOT_MIME))
    if live:
        return LivePlotted(str(live.get("viz", "")), _mapping(live.get("data")))
    display_id = str(_mapping(content.get("transient")).get("display_id", ""))
    return Displayed(bundle, kind == "execute_result", display_id, kind == "update_display_data")


def error_of(content: Mapping[str, Any], count: int | None) -> ErrorRaised:
    """An exception, its traceback shortened in the middle; the line is the innermost one in this cell."""
    frames = content.get("traceback")
    texts = [str(frame) for frame in frames] if isinstance(frames, list) else []
    line = _line_in_cell(texts, count)
    if len(texts) > _HEAD + _TAIL:
        left_out = len(texts) - _HEAD - _TAIL
        texts = [*texts[:_HEAD], f"   … {left_out} calls are not shown …", *texts[-_TAIL:]]
    return ErrorRaised(
        str(content.get("ename", ""))[:_FRAME_LIMIT],
        _MADE_UP_FILE.sub("", str(content.get("evalue", "")))[:_TEXT_LIMIT],
        tuple(text[:_FRAME_LIMIT] for text in texts),
        line,
    )


def _line_in_cell(frames: list[str], count: int | None) -> int | None:
    line = None
    for frame in frames:
        for cell, number in _PLACE.findall(_ANSI.sub("", frame[:_FRAME_LIMIT])):
            if count is None or int(cell) == count:
                line = int(number)
    return line


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
