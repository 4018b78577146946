"""ports.LanguageModel: one question to a model, asked and answered as values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from tui_tutor.core.errors import TutorError

Json = Any  # a value that JSON can hold
Role = Literal["creative", "extract", "solver", "judge"]
Stop = Literal["end", "max_tokens", "refusal"]
_NAMED: Final = frozenset({"properties", "$defs"})
_FORM: Final = _NAMED | {"required", "items", "prefixItems", "anyOf", "oneOf", "$ref", "const", "enum"}


def _form(schema: Json) -> Json:
    """The names in a schema and how they stand to each other, without words about them."""
    if isinstance(schema, list):
        return [_form(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: schema[key] for key in schema if key in _FORM}
    return {key: _named(value) if key in _NAMED else _form(value) for key, value in told.items()}


def _named(tables: Json) -> Json:
    return {name: _form(table) for name, table in tables.items()} if isinstance(tables, dict) else None


@dataclass(frozen=True, slots=True)
class Call:
    """A question with all that its answer depends on.

    `system` is the same for all calls of an agent, so that it can be cached; `schema` is the JSON schema of
    the answer; `version` counts the editions of the agent's prompt; `inputs` are what the prompt was made of.
    """

    agent: str  # who asks: "writer"
    subject: str  # what about, for people: "lesson sampling"
    role: Role
    model: str
    version: int
    inputs: Mapping[str, Json]
    system: str
    prompt: str
    schema: Mapping[str, Json]
    max_tokens: int

    @property
    def key(self) -> str:
        """Names the step: equal for calls whose answers may stand for each other (SHA-256, 64 hex digits).

        Wording of a prompt is left out: a change that matters raises `version`. Of the schema only the form
        counts: versions of the library that draws it up word it differently.
        """
        form = _form(self.schema)
        values = [self.agent, self.version, self.role, self.model, self.inputs, form, self.max_tokens]
        text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a call. What was read from or written to a prompt cache is not part of `input_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said. `data` is the parsed JSON, None where `text` holds none (cut short, refused)."""

    text: str
    data: Json
    stop: Stop
    usage: Usage
    model: str = ""  # as the server names it
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Saying:
    """News of a running call, for live progress: so many tokens of the answer have come."""

    call: Call
    output_tokens: int
    note: str = ""  # "waiting 4 s: the server is busy"


OnSaying = Callable[[Saying], None]


def _silent(_: Saying) -> None:
    """Nobody listens."""


class LanguageModel(Protocol):
    """Answers questions. Each `complete` is one attempt that is paid for, whatever comes of it."""

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        """Ask once. ModelUnavailable where asking again may help, TutorError where it cannot."""
        ...

    async def count_tokens(self, call: Call) -> int:
        """The input tokens of a call: exact, or an upper bound where the server cannot count."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class ModelUnavailable(TutorError):
    """The server is busy, out of reach, or broke off: asking again may help.

    `retry_after_s` is what the server asked for; `spent` what it may have billed, None for nothing.
    """

    def __init__(
        self, message: str, *, help: str = "", retry_after_s: float | None = None, spent: Usage | None = None
    ) -> None:
        super().__init__(message, help=help)
        self.retry_after_s = retry_after_s
        self.spent = spent
