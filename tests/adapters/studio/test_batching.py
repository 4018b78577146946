"""Batches: gathered, paid once, taken up again after any end."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.studio_calls import a_call
from tests.studio_server import QUIZ, StudioServer, a_message, fails, hangs_up, studio_server, take_batch
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, ModelUnavailable, Reply, Saying, Usage
from tui_tutor.studio.batching import Batching
from tui_tutor.studio.budgeting import Budgeted
from tui_tutor.studio.ledger import Entry, Ledger
from tui_tutor.studio.patience import Patient
from tui_tutor.studio.prices import shipped_prices
from tui_tutor.studio.steps import StepStore

pytest.importorskip("anthropic")

from tui_tutor.studio.model import AnthropicModel


@pytest.fixture
def server():
    with studio_server() as server:
        yield server


def batching(server: StudioServer, folder: Path, **changes: object) -> Batching:
    model = AnthropicModel.first_party("sk-test", base_url=server.url, silent_s=5)
    return Batching(model, folder, **({"gather_s": 0.01, "poll_s": 0.01} | changes))  # type: ignore[arg-type]


async def answers_of(model: Batching, *calls: Call) -> list[Reply | BaseException]:
    try:
        return await asyncio.gather(*(model.complete(call) for call in calls), return_exceptions=True)
    finally:
        await model.close()


def ask(server: StudioServer, folder: Path, *calls: Call) -> list[Reply | BaseException]:
    return asyncio.run(answers_of(batching(server, folder), *calls))


CALLS = tuple(a_call(str(number)) for number in range(4))


def handed_in(server: StudioServer) -> list[int]:
    return [
        len(asked.body["requests"])
        for asked in server.asked
        if asked.path == "/v1/messages/batches" and asked.body
    ]


def notes(folder: Path) -> list[Path]:
    return sorted((folder / "batches").iterdir())


def test_calls_of_one_moment_are_one_batch(server, tmp_path):
    replies = ask(server, tmp_path, *CALLS)
    assert [(reply.data, reply.usage) for reply in replies] == [(QUIZ, Usage(40, 25))] * 4
    assert handed_in(server) == [4]
    assert notes(tmp_path) == []


def test_how_far_a_batch_is_is_said(server, tmp_path):
    server.batch_polls = 3
    notes: list[Saying] = []

    async def one() -> None:
        model = batching(server, tmp_path)
        await model.complete(CALLS[0], on_saying=notes.append)
        await model.close()

    asyncio.run(one())
    assert {saying.note for saying in notes} == {"gathered for a batch", "batch: 0 of 1 answered"}


def test_more_calls_than_a_batch_may_hold_are_two(server, tmp_path, monkeypatch):
    monkeypatch.setattr("tui_tutor.studio.batching.MOST_CALLS", 3)
    assert all(isinstance(reply, Reply) for reply in ask(server, tmp_path, *CALLS))
    assert sorted(handed_in(server)) == [1, 3]  # they are handed in side by side


@pytest.mark.parametrize("polls", [0, 2])
def test_a_killed_build_is_answered_by_the_batch_it_had_paid_for(server, tmp_path, polls):
    async def killed() -> None:
        server.batch_polls = 1_000
        model = batching(server, tmp_path)
        waiting = [asyncio.create_task(model.complete(call)) for call in CALLS]
        await _until_polled(server)
        model._server.cancel = _nothing  # type: ignore[method-assign]  # a kill tells the server nothing
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(killed())
    [note] = notes(tmp_path)
    assert json.loads(note.read_text())["batch"] == "msgbatch_1"
    server.batches["msgbatch_1"].polls_left = polls
    assert [reply.data for reply in ask(server, tmp_path, *CALLS[:2])] == [QUIZ] * 2
    assert [reply.data for reply in ask(server, tmp_path, *CALLS[2:])] == [QUIZ] * 2
    assert handed_in(server) == [4]
    assert notes(tmp_path) == []


async def _until_polled(server: StudioServer) -> None:
    is_polled = False
    while not is_polled:
        await asyncio.sleep(0.01)
        is_polled = any(asked.path.endswith("/msgbatch_1") for asked in server.asked)


async def _nothing(*_: object) -> None:
    """What a killed process says."""


def test_an_interrupted_build_cancels_its_batch_and_the_next_takes_what_was_answered(server, tmp_path):
    server.batch_polls = 1_000

    async def interrupted() -> None:
        model = batching(server, tmp_path)
        waiting = [asyncio.create_task(model.complete(call)) for call in CALLS]
        await _until_polled(server)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await model.close()

    asyncio.run(interrupted())
    assert server.batches["msgbatch_1"].is_canceled
    first_asked = next(
        call for call in CALLS if call.key == server.batches["msgbatch_1"].requests[0]["custom_id"]
    )
    others = [call for call in CALLS if call is not first_asked]
    replies = ask(server, tmp_path, first_asked, *others)
    assert replies[0].data == QUIZ
    assert all(isinstance(error, ModelUnavailable) and error.spent is None for error in replies[1:])
    server.batch_polls = 1
    assert [reply.data for reply in ask(server, tmp_path, *others)] == [QUIZ] * 3
    assert handed_in(server) == [4, 3]


def test_a_batch_whose_id_was_never_noted_is_found_again(server, tmp_path):
    def takes_it_and_hangs_up(handler, body):
        take_batch(server, body["requests"])
        handler.hang_up()

    server.on_batch = takes_it_and_hangs_up
    errors = ask(server, tmp_path, *CALLS)
    assert all(isinstance(error, ModelUnavailable) and error.spent is not None for error in errors)
    server.on_batch = None
    assert [reply.data for reply in ask(server, tmp_path, *CALLS)] == [QUIZ] * 4
    assert handed_in(server) == [4]


def test_a_batch_that_the_server_never_took_is_handed_in_again(server, tmp_path):
    server.on_batch = hangs_up
    ask(server, tmp_path, *CALLS)
    server.on_batch = None
    take_batch(server, [{"custom_id": f"anothers-{number}", "params": {"model": "m"}} for number in range(4)])
    errors = ask(server, tmp_path, *CALLS)
    assert all(isinstance(error, ModelUnavailable) for error in errors)
    assert [reply.data for reply in ask(server, tmp_path, *CALLS)] == [QUIZ] * 4
    assert handed_in(server) == [4, 4]


def test_a_batch_that_is_refused_leaves_nothing_behind(server, tmp_path):
    server.on_batch = fails(401, "invalid key", type="authentication_error")
    errors = ask(server, tmp_path, *CALLS)
    assert all(isinstance(error, TutorError) and error.exit_code == 3 for error in errors)
    assert notes(tmp_path) == []


def test_every_call_of_a_batch_has_its_own_fate(server, tmp_path):
    fates = {
        CALLS[0].key: {"type": "succeeded", "message": a_message(QUIZ, "m", stop="max_tokens")},
        CALLS[1].key: {"type": "expired"},
        CALLS[2].key: _errored("overloaded_error"),
        CALLS[3].key: _errored("invalid_request_error"),
    }
    server.batch_results = lambda request: fates[request["custom_id"]]
    short, expired, busy, refused = ask(server, tmp_path, *CALLS)
    assert (short.data, short.stop) == (None, "max_tokens")
    assert isinstance(expired, ModelUnavailable)
    assert isinstance(busy, ModelUnavailable)
    assert isinstance(refused, TutorError)
    assert not isinstance(refused, ModelUnavailable)
    assert notes(tmp_path) == []


def _errored(kind: str) -> dict[str, object]:
    return {"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": "no"}}}


def test_a_server_that_is_away_while_a_batch_runs_is_waited_for(server, tmp_path):
    model = batching(server, tmp_path)
    real, failures = model._server.state, [ModelUnavailable("away")] * 3

    async def state(*arguments):
        if failures:
            raise failures.pop()
        return await real(*arguments)

    model._server.state = state  # type: ignore[method-assign]
    [reply] = asyncio.run(answers_of(model, CALLS[0]))
    assert reply.data == QUIZ


def test_notes_that_are_damaged_or_too_old_are_not_waited_for(server, tmp_path):
    folder = tmp_path / "batches"
    folder.mkdir()
    (folder / "a.json").write_text("{")
    old = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    (folder / "b.json").write_text(json.dumps({"batch": "gone", "keys": [CALLS[0].key], "at": old}))
    [reply] = ask(server, tmp_path, CALLS[0])
    assert reply.data == QUIZ
    assert [path.name for path in notes(tmp_path)] == ["a.json.damaged"]


def test_a_whole_stack_pays_half_once_whatever_ends_it(server, tmp_path):
    """Killed while a batch runs, built again: one batch, one price, and a budget for exactly one."""
    server.batch_polls = 1_000
    price = shipped_prices().of("claude-opus-4-6", is_batch=True)
    cap = 4 * price.worst(2_000, 1_000) / 1e9

    async def build(*, is_killed: bool) -> list[Reply | BaseException]:
        ledger = Ledger.at(tmp_path)
        inner = batching(server, tmp_path)
        budgeted = Budgeted(inner, ledger, shipped_prices(), cap_usd=cap, is_batch=True, adopts=inner.holds)
        store = StepStore(Patient(budgeted, at_once=100), tmp_path)
        waiting = [asyncio.create_task(store.complete(call)) for call in CALLS]
        if is_killed:
            await _until_polled(server)
            inner._server.cancel = _nothing  # type: ignore[method-assign]
            for task in waiting:
                task.cancel()
        replies = await asyncio.gather(*waiting, return_exceptions=True)
        await store.close()
        ledger.close()
        return replies

    asyncio.run(build(is_killed=True))
    server.batches["msgbatch_1"].polls_left = 1
    assert [reply.data for reply in asyncio.run(build(is_killed=False))] == [QUIZ] * 4
    assert handed_in(server) == [4]
    ledger = Ledger.at(tmp_path)
    assert [(entry.is_batch, entry.cost) for entry in ledger.entries] == [
        (True, price.cost(Usage(40, 25)))
    ] * 4


def test_what_was_set_aside_for_calls_that_were_never_handed_in_is_set_aside_once(server, tmp_path):
    """Killed while calls are gathered: nobody was asked, and the next build has the whole budget."""
    price = shipped_prices().of("claude-opus-4-6", is_batch=True)
    cap = 4 * price.worst(2_000, 1_000) / 1e9

    async def build(*, is_killed: bool) -> list[Reply | BaseException]:
        ledger = Ledger.at(tmp_path)
        inner = batching(server, tmp_path, gather_s=60 if is_killed else 0.01)
        budgeted = Budgeted(inner, ledger, shipped_prices(), cap_usd=cap, is_batch=True, adopts=inner.holds)
        waiting = [asyncio.create_task(budgeted.complete(call)) for call in CALLS]
        await asyncio.sleep(0)  # all of them have set aside
        for task in waiting if is_killed else ():
            task.cancel()
        replies = await asyncio.gather(*waiting, return_exceptions=True)
        await budgeted.close()
        ledger.close()
        return replies

    asyncio.run(build(is_killed=True))
    assert handed_in(server) == []
    assert [reply.data for reply in asyncio.run(build(is_killed=False))] == [QUIZ] * 4
    assert len(Ledger.at(tmp_path).entries) == 4


def test_what_may_have_been_billed_without_a_note_counts_for_ever(server, tmp_path):
    def holds(folder: Path, **changes: object) -> bool:
        now = datetime.now(UTC).isoformat()
        values = {"number": 1, "at": now, "key": CALLS[0].key, "agent": "", "subject": "", "model": ""}
        entry = Entry(**(values | {"reserved": 1, "is_batch": True} | changes))  # type: ignore[arg-type]
        return batching(server, folder).holds(CALLS[0], entry)

    old = (datetime.now(UTC) - timedelta(days=29)).isoformat()
    assert [holds(tmp_path), holds(tmp_path, is_batch=False), holds(tmp_path, at=old)] == [True, False, False]
    (tmp_path / "batches" / "a.json").write_text("{")
    assert not holds(tmp_path)
