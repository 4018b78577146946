"""Finished calls: never asked twice, never lost, and replayed to the byte."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.studio_calls import a_call
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, ModelUnavailable, Reply, Usage
from tui_tutor.studio.recorded import RecordedModel, transcript_of
from tui_tutor.studio.scripted import ScriptedModel, reply_saying
from tui_tutor.studio.steps import StepStore, read_step

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ask(model: LanguageModel, *calls: Call) -> list[Reply | BaseException]:
    async def all_of_them() -> list[Reply | BaseException]:
        return await asyncio.gather(*(model.complete(call) for call in calls), return_exceptions=True)

    return asyncio.run(all_of_them())


def test_a_finished_call_is_not_asked_again(tmp_path):
    model = ScriptedModel([reply_saying({"a": 1}, usage=Usage(1, 2, 3, 4))])
    first = ask(StepStore(model, tmp_path), a_call())
    again = StepStore(ScriptedModel([]), tmp_path)
    assert ask(again, a_call()) == first
    assert again.replayed == 1


def test_answers_that_were_cut_short_or_refused_are_kept_as_well(tmp_path):
    replies = [Reply("{", None, "max_tokens", Usage(1, 2)), Reply("", None, "refusal", Usage(3, 4))]
    ask(StepStore(ScriptedModel(replies), tmp_path), a_call("one"))
    ask(StepStore(ScriptedModel(replies[1:]), tmp_path), a_call("two"))
    assert ask(StepStore(ScriptedModel([]), tmp_path), a_call("one"), a_call("two")) == replies


def test_a_call_that_failed_is_asked_again(tmp_path):
    ask(StepStore(ScriptedModel([ModelUnavailable("busy")]), tmp_path), a_call())
    [reply] = ask(StepStore(ScriptedModel([reply_saying(1)]), tmp_path), a_call())
    assert reply.data == 1


def test_equal_calls_at_the_same_time_are_asked_once(tmp_path):
    model = ScriptedModel([reply_saying(1)])
    assert [reply.data for reply in ask(StepStore(model, tmp_path), a_call(), a_call(), a_call())] == [
        1,
        1,
        1,
    ]


def test_a_step_says_all_that_was_asked(tmp_path):
    call = a_call(inputs={"names": ("a", "b")})
    ask(StepStore(ScriptedModel([reply_saying("ö")]), tmp_path, now=lambda: NOON), call)
    values = json.loads((tmp_path / "steps" / f"{call.key}.json").read_bytes())
    assert values["call"]["prompt"] == call.prompt
    assert values["call"]["inputs"] == {"names": ["a", "b"]}
    assert values["call"]["key"] == call.key
    assert values["at"] == "2026-11-25T12:00:00.000+00:00"
    assert values["reply"]["data"] == "ö"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\x00" * len(data),
        lambda data: data.replace(b'"stop": "end"', b'"stop": "no"'),
        lambda data: data.replace(b'"input_tokens": 100', b'"input_tokens": -1'),
        lambda data: data.replace(b'"examiner"', b"7"),
        lambda data: b"[" * 100_000,
        lambda data: data.replace(b'"key": "', b'"key": "0'),
    ],
)
def test_a_damaged_step_is_asked_again_and_kept_aside(tmp_path, damage):
    ask(StepStore(ScriptedModel([reply_saying(1)]), tmp_path), a_call())
    path = tmp_path / "steps" / f"{a_call().key}.json"
    broken = damage(path.read_bytes())
    path.write_bytes(broken)
    [reply] = ask(StepStore(ScriptedModel([reply_saying(2)]), tmp_path), a_call())
    assert reply.data == 2
    assert (path.parent / f"{path.name}.damaged-1").read_bytes() == broken
    assert read_step(path).reply.data == 2


def test_a_step_that_cannot_be_read_is_not_paid_for_again(tmp_path):
    ask(StepStore(ScriptedModel([reply_saying(1)]), tmp_path), a_call())
    path = tmp_path / "steps" / f"{a_call().key}.json"
    data = path.read_bytes()
    path.unlink()
    path.mkdir()  # unreadable for root as well
    (path / "kept").write_bytes(data)
    [error] = ask(StepStore(ScriptedModel([]), tmp_path), a_call())
    assert isinstance(error, TutorError)
    assert "cannot be read" in error.message
    assert (path / "kept").read_bytes() == data


def test_a_forgotten_call_is_asked_again_and_its_file_stays(tmp_path):
    store = StepStore(ScriptedModel([reply_saying(1), reply_saying(2)]), tmp_path)
    ask(store, a_call())
    store.forget(a_call().key)
    store.forget("0" * 64)
    [reply] = ask(store, a_call())
    assert reply.data == 2
    assert len(list((tmp_path / "steps").iterdir())) == 2


def test_a_call_whose_answer_would_find_no_room_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setattr("tui_tutor.studio.steps.ROOM_BYTES", 2**62)
    [error] = ask(StepStore(model := ScriptedModel([reply_saying(1)]), tmp_path), a_call())
    assert isinstance(error, TutorError)
    assert "No space left" in error.message
    assert model.calls == []


def test_what_cannot_be_stored_is_not_given_out(tmp_path, monkeypatch):
    store = StepStore(ScriptedModel([reply_saying(1)]), tmp_path)
    monkeypatch.setattr("tui_tutor.studio.steps.require_room", lambda *_: (tmp_path / "steps").rmdir())
    [error] = ask(store, a_call())
    assert isinstance(error, TutorError)
    assert "could not be written" in error.message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(data=json_values, text=st.text(st.characters()))
def test_any_answer_survives_being_stored_and_recorded(tmp_path, data, text):
    reply = Reply(text, data, "end", Usage(1, 2, 3, 4), "m", 1.25)
    store = StepStore(ScriptedModel(lambda _: reply), tmp_path)
    store.forget(a_call().key)
    assert ask(store, a_call()) == [reply]
    assert store.finished(a_call().key).reply == reply
    (tmp_path / "transcript.jsonl").write_text(transcript_of(tmp_path))
    assert ask(RecordedModel.of(tmp_path / "transcript.jsonl"), a_call()) == [reply]


# --- transcripts ----------------------------------------------------------------------------------


def test_a_transcript_replays_a_build_and_knows_what_was_not_asked_for(tmp_path):
    store = StepStore(ScriptedModel(lambda call: {"about": call.subject}), tmp_path)
    replies = ask(store, a_call("one"), a_call("two"))
    (tmp_path / "t.jsonl").write_text(transcript_of(tmp_path))
    recorded = RecordedModel.of(tmp_path / "t.jsonl")
    assert ask(recorded, a_call("one")) == replies[:1]
    assert recorded.unused == {a_call("two").key}


def test_a_call_that_was_not_recorded_is_an_error_that_names_it():
    [error] = ask(RecordedModel({}, name="demo.jsonl"), a_call("lesson two"))
    assert isinstance(error, TutorError)
    assert error.message.startswith("demo.jsonl has no answer for the call of examiner about lesson two")


def test_a_transcript_lists_steps_in_the_order_they_were_answered(tmp_path):
    times = iter([NOON.replace(second=2), NOON.replace(second=1)])
    store = StepStore(ScriptedModel(lambda call: call.subject), tmp_path, now=lambda: next(times))
    ask(store, a_call("late"))
    ask(store, a_call("early"))
    lines = [json.loads(line) for line in transcript_of(tmp_path).splitlines()]
    assert [line["subject"] for line in lines] == ["early", "late"]
    assert lines[0].keys() == {"key", "agent", "subject", "reply"}


@pytest.mark.parametrize("line", ["{", "{}", '{"key": "a", "reply": 7}', "7"])
def test_a_file_that_is_no_transcript_is_refused(tmp_path, line):
    (tmp_path / "t.jsonl").write_text(line + "\n")
    with pytest.raises(TutorError, match="line 1 of"):
        RecordedModel.of(tmp_path / "t.jsonl")
