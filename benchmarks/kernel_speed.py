"""How fast code runs: start, round trip, floods, interrupt, death, restart, against jupyter_client alone."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from benchmarks.measuring import Figure, tree_memory_mb
from tui_tutor.core.execution import Finished, StreamText
from tui_tutor.kernels.environment import modules_to_warm
from tui_tutor.kernels.jupyter import JupyterKernel

WANTED = {
    "print(1), warm: run to output": "≤ floor + 5 ms",
    "start, server up": "≤ 60 ms",
    "first `import torch` cell": "≤ 150 ms",
    "interrupt of an endless print loop": "≤ 200 ms",
    "interrupt of an await": "≤ 200 ms",
    "killed kernel noticed": "≤ 100 ms",
    "restart": "≤ 250 ms",
    "100,000 printed lines": "≤ 1.25 x",
    "1,000,000 printed lines": "≤ 1.25 x",
    "1,000,000 lines: memory of the tree added": "≤ 64 MB",
    "1,000,000 lines: lines unaccounted for": "≤ 0 lines",
}
FLOOD = "for n in range({0}): print(n)"


def measure() -> list[Figure]:
    """Medians, with ratios to a stock kernel and client on the same machine in the same minute."""
    figures = asyncio.run(_measure())
    if find_spec("torch") is not None:
        figures += asyncio.run(_measure_torch())
    return figures


async def _measure() -> list[Figure]:
    async with _stock() as stock, _ours() as ours:
        figures = await _round_trips(stock, ours)
        for count in (100_000, 1_000_000):
            figures += await _flood(stock, ours, count)
        figures += await _reactions(ours)
    return figures


@asynccontextmanager
async def _ours(**options: Any) -> AsyncIterator[JupyterKernel]:
    kernel = JupyterKernel(sys.executable, cwd=tempfile.gettempdir(), **options)
    try:
        await kernel.start()
        yield kernel
    finally:
        await kernel.close()


@asynccontextmanager
async def _stock() -> AsyncIterator[Any]:
    """jupyter_client and ipykernel as they come, over ipc."""
    from jupyter_client import AsyncKernelManager

    with tempfile.TemporaryDirectory(prefix="b-") as folder:
        manager = AsyncKernelManager(transport="ipc", connection_file=f"{folder}/c")
        manager.ip = f"{folder}/k"
        await manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            yield client
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)


async def _stock_run(client: Any, source: str, *, is_first: bool = False) -> float:
    """Milliseconds until the first text, or until idle."""
    start = time.perf_counter()
    request, said = client.execute(source), None
    while True:
        message = await client.get_iopub_msg(timeout=None)
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "stream" and said is None:
            said = _ms_since(start)
        if message["content"].get("execution_state") == "idle":
            return said if is_first and said is not None else _ms_since(start)


async def _our_run(kernel: JupyterKernel, source: str, *, is_first: bool = False) -> float:
    start, said = time.perf_counter(), None
    async for event in kernel.run(source, timeout_s=600):
        if isinstance(event, StreamText) and said is None:
            said = _ms_since(start)
    return said if is_first and said is not None else _ms_since(start)


async def _round_trips(stock: Any, ours: JupyterKernel) -> list[Figure]:
    floor, value = [], []
    for _ in range(40):
        floor.append(await _stock_run(stock, "print(1)", is_first=True))
        value.append(await _our_run(ours, "print(1)", is_first=True))
    return [_figure("print(1), warm: run to output", value, floor)]


async def _flood(stock: Any, ours: JupyterKernel, count: int) -> list[Figure]:
    source = FLOOD.format(count)
    added, missing = await _weigh(ours, source, count)
    floor, value = [], []
    for _ in range(3):
        value.append(await _our_run(ours, source))
        floor.append(await _stock_run(stock, source))
    name = f"{count:,}"
    return [
        _figure(f"{name} printed lines", value, floor),
        (f"{name} lines: memory of the tree added", added, "MB", "", None),
        (f"{name} lines: lines unaccounted for", float(missing), "lines", "", None),
    ]


async def _weigh(ours: JupyterKernel, source: str, count: int) -> tuple[float, int]:
    """MB that the tree grew at most during a run, and the lines that were neither shown nor counted."""
    before = highest = tree_memory_mb(os.getpid())
    looked_at, seen = time.monotonic(), 0
    async for event in ours.run(source, timeout_s=600):
        if isinstance(event, StreamText):
            seen += event.text.count("\n") + event.dropped_lines
        if time.monotonic() - looked_at > 0.2:
            highest, looked_at = max(highest, tree_memory_mb(os.getpid())), time.monotonic()
    return max(highest, tree_memory_mb(os.getpid())) - before, abs(count - seen)


async def _reactions(ours: JupyterKernel) -> list[Figure]:
    figures = []
    for name, source in (
        ("an endless print loop", "while True: print('on' * 20)"),
        ("an await", "import asyncio\nprint('on')\nawait asyncio.sleep(600)"),
        ("a busy loop", "print('on')\nwhile True: pass"),
    ):
        figures.append(_alone(f"interrupt of {name}", await _many(lambda s=source: _interrupt(ours, s))))  # type: ignore[misc]
    figures.append(_alone("restart", await _many(lambda: _timed(ours.restart))))
    figures.append(_alone("killed kernel noticed", await _many(lambda: _death(ours))))
    figures.append(_alone("start, server up", await _many(lambda: _timed(ours.start, ours))))
    return figures


async def _interrupt(kernel: JupyterKernel, source: str) -> float:
    start = None
    async for event in kernel.run(source, timeout_s=60):
        if isinstance(event, StreamText) and start is None:
            await asyncio.sleep(0.1)
            start = time.perf_counter()
            asyncio.get_running_loop().create_task(kernel.interrupt())
    assert start is not None
    return _ms_since(start)


async def _death(kernel: JupyterKernel) -> float:
    """From the kernel's last moment to Finished: it prints the time, then kills itself."""
    source = "import os, time; print(time.monotonic(), flush=True); time.sleep(0.1); os.kill(os.getpid(), 9)"
    at = 0.0
    async for event in kernel.run(source, timeout_s=60):
        if isinstance(event, StreamText) and event.text.strip():
            at = float(event.text.split()[0]) + 0.1
        if isinstance(event, Finished):
            return 1000 * (time.monotonic() - at)
    raise AssertionError("no end")


async def _timed(act: Callable[[], Awaitable[Any]], ended: JupyterKernel | None = None) -> float:
    if ended is not None:
        await _our_run(ended, "import os; os._exit(0)")
    start = time.perf_counter()
    await act()
    return _ms_since(start)


async def _measure_torch() -> list[Figure]:
    values = []
    start = time.perf_counter()
    async with _ours(preload=modules_to_warm(["torch"])) as kernel:
        warm = _ms_since(start)
        for _ in range(5):
            values.append(await _our_run(kernel, "import torch; print(torch.ones(2).sum())", is_first=True))
            await kernel.restart()
    return [_alone("first `import torch` cell", values), ("server with torch ready", warm, "ms", "", None)]


async def _many(take: Callable[[], Awaitable[float]], tries: int = 7) -> list[float]:
    return [await take() for _ in range(tries)]


def _figure(name: str, values: list[float], floors: list[float]) -> Figure:
    value, floor = statistics.median(values), statistics.median(floors)
    return name, value, "ms", f"jupyter_client and ipykernel alone, {floor:.1f} ms", value / floor


def _alone(name: str, values: list[float]) -> Figure:
    return name, statistics.median(values), "ms", "", None


def _ms_since(start: float) -> float:
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    for figure in measure():
        print(*figure, sep="\t")
