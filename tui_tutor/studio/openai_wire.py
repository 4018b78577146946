"""Local servers that speak OpenAI's chat completions: Ollama, llama.cpp, vLLM."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Stop, Usage
from tui_tutor.studio.answers import MOST_ANSWER_CHARACTERS, count, retry_after_s, schema_request
from tui_tutor.studio.counting import most_tokens
from tui_tutor.studio.hearing import Hearing
from tui_tutor.studio.server_errors import broke_off, missing_extra, refused

CONNECT_S: Final = 10.0
SILENT_S: Final = 1_800.0
WHOLE_S: Final = 7_200.0
_MOST_ERROR_BYTES: Final = 100_000
_STOPS: Final[dict[str, Stop]] = {"length": "max_tokens", "content_filter": "refusal"}


def _silent(_: object) -> None:
    """Nobody listens."""


class OpenAIModel(LanguageModel):
    """Asks `/v1/chat/completions`, streaming, one attempt each time; never through a proxy.

    The schema is asked for as `response_format` and in words; a server that refuses the first gets the words.
    """

    def __init__(
        self, base_url: str, *, key: str = "", silent_s: float = SILENT_S, whole_s: float = WHOLE_S
    ) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise missing_extra("studio") from error
        self._address = f"{base_url.rstrip('/')}/v1/chat/completions"
        self._whole_s = whole_s
        self._only_words: set[str] = set()  # models whose server does not take a schema
        self._client = httpx2.AsyncClient(
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx2.Timeout(silent_s, connect=CONNECT_S, pool=None),
            follow_redirects=False,
            trust_env=False,
        )

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        if call.model not in self._only_words:
            try:
                return await self._attempt(call, on_saying, has_format=True)
            except _FormatRefused:
                self._only_words.add(call.model)
        return await self._attempt(call, on_saying, has_format=False)

    async def _attempt(self, call: Call, on_saying: OnSaying, *, has_format: bool) -> Reply:
        hearing = Hearing(call, on_saying)
        try:
            async with asyncio.timeout(self._whole_s):
                await self._listen(call, hearing, has_format=has_format)
        except TimeoutError:
            raise broke_off(f"it took longer than {self._whole_s:,.0f} s", hearing.most()) from None
        return hearing.reply(call.model)

    async def _listen(self, call: Call, hearing: Hearing, *, has_format: bool) -> None:
        import httpx2

        try:
            async with self._client.stream(
                "POST", self._address, json=_question(call, has_format=has_format)
            ) as response:
                if response.status_code >= 300:
                    raise await _refusal(response, call, has_format=has_format)
                async for event in _events(response, hearing):
                    _hear(event, hearing)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise broke_off(f"{self._address}: {error or type(error).__name__}", None) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise TutorError(f"{self._address} is no address: {error}; nothing was asked") from error
        except httpx2.HTTPError as error:
            raise broke_off(str(error) or type(error).__name__, hearing.most()) from error

    async def count_tokens(self, call: Call) -> int:
        return most_tokens(call)

    async def close(self) -> None:
        await self._client.aclose()


class _FormatRefused(Exception):
    """The server does not take `response_format`."""


def _question(call: Call, *, has_format: bool) -> dict[str, Any]:
    system = f"{call.system}\n\n{schema_request(call.schema)}"
    question: dict[str, Any] = {
        "model": call.model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": call.prompt}],
        "max_tokens": call.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if has_format:
        wanted = {"name": "answer", "schema": dict(call.schema), "strict": True}
        question["response_format"] = {"type": "json_schema", "json_schema": wanted}
    return question


async def _refusal(response: Any, call: Call, *, has_format: bool) -> Exception:
    data = b""
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > _MOST_ERROR_BYTES:
            break
    status = response.status_code
    if has_format and status in (400, 422, 500, 501):  # llama.cpp says 500 where it can make no grammar
        return _FormatRefused()
    wait = retry_after_s(response.headers, now=datetime.now(UTC))
    if status < 400:
        return TutorError(
            f"the server sends the call elsewhere (status {status}), which is not followed",
            help="give the address it should go to as base_url in the brief",
        )
    return refused(status, _said(data), call=call, key_name="TUI_TUTOR_MODELKEY", retry_after_s=wait)


def _said(data: bytes) -> str:
    try:
        error = json.loads(data)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError, RecursionError):
        return data[:500].decode("utf-8", "replace")


async def _events(response: Any, hearing: Hearing) -> AsyncIterator[Any]:
    """The JSON of each `data:` line until `[DONE]`."""
    pending = b""
    async for piece in response.aiter_bytes():
        *lines, pending = (pending + piece).split(b"\n")
        if len(pending) > MOST_ANSWER_CHARACTERS:
            raise broke_off("it was longer than any answer may be", hearing.most())
        for line in lines:
            name, _, value = line.strip().partition(b":")
            if name != b"data" or not value.strip():
                continue
            if value.strip() == b"[DONE]":
                return
            try:
                yield json.loads(value)
            except (ValueError, RecursionError) as error:
                raise broke_off("it could not be read", hearing.most()) from error


def _hear(event: Any, hearing: Hearing) -> None:
    if not isinstance(event, dict):
        return
    if event.get("error"):
        raise broke_off(_said(json.dumps(event).encode()), hearing.most())
    if isinstance(model := event.get("model"), str):
        hearing.model = model[:200]
    _hear_usage(event.get("usage"), hearing)
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    delta = choice.get("delta")
    if isinstance(delta, dict):
        hearing.hear(delta.get("content"))
        hearing.hear(delta.get("reasoning_content") or delta.get("reasoning"), is_answer=False)
        if delta.get("refusal"):
            hearing.stop = "refusal"
    if isinstance(reason := choice.get("finish_reason"), str) and hearing.stop != "refusal":
        hearing.stop = _STOPS.get(reason, "end")


def _hear_usage(usage: Any, hearing: Hearing) -> None:
    if not isinstance(usage, dict):
        return
    details = usage.get("prompt_tokens_details")
    cached = count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    hearing.usage = Usage(
        input_tokens=max(0, count(usage.get("prompt_tokens")) - cached),
        output_tokens=count(usage.get("completion_tokens")),
        cache_read_tokens=cached,
    )
    hearing.is_counted = type(usage.get("completion_tokens")) is int
