"""The cap holds: for every sequence of calls, whatever they cost and however they end."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.studio_calls import a_call
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, ModelUnavailable, Reply, Usage
from tui_tutor.studio.budgeting import Budgeted, BudgetExceeded
from tui_tutor.studio.counting import most_tokens
from tui_tutor.studio.ledger import Ledger
from tui_tutor.studio.prices import dollars_text, nano_of, prices_with, shipped_prices
from tui_tutor.studio.scripted import ScriptedModel, reply_saying


@dataclass
class Memory:
    """A journal whose process may be killed between any two lines."""

    lines: bytes = b""
    left: int = 1_000_000  # lines until the kill

    def read(self) -> bytes:
        return self.lines

    def append(self, line: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed
        self.lines += line

    def close(self) -> None:
        pass


class Killed(BaseException):
    """kill -9."""


@dataclass
class Bank:
    """A server that keeps its own account of what it bills."""

    chance: random.Random
    billed: int = 0
    is_batch: bool = False

    async def complete(self, call: Call, *, on_saying: object = None) -> Reply:
        price = shipped_prices().of(call.model, is_batch=self.is_batch)
        counted = self._true_input(call)
        read = self.chance.randint(0, counted)
        written = self.chance.randint(0, counted - read)
        usage = Usage(
            counted - read - written,
            self.chance.choice([0, call.max_tokens, self.chance.randint(0, call.max_tokens)]),
            read,
            written,
        )
        for _ in range(self.chance.randint(0, 3)):
            await asyncio.sleep(0)
        fate = self.chance.random()
        if fate < 0.1:
            raise ModelUnavailable("busy", retry_after_s=1)
        if fate < 0.15:
            raise TutorError("refused")
        self.billed += price.cost(usage)
        if fate < 0.3:
            raise ModelUnavailable("cut", spent=Usage(counted * 2, call.max_tokens))
        if fate < 0.4:
            raise Killed
        stop = "max_tokens" if usage.output_tokens == call.max_tokens else "end"
        return Reply("{}", {}, stop, usage, call.model, 0.1)

    def _true_input(self, call: Call) -> int:
        return random.Random(call.key).randint(1, most_tokens(call))

    async def count_tokens(self, call: Call) -> int:
        await asyncio.sleep(0)
        return self._true_input(call)

    async def close(self) -> None:
        pass


MODELS = ("claude-opus-4-6", "claude-sonnet-4-6", "eu.anthropic.claude-opus-4-6-v1", "claude-sonnet-5-5")


async def _spend(bank: Bank, journal: Memory, chance: random.Random, cap: float) -> None:
    budgeted = Budgeted(bank, Ledger(journal), shipped_prices(), cap_usd=cap, is_batch=bank.is_batch)

    async def one(number: int) -> None:
        call = a_call(
            str(number),
            model=chance.choice(MODELS),
            max_tokens=chance.choice([1, 500, 8000]),
            prompt="x" * chance.randint(0, 3000),
        )
        try:
            await budgeted.complete(call)
        except (TutorError, Killed):
            pass

    for _ in range(chance.randint(1, 4)):
        await asyncio.gather(*(one(chance.randint(0, 5)) for _ in range(chance.randint(1, 5))))


def _hold(seed: int, cap: float, is_batch: bool) -> None:
    chance = random.Random(seed)
    bank, journal = Bank(chance, is_batch=is_batch), Memory()
    for _ in range(chance.randint(1, 3)):  # builds, each killed somewhere or not
        journal.left = chance.choice([1_000_000, chance.randint(0, 12)])
        asyncio.run(_spend(bank, journal, chance, cap))
        journal.left = 1_000_000
        committed = Ledger(journal).committed()
        assert bank.billed <= committed <= nano_of(cap)


ANY_BUILDS = given(seed=st.integers(0, 2**64), cap=st.floats(0.001, 1.0), is_batch=st.booleans())


@settings(max_examples=200, deadline=None)
@ANY_BUILDS
def test_the_cap_is_never_exceeded(seed, cap, is_batch):
    _hold(seed, cap, is_batch)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@ANY_BUILDS
def test_the_cap_is_never_exceeded_in_ten_thousand_sequences(seed, cap, is_batch):
    _hold(seed, cap, is_batch)


def complete(budgeted: Budgeted, *calls: Call) -> list[Reply | BaseException]:
    async def all_of_them() -> list[Reply | BaseException]:
        return await asyncio.gather(*(budgeted.complete(call) for call in calls), return_exceptions=True)

    return asyncio.run(all_of_them())


def test_a_call_that_could_cost_more_than_is_left_is_not_made_and_says_the_sums():
    model = ScriptedModel(lambda _: reply_saying({}, usage=Usage(1000, 1000)))
    ledger = Ledger(Memory())
    budgeted = Budgeted(model, ledger, shipped_prices(), cap_usd=0.05)
    first, second = complete(budgeted, a_call("one")) + complete(budgeted, a_call("two"))
    assert isinstance(first, Reply)
    assert isinstance(second, BudgetExceeded)
    assert len(model.calls) == 1
    most = shipped_prices().of("claude-opus-4-6").worst(most_tokens(a_call("two")), 1000)
    assert second.needed == 30_000_000 + most
    assert second.message == (
        f"the next call (examiner, two) may cost up to {dollars_text(most)}, and of the budget of $0.0500 "
        "$0.0200 are left; it was not made, and what is finished is kept"
    )
    assert (
        f"set budget_usd in the course's .studio/brief.toml to {dollars_text(second.needed)[1:]} or more"
        in second.help
    )


def test_a_call_that_does_not_fit_waits_for_those_that_run():
    async def slowly() -> list[Reply]:
        model = Slow()
        budgeted = Budgeted(model, Ledger(Memory()), shipped_prices(), cap_usd=0.05)
        return await asyncio.gather(*(budgeted.complete(a_call(str(number))) for number in range(20)))

    class Slow(ScriptedModel):
        def __init__(self) -> None:
            super().__init__(lambda _: reply_saying({}, usage=Usage(10, 10)))

        async def complete(self, call: Call, **rest: object) -> Reply:
            await asyncio.sleep(0)
            return await super().complete(call)

    assert len(asyncio.run(slowly())) == 20


def test_the_servers_count_is_asked_for_only_where_the_bound_does_not_fit():
    class Counting(ScriptedModel):
        counts = 0

        async def count_tokens(self, call: Call) -> int:
            self.counts += 1
            return 100

    model = Counting(lambda _: reply_saying({}, usage=Usage(100, 10)))
    complete(Budgeted(model, Ledger(Memory()), shipped_prices(), cap_usd=1.0), a_call())
    assert model.counts == 0
    complete(Budgeted(model, Ledger(Memory()), shipped_prices(), cap_usd=0.026), a_call())
    assert model.counts == 1
    assert len(model.calls) == 2


def test_a_call_too_long_for_its_price_is_not_made():
    model = ScriptedModel(lambda _: reply_saying({}))
    [error] = complete(
        Budgeted(model, Ledger(Memory()), shipped_prices(), cap_usd=100), a_call(prompt="x" * 300_000)
    )
    assert isinstance(error, TutorError)
    assert "no known price" in error.message
    assert model.calls == []


def test_a_local_model_costs_nothing_unless_it_has_a_price():
    model = ScriptedModel(lambda _: reply_saying({}, usage=Usage(1000, 1000)))
    call = a_call(model="llama3:8b")
    ledger = Ledger(Memory())
    complete(Budgeted(model, ledger, shipped_prices(), cap_usd=0.01, is_local=True), call)
    assert ledger.committed() == 0
    priced = prices_with("[model.'llama3:8b']\ninput = 1\noutput = 1\n")
    complete(Budgeted(model, ledger, priced, cap_usd=0.01, is_local=True), call)
    assert ledger.committed() == 2_000_000


def test_a_call_that_a_killed_build_paid_for_is_not_set_aside_for_again():
    journal = Memory()
    earlier = Ledger(journal)
    earlier.reserve(a_call(), 40_000_000, is_batch=True)
    ledger = Ledger(journal)
    model = ScriptedModel([reply_saying({}, usage=Usage(100, 100))])
    budgeted = Budgeted(model, ledger, shipped_prices(), cap_usd=0.05, is_batch=True, adopts=lambda *_: True)
    [reply] = complete(budgeted, a_call())
    assert isinstance(reply, Reply)
    assert [entry.cost for entry in ledger.entries] == [1_500_000]


def test_replayed_calls_cost_what_was_recorded_and_are_marked():
    ledger = Ledger(Memory())
    model = ScriptedModel([reply_saying({}, usage=Usage(1000, 1000))])
    complete(Budgeted(model, ledger, shipped_prices(), cap_usd=1, is_replayed=True), a_call())
    assert (ledger.committed(), ledger.committed(is_replayed=True)) == (0, 30_000_000)


@pytest.mark.parametrize(
    ("spent", "cost", "how"),
    [(None, 0, "nothing"), (Usage(10, 20), 550_000, "unknown"), (Usage(10**8, 10**6), None, "unknown")],
)
def test_a_call_that_broke_off_counts_as_what_it_may_have_cost(spent, cost, how):
    ledger = Ledger(Memory())
    model = ScriptedModel([ModelUnavailable("cut", spent=spent)])
    complete(Budgeted(model, ledger, shipped_prices(), cap_usd=1), a_call())
    [entry] = ledger.entries
    assert (entry.cost, entry.how) == (entry.reserved if cost is None else cost, how)
