"""Asking until an answer has the right form: cut short it gets twice the room, wrong it is told why."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Role
from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.agents.agent import Agent, Worded

Answer = TypeVar("Answer", bound=BaseModel)
Objections = Callable[[Any], Sequence[str]]
_MOST_SHOWN: Final = 12
_MOST_SAID: Final = 20_000  # characters of an answer that is shown again


class UnusableAnswer(TutorError):
    """An agent's answer, corrected once, still cannot be used."""


class Ended(TutorError):
    """Nothing more is asked, because another lesson could not go on."""


def _none(_: Any) -> Sequence[str]:
    return ()


class Asker:
    """Asks agents, by their roles' models."""

    def __init__(self, model: LanguageModel, models: Mapping[Role, str], on_saying: OnSaying) -> None:
        self._model, self.models, self._on_saying = model, models, on_saying
        self._is_ended = False

    def end(self) -> None:
        """Ask nothing more; what was asked already may be answered."""
        self._is_ended = True

    async def ask(
        self,
        agent: Agent,
        subject: str,
        told: Mapping[str, Any],
        objections: Objections = _none,
        corrections: int = 1,
    ) -> Any:
        """An answer of the agent's form without objections; UnusableAnswer after so many corrections."""
        asked = told
        for _ in range(corrections + 1):
            call = agent.call(self.models, subject, asked)
            reply, answer, faults = await self._answered(agent, call, objections)
            if not faults:
                return answer
            said = {
                "Your answer": reply.text[:_MOST_SAID],
                "What is wrong with it": Worded("\n".join(faults)),
            }
            asked = {**told, **said}
        raise UnusableAnswer(
            f"The answer of {agent.name} about {subject} cannot be used: {safe_line(faults[0])}.",
            help="What was made before is kept; build again with a note, or with another model.",
        )

    async def _answered(
        self, agent: Agent, call: Call, objections: Objections
    ) -> tuple[Reply, Any, Sequence[str]]:
        reply = await self._complete(call)
        if reply.data is None:
            return reply, None, ["it is not one JSON value"]
        try:
            answer = agent.output.model_validate_json(json.dumps(reply.data))
        except ValidationError as error:
            return reply, None, _faults(error)
        return reply, answer, objections(answer)

    async def _complete(self, call: Call) -> Reply:
        """One answer, whole: what was cut short is asked once more with twice the room."""
        reply = await self._once(call)
        if reply.stop == "max_tokens":
            call = replace(call, max_tokens=2 * call.max_tokens)
            reply = await self._once(call)
        if reply.stop == "max_tokens":
            raise UnusableAnswer(
                f"The answer of {call.agent} about {call.subject} was cut short twice, "
                f"at {call.max_tokens:,} tokens.",
                help="What was made before is kept; ask for less in this lesson, or name another model.",
            )
        if reply.stop == "refusal":
            raise UnusableAnswer(
                f"The model refused to answer {call.agent} about {call.subject}.",
                help="What was made before is kept; change the outline or the brief, or name another model.",
            )
        return reply

    async def _once(self, call: Call) -> Reply:
        if self._is_ended:
            raise Ended(f"{call.agent} was not asked about {call.subject}: the build has ended.")
        return await self._model.complete(call, on_saying=self._on_saying)


def _faults(error: ValidationError) -> list[str]:
    """Each mistake with its place, such as `cell.2.check.0.says: Field required`."""
    return [
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_SHOWN]
    ]
