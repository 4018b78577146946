"""Models behind the Messages API: Anthropic's own, Bedrock, and local servers that speak it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, ModelUnavailable, OnSaying, Reply
from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.answers import retry_after_s
from tui_tutor.studio.aws import framing_errors, has_aws_packages, require_credentials, signing_errors
from tui_tutor.studio.batching import BatchState
from tui_tutor.studio.counting import most_tokens, most_usage, with_margin
from tui_tutor.studio.hearing import Hearing
from tui_tutor.studio.message_questions import BEDROCK, FIRST_PARTY, LOCAL, Manner, Shape, countable, question
from tui_tutor.studio.messages_wire import hear_event, hear_message
from tui_tutor.studio.server_errors import PASSING_TYPES, broke_off, missing_extra, refused

if TYPE_CHECKING:
    import anthropic

FIRST_PARTY_URL: Final = "https://api.anthropic.com"
CONNECT_S: Final = 10.0
SILENT_S: Final = 180.0  # between two pieces of an answer
WHOLE_S: Final = 900.0
LOCAL_SILENT_S: Final = 1_800.0  # a small machine reads a long question for minutes
LOCAL_WHOLE_S: Final = 7_200.0


def _silent(_: object) -> None:
    """Nobody listens."""


class AnthropicModel(LanguageModel):
    """Asks over the Messages API, streaming; made by `first_party`, `on_bedrock` or `local`."""

    def __init__(self, client: Any, manner: Manner, *, whole_s: float = WHOLE_S) -> None:
        self._client = client
        self._manner = manner
        self._known: dict[str, Shape] = {}  # what a model turned out to take
        self._whole_s = whole_s

    @classmethod
    def first_party(
        cls, key: str, *, base_url: str = "", silent_s: float = SILENT_S, whole_s: float = WHOLE_S
    ) -> AnthropicModel:
        """Anthropic's own servers, or a gateway to them at `base_url`."""
        sdk = _sdk("studio")
        client = sdk.AsyncAnthropic(
            api_key=key,
            base_url=base_url or FIRST_PARTY_URL,
            max_retries=0,
            open_telemetry=False,
            http_client=_http(silent_s, trust_env=True),
            timeout=_timeout(silent_s),
        )
        return cls(client, FIRST_PARTY, whole_s=whole_s)

    @classmethod
    def on_bedrock(
        cls, region: str, *, base_url: str = "", silent_s: float = SILENT_S, whole_s: float = WHOLE_S
    ) -> AnthropicModel:
        """Bedrock in one region, with the credentials of AWS's own tools; TutorError where there are none."""
        sdk = _sdk("bedrock")
        require_credentials(region)
        client = sdk.AsyncAnthropicBedrock(
            aws_region=region,
            # Given even where it is the default: an address in the environment must not lead out of a region.
            base_url=base_url or f"https://bedrock-runtime.{region}.amazonaws.com",
            max_retries=0,
            open_telemetry=False,
            http_client=_http(silent_s, trust_env=True),
            timeout=_timeout(silent_s),
        )
        return cls(client, BEDROCK, whole_s=whole_s)

    @classmethod
    def local(
        cls, base_url: str, *, key: str = "", silent_s: float = LOCAL_SILENT_S, whole_s: float = LOCAL_WHOLE_S
    ) -> AnthropicModel:
        """A server of the author's own (Ollama, llama.cpp, vLLM), never asked through a proxy."""
        sdk = _sdk("studio")
        client = sdk.AsyncAnthropic(
            api_key=key or "none",
            base_url=base_url,
            max_retries=0,
            open_telemetry=False,
            http_client=_http(silent_s, trust_env=False),
            timeout=_timeout(silent_s),
        )
        return cls(client, LOCAL, whole_s=whole_s)

    # --- one call -------------------------------------------------------------------------------

    def _shape(self, call: Call) -> Shape:
        return self._known.get(call.model, self._manner.shapes[0])

    async def complete(self, call: Call, *, on_saying: OnSaying = _silent) -> Reply:
        shape = self._shape(call)
        while True:
            try:
                reply = await self._attempt(call, shape, on_saying)
            except _SchemaRefused as refusal:
                shape = refusal.next_shape
            else:
                self._known[call.model] = shape
                return reply

    async def _attempt(self, call: Call, shape: Shape, on_saying: OnSaying) -> Reply:
        hearing = Hearing(call, on_saying)
        try:
            async with asyncio.timeout(self._whole_s):
                await self._listen(call, shape, hearing)
        except TimeoutError:
            raise broke_off(f"it took longer than {self._whole_s:,.0f} s", hearing.most()) from None
        return hearing.reply(call.model)

    async def _listen(self, call: Call, shape: Shape, hearing: Hearing) -> None:
        async with await self._opened(call, shape, hearing) as stream:
            async for event in self._events(stream, hearing):
                hear_event(event, hearing)

    async def _opened(self, call: Call, shape: Shape, hearing: Hearing) -> Any:
        import anthropic

        broken: tuple[type[Exception], ...] = (anthropic.AnthropicError, *signing_errors())
        try:
            return await self._client.messages.create(
                **question(call, self._manner, shape, _strict_schema), stream=True
            )
        except anthropic.APIStatusError as error:
            raise self._status_error(error, call, shape) from error
        except anthropic.APIConnectionError as error:
            raise _connection_error(error, hearing) from error
        except broken as error:
            why = safe_line(str(error), limit=300)
            raise TutorError(f"the call could not be made: {why}; nothing was billed", exit_code=3) from error

    async def _events(self, stream: Any, hearing: Hearing) -> AsyncIterator[Any]:
        """The events of a stream; ModelUnavailable, with what may be billed, where it breaks off."""
        import anthropic
        import httpx2

        unreadable: tuple[type[Exception], ...] = (ValueError, TypeError, AttributeError, LookupError)
        try:
            async for event in stream:
                yield event
        except anthropic.APIStatusError as error:  # an event that says so
            raise broke_off(error.api_message or error.message, hearing.most()) from error
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            raise broke_off(str(error) or type(error).__name__, hearing.most()) from error
        except (*unreadable, *framing_errors()) as error:
            raise broke_off(f"it could not be read ({error})", hearing.most()) from error

    def _status_error(self, error: anthropic.APIStatusError, call: Call, shape: Shape) -> Exception:
        said = error.api_message or error.message
        wait = retry_after_s(error.response.headers, now=datetime.now(UTC))
        refusal = refused(
            error.status_code, said, call=call, key_name=self._manner.key_name, retry_after_s=wait
        )
        next_shape = self._manner.after(shape)
        if next_shape is not None and self._manner.is_about_schema(error.status_code, said):
            return _SchemaRefused(next_shape)
        return refusal

    async def count_tokens(self, call: Call) -> int:
        if not self._manner.can_count:
            return most_tokens(call)
        import anthropic

        try:
            asked = countable(call, self._manner, self._shape(call), _strict_schema)
            counted = await self._client.messages.count_tokens(**asked)
        except anthropic.APIStatusError as error:
            said = error.api_message or error.message
            raise refused(
                error.status_code, said, call=call, key_name=self._manner.key_name, retry_after_s=None
            ) from error
        except (anthropic.AnthropicError, ValueError) as error:
            raise ModelUnavailable("the server could not count the tokens of a call") from error
        tokens = getattr(counted, "input_tokens", None)
        return with_margin(tokens) if type(tokens) is int and tokens > 0 else most_tokens(call)

    async def close(self) -> None:
        await self._client.close()

    # --- batches (batching.BatchServer) ---------------------------------------------------------

    async def submit(self, calls: Sequence[Call]) -> str:
        """Hand calls in; the batch's id."""
        requests = [
            {"custom_id": call.key, "params": question(call, self._manner, self._shape(call), _strict_schema)}
            for call in calls
        ]
        batch = await self._of_batches(calls[0], self._client.messages.batches.create(requests=requests))
        return str(batch.id)

    async def state(self, batch: str, call: Call) -> BatchState:
        """How far a batch is; `call` is one of its calls, for messages."""
        return _state(await self._of_batches(call, self._client.messages.batches.retrieve(batch)))

    async def recent(self, call: Call) -> tuple[BatchState, ...]:
        """The batches of this account, the newest first."""
        page = await self._of_batches(call, _first_page(self._client))
        return tuple(_state(batch) for batch in page.data)

    async def results(
        self, batch: str, calls: Mapping[str, Call]
    ) -> AsyncIterator[tuple[str, Reply | TutorError]]:
        """What became of each call, by key; calls that are not among `calls` come as errors."""
        any_call = next(iter(calls.values()))
        lines = await self._of_batches(any_call, self._client.messages.batches.results(batch))
        async for line in lines:
            call = calls.get(line.custom_id)
            if call is None:
                yield line.custom_id, TutorError("not asked for")
                continue
            yield line.custom_id, self._result(line.result, call)

    def _result(self, result: Any, call: Call) -> Reply | TutorError:
        match result.type:
            case "succeeded":
                hearing = Hearing(call, _silent)
                try:
                    hear_message(result.message, hearing)
                    return hearing.reply(call.model)
                except TutorError as error:
                    return error
            case "errored":
                return self._errored(result.error.error, call)
            case _:  # canceled, expired: never run, never billed
                return ModelUnavailable("the batch ended before this call was answered")

    def _errored(self, error: Any, call: Call) -> TutorError:
        said = str(getattr(error, "message", ""))
        status = 500 if getattr(error, "type", "") in PASSING_TYPES else 400
        next_shape = self._manner.after(self._shape(call))
        if next_shape is not None and self._manner.is_about_schema(status, said):
            self._known[call.model] = next_shape
            return ModelUnavailable("the server does not take the answer's schema in this form")
        return refused(status, said, call=call, key_name=self._manner.key_name, retry_after_s=None)

    async def cancel(self, batch: str, call: Call) -> None:
        """Stop a batch; calls that have been answered stay so."""
        await self._of_batches(call, self._client.messages.batches.cancel(batch))

    async def _of_batches(self, call: Call, work: Any) -> Any:
        import anthropic

        try:
            return await work
        except anthropic.APIStatusError as error:
            wait = retry_after_s(error.response.headers, now=datetime.now(UTC))
            said = error.api_message or error.message
            raise refused(
                error.status_code, said, call=call, key_name=self._manner.key_name, retry_after_s=wait
            ) from error
        except anthropic.APIConnectionError as error:
            raise _connection_error(error, Hearing(call, _silent)) from error


