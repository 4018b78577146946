"""A server on loopback that speaks the Messages API, Bedrock's and OpenAI's wire as tests tell it to."""

from __future__ import annotations

import base64
import binascii
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUIZ = {"question": "What is 1 + 1?", "options": ["1", "2", "3"], "correct": 2}

Answer = Callable[["_Handler", dict[str, Any]], None]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Batch:
    """A batch that the server has taken."""

    id: str
    requests: list[dict[str, Any]]
    polls_left: int
    is_canceled: bool = False


@dataclass
class StudioServer:
    """`answers` are given one after another, `default` when there are none left."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    default: Answer = field(default_factory=lambda: says(QUIZ))
    counted: int | Answer = 40
    batches: dict[str, Batch] = field(default_factory=dict)
    batch_polls: int = 1
    batch_results: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    on_batch: Answer | None = None  # instead of taking a batch
    released: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def studio_server() -> Iterator[StudioServer]:
    state = StudioServer()
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: StudioServer

    def log_message(self, *_: object) -> None:
        """Tests read `asked`."""

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        data = self.rfile.read(length)
        if len(data) < length:  # who asked was killed before the whole question was here
            self.close_connection = True
            return
        body = json.loads(data or b"null")
        self.state.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if self.path == "/v1/messages/count_tokens":
            self._count(body)
        elif self.path == "/v1/messages/batches":
            self._take_batch(body)
        elif self.path.endswith("/cancel"):
            batch = self.state.batches[self.path.split("/")[-2]]
            batch.is_canceled, batch.polls_left = True, 0
            self.send_json(200, _batch_json(batch))
        else:
            answer = self.state.answers.pop(0) if self.state.answers else self.state.default
            answer(self, body)

    def do_GET(self) -> None:
        self.state.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, None))
        path = self.path.split("?")[0]
        if path == "/v1/messages/batches":
            newest = [_batch_json(batch) for batch in reversed(self.state.batches.values())]
            self.send_json(200, {"data": newest, "has_more": False, "first_id": None, "last_id": None})
        elif path.endswith("/results"):
            self._results(self.state.batches[path.split("/")[-2]])
        else:
            batch = self.state.batches[path.split("/")[-1]]
            batch.polls_left -= 1
            self.send_json(200, _batch_json(batch, url=self.state.url))

    def _count(self, body: dict[str, Any]) -> None:
        if callable(self.state.counted):
            self.state.counted(self, body)
        else:
            self.send_json(200, {"input_tokens": self.state.counted})

    def _take_batch(self, body: dict[str, Any]) -> None:
        if self.state.on_batch is not None:
            self.state.on_batch(self, body)
            return
        self.send_json(200, _batch_json(take_batch(self.state, body["requests"])))

    def _results(self, batch: Batch) -> None:
        lines = []
        for request in batch.requests:
            if self.state.batch_results is not None:
                result = self.state.batch_results(request)
            elif batch.is_canceled and request is not batch.requests[0]:
                result = {"type": "canceled"}
            else:
                result = {"type": "succeeded", "message": a_message(QUIZ, request["params"]["model"])}
            lines.append(json.dumps({"custom_id": request["custom_id"], "result": result}))
        data = ("\n".join(lines) + "\n").encode()
        self._head(200, {"content-type": "application/x-jsonl", "content-length": str(len(data))})
        self.wfile.write(data)

    # --- sending ----------------------------------------------------------------------------------

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send_json(self, status: int, values: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(values).encode()
        shown = {"content-type": "application/json", "content-length": str(len(data))}
        self._head(status, shown | (headers or {}))
        self.wfile.write(data)

    def begin_stream(self) -> None:
        kind = "application/vnd.amazon.eventstream" if self.is_bedrock else "text/event-stream"
        self._head(200, {"content-type": kind, "transfer-encoding": "chunked"})

    @property
    def is_bedrock(self) -> bool:
        return self.path.startswith("/model/")

    @property
    def is_openai(self) -> bool:
        return self.path.endswith("/chat/completions")

    def send_event(self, values: dict[str, Any]) -> None:
        if self.is_bedrock:
            self.send_chunk(_frame(values))
        elif self.is_openai:
            self.send_chunk(f"data: {json.dumps(values)}\n\n".encode())
        else:
            self.send_chunk(f"event: {values['type']}\ndata: {json.dumps(values)}\n\n".encode())

    def send_chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        if self.is_openai:
            self.send_chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(2)


def take_batch(state: StudioServer, requests: list[dict[str, Any]]) -> Batch:
    batch = Batch(f"msgbatch_{len(state.batches) + 1}", requests, state.batch_polls)
    state.batches[batch.id] = batch
    return batch


def _batch_json(batch: Batch, url: str = "") -> dict[str, Any]:
    is_ended = batch.polls_left <= 0
    counts = dict.fromkeys(("canceled", "errored", "expired", "succeeded", "processing"), 0)
    counts["succeeded" if is_ended else "processing"] = len(batch.requests)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": "ended" if is_ended else "in_progress",
        "request_counts": counts,
        "created_at": stamp,
        "expires_at": stamp,
        "results_url": f"{url}/v1/messages/batches/{batch.id}/results" if is_ended else None,
    }


def a_message(answer: Any, model: str, *, stop: str = "end_turn", **usage: int) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": answer if isinstance(answer, str) else json.dumps(answer)}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 40, "output_tokens": 25} | usage,
    }


def _frame(values: dict[str, Any]) -> bytes:
    """An event in AWS's binary framing."""
    headers = b""
    for name, value in ((":event-type", "chunk"), (":message-type", "event")):
        headers += (
            bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        )
    payload = json.dumps({"bytes": base64.b64encode(json.dumps(values).encode()).decode()}).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", binascii.crc32(message))


