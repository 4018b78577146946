"""A whole build's answers in one file: what the demo and the tests replay, with no key and no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Saying
from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.counting import most_tokens
from tui_tutor.studio.steps import STEPS_FOLDER, read_step, reply_of, reply_values

MOST_TRANSCRIPT_BYTES: Final = 50_000_000


def _silent(_: object) -> None:
    """Nobody listens."""


class RecordedModel(LanguageModel):
    """Answers what a transcript holds; a call that it does not hold is an error that names it."""

    def __init__(self, replies: dict[str, Reply], *, name: str = "the transcript") -> None:
        self._replies = replies
        self._name = name
        self.unused = set(replies)  # keys that nobody has asked for yet

    @classmethod
    def of(cls, path: Path) -> RecordedModel:
        """Read a transcript; TutorError if it is none."""
        try:
            with path.open("rb") as file:
                data = file.read(MOST_TRANSCRIPT_BYTES + 1)
        except OSError as error:
            raise TutorError(f"{path} cannot be read: {error.strerror or error}") from error
        return cls(_replies(data, str(path)), name=str(path))

    def has(self, call: Call) -> bool:
        """Whether this very call was recorded."""
        return call.key in self._replies

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        reply = self._replies.get(call.key)
        if reply is None:
            raise TutorError(
                f"{safe_line(self._name)} has no answer for the call of {call.agent} about {call.subject} "
                f"(version {call.version}, {call.model}, key {call.key[:12]})",
                help="its prompt's version, inputs or schema are not those it was recorded with: record anew",
            )
        self.unused.discard(call.key)
        on_saying(Saying(call, reply.usage.output_tokens, "replayed"))
        return reply

    async def count_tokens(self, call: Call) -> int:
        return most_tokens(call)

    async def close(self) -> None:
        """Nothing is open."""


def _replies(data: bytes, name: str) -> dict[str, Reply]:
    if len(data) > MOST_TRANSCRIPT_BYTES:
        raise TutorError(f"{safe_line(name)} is too large for a transcript")
    replies: dict[str, Reply] = {}
    for number, line in enumerate(data.splitlines(), 1):
        try:
            values = json.loads(line)
            reply = reply_of(values["reply"])
            if replies.setdefault(str(values["key"]), reply) != reply:
                raise ValueError("recorded twice, and differently")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise TutorError(f"line {number} of {safe_line(name)} is no line of a transcript") from error
    return replies


def transcript_of(folder: Path) -> str:
    """The finished steps of a course's studio folder as a transcript, in the order they were answered."""
    steps = []
    for path in sorted((folder / STEPS_FOLDER).glob("*.json")):
        try:
            steps.append(read_step(path))
        except (ValueError, OSError) as error:
            raise TutorError(f"{path} is no step, so no whole transcript can be made") from error
    steps.sort(key=lambda step: (step.at, step.key))
    return "".join(_line(step.key, step.agent, step.subject, step.reply) for step in steps)


def _line(key: str, agent: str, subject: str, reply: Reply) -> str:
    values: dict[str, Any] = {"key": key, "agent": agent, "subject": subject, "reply": reply_values(reply)}
    return json.dumps(values, allow_nan=False) + "\n"
