"""Calls gathered into batches, which cost half: handed in together, waited for, and not paid for twice."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, ModelUnavailable, OnSaying, Reply, Saying
from tui_tutor.studio.durable import make_folder, write_durably
from tui_tutor.studio.ledger import Entry

BATCHES_FOLDER: Final = "batches"
GATHER_S: Final = 3.0
POLL_S: Final = 20.0
MOST_CALLS: Final = 1_000
MOST_POLL_FAILURES: Final = 30  # in a row: ten minutes without a word from the server
KEPT: Final = timedelta(days=29)  # how long the server keeps results
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


def _silent(_: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is: `waiting` of `calls` have not been answered."""

    id: str
    is_ended: bool
    calls: int
    waiting: int
    created: datetime


class BatchServer(Protocol):
    """What a server that takes batches can do; `call` is one of a batch's calls, for messages."""

    async def submit(self, calls: Sequence[Call]) -> str: ...
    async def state(self, batch: str, call: Call) -> BatchState: ...
    async def recent(self, call: Call) -> tuple[BatchState, ...]: ...
    def results(
        self, batch: str, calls: Mapping[str, Call]
    ) -> AsyncIterator[tuple[str, Reply | TutorError]]: ...
    async def cancel(self, batch: str, call: Call) -> None: ...
    async def count_tokens(self, call: Call) -> int: ...
    async def close(self) -> None: ...


@dataclass(slots=True)
class _Note:
    """A batch as `.studio/batches/NAME.json` holds it; `batch` is "" until the server has taken it."""

    path: Path
    keys: set[str]
    batch: str
    at: datetime
    task: asyncio.Task[dict[str, Reply | TutorError]] | None = None
    waiting: dict[str, tuple[Call, OnSaying]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)  # whose callers have their answers

    def write(self) -> None:
        values = {"batch": self.batch, "keys": sorted(self.keys), "at": self.at.isoformat()}
        write_durably(self.path, (json.dumps(values, indent=1) + "\n").encode())


@dataclass(slots=True)
class _Gathering:
    """Calls that will be handed in together."""

    calls: dict[str, Call] = field(default_factory=dict)
    task: asyncio.Task[_Note] | None = None