# --- answers --------------------------------------------------------------------------------------


def says(answer: Any, *, stop: str = "end_turn", pieces: int = 4, **usage: int) -> Answer:
    """A whole answer, streamed: text as it is, anything else as JSON."""
    text = answer if isinstance(answer, str) else json.dumps(answer)

    def answer_it(handler: _Handler, body: dict[str, Any]) -> None:
        handler.begin_stream()
        for event in _events(handler, body, text, stop, pieces, usage):
            handler.send_event(event)
        handler.end_stream()

    return answer_it


def breaks_off(answer: Any = QUIZ, *, after: int, is_clean: bool = False) -> Answer:
    """The first `after` events, then the line goes dead (is_clean: the stream ends as if it were whole)."""

    def answer_it(handler: _Handler, body: dict[str, Any]) -> None:
        handler.begin_stream()
        events = list(_events(handler, body, json.dumps(answer), "end_turn", 4, {}))
        for event in events[:after]:
            handler.send_event(event)
        if is_clean:
            handler.wfile.write(b"0\r\n\r\n")
        else:
            handler.hang_up()

    return answer_it


def falls_silent(*, after: int = 0) -> Answer:
    """So many events, then nothing more until the test is over."""

    def answer_it(handler: _Handler, body: dict[str, Any]) -> None:
        if after:
            handler.begin_stream()
        for event in list(_events(handler, body, json.dumps(QUIZ), "end_turn", 4, {}))[:after]:
            handler.send_event(event)
        handler.state.released.wait(30)
        handler.hang_up()

    return answer_it


def fails(status: int, message: str = "no", *, type: str = "api_error", **headers: str) -> Answer:
    """An error before anything was answered."""

    def answer_it(handler: _Handler, body: dict[str, Any]) -> None:
        shown = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send_json(status, {"type": "error", "error": {"type": type, "message": message}}, shown)

    return answer_it


def errs_midway(message: str = "Overloaded") -> Answer:
    """An error inside a stream that began well."""

    def answer_it(handler: _Handler, body: dict[str, Any]) -> None:
        handler.begin_stream()
        for event in list(_events(handler, body, json.dumps(QUIZ), "end_turn", 4, {}))[:3]:
            handler.send_event(event)
        handler.send_event({"type": "error", "error": {"type": "overloaded_error", "message": message}})
        handler.end_stream()

    return answer_it


def sends(data: bytes, *, status: int = 200, **headers: str) -> Answer:
    """Any bytes at all, as the whole answer."""

    def answer_it(handler: _Handler, body: dict[str, Any]) -> None:
        shown = {"content-type": "text/event-stream", "content-length": str(len(data))}
        handler._head(status, shown | {name.replace("_", "-"): value for name, value in headers.items()})
        handler.wfile.write(data)

    return answer_it


def hangs_up(handler: _Handler, body: dict[str, Any]) -> None:
    """Not a word."""
    handler.hang_up()


def _events(
    handler: _Handler, body: dict[str, Any], text: str, stop: str, pieces: int, usage: dict[str, int]
) -> Iterator[dict[str, Any]]:
    size = max(1, -(-len(text) // pieces))
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    if handler.is_openai:
        yield from _openai_events(body, parts, stop, usage)
    else:
        yield from _messages_events(body, parts, stop, usage)


def _messages_events(
    body: dict[str, Any], parts: list[str], stop: str, usage: dict[str, int]
) -> Iterator[dict[str, Any]]:
    whole = {"input_tokens": 40, "output_tokens": 25} | usage
    message = a_message("", body.get("model", "on-bedrock"))
    message |= {"content": [], "stop_reason": None, "usage": whole | {"output_tokens": 1}}
    yield {"type": "message_start", "message": message}
    is_tool = "tools" in body
    block = (
        {"type": "tool_use", "id": "t", "name": "answer", "input": {}}
        if is_tool
        else {"type": "text", "text": ""}
    )
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for part in parts:
        delta = (
            {"type": "input_json_delta", "partial_json": part}
            if is_tool
            else {"type": "text_delta", "text": part}
        )
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    stops = {"stop_reason": "tool_use" if is_tool and stop == "end_turn" else stop, "stop_sequence": None}
    yield {"type": "message_delta", "delta": stops, "usage": {"output_tokens": whole["output_tokens"]}}
    yield {"type": "message_stop"}


def _openai_events(
    body: dict[str, Any], parts: list[str], stop: str, usage: dict[str, int]
) -> Iterator[dict[str, Any]]:
    names = {"end_turn": "stop", "max_tokens": "length", "refusal": "content_filter"}
    around = {"id": "c", "object": "chat.completion.chunk", "model": body["model"]}
    for part in parts:
        yield around | {"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": None}]}
    yield around | {"choices": [{"index": 0, "delta": {}, "finish_reason": names[stop]}]}
    counts = {"prompt_tokens": 40, "completion_tokens": 25} | usage
    if body.get("stream_options", {}).get("include_usage"):
        yield around | {"choices": [], "usage": counts}
