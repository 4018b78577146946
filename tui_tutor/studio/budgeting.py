"""A cap on spending that holds whatever a call turns out to cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, ModelUnavailable, OnSaying, Reply
from tui_tutor.studio.counting import most_tokens
from tui_tutor.studio.ledger import Entry, Ledger
from tui_tutor.studio.prices import MOST_INPUT_TOKENS, Price, Prices, dollars_text, nano_of


class BudgetExceeded(TutorError):
    """The next call could cost more than is left; `needed` billionths of a dollar would do as the budget."""

    def __init__(self, message: str, *, help: str, needed: int) -> None:
        super().__init__(message, help=help)
        self.needed = needed


def _silent(_: object) -> None:
    """Nobody listens."""


class Budgeted(LanguageModel):
    """Sets the most that an attempt can cost aside before it is made; settles from what the server counted.

    While other calls run, a call that does not fit waits for them: they mostly cost less than was set aside.
    `adopts` says which calls are still for what a process that was killed has set aside (Batching.holds).
    """

    def __init__(
        self,
        model: LanguageModel,
        ledger: Ledger,
        prices: Prices,
        *,
        cap_usd: float,
        is_local: bool = False,
        is_batch: bool = False,
        is_replayed: bool = False,
        adopts: Callable[[Call, Entry], bool] = lambda *_: False,
    ) -> None:
        self._model = model
        self._ledger = ledger
        self._prices = prices
        self._cap = nano_of(cap_usd)
        self._is_local = is_local
        self._is_batch = is_batch
        self._is_replayed = is_replayed
        self._adopts = adopts
        self._running = 0
        self._settled = asyncio.Event()

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        price = self._prices.of(call.model, is_batch=self._is_batch, is_local=self._is_local)
        entry = await self._set_aside(call, price)
        self._running += 1
        try:
            return await self._ask(call, price, entry, on_saying)
        finally:
            self._running -= 1
            self._settled.set()

    async def _ask(self, call: Call, price: Price, entry: Entry, on_saying: OnSaying) -> Reply:
        # Whatever else ends a call (Ctrl+C, a fault of ours) leaves it unsettled: then the most counts.
        try:
            reply = await self._model.complete(call, on_saying=on_saying)
        except ModelUnavailable as error:
            self._settle_broken(entry, price, error)
            raise
        except TutorError:
            self._ledger.settle(entry, 0, "nothing")
            raise
        self._ledger.settle(entry, price.cost(reply.usage), "usage", reply.usage, reply.seconds)
        return reply

    def _settle_broken(self, entry: Entry, price: Price, error: ModelUnavailable) -> None:
        if error.spent is None:
            self._ledger.settle(entry, 0, "nothing")
        else:
            self._ledger.settle(entry, min(entry.reserved, price.cost(error.spent)), "unknown", error.spent)

    async def _set_aside(self, call: Call, price: Price) -> Entry:
        if (earlier := self._ledger.unsettled(call.key)) is not None and self._adopts(call, earlier):
            return earlier
        tokens, is_counted = most_tokens(call), False
        while True:
            self._settled.clear()
            most = price.worst(tokens, call.max_tokens)
            if tokens <= MOST_INPUT_TOKENS and self._committed() + most <= self._cap:
                return self._ledger.reserve(
                    call, most, is_batch=self._is_batch, is_replayed=self._is_replayed
                )
            if not is_counted:
                tokens, is_counted = min(tokens, await self._counted(call)), True
            elif tokens > MOST_INPUT_TOKENS:
                raise _too_long(call, tokens)
            elif self._running == 0:
                raise self._exceeded(call, most)
            else:
                await self._settled.wait()

    async def _counted(self, call: Call) -> int:
        try:
            return await self._model.count_tokens(call)
        except ModelUnavailable:
            return most_tokens(call)

    def _committed(self) -> int:
        return self._ledger.committed(is_replayed=self._is_replayed)

    def _exceeded(self, call: Call, most: int) -> BudgetExceeded:
        spent = self._committed()
        needed = spent + most
        return BudgetExceeded(
            f"the next call ({call.agent}, {call.subject}) may cost up to {dollars_text(most)}, and of the "
            f"budget of {dollars_text(self._cap)} {dollars_text(max(0, self._cap - spent))} are left; it was "
            "not made, and what is finished is kept",
            help=f"to go on, set budget_usd in the course's .studio/brief.toml to {_as_value(needed)} or "
            "more and build again: nothing is asked or paid for twice",
            needed=needed,
        )

    async def count_tokens(self, call: Call) -> int:
        return await self._model.count_tokens(call)

    async def close(self) -> None:
        await self._model.close()


def _as_value(nano: int) -> str:
    """As a brief has it."""
    return dollars_text(nano).lstrip("$")


def _too_long(call: Call, tokens: int) -> TutorError:
    return TutorError(
        f"the call of {call.agent} about {call.subject} has {tokens:,} tokens, and more than "
        f"{MOST_INPUT_TOKENS:,} have no known price; it was not made, and what is finished is kept",
        help="give fewer or shorter sources in the brief",
    )
