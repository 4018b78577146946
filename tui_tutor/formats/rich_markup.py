"""Rich's markup in a description -> Markdown."""

from __future__ import annotations

import re
from typing import Final

_CLOSED: Final = re.compile(r"\[/[^\[\]\n]{0,100}\]")
_TAG: Final = re.compile(r"(?<!\\)\[(/?)([A-Za-z#@][^\[\]\n]{0,200})?\]")
_MARKS: Final = {"bold": "**", "b": "**", "italic": "*", "i": "*", "strike": "~~", "s": "~~", "code": "`"}


def markdown_from_markup(text: str) -> str:
    """`[bold]x[/bold]` as `**x**`; colours go, and brackets that are no markup stay."""
    if not _CLOSED.search(text):
        return text.replace("\\[", "[")
    opened: list[str] = []

    def shown(found: re.Match[str]) -> str:
        if not found[1]:
            if not found[2]:
                return found[0]
            opened.append(_mark(found[2]))
            return opened[-1]
        return opened.pop() if opened else ""

    return (_TAG.sub(shown, text) + "".join(reversed(opened))).replace("\\[", "[")


def _mark(style: str) -> str:
    return next((_MARKS[word] for word in style.lower().split() if word in _MARKS), "")
