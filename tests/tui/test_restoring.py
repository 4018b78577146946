"""Coming back to a lesson: what ran in it runs again behind the page, and can be skipped."""

from __future__ import annotations

import asyncio

import pytest

from tests.builders import a_code, a_markdown, a_record
from tests.tui.lesson_stage import FOREVER, ScriptedKernel, a_desk, a_kept_store
from tui_tutor.core.execution import ErrorRaised, RunEvent, StreamText
from tui_tutor.store.sqlite import SqliteStore

CELLS = (a_markdown(), a_code("a = 1", id="one"), a_code("print(a)", id="two"))
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def a_visited_store() -> SqliteStore:
    """A log in which both cells ran to their end."""
    store = a_kept_store()
    for cell, source, output in (("one", "a = 1", ""), ("two", "print(a)", "1")):
        store.append([a_record("ran", cell, source=source, outcome="ok", output=output, elapsed_ms=3.0)])
    return store


def printing(text: str) -> dict[str, tuple[RunEvent, ...]]:
    return {"print(a)": (StreamText("stdout", text),)}


@SIZES
def test_both_cells_run_again_and_the_footer_says_that_they_did(size: tuple[int, int]) -> None:
    async def journey() -> None:
        kernel = ScriptedKernel(printing("1\n"))
        async with a_desk(*CELLS, kernel=kernel, store=a_visited_store(), size=size) as desk:
            await desk.sees("2 cells ran again: names are as you left them.", "out [2]   1", "✓ ran  3 ms")
            assert kernel.ran == ["a = 1", "print(a)"]
            assert "last visit" not in desk.seen
            assert [record["output"] for record in desk.kept("ran")] == ["", "1"]

    asyncio.run(journey())


@pytest.mark.slow
@SIZES
def test_what_prints_something_else_is_named_and_marked(size: tuple[int, int]) -> None:
    async def journey() -> None:
        kernel = ScriptedKernel(printing("2\n"))
        async with a_desk(*CELLS, kernel=kernel, store=a_visited_store(), size=size) as desk:
            await desk.sees("In [2] now prints something else.", "out [2]   2", "not as at your last visit")

    asyncio.run(journey())


@pytest.mark.slow
def test_the_learner_reads_and_edits_meanwhile_a_run_waits_and_f9_skips_to_it() -> None:
    async def journey() -> None:
        kernel = ScriptedKernel({"a = 1": (FOREVER,), **printing("7\n")})
        async with a_desk(*CELLS, kernel=kernel, store=a_visited_store()) as desk:
            await desk.sees("restoring 1 of 2 cells", "F9 skip")
            await desk.press("ctrl+down", "ctrl+down", "enter", "end", "#", "escape", "f5")
            await desk.sees("print(a)#", "» queued  until your last visit is restored")
            await desk.press("f9")
            await desk.sees("✓ ran  12 ms")
            assert kernel.ran == ["a = 1", "print(a)#"]

    asyncio.run(journey())


def test_ctrl_c_skips_it_too() -> None:
    async def journey() -> None:
        kernel = ScriptedKernel({"a = 1": (FOREVER,)})
        async with a_desk(*CELLS, kernel=kernel, store=a_visited_store()) as desk:
            await desk.sees("restoring 1 of 2 cells")
            await desk.press("ctrl+c")
            await desk.sees("Restoring was stopped, 0 of 2 cells ran again.", "from your last visit")

    asyncio.run(journey())


def test_an_error_that_was_not_there_stops_it() -> None:
    async def journey() -> None:
        kernel = ScriptedKernel({"a = 1": (ErrorRaised("OSError", "gone"),)})
        async with a_desk(*CELLS, kernel=kernel, store=a_visited_store()) as desk:
            await desk.sees("Restoring stopped, 0 of 2 cells ran again: cell [2]")
            assert kernel.ran == ["a = 1"]

    asyncio.run(journey())


def test_leaving_meanwhile_needs_no_second_wish() -> None:
    async def journey() -> None:
        kernel = ScriptedKernel({"a = 1": (FOREVER,)})
        async with a_desk(*CELLS, kernel=kernel, store=a_visited_store()) as desk:
            await desk.sees("restoring 1 of 2 cells")
            await desk.press("escape")
            await desk.pilot.pause()
            assert "restoring" not in desk.seen

    asyncio.run(journey())
