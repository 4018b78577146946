"""Both wires, spoken for real: what was sent, and what becomes of whatever comes back."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from tests.studio_calls import QUIZ_SCHEMA, a_call
from tests.studio_server import (
    QUIZ,
    StudioServer,
    breaks_off,
    errs_midway,
    fails,
    falls_silent,
    hangs_up,
    says,
    sends,
    studio_server,
)
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, ModelUnavailable, Reply, Saying, Usage
from tui_tutor.studio.counting import most_tokens, most_usage

pytest.importorskip("anthropic")

from tui_tutor.studio.model import AnthropicModel
from tui_tutor.studio.openai_wire import OpenAIModel

WIRES = ("messages", "local", "bedrock", "openai")


@pytest.fixture
def server():
    with studio_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "AWS_BEARER_TOKEN_BEDROCK", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def model_over(wire: str, url: str, **limits: float) -> LanguageModel:
    match wire:
        case "messages":
            return AnthropicModel.first_party("sk-test", base_url=url, **limits)
        case "local":
            return AnthropicModel.local(url, **limits)
        case "bedrock":
            pytest.importorskip("boto3")
            return AnthropicModel.on_bedrock("eu-central-1", base_url=url, **limits)
        case _:
            return OpenAIModel(url, **limits)


def ask(wire: str, server: StudioServer | str, call: Call | None = None, **limits: float) -> Reply:
    sayings: list[Saying] = []

    async def one() -> Reply:
        model = model_over(wire, server if isinstance(server, str) else server.url, **limits)
        try:
            return await model.complete(call or a_call(), on_saying=sayings.append)
        finally:
            await model.close()

    reply = asyncio.run(one())
    assert sayings or not reply.text
    return reply


def shown(reply: Reply) -> tuple[object, ...]:
    return reply.data, reply.stop, reply.usage


# --- good answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer_is_its_json_with_the_tokens_as_the_server_counted(server, wire):
    assert shown(ask(wire, server)) == (QUIZ, "end", Usage(40, 25))


@pytest.mark.parametrize("wire", WIRES)
def test_a_code_fence_around_an_answer_is_forgiven_and_nothing_else(server, wire):
    server.answers = [says(f"```json\n{json.dumps(QUIZ)}\n```"), says(f"Here: {json.dumps(QUIZ)}")]
    assert ask(wire, server).data == QUIZ
    assert shown(ask(wire, server)) == (None, "end", Usage(40, 25))


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stop", ["max_tokens", "refusal"])
def test_an_answer_that_was_cut_short_or_refused_has_no_data_and_is_paid_for(server, wire, stop):
    server.answers = [says(QUIZ, stop=stop)]
    assert shown(ask(wire, server)) == (None, stop, Usage(40, 25))


def test_cache_tokens_are_counted_apart(server):
    server.answers = [says(QUIZ, cache_read_input_tokens=900, cache_creation_input_tokens=70)]
    assert ask("messages", server).usage == Usage(40, 25, 900, 70)


def test_the_openai_wires_cached_tokens_are_part_of_the_prompts(server):
    server.answers = [says(QUIZ, prompt_tokens_details={"cached_tokens": 30})]  # type: ignore[arg-type]
    assert ask("openai", server).usage == Usage(10, 25, 30)


@pytest.mark.parametrize("wire", WIRES)
def test_half_a_character_in_an_answer_becomes_a_whole_stand_in(server, wire):
    server.answers = [says('"\\ud800"', pieces=1)]
    reply = ask(wire, server)
    assert (reply.text, reply.data) == ('"\\ud800"', "\ud800")


@pytest.mark.parametrize("wire", ["local", "openai"])
def test_a_server_that_does_not_count_is_taken_at_the_most(server, wire):
    counts = {"prompt_tokens": None, "completion_tokens": None, "input_tokens": None, "output_tokens": None}
    server.answers = [says(QUIZ, **counts)]  # type: ignore[arg-type]
    call = a_call()
    assert ask(wire, server, call).usage == Usage(most_tokens(call), len(json.dumps(QUIZ)))


# --- what is sent ---------------------------------------------------------------------------------


def test_anthropic_gets_a_strict_schema_a_cached_system_text_and_no_temperature(server):
    ask("messages", server)
    [asked] = server.asked
    assert "sk-test" in (asked.headers.get("x-api-key"), asked.headers.get("authorization", "")[7:])
    assert asked.body.keys() == {"model", "max_tokens", "messages", "system", "output_config", "stream"}
    assert asked.body["system"] == [
        {"type": "text", "text": "You write quizzes.", "cache_control": {"type": "ephemeral"}}
    ]
    options = asked.body["output_config"]["format"]["schema"]["properties"]["options"]
    assert options == {
        "type": "array",
        "items": {"type": "string"},
        "description": "{maxItems: 5, minItems: 3}",
    }


def test_a_local_server_gets_the_raw_schema_and_the_schema_in_words_and_no_key(server, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    ask("local", server)
    [asked] = server.asked
    assert asked.body["output_config"]["format"]["schema"] == QUIZ_SCHEMA
    assert json.dumps(QUIZ_SCHEMA, separators=(",", ":")) in asked.body["system"]
    assert "sk-secret" not in json.dumps(asked.headers)


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("eu.anthropic.claude-opus-4-6-v1", "bedrock-2023-05-31"),
        ("eu.anthropic.claude-sonnet-4-6", "bedrock-2023-05-31"),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock-2023-05-31"),
        ("eu.anthropic.claude-opus-4-7", "2026-10-21"),
        ("eu.anthropic.claude-sonnet-5-5", "2026-10-21"),
    ],
)
def test_models_up_to_4_6_are_spoken_to_in_the_old_form_on_bedrock(server, model, version):
    ask("bedrock", server, a_call(model=model))
    [asked] = server.asked
    assert asked.body["anthropic_version"] == version
    assert asked.path.startswith(f"/model/{model}/")
    assert "SignedHeaders" in asked.headers["authorization"]
    assert "cache_control" not in asked.body


def test_where_no_schema_is_taken_a_tool_is_and_then_words_are(server):
    refusal = fails(400, "output_config: Extra inputs are not permitted", type="invalid_request_error")
    server.answers = [refusal, says(QUIZ), says(QUIZ), fails(400, "no tool use"), says(QUIZ)]

    async def three() -> list[Reply]:
        model = model_over("messages", server.url)
        return [await model.complete(a_call(str(number))) for number in range(3)]

    assert [reply.data for reply in asyncio.run(three())] == [QUIZ] * 3
    assert [("output_config" in asked.body, "tools" in asked.body) for asked in server.asked] == [
        (True, False),
        (False, True),
        (False, True),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize("wire", ["local", "openai"])
def test_a_local_server_that_refuses_a_schema_is_asked_in_words_from_then_on(server, wire):
    server.answers = [fails(400, "failed to parse grammar"), says(QUIZ), says(QUIZ)]

    async def two() -> list[Reply]:
        model = model_over(wire, server.url)
        return [await model.complete(a_call(str(number))) for number in range(2)]

    assert [reply.data for reply in asyncio.run(two())] == [QUIZ] * 2
    has_schema = [bool({"output_config", "response_format"} & asked.body.keys()) for asked in server.asked]
    assert has_schema == [True, False, False]


def test_counting_sends_what_would_be_asked_and_leaves_a_margin(server):
    server.counted = 1000

    async def count(wire: str) -> int:
        return await model_over(wire, server.url).count_tokens(a_call())

    assert asyncio.run(count("messages")) == 1084
    [asked] = server.asked
    assert asked.body.keys() == {"model", "messages", "system", "output_config"}
    for wire in ("local", "bedrock", "openai"):
        assert asyncio.run(count(wire)) == most_tokens(a_call())
    assert len(server.asked) == 1


# --- what passes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
def test_a_busy_server_may_be_asked_again_and_has_billed_nothing(server, wire, status):
    refusals = [fails(status, "Overloaded", retry_after="7")] * 2  # a local server is also asked in words
    server.answers = refusals
    with pytest.raises(ModelUnavailable) as caught:
        ask(wire, server)
    assert (caught.value.retry_after_s, caught.value.spent) == (7.0, None)
    assert len(server.asked) <= 2, "no retries below the port"


@pytest.mark.parametrize("wire", WIRES)
def test_a_server_out_of_reach_has_billed_nothing(wire):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ModelUnavailable, match="cannot be reached") as caught:
        ask(wire, url)
    assert caught.value.spent is None


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("is_clean", [True, False])
def test_a_stream_that_is_cut_may_have_been_billed_to_its_end(server, wire, is_clean):
    server.answers = [breaks_off(after=3, is_clean=is_clean)]
    with pytest.raises(ModelUnavailable, match="broke off") as caught:
        ask(wire, server)
    input_tokens = most_tokens(a_call()) if wire == "openai" else 40
    assert caught.value.spent == Usage(input_tokens, 1000)


@pytest.mark.parametrize("wire", WIRES)
def test_a_server_that_hangs_up_without_a_word_may_have_billed_the_most(server, wire):
    server.answers = [hangs_up]
    with pytest.raises(ModelUnavailable, match="broke off") as caught:
        ask(wire, server)
    assert caught.value.spent == most_usage(a_call())


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("limits", [{"silent_s": 0.2}, {"whole_s": 0.5}])
def test_a_server_that_falls_silent_is_left(server, wire, after, limits):
    server.answers = [falls_silent(after=after)]
    with pytest.raises(ModelUnavailable, match="broke off") as caught:
        ask(wire, server, **limits)
    is_known = after and wire != "openai"
    assert caught.value.spent == (Usage(40, 1000) if is_known else most_usage(a_call()))


@pytest.mark.parametrize("wire", ["messages", "local", "openai"])
def test_an_error_in_the_middle_of_a_stream_may_be_passing_and_billed(server, wire):
    server.answers = [errs_midway()]
    with pytest.raises(ModelUnavailable, match="Overloaded") as caught:
        ask(wire, server)
    assert caught.value.spent is not None


@pytest.mark.parametrize("wire", ["messages", "openai"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff" * 1000,
        b"event: message_start\ndata: {not json\n\n",
        b"data: [1, 2, 3]\n\n",
        b'event: message_start\ndata: {"type": "message_start", "message": 7}\n\n',
        b"event: message_delta\ndata: []\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
)
def test_nonsense_instead_of_a_stream_is_an_answer_that_broke_off(server, wire, data):
    server.answers = [sends(data)]
    with pytest.raises(ModelUnavailable, match="broke off") as caught:
        ask(wire, server)
    assert caught.value.spent is not None


@pytest.mark.parametrize("wire", ["messages", "openai"])
def test_an_answer_without_end_is_cut(server, wire, monkeypatch):
    monkeypatch.setattr("tui_tutor.studio.hearing.MOST_ANSWER_CHARACTERS", 1000)
    server.answers = [says("x" * 5000, pieces=50)]
    with pytest.raises(ModelUnavailable, match="longer than any answer"):
        ask(wire, server)


# --- what does not --------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("status", "message", "expected", "exit_code"),
    [
        (401, "invalid x-api-key", "does not accept the key", 3),
        (403, "no access", "does not accept the key", 3),
        (404, "model: nope", "no model claude-opus-4-6", 1),
        (413, "request too large", "too long", 1),
        (400, "prompt is too long: 250000 tokens", "too long", 1),
        (400, "credit \x1b[31mbalance is too low", "credit ␛[31mbalance is too low", 1),
    ],
)
def test_what_will_not_pass_is_a_sentence(server, wire, status, message, expected, exit_code):
    server.default = fails(status, message, type="invalid_request_error")
    with pytest.raises(TutorError) as caught:
        ask(wire, server)
    assert not isinstance(caught.value, ModelUnavailable)
    assert expected in caught.value.message
    assert caught.value.help
    assert caught.value.exit_code == exit_code


@pytest.mark.parametrize("wire", WIRES)
def test_redirects_are_not_followed(server, wire):
    with studio_server() as elsewhere:
        server.default = sends(b"", status=307, location=f"{elsewhere.url}/v1/messages")
        with pytest.raises(TutorError):
            ask(wire, server)
        assert elsewhere.asked == []


def test_a_local_server_is_not_asked_through_a_proxy(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ask("local", server).data == QUIZ
    assert ask("openai", server).data == QUIZ


def test_credentials_of_aws_that_are_missing_are_named(monkeypatch, tmp_path):
    pytest.importorskip("boto3")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(TutorError, match="none were found") as caught:
        AnthropicModel.on_bedrock("eu-central-1")
    assert caught.value.exit_code == 3
