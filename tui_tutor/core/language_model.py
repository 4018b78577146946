"""ports.LanguageModel: one question to a model, asked and answered as values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tui_tutor.core.errors import TutorError

Json = Any  # a value that JSON can hold
Role = Literal["creative", "extract", "solver", "judge"]
Stop = Literal["end", "max_tokens", "refusal"]


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

        Wording of a prompt is left out: a change that matters raises `version`.
        """
        values = [self.agent, self.version, self.role, self.model, self.inputs, self.schema, self.max_tokens]
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
