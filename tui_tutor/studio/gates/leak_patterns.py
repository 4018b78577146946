"""What models say around an answer, and what is left open in one: patterns, each for one gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple


class Leak(NamedTuple):
    """A pattern that has no business in a lesson. `in_code_too`: code spans and blocks are looked at, too."""

    gate: str
    pattern: re.Pattern[str]
    is_hard: bool = True
    in_code_too: bool = False


def _leak(
    gate: str, *patterns: str, is_hard: bool = True, in_code_too: bool = False, flags: int = re.I
) -> Leak:
    return Leak(gate, re.compile("|".join(patterns), flags), is_hard, in_code_too)


_TAGS: Final = (
    "think|thinking|thought|scratchpad|reasoning|reflection|inner_monologue|"
    r"tool_call|tool_use|function_calls|system_prompt"
)
_WILL: Final = r"\bI(?:['’]ll| will| need to| should| have to|['’]m going to) (?:now )?"

LEAKS: Final[Sequence[Leak]] = (
    _leak(
        "scratchpad",
        rf"</?(?:{_TAGS})\b",
        r"<\|(?:im_start|im_end|endoftext|eot_id|start_header_id)\|>",
        r"\[/?INST\]",
        in_code_too=True,
    ),
    _leak(
        "scratchpad",
        r"\blet me (?:now |first )?(?:draft|write|rewrite|think|plan|create|start by|outline|re-?read|"
        r"double-check|revise)\b",
        r"\b(?:word|token|character) budget\b|\bword (?:count|limit)\s*[:(~≈]?\s*\d",
        r"\b(?:within|under|below|exceed\w*) (?:the|my|our) (?:word|token|character) (?:count|limit)\b",
        r"\bas an? (?:AI|(?:large )?language model|AI (?:language )?(?:model|assistant))\b",
        r"\bI(?:['’]m| am) (?:an? (?:AI|language model|assistant)|Claude|ChatGPT|Gemini)\b",
        r"\b(?:my|the model['’]s) (?:knowledge|training) (?:cut-?off|data)\b",
        r"\A\s*(?:certainly|sure|of course|absolutely|great question|okay, so|alright)[!,.]",
    ),
    _leak(
        "scratchpad",
        r"\b(?:here['’]s|here is|below is) (?:the|a|an|your|my) (?:revised|updated|requested|corrected|final|"
        r"new|improved) (?:version|draft|lesson|cell|text|quiz|JSON|markdown)\b",
        rf"{_WILL}(?:draft|write|generate|produce|craft|output|avoid|keep (?:it|this) (?:short|under))\b",
        r"\b(?:as requested|per your (?:request|instructions))\b",
        r"\bI (?:cannot|can['’]t) (?:help|assist|comply|fulfil)",
        r"\blass mich (?:zuerst |nun )?(?:entwerfen|überlegen|schreiben)\b|\bals (?:KI|Sprachmodell)\b",
    ),
    _leak(
        "prompt-echo",
        r"\b(?:the|your|this) (?:system )?prompt (?:says|asks|wants|requires|tells)\b",
        r"\bthe (?:brief|user|author) (?:says|asks|asked|wants|requires|requested)\b",
        r"\b(?:respond|answer|reply) (?:only )?(?:in|with) (?:valid )?JSON\b",
    ),
    _leak("placeholder", r"\b(?:TODO|FIXME|TBD|XXX)\b", flags=0),
    _leak(
        "placeholder",
        r"\blorem ipsum\b",
        r"\[(?:insert|your|add|fill|placeholder|example here|to be)\b[^\]\n]{0,80}\](?!\()",
        r"<(?:insert|your|placeholder)[ _-][^>\n]{0,60}>",
    ),
    _leak("placeholder", r"\{\{\s*[A-Za-z_]\w*\s*\}\}", in_code_too=True),
    _leak(
        "not-for-learners",
        r"\bdear (?:author|instructor|editor)\b",
        r"\b(?:note|message) (?:to|for) (?:the )?(?:author|instructor|reviewer|editor)s?\b",
        r"\b(?:author|instructor|editor)(?:['’]s)? notes?:",
        r"\bthis (?:cell|passage|slot|quiz cell|exercise cell) (?:should|must|is meant to|is intended to)\b",
    ),
    _leak(
        "not-for-learners",
        r"\b(?:the learner|learners|the student|students) (?:should|will|must|can now|needs? to)\b",
        is_hard=False,
    ),
)
PARTS_OF_JSON: Final = re.compile(
    r'^[ \t]*[{\[]?[ \t]*"(?:kind|cell|cells|text|option|options|feedback|form)"[ \t]*:', re.MULTILINE
)
