"""A call as the Messages API wants it, in the manner of the server that is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tui_tutor.core.language_model import Call
from tui_tutor.studio.answers import schema_request

Shape = Literal["native", "tool", "prompt"]  # how an answer's schema is asked for

_TOOL: Final = "answer"
_BEDROCK_VERSION: Final = "bedrock-2023-05-31"
# Models up to 4.6 know only the old form of the API on Bedrock, and the SDK says it speaks the new.
_OLD_ON_BEDROCK: Final = re.compile(
    r"claude-(?:\d|instant|(?:opus|sonnet|haiku)-[34](?:-[0-6])?(?:-\d{8}|-v\d|:|$))"
)
_ABOUT_SCHEMA: Final = (
    "output_config",
    "output_format",
    "json_schema",
    "schema",
    "grammar",
    "structured",
    "tool",
)


@dataclass(frozen=True, slots=True)
class Manner:
    """What a kind of server takes. `shapes` are tried in turn; `key_name` is what an author sets.

    `is_raw`: a local server, which wants the schema as it is, and may leave it unread, so in words too.
    """

    shapes: tuple[Shape, ...]
    key_name: str
    is_caching: bool = False
    can_count: bool = False
    is_raw: bool = False
    is_bedrock: bool = False

    def after(self, shape: Shape) -> Shape | None:
        """What to try where a shape is refused."""
        return dict(zip(self.shapes, self.shapes[1:], strict=False)).get(shape)

    def is_about_schema(self, status: int, said: str) -> bool:
        """Whether a refusal may be one of the answer's schema, and not of the call."""
        about = self.is_raw or any(word in said.lower() for word in _ABOUT_SCHEMA)
        return about and status in (400, 422, 501)


FIRST_PARTY: Final = Manner(
    ("native", "tool", "prompt"), "ANTHROPIC_API_KEY", is_caching=True, can_count=True
)
BEDROCK: Final = Manner(
    ("native", "tool", "prompt"), "your AWS credentials", is_caching=True, is_bedrock=True
)
LOCAL: Final = Manner(("native", "prompt"), "TUI_TUTOR_MODELKEY", is_raw=True)


def question(
    call: Call, manner: Manner, shape: Shape, strict: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """The parameters of a call; `strict` makes a schema into one that the API can hold an answer to."""
    asked = countable(call, manner, shape, strict) | {"max_tokens": call.max_tokens}
    if manner.is_bedrock and _OLD_ON_BEDROCK.search(call.model):
        asked["extra_body"] = {"anthropic_version": _BEDROCK_VERSION}
    return asked


def countable(
    call: Call, manner: Manner, shape: Shape, strict: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """The part of the parameters that has tokens."""
    asked: dict[str, Any] = {
        "model": call.model,
        "messages": [{"role": "user", "content": call.prompt}],
        "system": _system(call, manner, shape),
    }
    match shape:
        case "native":
            schema = dict(call.schema) if manner.is_raw else strict(call.schema)
            asked["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        case "tool":
            tool = {"name": _TOOL, "description": "Give the answer.", "input_schema": dict(call.schema)}
            asked |= {"tools": [tool], "tool_choice": {"type": "tool", "name": _TOOL}}
        case "prompt":
            pass
    return asked


def _system(call: Call, manner: Manner, shape: Shape) -> str | list[dict[str, Any]]:
    text = call.system
    if shape == "prompt" or manner.is_raw:
        text = f"{text}\n\n{schema_request(call.schema)}"
    if not manner.is_caching:
        return text
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
