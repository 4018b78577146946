"""Finished calls, one file each: what a build that was ended goes on from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Saying, Usage
from tui_tutor.studio.durable import make_folder, not_stored, require_room, write_durably

STEPS_FOLDER: Final = "steps"
STEP_FORMAT: Final = 1
MOST_STEP_BYTES: Final = 20_000_000
ROOM_BYTES: Final = 2_000_000  # that have to be free before a call is made


def _silent(_: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call that was answered. `call` holds all of it as JSON, for people; `at` is ISO 8601."""

    key: str
    agent: str
    subject: str
    reply: Reply
    at: str
    call: dict[str, Any]


class StepStore(LanguageModel):
    """Answers from finished steps, and stores what it has to ask, on the disk before it is given out.

    Every answer is stored that was paid for, cut short and refused ones too: asking again is another call, or
    comes after `forget`. Equal calls at the same time are asked once.
    """

    def __init__(
        self,
        model: LanguageModel,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._model = model
        self._folder = folder / STEPS_FOLDER
        self._now = now
        self._running: dict[str, asyncio.Lock] = {}
        self.replayed = 0  # calls that a finished step answered
        make_folder(self._folder)

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        key = call.key
        lock = self._running.setdefault(key, asyncio.Lock())
        async with lock:
            if (step := self.finished(key)) is not None:
                self.replayed += 1
                on_saying(Saying(call, step.reply.usage.output_tokens, "finished before"))
                return step.reply
            require_room(self._folder, ROOM_BYTES)  # an answer that cannot be kept is not worth paying for
            reply = await self._model.complete(call, on_saying=on_saying)
            self._store(call, reply)
            return reply

    def finished(self, key: str) -> Step | None:
        """The step of a call, None if it is not finished; a damaged file is set aside and counts as none."""
        path = self._folder / f"{key}.json"
        try:
            step = read_step(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TutorError(
                f"{path} cannot be read: {error.strerror or error}; nothing was asked",
                help="mend the folder's rights, then build again",
            ) from error
        except ValueError:
            _set_aside(path, "damaged")
            return None
        if step.key != key:
            _set_aside(path, "damaged")
            return None
        return step

    def forget(self, key: str) -> None:
        """Ask a call anew next time; its file stays, under another name."""
        _set_aside(self._folder / f"{key}.json", "forgotten")

    def _store(self, call: Call, reply: Reply) -> None:
        write_durably(self._folder / f"{call.key}.json", step_bytes(call, reply, self._now()))

    async def count_tokens(self, call: Call) -> int:
        return await self._model.count_tokens(call)

    async def close(self) -> None:
        await self._model.close()


def _set_aside(path: Path, why: str) -> None:
    number = 1
    while (aside := path.with_name(f"{path.name}.{why}-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except FileNotFoundError:
        return
    except OSError as error:
        raise not_stored(path, error) from error


def step_bytes(call: Call, reply: Reply, at: datetime) -> bytes:
    """A step as its file holds it."""
    shown = {field.name: getattr(call, field.name) for field in fields(call)}
    values = {
        "format": STEP_FORMAT,
        "call": {"key": call.key, **shown},
        "reply": reply_values(reply),
        "at": at.isoformat(timespec="milliseconds"),
    }
    text = json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    return (text + "\n").encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return dict(value)  # another kind of mapping


def read_step(path: Path) -> Step:
    """A step's file; ValueError for anything that is none."""
    with path.open("rb") as file:
        data = file.read(MOST_STEP_BYTES + 1)
    if len(data) > MOST_STEP_BYTES:
        raise ValueError("too large for a step")
    try:
        values = json.loads(data)
        call = values["call"]
        reply = reply_of(values["reply"])
        if values["format"] != STEP_FORMAT or not all(
            isinstance(call[n], str) for n in ("key", "agent", "subject")
        ):
            raise ValueError("not a step")
        return Step(call["key"], call["agent"], call["subject"], reply, str(values["at"]), call)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a step") from error


def reply_values(reply: Reply) -> dict[str, Any]:
    """A reply as JSON; its data is left out where the text says it."""
    return {
        "text": reply.text,
        "data": reply.data,
        "stop": reply.stop,
        "usage": asdict(reply.usage),
        "model": reply.model,
        "seconds": round(reply.seconds, 3),
    }


def reply_of(values: Any) -> Reply:
    """The reply that JSON holds; ValueError (or KeyError, TypeError) for anything that is none."""
    usage = Usage(**values["usage"])
    counts = (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens)
    if values["stop"] not in ("end", "max_tokens", "refusal") or any(
        type(count) is not int or count < 0 for count in counts
    ):
        raise ValueError("not a reply")
    if not isinstance(values["text"], str):
        raise ValueError("not a reply")
    return Reply(
        text=values["text"],
        data=values["data"],
        stop=values["stop"],
        usage=usage,
        model=str(values["model"]),
        seconds=float(values["seconds"]),
    )
