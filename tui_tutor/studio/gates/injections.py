"""Sources that speak to models: named, so that an author knows; what they say stays quoted data."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.places import private_names_in
from tui_tutor.studio.grounding.source import Source

MOST_NAMED: Final = 20  # in one source
_OLD: Final = (
    r"(?:all |any |the |your |these |those |my )*"
    r"(?:previous|prior|above|earlier|preceding|existing|other|system|original)"
)
_MODEL: Final = r"(?:AI|LLM|assistant|(?:large )?language model|chatbot|agent)"
_WEAK_ADDRESS: Final = (
    r"(?:please |now )?(?:must |should )?"
    r"(?:ignore|follow|include|print|reveal|output|add|write|open|read|send|insert|say)\b"
)
_ADDRESSES: Final[Sequence[re.Pattern[str]]] = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"\b(?:ignore|disregard|forget|override|bypass)\b.{{0,20}}\b{_OLD}\b.{{0,20}}"
        r"\b(?:instruction|prompt|rule|message|direction|guideline)s?",
        r"\b(?:ignore|disregard|forget) (?:everything|all|anything) (?:above|before|so far|you)\b",
        rf"\byou are (?:now )?(?:an? )?(?:{_MODEL}|in developer mode|DAN)\b",
        r"\b(?:dear|attention|hey|hello|note to|instructions? (?:to|for)|message (?:to|for)) "
        rf"(?:the |any |all )?(?:{_MODEL}|model)s?\b",
        rf"\b(?:{_MODEL}|model)s?(?: reading this)?(?:,|:| must| should| shall) {_WEAK_ADDRESS}",
        rf"\bif you are (?:an? )?{_MODEL}\b",
        r"\b(?:your|the|this|a|hidden) system prompt\b|\b(?:hidden|developer) (?:message|instruction)s?\b",
        r"\bnew instructions?\s*:",
        r"^[ \t]*(?:system|assistant|user|human)[ \t]*:.{0,80}\b(?:you|your|ignore|obey|must|do not)\b",
        r"<\|(?:im_start|im_end|system|endoftext|eot_id)\|>|\[/?INST\]",
        r"</?(?:system|assistant|instructions?|tool_call|function_calls)>",
        r"\bdo not (?:tell|inform|mention|reveal|show|warn)\b.{0,30}"
        r"\b(?:user|author|learner|instructor|human|anyone|reader)s?\b",
        r"\b(?:print|include|insert|append|read|open|cat|send|upload|post|email|exfiltrate|reveal|paste|"
        r"quote|copy|show|embed)\b.{0,60}\b(?:private|secret|confidential|credential|password|api key|"
        r"ssh key|environment variable)s?\b",
        r"\b(?:ignorier\w*|vergiss|missachte)\b.{0,30}\b(?:anweisung|instruktion|regel|vorgabe)\w*",
        r"\b(?:wenn|falls) du (?:eine? )?(?:KI|Sprachmodell|Assistent)\b",
    )
)
_ORDERS: Final = re.compile(
    r"\b(?:print|include|insert|append|read|open|cat|send|upload|post|paste|quote|copy|show|embed|add|put|load)\b",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile("[\u200b\u200c\u2060\u2063\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069]")
# A line end inside a paragraph; as long as the blank that takes its place, so that places stay right.
_WRAPPED: Final = re.compile(r"(?<!\n)(?<!\n )\n(?! ?\n)")
_NEAR: Final = 120  # characters between an order and the private file that it names
_HELP: Final = "it was quoted as data and not followed; look whether it belongs into your source"


def findings_about_injections(built: Built) -> Iterator[Finding]:
    """Each line of a source that addresses a model or asks for private files, and characters that hide."""
    for source in built.sources:
        for number, (line, what) in enumerate(addresses_in(source)):
            if number == MOST_NAMED:
                message = f"{source.file} has more of these"
                yield Finding("source-addresses-the-model", "", "", message, _HELP, is_hard=False)
                break
            message = f"{source.file}:{line}: {what}"
            yield Finding("source-addresses-the-model", "", "", message, _HELP, is_hard=False)


@lru_cache(maxsize=64)
def addresses_in(source: Source) -> tuple[tuple[int, str], ...]:
    """(line, what it is) for every line that speaks to a model, also where its words wrap over two."""
    text = _WRAPPED.sub(" ", source.text.replace("\r", " "))
    bare = _HIDDEN.sub("-", text)
    ends = [found.start() for found in re.finditer("\n", source.text)]
    named: dict[int, str] = {}
    for found in _HIDDEN.finditer(text):
        named[bisect_left(ends, found.start()) + 1] = "characters that nobody sees"
    for start, end in sorted(_addresses(bare), reverse=True):
        shown = " ".join(bare[max(0, start - 20) : end + 60].split())
        named[bisect_left(ends, start) + 1] = f"“{safe_line(shown, limit=120)}”"
    return tuple(sorted(named.items()))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _ADDRESSES:
        yield from (found.span() for found in pattern.finditer(text))
    for start, name in private_names_in(text):
        before, after = text[max(0, start - _NEAR) : start], text[start : start + _NEAR]
        if _ORDERS.search(before.rpartition("\n")[2]) or _ORDERS.search(after.partition("\n")[0]):
            yield start, start + len(name)
