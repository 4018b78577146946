"""A model that says what a script tells it to: for trying what agents and pipelines do with answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Saying, Usage
from tui_tutor.studio.counting import most_tokens

Line = Reply | Exception | Callable[[Call], Any]  # a function's value is a Reply, or the JSON of an answer


_USAGE: Final = Usage(100, 50)


def _silent(_: object) -> None:
    """Nobody listens."""


class ScriptedModel(LanguageModel):
    """Answers call after call with the lines of a script, or every call by one function."""

    def __init__(self, script: Iterable[Any] | Callable[[Call], Any]) -> None:
        self._lines: Iterator[Any] | None = None if callable(script) else iter(script)
        self._play = script if callable(script) else None
        self.calls: list[Call] = []  # all that was asked

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        self.calls.append(call)
        line = self._play if self._play is not None else self._next(call)
        if callable(line):
            line = line(call)
        if isinstance(line, Exception):
            raise line
        reply = line if isinstance(line, Reply) else reply_saying(line)
        on_saying(Saying(call, reply.usage.output_tokens))
        return reply

    def _next(self, call: Call) -> Any:
        assert self._lines is not None
        try:
            return next(self._lines)
        except StopIteration:
            raise AssertionError(f"the script ends before {call.agent} asks about {call.subject}") from None

    async def count_tokens(self, call: Call) -> int:
        return most_tokens(call)

    async def close(self) -> None:
        """Nothing is open."""


def reply_saying(data: Any, *, usage: Usage = _USAGE, model: str = "scripted") -> Reply:
    """A whole reply whose answer is this JSON."""
    return Reply(json.dumps(data, ensure_ascii=False), data, "end", usage, model)
