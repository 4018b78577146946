"""Run events as JSON: what a lock records of a run, and how it is read back. Bounded; never raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.core.execution import (
    Displayed,
    ErrorRaised,
    Finished,
    InputAsked,
    LivePlotted,
    OutputCleared,
    RunEvent,
    Started,
    StreamName,
    StreamText,
)

MAX_TEXT: Final = 4_000_000


def event_as_json(event: RunEvent) -> dict[str, Any]:
    """One event; its kind stands under `event`."""
    match event:
        case Started(count):
            return {"event": "started", "count": count}
        case StreamText(stream, text, dropped):
            return {"event": "stream", "stream": stream, "text": text, "dropped": dropped}
        case Displayed():
            return {
                "event": "displayed",
                "bundle": dict(event.bundle),
                "is_result": event.is_result,
                "display_id": event.display_id,
                "is_update": event.is_update,
            }
        case OutputCleared(wait):
            return {"event": "cleared", "wait": wait}
        case InputAsked(prompt, is_secret):
            return {"event": "input", "prompt": prompt, "is_secret": is_secret}
        case ErrorRaised(name, message, traceback, line):
            return {
                "event": "error",
                "name": name,
                "message": message,
                "traceback": list(traceback),
                "line": line,
            }
        case LivePlotted(viz_id, data):
            return {"event": "plot", "viz_id": viz_id, "data": dict(data)}
        case Finished():
            return {
                "event": "finished",
                "outcome": event.outcome,
                "count": event.execution_count,
                "elapsed_ms": event.elapsed_ms,
                "exit_status": event.exit_status,
                "reason": event.reason,
            }


def event_from_json(value: object) -> RunEvent | None:
    """The event, or None if the value is malformed."""
    if not isinstance(value, Mapping):
        return None
    try:
        return _decoded(value)
    except (KeyError, TypeError, ValueError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value[:MAX_TEXT]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _decoded(value: Mapping[str, Any]) -> RunEvent | None:
    match value["event"]:
        case "started":
            return Started(_number(value.get("count")))
        case "stream":
            stream: StreamName = "stderr" if value.get("stream") == "stderr" else "stdout"
            return StreamText(stream, _text(value["text"]), _number(value.get("dropped")) or 0)
        case "displayed":
            bundle = {
                str(mime): _text(data)
                for mime, data in dict(value["bundle"]).items()
                if isinstance(data, str)
            }
            return Displayed(
                bundle,
                bool(value.get("is_result")),
                _text(value.get("display_id", "")),
                bool(value.get("is_update")),
            )
        case "cleared":
            return OutputCleared(bool(value.get("wait")))
        case "input":
            return InputAsked(_text(value.get("prompt", "")), bool(value.get("is_secret")))
        case "error":
            lines = tuple(_text(line) for line in value.get("traceback", ()))
            return ErrorRaised(
                _text(value["name"]), _text(value["message"]), lines, _number(value.get("line"))
            )
        case "plot":
            return LivePlotted(_text(value["viz_id"]), dict(value["data"]))
        case "finished":
            return _finished(value)
        case _:
            return None


def _finished(value: Mapping[str, Any]) -> Finished | None:
    outcome = value.get("outcome")
    if outcome not in ("ok", "error", "interrupted", "timeout", "died"):
        return None
    elapsed = value.get("elapsed_ms", 0.0)
    return Finished(
        outcome,
        _number(value.get("count")),
        float(elapsed) if isinstance(elapsed, int | float) else 0.0,
        _number(value.get("exit_status")),
        _text(value.get("reason", "")),
    )
