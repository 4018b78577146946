"""What confinement costs: the start of a kernel and of a command, with and without, in turns."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Figure, median
from tui_tutor.kernels.jupyter import JupyterKernel
from tui_tutor.kernels.sandbox.confining import Sandbox
from tui_tutor.kernels.sandbox.layers import Layers, probe
from tui_tutor.kernels.shell import ShellRunner

_ROUNDS = 15
WANTED = {
    "kernel ready, confined in full": "≤ floor + 50 ms",
    "kernel ready, confined in files only": "≤ floor + 50 ms",
    "command `true`, confined in full": "≤ floor + 50 ms",
    "command `true`, confined in files only": "≤ floor + 50 ms",
    "probe, once in each start": "≤ 50 ms",
}


def measure() -> list[Figure]:
    """Medians of rounds in which every level has its turn, so that a busy machine is busy for all."""
    return [*_probe(), *asyncio.run(_kernels()), *asyncio.run(_commands())]


def _levels() -> Iterator[Layers | None]:
    here = probe()
    yield None
    if here.bubblewrap:
        yield here
    if here.landlock_abi:
        yield Layers(landlock_abi=here.landlock_abi)


def _probe() -> Iterator[Figure]:
    def once() -> float:
        probe.cache_clear()
        began = time.perf_counter()
        probe()
        return 1000 * (time.perf_counter() - began)

    yield "probe, once in each start", median(once, tries=_ROUNDS), "ms", "", None


async def _kernels() -> list[Figure]:
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        await _kernel_ready(None, folder)  # modules are imported once
        for _ in range(_ROUNDS):
            for layers in _levels():
                taken.setdefault(_name(layers), []).append(await _kernel_ready(layers, folder))
    return _figures("kernel ready", taken)


async def _kernel_ready(layers: Layers | None, folder: str) -> float:
    began = time.perf_counter()
    kernel = JupyterKernel(sys.executable, cwd=folder, sandbox=_sandbox(layers, folder))
    try:
        await kernel.start()
        return 1000 * (time.perf_counter() - began)
    finally:
        await kernel.close()


async def _commands() -> list[Figure]:
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(_ROUNDS):
            for layers in _levels():
                taken.setdefault(_name(layers), []).append(await _command(layers, folder))
    return _figures("command `true`", taken)


async def _command(layers: Layers | None, folder: str) -> float:
    shell = ShellRunner(folder, sandbox=_sandbox(layers, folder))
    began = time.perf_counter()
    try:
        async for _ in shell.run("true", timeout_s=30):
            pass
        return 1000 * (time.perf_counter() - began)
    finally:
        await shell.close()


def _sandbox(layers: Layers | None, folder: str) -> Sandbox | None:
    if layers is None:
        return None
    return Sandbox(layers, workspace=folder, pythons=[sys.executable], hidden=[str(Path.home() / ".local")])


def _name(layers: Layers | None) -> str:
    return "" if layers is None else f", confined in {layers.confinement.level}"


def _figures(what: str, taken: dict[str, list[float]]) -> list[Figure]:
    free = statistics.median(taken[""])
    medians = {name: statistics.median(times) for name, times in taken.items()}
    return [
        (f"{what}{name}", ms, "ms", "without" if name else "", ms / free if name else None)
        for name, ms in medians.items()
    ]
