"""Kernel and Shell over the recorded outputs of a course.lock.json: nothing runs.

A recording is found by its source: `source_hash` of a cell is the same here and in `core.study.recording`.
Used where a course's packages are missing, and by tests of everything that stands on the ports.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from tui_tutor.core.execution import (
    Completions,
    Finished,
    InputAsked,
    KernelInfo,
    Outcome,
    RunEvent,
    Started,
)
from tui_tutor.core.execution_json import event_from_json
from tui_tutor.core.ports import Json, Report

_UNKNOWN: Final = "Nothing was recorded for this text, and nothing can run here."
_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "ok": "ok",
    "error": "error",
    "interrupted": "interrupted",
    "timeout": "timeout",
    "died": "died",
}


class Recordings:
    """What a lock recorded, found by source or by the id of a viz cell. Malformed entries are left out."""

    def __init__(self, lock: Mapping[str, Json]) -> None:
        self._cells = list(_cells(lock))

    def of_source(self, source: str, kinds: Sequence[str]) -> Mapping[str, Any] | None:
        """The entry of the first cell of one of these kinds with this source."""
        hashes = {hashlib.sha256(f"{kind}\n{source}".encode()).hexdigest()[:16] for kind in kinds}
        return next((cell for _, cell in self._cells if cell.get("source_hash") in hashes), None)

    def plot(self, viz_id: str) -> Mapping[str, Any] | None:
        """The recorded plot JSON of a viz cell."""
        plots = (cell.get("plot") for name, cell in self._cells if name == viz_id)
        return next((plot for plot in plots if isinstance(plot, dict)), None)


def _cells(lock: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    lessons = lock.get("lessons")
    for lesson in lessons.values() if isinstance(lessons, dict) else ():
        cells = lesson.get("cells") if isinstance(lesson, dict) else None
        for name, cell in cells.items() if isinstance(cells, dict) else ():
            if isinstance(cell, dict):
                yield str(name), cell


def _events(entry: Mapping[str, Any], *, counts: bool) -> Iterator[RunEvent]:
    """A whole run: Started, what was recorded, Finished."""
    k = entry.get("k")
    count = k if counts and isinstance(k, int) else None
    yield Started(count)
    status: int | None = None
    output = entry.get("output")
    for value in output if isinstance(output, list) else ():
        event = event_from_json(value)
        if isinstance(event, Finished):
            status = event.exit_status
        elif event is not None and not isinstance(event, Started | InputAsked):
            yield event
    elapsed = entry.get("ms", 0.0)
    ms = float(elapsed) if isinstance(elapsed, int | float) else 0.0
    outcome = _OUTCOMES.get(str(entry.get("outcome", "ok")), "ok")
    yield Finished(outcome, count, ms, status)


def _nothing() -> Iterator[RunEvent]:
    yield Started()
    yield Finished("error", reason=_UNKNOWN)


class ReplayKernel:
    """ports.Kernel whose runs say what they said when the lock was written."""

    def __init__(self, lock: Mapping[str, Json]) -> None:
        self._recordings = Recordings(lock)

    async def start(self) -> KernelInfo:
        """Ready at once."""
        return KernelInfo(notes=("recorded outputs are shown, nothing runs",))

    async def run(
        self, source: str, *, timeout_s: float, is_silent: bool = False, allow_input: bool = True
    ) -> AsyncIterator[RunEvent]:
        """What was recorded for this source; a silent run says nothing."""
        entry = self._recordings.of_source(source, ("code", "ex"))
        if is_silent:
            yield Started()
            yield Finished("ok")
            return
        for event in _events(entry, counts=True) if entry is not None else _nothing():
            yield event

    async def probe(self, requests: Sequence[Report], *, timeout_s: float) -> tuple[Report, ...]:
        """Nothing can be asked of a recording."""
        return tuple({"error": {"name": "NotRun", "message": _UNKNOWN}} for _ in requests)

    async def attempt(
        self, sources: Sequence[str], question: Report, *, at_once: int = 1
    ) -> tuple[Report, ...]:
        """No answer can be tried on a recording."""
        return tuple({"cannot": _UNKNOWN} for _ in sources)

    async def plot(self, request: Report, *, timeout_s: float = 5.0) -> Report:
        """The recorded plot of this viz cell."""
        return self._recordings.plot(str(request.get("viz", ""))) or {"error": _UNKNOWN}

    async def answer_input(self, text: str) -> None:
        """Nobody asks."""

    async def interrupt(self) -> None:
        """Nothing runs."""

    async def restart(self) -> KernelInfo:
        """As at the start."""
        return await self.start()

    async def complete(self, source: str, cursor: int) -> Completions:
        """No names are known."""
        return Completions(start=cursor, end=cursor)

    async def document(self, source: str, cursor: int) -> str:
        """No names are known."""
        return ""

    async def died(self) -> str:
        """Never returns: what does not live cannot die."""
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Nothing to end."""


class ReplayShell:
    """ports.Shell whose commands say what they said when the lock was written."""

    def __init__(self, lock: Mapping[str, Json]) -> None:
        self._recordings = Recordings(lock)

    async def run(
        self,
        script: str,
        *,
        shell: Literal["sh", "bash"] = "sh",
        is_tty: bool = False,
        stdin: str = "",
        timeout_s: float,
    ) -> AsyncIterator[RunEvent]:
        """What was recorded for this script."""
        entry = self._recordings.of_source(script, ("sh", "ex"))
        for event in _events(entry, counts=False) if entry is not None else _nothing():
            yield event

    async def run_python(self, source: str, *, timeout_s: float) -> tuple[int, str]:
        """Nothing can run."""
        return 1, _UNKNOWN

    async def answer_input(self, text: str) -> None:
        """Nobody asks."""

    async def resize(self, columns: int, rows: int) -> None:
        """Recordings keep their width."""

    async def interrupt(self) -> None:
        """Nothing runs."""

    async def close(self) -> None:
        """Nothing to end."""
