"""What every kernel promises: forked, plain and replayed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.kernels import end_of, events_of, lock_of, real_kernel, text_of
from tui_tutor.core.course import CodeCell
from tui_tutor.core.execution import Completions, Finished, RunEvent, Started, StreamText
from tui_tutor.core.study.recording import source_hash
from tui_tutor.kernels.replay import ReplayKernel

SOURCE = "print('one')"
SAID: list[RunEvent] = [Started(1), StreamText("stdout", "one\n"), Finished("ok", 1, 5.0)]
MAKERS = {
    "forked": real_kernel,
    "plain": lambda folder: real_kernel(folder, may_fork=False),
    "replay": lambda folder: ReplayKernel(lock_of("code", SOURCE, SAID)),
}
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)]
Make = Callable[[Path], Any]


def with_kernel(make: Make, folder: Path, act: Callable[[Any], Awaitable[Any]]) -> Any:
    async def go() -> Any:
        kernel = make(folder)
        try:
            await kernel.start()
            return await act(kernel)
        finally:
            await kernel.close()
            await kernel.close()

    return asyncio.run(go())


def test_a_run_starts_says_what_was_printed_and_finishes(make: Make, tmp_path: Path):
    events = with_kernel(make, tmp_path, lambda kernel: events_of(kernel, SOURCE))
    assert events[0] == Started(1)
    assert text_of(events) == "one\n"
    assert (end_of(events).outcome, end_of(events).execution_count) == ("ok", 1)


def test_a_silent_run_has_no_count(make: Make, tmp_path: Path):
    events = with_kernel(make, tmp_path, lambda kernel: events_of(kernel, "1", is_silent=True))
    assert events[0] == Started(None)
    assert (end_of(events).outcome, end_of(events).execution_count) == ("ok", None)


def test_a_silent_run_does_not_raise_the_count_of_the_next(make: Make, tmp_path: Path):
    async def act(kernel: Any) -> list[RunEvent]:
        await events_of(kernel, "1", is_silent=True)
        return await events_of(kernel, SOURCE)

    assert with_kernel(make, tmp_path, act)[0] == Started(1)


def test_probes_give_one_report_each_and_never_raise(make: Make, tmp_path: Path):
    requests = [{"probe": "value", "expr": "nowhere", "expected_py": ""}, {"probe": "nonsense"}]
    reports = with_kernel(make, tmp_path, lambda kernel: kernel.probe(requests, timeout_s=5))
    assert [set(report) & {"error", "author_error"} != set() for report in reports] == [True, True]


def test_a_plot_without_its_names_says_so(make: Make, tmp_path: Path):
    request = {"kind": "line", "viz": "v", "y": ["nowhere"], "limit": 10}
    report = with_kernel(make, tmp_path, lambda kernel: kernel.plot(request))
    assert report == {"missing": ["nowhere"]} or "error" in report


def test_interrupting_nothing_is_safe(make: Make, tmp_path: Path):
    async def act(kernel: Any) -> list[RunEvent]:
        await kernel.interrupt()
        await kernel.interrupt()
        return await events_of(kernel, SOURCE)

    assert end_of(with_kernel(make, tmp_path, act)).outcome == "ok"


def test_a_restarted_kernel_counts_from_one(make: Make, tmp_path: Path):
    async def act(kernel: Any) -> list[RunEvent]:
        await events_of(kernel, SOURCE)
        await kernel.restart()
        return await events_of(kernel, SOURCE)

    assert with_kernel(make, tmp_path, act)[0] == Started(1)


def test_completions_lie_around_the_cursor(make: Make, tmp_path: Path):
    answer = with_kernel(make, tmp_path, lambda kernel: kernel.complete("x = impo", 8))
    assert answer in (Completions(("import",), 4, 8, kinds=("keyword",)), Completions((), 8, 8))


def test_a_recording_is_found_by_the_hash_of_its_cell(make: Make, tmp_path: Path):
    cell = CodeCell(kind="code", id="cell", source=SOURCE)
    recorded = lock_of("code", SOURCE, SAID)["lessons"]["one"]["cells"]["cell"]
    assert recorded["source_hash"] == source_hash(cell)
