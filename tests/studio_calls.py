"""Calls to models, as tests of the studio ask them."""

from __future__ import annotations

from typing import Any

from tui_tutor.core.language_model import Call

QUIZ_SCHEMA = {
    "type": "object",
    "properties": {
        "question": {"type": "string"},
        "options": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 5},
        "correct": {"type": "integer", "minimum": 1},
    },
    "required": ["question", "options", "correct"],
    "additionalProperties": False,
}


def a_call(subject: str = "lesson sampling", **changes: Any) -> Call:
    """A call; equal subjects and changes make equal keys."""
    values: dict[str, Any] = {
        "agent": "examiner",
        "subject": subject,
        "role": "creative",
        "model": "claude-opus-4-6",
        "version": 1,
        "inputs": {"lesson": subject},
        "system": "You write quizzes.",
        "prompt": f"Write a quiz about {subject}.",
        "schema": QUIZ_SCHEMA,
        "max_tokens": 1000,
    }
    return Call(**(values | changes))
