"""The desk's own thread: what is done there neither waits for the screen nor holds it up."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any, Final, Generic, TypeVar

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import StudioDesk

Value = TypeVar("Value")
Work = Callable[[StudioDesk], Value | Coroutine[Any, Any, Value]]
KEPT: Final = "What was made before is kept."
LONGEST_END_S: Final = 10.0  # for kernels to be ended when the screen is left


class Stopped(Exception):
    """The author stopped it; it has cleaned up."""


class Errand(Generic[Value]):
    """A piece of work on the desk's thread."""

    def __init__(self, desk: StudioDesk, work: Work[Value], loop: asyncio.AbstractEventLoop) -> None:
        self._desk, self._work, self._loop = desk, work, loop
        self._done: Future[Value] = Future()
        self._task: asyncio.Task[Value] | None = None
        self._is_stopped = False
        loop.call_soon_threadsafe(self._begin)

    @property
    def is_done(self) -> bool:
        """Whether it has ended, however it did."""
        return self._done.done()

    def stop(self) -> None:
        """End it soon; `value` says when it has cleaned up."""
        self._loop.call_soon_threadsafe(self._cancel)

    async def value(self) -> Value:
        """What came of it. Stopped if it was stopped, otherwise what it raised."""
        done = asyncio.wrap_future(self._done)
        done.add_done_callback(lambda it: it.cancelled() or it.exception())  # whoever waited may be gone
        return await asyncio.shield(done)

    def wait(self) -> None:
        """Until it has ended, for a while."""
        with suppress(Exception):
            self._done.result(LONGEST_END_S)

    # --- on the desk's thread -----------------------------------------------------------------------

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._do())
        self._task.add_done_callback(self._tell)
        if self._is_stopped:
            self._task.cancel()

    async def _do(self) -> Value:
        try:
            found = self._work(self._desk)
            return await found if inspect.isawaitable(found) else found
        except OSError as error:
            place = f" ({safe_line(str(error.filename))})" if error.filename else ""
            raise TutorError(
                f"The disk refused: {(error.strerror or str(error)).lower()}{place}.", help=KEPT
            ) from error

    def _cancel(self) -> None:
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()

    def _tell(self, task: asyncio.Task[Value]) -> None:
        if self._done.cancelled():
            return
        if task.cancelled():
            self._done.set_exception(Stopped())
        elif error := task.exception():
            self._done.set_exception(error)
        else:
            self._done.set_result(task.result())


class DeskThread:
    """Does one thing after the other at a desk, and the long ones beside the short ones.

    One thread for as long as the screen is open: processes that were started from it end with it.
    """

    def __init__(self, desk: StudioDesk) -> None:
        self._desk = desk
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="studio-desk", daemon=True)
        self._errands: list[Errand[Any]] = []

    def do(self, work: Work[Value]) -> Errand[Value]:
        """Begin a piece of work."""
        if not self._thread.is_alive():
            self._thread.start()
        errand = Errand(self._desk, work, self._loop)
        self._errands = [*(one for one in self._errands if not one.is_done), errand]
        return errand

    async def close(self) -> None:
        """Stop what is done, and wait until it has cleaned up."""
        if not self._thread.is_alive():
            self._loop.close()
            return
        for errand in self._errands:
            errand.stop()
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        for errand in self._errands:
            errand.wait()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LONGEST_END_S)
        if not self._thread.is_alive():
            self._loop.close()
