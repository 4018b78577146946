"""Real and replayed kernels for the adapters' tests."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from tui_tutor.core.execution import ErrorRaised, Finished, InputAsked, RunEvent, StreamText
from tui_tutor.core.execution_json import event_as_json
from tui_tutor.kernels.jupyter import JupyterKernel

T = TypeVar("T")


def real_kernel(folder: Path, **options: Any) -> JupyterKernel:
    return JupyterKernel(sys.executable, cwd=str(folder), **options)


def in_kernel(folder: Path, act: Callable[[JupyterKernel], Awaitable[T]], **options: Any) -> T:
    """Do something with a kernel and close it."""

    async def go() -> T:
        kernel = real_kernel(folder, **options)
        try:
            return await act(kernel)
        finally:
            await kernel.close()

    return asyncio.run(go())


async def events_of(
    kernel: Any, source: str, *, timeout_s: float = 30, answers: tuple[str, ...] = (), **options: Any
) -> list[RunEvent]:
    events, left = [], list(answers)
    async for event in kernel.run(source, timeout_s=timeout_s, **options):
        events.append(event)
        if isinstance(event, InputAsked):
            await kernel.answer_input(left.pop(0))
    return events


async def interrupted(kernel: Any, source: str, *, times: int = 1, **options: Any) -> list[RunEvent]:
    """Run a source that prints `on` when it is under way, and interrupt it then."""
    events = []
    async for event in kernel.run(source, timeout_s=60, **options):
        is_first = isinstance(event, StreamText) and not any(isinstance(one, StreamText) for one in events)
        events.append(event)
        if is_first:
            for _ in range(times):
                await kernel.interrupt()
    return events


def text_of(events: list[RunEvent], stream: str = "stdout") -> str:
    return "".join(e.text for e in events if isinstance(e, StreamText) and e.stream == stream)


def lines_of(events: list[RunEvent]) -> tuple[int, int]:
    """Lines shown and lines counted as dropped."""
    texts = [e for e in events if isinstance(e, StreamText)]
    return sum(e.text.count("\n") for e in texts), sum(e.dropped_lines for e in texts)


def end_of(events: list[RunEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def error_of(events: list[RunEvent]) -> ErrorRaised:
    return next(event for event in events if isinstance(event, ErrorRaised))


def lock_of(kind: str, source: str, events: list[RunEvent]) -> dict[str, Any]:
    """A lock that recorded one run."""
    end = end_of(events)
    cell = {
        "source_hash": hashlib.sha256(f"{kind}\n{source}".encode()).hexdigest()[:16],
        "outcome": end.outcome,
        "k": end.execution_count,
        "ms": end.elapsed_ms,
        "output": [event_as_json(event) for event in events],
    }
    return {"lessons": {"one": {"cells": {"cell": cell}}}}


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


async def gone(pid: int) -> bool:
    """Wait until a process has ended."""
    for _ in range(1000):
        if not is_alive(pid):
            return True
        await asyncio.sleep(0.01)
    return False


def processes_named(mark: str, *, parent: int | None = None) -> list[int]:
    """Living processes with this word in their command line."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and is_alive(int(name)):
            try:
                line = Path(f"/proc/{name}/cmdline").read_bytes()
            except OSError:
                continue
            stat = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            if mark.encode() in line.split(b"\0") and parent in (None, int(stat[1])):
                found.append(int(name))
    return found
