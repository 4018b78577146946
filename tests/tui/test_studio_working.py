"""Work at the desk: beside the screen, stopped cleanly, and never lost from sight."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, cast

import pytest

from tui_tutor.core.errors import TutorError
from tui_tutor.core.studio_desk import StudioDesk
from tui_tutor.tui.studio_working import DeskThread, Stopped

NOBODY = cast(StudioDesk, object())


def run(act: Any) -> Any:
    async def with_thread() -> Any:
        thread = DeskThread(NOBODY)
        try:
            return await act(thread)
        finally:
            await thread.close()

    return asyncio.run(with_thread())


def test_all_work_is_done_on_one_thread_that_is_not_the_screen_s():
    async def name(_: StudioDesk) -> str:
        return threading.current_thread().name

    async def act(thread: DeskThread) -> set[str]:
        return {
            await thread.do(lambda _: threading.current_thread().name).value(),
            await thread.do(name).value(),
        }

    assert run(act) == {"studio-desk"}


def test_short_work_is_done_beside_long_work():
    async def act(thread: DeskThread) -> int:
        thread.do(lambda _: asyncio.sleep(60))
        return await thread.do(lambda _: 7).value()

    assert run(act) == 7


def test_what_is_stopped_has_cleaned_up_when_it_is_said_so():
    done: list[str] = []

    async def long(_: StudioDesk) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            done.append("cleaned up")

    async def act(thread: DeskThread) -> list[str]:
        errand = thread.do(long)
        await thread.do(lambda _: None).value()  # it has begun
        errand.stop()
        with pytest.raises(Stopped):
            await errand.value()
        return list(done)

    assert run(act) == ["cleaned up"]


def test_what_is_stopped_before_it_began_is_never_begun():
    begun: list[str] = []

    async def act(thread: DeskThread) -> None:
        held = threading.Event()
        thread.do(lambda _: held.wait())
        errand = thread.do(lambda _: begun.append("begun"))
        errand.stop()
        held.set()
        with pytest.raises(Stopped):
            await errand.value()

    run(act)
    assert begun == []


def test_closing_stops_what_is_done_and_waits_for_it():
    done: list[str] = []

    async def long(_: StudioDesk) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            done.append("cleaned up")

    async def act(thread: DeskThread) -> None:
        thread.do(long)
        await thread.do(lambda _: None).value()

    run(act)
    assert done == ["cleaned up"]


def test_a_waiter_that_is_gone_leaves_the_work_alone():
    async def act(thread: DeskThread) -> int:
        held = threading.Event()

        async def long(_: StudioDesk) -> int:
            await asyncio.to_thread(held.wait)
            return 7

        errand = thread.do(long)
        waiter = asyncio.create_task(errand.value())
        await asyncio.sleep(0)
        waiter.cancel()
        held.set()
        return await errand.value()

    assert run(act) == 7


def test_what_the_disk_refuses_is_a_sentence():
    def refuse(_: StudioDesk) -> None:
        raise PermissionError(13, "Permission denied", "/x/\x1b[31m")

    async def act(thread: DeskThread) -> None:
        await thread.do(refuse).value()

    with pytest.raises(TutorError) as refused:
        run(act)
    assert refused.value.message == "The disk refused: permission denied (/x/␛[31m)."


def test_a_mistake_of_ours_is_not_hidden():
    async def act(thread: DeskThread) -> None:
        await thread.do(lambda _: {}["x"]).value()

    with pytest.raises(KeyError):
        run(act)
