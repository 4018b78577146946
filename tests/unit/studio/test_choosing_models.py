"""Which models answer, and what a brief may not ask for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.studio_calls import a_call
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Reply, Usage
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.choosing_models import (
    Chosen,
    adapter_of,
    choose,
    is_loopback,
    replaying_stack,
    stack_of,
)
from tui_tutor.studio.ledger import read_ledger, totals_of
from tui_tutor.studio.prices import shipped_prices
from tui_tutor.studio.recorded import RecordedModel
from tui_tutor.studio.scripted import reply_saying


def chosen(residency: str = "", environment: dict[str, str] | None = None, **models: Any) -> Chosen:
    brief = Brief.model_validate({"topic": "t", "residency": residency, "models": models})
    return choose(brief, environment or {})


def test_the_seeds_pair_is_the_preset_and_the_solver_is_not_the_writer():
    assert chosen().models == {
        "creative": "claude-opus-4-6",
        "extract": "claude-sonnet-4-6",
        "solver": "claude-sonnet-4-6",
        "judge": "claude-sonnet-4-6",
    }


def test_the_current_pair_is_a_preset_and_a_role_can_be_named():
    models = chosen(preset="current", judge="claude-haiku-4-5").models
    assert models == {
        "creative": "claude-opus-5-5",
        "extract": "claude-sonnet-5-5",
        "solver": "claude-sonnet-5-5",
        "judge": "claude-haiku-4-5",
    }


@pytest.mark.parametrize(
    ("region", "creative", "solver"),
    [
        ("eu-central-1", "eu.anthropic.claude-opus-4-6-v1", "eu.anthropic.claude-sonnet-4-6"),
        ("us-east-1", "us.anthropic.claude-opus-4-6-v1", "us.anthropic.claude-sonnet-4-6"),
        ("ca-central-1", "global.anthropic.claude-opus-4-6-v1", "global.anthropic.claude-sonnet-4-6"),
    ],
)
def test_on_bedrock_presets_are_the_regions_own_profiles_and_have_prices(region, creative, solver):
    models = chosen(provider="bedrock", region=region).models
    assert (models["creative"], models["solver"]) == (creative, solver)
    assert all(shipped_prices().has(model) for model in models.values())


def test_a_local_server_answers_all_roles_with_one_model_and_says_what_that_is_worth():
    choice = chosen(provider="local", base_url="http://localhost:11434/v1/", creative="qwen3:8b")
    assert set(choice.models.values()) == {"qwen3:8b"}
    assert choice.base_url == "http://localhost:11434"
    assert choice.notes
    assert not chosen(provider="local", base_url="http://localhost:1", creative="a", solver="b").notes


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ({"solver": "claude-opus-4-6"}, "wrote itself"),
        ({"provider": "local", "base_url": "http://localhost:1"}, "no preset"),
        ({"provider": "local", "creative": "m"}, "no address"),
        ({"provider": "local", "creative": "m", "base_url": "localhost:1"}, "no http address"),
        ({"provider": "local", "creative": "m", "base_url": "file:///etc/passwd"}, "no http address"),
        ({"provider": "local", "creative": "m", "base_url": "http://[::1"}, "no address"),
        ({"provider": "local", "creative": "m", "base_url": "http://me:pw@localhost:1"}, "a password"),
        ({"wire": "openai"}, "OpenAI wire"),
        ({"provider": "bedrock"}, "needs a region"),
        ({"provider": "bedrock", "region": "eu-central-1.evil.example/"}, "needs a region"),
        ({"provider": "bedrock", "region": "eu-central-1", "batch": True}, "no batches"),
        ({"base_url": "https://evil.example"}, "would get your key"),
        ({"base_url": "http://api.anthropic.com"}, "would get your key"),
        ({"base_url": "https://api.anthropic.com.evil.example"}, "would get your key"),
        (
            {"provider": "bedrock", "region": "eu-west-1", "base_url": "https://evil.example"},
            "would get your key",
        ),
        *(
            (
                {"provider": "bedrock", "region": "eu-west-1", "base_url": f"https://{host}"},
                "would get your key",
            )
            for host in (
                "abc123.execute-api.eu-west-1.amazonaws.com",
                "bedrock-runtime.s3.eu-west-1.amazonaws.com",
                "ec2-3-3-3-3.compute-1.amazonaws.com",
                "evil.api.aws",
            )
        ),
    ],
)
def test_a_choice_that_cannot_be_is_a_sentence(models, expected):
    with pytest.raises(TutorError, match=expected):
        chosen(**models)


def test_a_gateway_is_the_environments_business():
    gateway = {"ANTHROPIC_BASE_URL": "https://gateway.example"}
    assert chosen(environment=gateway).base_url == "https://gateway.example"
    assert (
        chosen(environment=gateway, base_url="https://gateway.example/").base_url == "https://gateway.example"
    )


@pytest.mark.parametrize(
    "models",
    [
        {"provider": "bedrock", "region": "eu-central-1"},
        {"provider": "bedrock", "region": "eu-north-1", "preset": "current"},
        {
            "provider": "bedrock",
            "region": "eu-west-1",
            "base_url": "https://bedrock-runtime.eu-west-1.amazonaws.com/anthropic",
        },
        {
            "provider": "bedrock",
            "region": "eu-west-3",
            "base_url": "https://vpce-0a1-b2.bedrock-runtime.eu-west-3.vpce.amazonaws.com",
        },
        {
            "provider": "bedrock",
            "region": "eu-south-2",
            "base_url": "https://bedrock-mantle.eu-south-2.api.aws/anthropic",
        },
        {"provider": "local", "base_url": "http://127.0.0.1:8080", "creative": "m"},
        {"provider": "local", "base_url": "http://[::1]:8080", "creative": "m", "wire": "openai"},
    ],
)
def test_what_stays_in_the_eu_or_on_this_machine_is_let_through(models):
    assert chosen("eu", **models)


@pytest.mark.parametrize(
    "models",
    [
        {},
        {"base_url": "http://127.0.0.1:8080"},
        {"provider": "bedrock", "region": "us-east-1"},
        {"provider": "bedrock", "region": "eu-west-2"},
        {"provider": "bedrock", "region": "eu-central-2"},
        {"provider": "bedrock", "region": "eu-central-1", "judge": "us.anthropic.claude-sonnet-4-6"},
        {"provider": "bedrock", "region": "eu-central-1", "solver": "global.anthropic.claude-sonnet-4-6"},
        {"provider": "bedrock", "region": "eu-central-1", "extract": "anthropic.claude-sonnet-4-6"},
        {"provider": "bedrock", "region": "eu-central-1", "creative": "arn:aws:bedrock:eu-central-1:1:x/eu."},
        {
            "provider": "bedrock",
            "region": "eu-central-1",
            "base_url": "https://bedrock-runtime.us-east-1.amazonaws.com",
        },
        {"provider": "bedrock", "region": "eu-central-1", "base_url": "http://127.0.0.1:1"},
        {"provider": "local", "base_url": "http://10.0.0.5:8080", "creative": "m"},
        {"provider": "local", "base_url": "https://models.example", "creative": "m"},
        {"provider": "local", "base_url": "http://localhost.example", "creative": "m"},
        {"provider": "local", "base_url": "http://127.0.0.1.nip.io", "creative": "m"},
        {"provider": "local", "base_url": "http://127.0.0.1:11434", "creative": "gpt-oss:120b-cloud"},
        {"provider": "local", "base_url": "http://127.0.0.1:1", "creative": "m", "judge": "glm:cloud"},
    ],
)
def test_what_would_leave_the_eu_is_refused_before_anything_is_asked(models):
    with pytest.raises(TutorError, match='residency = "eu"') as caught:
        chosen("eu", **models)
    assert caught.value.exit_code == 3


def test_loopback_is_this_machine_and_nothing_that_looks_like_it():
    assert [
        is_loopback(f"http://{host}") for host in ("localhost", "127.8.8.8:1", "[::1]:80", "LOCALHOST")
    ] == [True] * 4
    hosts = ("127.0.0.1@evil.example", "127.1.evil.example", "0.0.0.0", "[::ffff:10.0.0.1]", "2130706433")
    assert [is_loopback(f"http://{host}") for host in hosts] == [False] * 5


def test_a_missing_key_is_named_and_so_is_one_that_is_none():
    with pytest.raises(TutorError, match="ANTHROPIC_API_KEY is not set") as caught:
        adapter_of(chosen(), {})
    assert caught.value.exit_code == 3
    with pytest.raises(TutorError, match="no key") as caught:
        adapter_of(chosen(), {"ANTHROPIC_API_KEY": "sk\nX-Evil: 1"})
    assert "Evil" not in caught.value.message


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anthropic", None)
    with pytest.raises(TutorError, match="packages") as caught:
        adapter_of(chosen(), {"ANTHROPIC_API_KEY": "sk-test"})
    assert (caught.value.help, caught.value.exit_code) == ("pip install 'tui-tutor[studio]'", 3)


def test_a_model_without_a_price_stops_a_build_before_it_begins(tmp_path):
    with pytest.raises(TutorError, match="no price for the model claude-next"):
        stack_of(chosen(judge="claude-next"), tmp_path, shipped_prices(), cap_usd=1, environment={})
    assert list(tmp_path.iterdir()) == []


def test_a_replayed_build_needs_no_key_pays_nothing_and_says_so(tmp_path):
    call = a_call()
    recorded = RecordedModel({call.key: reply_saying({"a": 1}, usage=Usage(1000, 1000))})

    async def build() -> tuple[Reply, Reply]:
        stack = replaying_stack(recorded, tmp_path, shipped_prices(), cap_usd=1)
        try:
            return await stack.model.complete(call), await stack.model.complete(call)
        finally:
            await stack.close()

    first, again = asyncio.run(build())
    assert first == again
    totals = totals_of(read_ledger(tmp_path))
    assert (totals.paid.cost, totals.replayed.cost, totals.replayed.calls) == (0, 30_000_000, 1)
