"""Asking again: as often, as late and by as many at once as is decent."""

from __future__ import annotations

import asyncio

import pytest

from tests.studio_calls import a_call
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, ModelUnavailable, Reply, Saying
from tui_tutor.studio.patience import Patient
from tui_tutor.studio.scripted import ScriptedModel, reply_saying


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def patient(self, model: ScriptedModel, **changes: object) -> Patient:
        wanted = {"clock": lambda: self.now, "sleep": self.sleep, "chance": lambda: 1.0} | changes
        return Patient(model, **wanted)  # type: ignore[arg-type]


BUSY = ModelUnavailable("the server is busy")


def test_what_may_pass_is_tried_again_after_waits_that_double():
    time, model = Time(), ScriptedModel([BUSY, BUSY, BUSY, BUSY, reply_saying("yes")])
    notes: list[Saying] = []
    reply = asyncio.run(time.patient(model).complete(a_call(), on_saying=notes.append))
    assert (reply.data, time.slept) == ("yes", [1.0, 2.0, 4.0, 8.0])
    assert notes[0].note == "waiting 1 s before try 2 of 5: the server is busy"


def test_after_the_last_try_the_person_hears_what_was_kept():
    model = ScriptedModel(lambda _: BUSY)
    with pytest.raises(ModelUnavailable, match=r"busy \(tried 5 times\); what is finished is kept") as caught:
        asyncio.run(Time().patient(model).complete(a_call()))
    assert "build again" in caught.value.help
    assert len(model.calls) == 5


def test_what_will_not_pass_is_not_tried_again():
    model = ScriptedModel([TutorError("bad key")])
    with pytest.raises(TutorError, match="bad key"):
        asyncio.run(Time().patient(model).complete(a_call()))
    assert len(model.calls) == 1


def test_a_server_is_given_the_time_it_asks_for_by_all_calls():
    time = Time()
    model = ScriptedModel([ModelUnavailable("busy", retry_after_s=30), *[reply_saying("yes")] * 3])
    asked: list[float] = []

    class Watched(ScriptedModel):
        async def complete(self, call: Call, **rest: object) -> Reply:
            asked.append(time.now)
            return await model.complete(call)

    async def three() -> None:
        patient = time.patient(Watched([]), at_once=1)
        await asyncio.gather(*(patient.complete(a_call(str(number))) for number in range(3)))

    asyncio.run(three())
    assert asked[0] == 100.0
    assert min(asked[1:]) >= 130.0


def test_a_server_that_asks_for_too_much_is_left_to_the_person():
    model = ScriptedModel([ModelUnavailable("busy", retry_after_s=3600)])
    with pytest.raises(ModelUnavailable, match="left alone for 3,600 s"):
        asyncio.run(Time().patient(model).complete(a_call()))
    assert len(model.calls) == 1


def test_waits_are_scattered_but_never_shorter_than_half():
    time, model = Time(), ScriptedModel([BUSY, reply_saying("yes")])
    asyncio.run(time.patient(model, chance=lambda: 0.0).complete(a_call()))
    assert time.slept == [0.5]


def test_only_so_many_calls_run_at_once():
    running, most = 0, 0

    class Slow(ScriptedModel):
        async def complete(self, call: Call, **rest: object) -> Reply:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            return reply_saying("yes")

    async def many() -> None:
        patient = Time().patient(Slow([]), at_once=3)
        await asyncio.gather(*(patient.complete(a_call(str(number))) for number in range(20)))

    asyncio.run(many())
    assert most == 3


def test_a_call_that_waits_holds_nobody_up():
    class Moody(ScriptedModel):
        async def complete(self, call: Call, **rest: object) -> Reply:
            self.calls.append(call)
            if call.subject == "busy" and len(self.calls) < 3:
                raise BUSY
            return reply_saying(call.subject)

    async def two() -> list[str]:
        model, order = Moody([]), []
        patient = Time().patient(model, at_once=1)

        async def one(subject: str) -> None:
            order.append((await patient.complete(a_call(subject))).data)

        await asyncio.gather(one("busy"), one("other"))
        return order

    assert asyncio.run(two()) == ["other", "busy"]
