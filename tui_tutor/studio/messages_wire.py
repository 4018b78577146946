"""Events and messages of the Messages API, as a server sent them, into a Hearing. They may lack anything."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from tui_tutor.core.language_model import Stop
from tui_tutor.studio.answers import count
from tui_tutor.studio.hearing import Hearing

_STOPS: Final[dict[str, Stop]] = {
    "end_turn": "end",
    "stop_sequence": "end",
    "tool_use": "end",
    "pause_turn": "end",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "refusal": "refusal",
}


def hear_event(event: Any, hearing: Hearing) -> None:
    """Take one event of a stream."""
    match _at(event, "type"):
        case "message_start":
            _hear_model(_at(event, "message"), hearing)
            _hear_usage(_at(event, "message", "usage"), hearing)
        case "content_block_delta":
            _hear_delta(_at(event, "delta"), hearing)
        case "message_delta":
            hearing.stop = _stop(_at(event, "delta", "stop_reason"))
            _hear_usage(_at(event, "usage"), hearing)
            hearing.is_counted = type(_at(event, "usage", "output_tokens")) is int


def hear_message(message: Any, hearing: Hearing) -> None:
    """Take an answer that came whole."""
    _hear_model(message, hearing)
    _hear_usage(_at(message, "usage"), hearing)
    hearing.is_counted = type(_at(message, "usage", "output_tokens")) is int
    hearing.stop = _stop(_at(message, "stop_reason"))
    for block in _at(message, "content") or ():
        match _at(block, "type"):
            case "text":
                hearing.hear(_at(block, "text"))
            case "tool_use":
                hearing.hear(json.dumps(_at(block, "input"), ensure_ascii=False))


def _hear_delta(delta: Any, hearing: Hearing) -> None:
    match _at(delta, "type"):
        case "text_delta":
            hearing.hear(_at(delta, "text"))
        case "input_json_delta":
            hearing.hear(_at(delta, "partial_json"))
        case "thinking_delta":
            hearing.hear(_at(delta, "thinking"), is_answer=False)


def _hear_model(message: Any, hearing: Hearing) -> None:
    model = _at(message, "model")
    hearing.model = model[:200] if isinstance(model, str) else ""


def _hear_usage(usage: Any, hearing: Hearing) -> None:
    """Counts only grow while a stream runs; some servers say all of them at its end only."""
    so_far = hearing.usage
    hearing.usage = replace(
        so_far,
        input_tokens=max(so_far.input_tokens, count(_at(usage, "input_tokens"))),
        output_tokens=max(so_far.output_tokens, count(_at(usage, "output_tokens"))),
        cache_read_tokens=max(so_far.cache_read_tokens, count(_at(usage, "cache_read_input_tokens"))),
        cache_write_tokens=max(so_far.cache_write_tokens, count(_at(usage, "cache_creation_input_tokens"))),
    )


def _stop(reason: Any) -> Stop | None:
    return _STOPS.get(reason, "end") if isinstance(reason, str) else None


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value