class _SchemaRefused(Exception):
    """The server does not take an answer's schema in this shape."""

    def __init__(self, next_shape: Shape) -> None:
        super().__init__(next_shape)
        self.next_shape = next_shape


def _sdk(extra: str) -> Any:
    try:
        import anthropic
    except ImportError as error:
        raise missing_extra(extra) from error
    if extra == "bedrock" and not has_aws_packages():
        raise missing_extra(extra)
    return anthropic


def _http(silent_s: float, *, trust_env: bool) -> Any:
    import httpx2

    # Redirects are not followed: they could lead out of a region, or off this machine.
    return httpx2.AsyncClient(timeout=_timeout(silent_s), follow_redirects=False, trust_env=trust_env)


def _timeout(silent_s: float) -> Any:
    import httpx2

    return httpx2.Timeout(silent_s, connect=CONNECT_S, pool=None)


def _connection_error(error: anthropic.APIConnectionError, hearing: Hearing) -> ModelUnavailable:
    import httpx2

    cause = error.__cause__
    is_unsent = isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError)
    why = str(cause or "") or type(cause or error).__name__
    return broke_off(why, None if is_unsent else most_usage(hearing.call))


def _strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    from anthropic import transform_schema

    try:
        return transform_schema(dict(schema))
    except (ValueError, AssertionError, TypeError):  # a part of it says nothing of its type
        return dict(schema)


async def _first_page(client: Any) -> Any:
    return await client.messages.batches.list(limit=100)


def _state(batch: Any) -> BatchState:
    counts = batch.request_counts
    total = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
    return BatchState(
        str(batch.id),
        is_ended=batch.processing_status == "ended",
        calls=total,
        waiting=counts.processing,
        created=batch.created_at,
    )
