"""Asking again where that may help, and not too many calls at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tui_tutor.core.language_model import Call, LanguageModel, ModelUnavailable, OnSaying, Reply, Saying

AT_ONCE: Final = 4
TRIES: Final = 5
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
LONGEST_ASKED_WAIT_S: Final = 300.0  # what a server may ask for; beyond, a person should decide


def _silent(_: object) -> None:
    """Nobody listens."""


class Patient(LanguageModel):
    """Repeats attempts that failed for a reason that may pass; each counts and is paid for by itself.

    A server that says it is busy is left alone by all calls until the time it named.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        tries: int = TRIES,
        at_once: int = AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        self._tries = tries
        self._slots = asyncio.Semaphore(at_once)
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._quiet_until = clock()

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        number = 1
        while True:
            try:
                async with self._slots:
                    await self._keep_quiet(call, on_saying)
                    return await self._model.complete(call, on_saying=on_saying)
            except ModelUnavailable as error:
                if number >= self._tries or (error.retry_after_s or 0) > LONGEST_ASKED_WAIT_S:
                    raise _given_up(error, number) from error
                await self._wait(call, error, number, on_saying)
                number += 1

    async def _keep_quiet(self, call: Call, on_saying: OnSaying) -> None:
        while (left := self._quiet_until - self._clock()) > 0:
            on_saying(Saying(call, 0, f"waiting {left:.0f} s: the server asked for it"))
            await self._sleep(left)

    async def _wait(self, call: Call, error: ModelUnavailable, number: int, on_saying: OnSaying) -> None:
        if error.retry_after_s is not None:
            self._quiet_until = max(self._quiet_until, self._clock() + error.retry_after_s)
        wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (number - 1)) * (0.5 + self._chance() / 2)
        wait = max(wait, error.retry_after_s or 0)
        on_saying(
            Saying(call, 0, f"waiting {wait:.0f} s before try {number + 1} of {self._tries}: {error.message}")
        )
        await self._sleep(wait)

    async def count_tokens(self, call: Call) -> int:
        return await self._model.count_tokens(call)

    async def close(self) -> None:
        await self._model.close()


def _given_up(error: ModelUnavailable, tries: int) -> ModelUnavailable:
    if (error.retry_after_s or 0) > LONGEST_ASKED_WAIT_S:
        why = f"{error.message}; it asks to be left alone for {error.retry_after_s:,.0f} s"
    else:
        why = f"{error.message} ({'asked once' if tries == 1 else f'tried {tries} times'})"
    return ModelUnavailable(
        f"{why}; what is finished is kept",
        help=error.help or "build again later: nothing that is finished is asked or paid for twice",
        retry_after_s=error.retry_after_s,
    )
