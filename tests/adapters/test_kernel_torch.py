"""Kernels of courses that need torch: preloaded, equal to a fresh process, checked safely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.kernels import events_of, in_kernel, text_of
from tui_tutor.kernels.environment import modules_to_warm
from tui_tutor.kernels.jupyter import JupyterKernel

pytestmark = [pytest.mark.slow, pytest.mark.torch]
WARM = modules_to_warm(["torch>=2.6", "numpy"])
TRAIN = """
import torch
torch.manual_seed(0)
layers = torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)
net = torch.nn.Sequential(*layers)
x = torch.randn(256, 64); y = x.sum(1, keepdim=True)
step = torch.optim.Adam(net.parameters(), 1e-2)
for _ in range(5):
    step.zero_grad(); loss = ((net(x) - y) ** 2).mean(); loss.backward(); step.step()
big = torch.randn(400, 400) @ torch.randn(400, 400)
print(round(loss.item(), 4), torch.get_num_threads())
"""


def test_modules_are_there_before_the_first_cell_asks(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> str:
        await kernel.start()
        return text_of(await events_of(kernel, "import sys; print('torch' in sys.modules)"))

    assert in_kernel(tmp_path, act, preload=WARM) == "True\n"


def test_a_forked_kernel_trains_as_a_fresh_process_does(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> list[str]:
        await kernel.start()
        first = text_of(await events_of(kernel, TRAIN))
        await kernel.restart()
        return [first, text_of(await events_of(kernel, TRAIN))]

    fresh = in_kernel(tmp_path, act, may_fork=False)
    assert in_kernel(tmp_path, act, preload=WARM) == fresh
    assert fresh[0].endswith(" 1\n")


def test_kernels_that_seed_nothing_draw_different_numbers(tmp_path: Path):
    draw = "import random, numpy, torch; print(random.random(), numpy.random.rand(), torch.rand(1).item())"

    async def act(kernel: JupyterKernel) -> list[list[str]]:
        await kernel.start()
        first = text_of(await events_of(kernel, draw)).split()
        await kernel.restart()
        return [first, text_of(await events_of(kernel, draw)).split()]

    first, second = in_kernel(tmp_path, act, preload=WARM)
    assert [a == b for a, b in zip(first, second, strict=True)] == [False, False, False]


def test_a_copy_of_a_kernel_that_has_trained_can_train(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> Any:
        await events_of(kernel, TRAIN)
        code = "((net(x) - y) ** 2).mean().backward(); torch.randn(400, 400) @ torch.randn(400, 400)"
        return await kernel.probe([{"probe": "code", "code": code}], timeout_s=20)

    assert in_kernel(tmp_path, act, preload=WARM) == ({"passed": True},)


def test_a_kernel_with_native_threads_is_checked_on_a_shallow_copy(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> Any:
        source = "import torch; torch.set_num_threads(2); b = torch.randn(900, 900); b = b @ b"
        await events_of(kernel, source)
        (report,) = await kernel.probe(
            [{"probe": "code", "code": "assert b.shape == (900, 900)"}], timeout_s=20
        )
        (late,) = await kernel.probe([{"probe": "code", "code": "while True: pass"}], timeout_s=0.5)
        return report, late

    report, late = in_kernel(tmp_path, act)
    assert report["passed"] is True
    assert "shallow copy" in report["note"]
    assert late["error"]["name"] == "Timeout"


def test_a_plot_puts_the_random_state_back(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> list[str]:
        draw = (
            "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(1).item())"
        )
        seed = "import random, numpy, torch\nrandom.seed(1); numpy.random.seed(1); torch.manual_seed(1)"
        said = []
        for is_plotted in (False, True):
            await events_of(kernel, seed)
            if is_plotted:
                y = "[random.random(), numpy.random.rand(), torch.rand(1).item()]"
                report = await kernel.plot({"kind": "line", "viz": "v", "y": [y], "limit": 10})
                assert report["total"] == 3
            said.append(text_of(await events_of(kernel, draw)))
        return said

    first, second = in_kernel(tmp_path, act)
    assert first == second
