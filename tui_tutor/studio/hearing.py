"""An answer while it streams in: its text so far, what was counted, and what it may cost if it breaks off."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from tui_tutor.core.language_model import Call, OnSaying, Reply, Saying, Stop, Usage
from tui_tutor.studio.answers import MOST_ANSWER_CHARACTERS, json_of, whole_text
from tui_tutor.studio.counting import most_usage
from tui_tutor.studio.server_errors import broke_off


@dataclass(slots=True)
class Hearing:
    """Takes what a wire brings, piece by piece; `reply` makes one value of it."""

    call: Call
    on_saying: OnSaying
    usage: Usage = field(default_factory=Usage)
    is_counted: bool = False  # the server said how long the answer is
    stop: Stop | None = None
    model: str = ""
    _pieces: list[str] = field(default_factory=list)
    _characters: int = 0
    _started: float = field(default_factory=time.monotonic)

    def hear(self, piece: object, *, is_answer: bool = True) -> None:
        """Take a piece of the answer (or of what the model thinks before it), and say how far it is."""
        if not isinstance(piece, str) or not piece:
            return
        self._characters += len(piece)
        if self._characters > MOST_ANSWER_CHARACTERS:
            raise broke_off("it was longer than any answer may be", self.most())
        if is_answer:
            self._pieces.append(piece)
        self.on_saying(Saying(self.call, max(self.usage.output_tokens, self._characters // 4)))

    def most(self) -> Usage:
        """What this call may be billed if it ends here."""
        if not self.usage.input_tokens:
            return most_usage(self.call)
        return replace(self.usage, output_tokens=max(self.call.max_tokens, self.usage.output_tokens))

    def reply(self, default_model: str = "") -> Reply:
        """The whole answer; ModelUnavailable where no end was heard."""
        if self.stop is None:
            raise broke_off("the stream ended early", self.most())
        text = whole_text("".join(self._pieces))
        return Reply(
            text=text,
            data=json_of(text) if self.stop == "end" else None,
            stop=self.stop,
            usage=self._billed(text),
            model=self.model or default_model,
            seconds=time.monotonic() - self._started,
        )

    def _billed(self, text: str) -> Usage:
        """As the server counted; an upper bound of what it did not count."""
        most = most_usage(self.call)
        usage = self.usage
        if not (usage.input_tokens or usage.cache_read_tokens or usage.cache_write_tokens):
            usage = replace(usage, input_tokens=most.input_tokens)
        if not self.is_counted:
            usage = replace(usage, output_tokens=min(len(text.encode()), most.output_tokens))
        return usage