class Batching(LanguageModel):
    """Gathers the calls that come within a moment, hands them in as one batch and waits for it.

    What is handed in stands in a note before it is, with its id after: a build that goes on takes the results
    of the batches of the one before. Where all who wait are cancelled the batch is too; what it has answered
    by then is taken by the next build.
    """

    def __init__(
        self,
        server: BatchServer,
        folder: Path,
        *,
        gather_s: float = GATHER_S,
        poll_s: float = POLL_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server = server
        self._folder = folder / BATCHES_FOLDER
        self._gather_s = gather_s
        self._poll_s = poll_s
        self._sleep = sleep
        self._now = now
        make_folder(self._folder)
        self._notes = {note.path: note for note in _notes(self._folder, now())}
        self._is_note_lost = any(self._folder.glob("*.damaged"))
        self._gathering: _Gathering | None = None
        self._handing_in: set[asyncio.Task[_Note]] = set()

    def is_noted(self, call: Call) -> bool:
        """Whether a batch that was handed in holds this call."""
        return self._note_of(call.key) is not None

    def holds(self, call: Call, entry: Entry) -> bool:
        """Whether what an earlier attempt set aside is still for this call, and may be used by another.

        Either a noted batch holds the call, or it was ended before it was handed in: a note is there before.
        """
        if self.is_noted(call):
            return True
        is_remembered = self._now() - datetime.fromisoformat(entry.at) < KEPT and not self._is_note_lost
        return entry.is_batch and is_remembered

    def _note_of(self, key: str) -> _Note | None:
        return next((n for n in self._notes.values() if key in n.keys and key not in n.given), None)

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        note = self._note_of(call.key) or await self._handed_in(call, on_saying)
        answer = await self._answer(note, call, on_saying)
        if isinstance(answer, Reply):
            # The note goes on holding it until a later batch: by then the caller has stored it.
            note.given.add(call.key)
            return answer
        self._drop(note, {call.key})
        raise answer

    async def _answer(self, note: _Note, call: Call, on_saying: OnSaying) -> Reply | TutorError:
        note.waiting[call.key] = (call, on_saying)
        try:
            while True:
                answers = await self._followed(note)
                if call.key in answers:
                    return answers[call.key]
        except asyncio.CancelledError:
            await self._leave(note, call)
            raise
        finally:
            note.waiting.pop(call.key, None)

    def _drop(self, note: _Note, keys: set[str]) -> None:
        """Take calls out of a note; a note without any goes."""
        note.keys -= keys
        if note.keys:
            note.write()
        else:
            self._notes.pop(note.path, None)
            with suppress(OSError):
                note.path.unlink()

    # --- handing in -----------------------------------------------------------------------------

    async def _handed_in(self, call: Call, on_saying: OnSaying) -> _Note:
        gathering = self._gathering
        if gathering is None or len(gathering.calls) >= MOST_CALLS:
            gathering = self._gathering = _Gathering()
            gathering.task = asyncio.create_task(self._hand_in(gathering))
            self._handing_in.add(gathering.task)
            gathering.task.add_done_callback(self._handing_in.discard)
        assert gathering.task is not None
        gathering.calls[call.key] = call
        on_saying(Saying(call, 0, "gathered for a batch"))
        try:
            return await asyncio.shield(gathering.task)
        except asyncio.CancelledError:
            gathering.calls.pop(call.key, None)
            if not gathering.calls:
                gathering.task.cancel()
            raise

    async def _hand_in(self, gathering: _Gathering) -> _Note:
        try:
            await self._sleep(self._gather_s)
        finally:
            if self._gathering is gathering:
                self._gathering = None
        self._forget_given()
        calls = list(gathering.calls.values())
        note = self._noted(calls)
        try:
            note.batch = await self._server.submit(calls)
        except TutorError as error:
            # Where the connection broke off the server may have it: the note stays, and it is looked for.
            if not isinstance(error, ModelUnavailable) or error.spent is None:
                self._drop(note, set(note.keys))
            raise
        note.write()
        return note

    def _forget_given(self) -> None:
        for note in list(self._notes.values()):
            if note.given:
                self._drop(note, note.given)

    def _noted(self, calls: Iterable[Call]) -> _Note:
        keys = {call.key for call in calls}
        note = _Note(self._folder / f"{min(keys)[:24]}-{os.urandom(4).hex()}.json", keys, "", self._now())
        note.write()
        self._notes[note.path] = note
        return note

    # --- waiting --------------------------------------------------------------------------------

    async def _followed(self, note: _Note) -> dict[str, Reply | TutorError]:
        if note.task is None:
            note.task = asyncio.create_task(self._follow(note))
            note.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(note.task)

    async def _follow(self, note: _Note) -> dict[str, Reply | TutorError]:
        """The results for all who wait; the next to come starts anew."""
        await asyncio.sleep(0)  # let everybody who waits say so
        any_call = next(iter(note.waiting.values()))[0]
        try:
            if not note.batch and not await self._find(note, any_call):
                self._drop(note, set(note.keys))
                raise ModelUnavailable("the batch of an earlier build was never taken by the server")
            await self._until_ended(note, any_call)
            return await self._collected(note)
        finally:
            note.task = None

    async def _collected(self, note: _Note) -> dict[str, Reply | TutorError]:
        calls = {key: call for key, (call, _) in note.waiting.items()}
        answers: dict[str, Reply | TutorError] = {
            key: ModelUnavailable("the batch holds no answer for this call") for key in calls
        }
        async for key, answer in self._server.results(note.batch, calls):
            if key in calls:
                answers[key] = answer
        return answers

    async def _until_ended(self, note: _Note, call: Call) -> None:
        failures = 0
        while True:
            try:
                state = await self._server.state(note.batch, call)
            except ModelUnavailable:
                failures += 1
                if failures >= MOST_POLL_FAILURES:
                    raise
            else:
                failures = 0
                if state.is_ended:
                    return
                self._say(note, f"batch: {state.calls - state.waiting} of {state.calls} answered")
            await self._sleep(self._poll_s)

    def _say(self, note: _Note, text: str) -> None:
        for call, on_saying in note.waiting.values():
            on_saying(Saying(call, 0, text))

    async def _find(self, note: _Note, call: Call) -> bool:
        """Whether the server did take a batch whose id was never noted: one as large, made at that time."""
        for state in await self._server.recent(call):
            is_near = note.at - _CLOCKS_DIFFER <= state.created <= note.at + 3 * _CLOCKS_DIFFER
            if not is_near or state.calls != len(note.keys) or self._is_anothers(state.id):
                continue
            note.batch = state.id
            await self._until_ended(note, call)
            asked = {key: asked for key, (asked, _) in note.waiting.items()}
            if any([key in note.keys async for key, _ in self._server.results(state.id, asked)]):
                note.write()
                return True
            note.batch = ""
        return False

    def _is_anothers(self, batch: str) -> bool:
        return any(note.batch == batch for note in self._notes.values())

    async def _leave(self, note: _Note, call: Call) -> None:
        note.waiting.pop(call.key, None)
        if note.waiting or note.task is None:
            return
        note.task.cancel()
        if note.batch:
            with suppress(TutorError):
                await self._server.cancel(note.batch, call)

    async def count_tokens(self, call: Call) -> int:
        return await self._server.count_tokens(call)

    async def close(self) -> None:
        following = [note.task for note in self._notes.values() if note.task is not None]
        for task in (*following, *self._handing_in):
            task.cancel()
        self._forget_given()
        await self._server.close()


def _notes(folder: Path, now: datetime) -> list[_Note]:
    """The notes of earlier builds; those whose results are no longer kept go, damaged ones are set aside."""
    notes = []
    for path in sorted(folder.glob("*.json")):
        try:
            values = json.loads(path.read_bytes())
            note = _Note(
                path,
                set(map(str, values["keys"])),
                str(values["batch"]),
                datetime.fromisoformat(values["at"]),
            )
            is_kept = now - note.at < KEPT
        except (OSError, ValueError, KeyError, TypeError):
            with suppress(OSError):
                path.rename(path.with_name(f"{path.name}.damaged"))
            continue
        if is_kept:
            notes.append(note)
        else:
            path.unlink(missing_ok=True)
    return notes
