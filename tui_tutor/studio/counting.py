"""How many tokens a question can have at most, where no server counts them."""

from __future__ import annotations

import json
from typing import Final

from tui_tutor.core.language_model import Call, Usage

_AROUND: Final = 1_000  # what servers put around a question: roles, and how to keep to a schema


def most_tokens(call: Call) -> int:
    """An upper bound of the input tokens: a token stands for at least one byte of text."""
    schema = json.dumps(call.schema, ensure_ascii=False)
    texts = (call.system, call.prompt, schema)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) + _AROUND


def with_margin(counted: int) -> int:
    """An upper bound made of a server's count, which is an estimate: a call may have a few tokens more."""
    return counted + counted // 50 + 64


def most_usage(call: Call, *, input_tokens: int | None = None) -> Usage:
    """What a call that broke off may have been billed: all of its input and the longest answer."""
    return Usage(most_tokens(call) if input_tokens is None else input_tokens, call.max_tokens)
