"""A little of R: what swirl's tests name as right, and a command as a pattern that lets blanks be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r"""\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z.][\w.]*|[0-9][\w.]*|<<?-|->>?|[<>=!]=|%[^%\s]*%|."""
    r"""|\n""",
    re.DOTALL,
)
_NAMED: Final = re.compile(r"\b(correctExpr|correctVal|correct_expr|correct_val)\s*=\s*")
_ANY: Final = re.compile(r"\bany_of_exprs\s*\(")


def tokens_of(source: str) -> list[str]:
    """The words and signs of a program, without blanks."""
    return [word for word in _TOKEN.findall(source) if word.strip()]


def argument(tests: str, name: str) -> str:
    """The value of `name =` in a call as it is written, quotes taken off; "" if it is not there."""
    for found in _NAMED.finditer(tests):
        if found[1].replace("_", "").lower() == name.replace("_", "").lower():
            return unquoted(_until_end(tests[found.end() :]))
    return ""


def alternatives(tests: str) -> list[str]:
    """The expressions that `any_of_exprs(...)` lists."""
    found = _ANY.search(tests)
    if found is None:
        return []
    texts = re.findall(
        r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", _until_end(tests[found.end() :], ends=")")
    )
    return [unquoted(text) for text in texts]


def _until_end(text: str, ends: str = ",)") -> str:
    """An argument of a call: up to a comma or bracket that is not inside quotes or brackets."""
    parts: list[str] = []
    depth = 0
    for word in _TOKEN.findall(text):
        if depth == 0 and word in tuple(ends):
            break
        depth += (word in "([{") - (word in ")]}")
        parts.append(word)
    return "".join(parts).strip()


def unquoted(text: str) -> str:
    """A text of R without its quotes and escapes."""
    plain = text.strip()
    if len(plain) >= 2 and plain[0] == plain[-1] and plain[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", plain[1:-1])
    return plain


def command_pattern(source: str) -> str:
    """A pattern for a command with other blanks, other quotes and `=` for `<-`."""
    return r"\s*" + "".join(_pieces(tokens_of(source))) + r"\s*;?\s*"


def _pieces(tokens: list[str]) -> Iterator[str]:
    before = ""
    for word in tokens:
        if before:
            yield r"\s+" if _is_word(before) and _is_word(word) else r"\s*"
        before = word
        if word[0] in "\"'" and len(word) > 1:
            yield f"[\"']{re.escape(word[1:-1])}[\"']"
        elif word == "<-":
            yield "(?:<-|=)"
        else:
            yield re.escape(word)


def _is_word(word: str) -> bool:
    return word[0].isalnum() or word[0] in "._"
