"""The blanks of a cloze: they look the same in prose, in code and in mathematics."""

from __future__ import annotations

import re
from typing import Final

from tui_tutor.core.course import ClozeQuiz

BLANK_MARK: Final = re.compile(r"(?<!\\)\{\{[ \t]*([0-9]{1,9})[ \t]*\}\}")
"""`{{1}}` in the text of a question."""

# A letter that looks like a low line: Markdown and mathematics give `_` a meaning, and the backslash that
# takes it away in prose is itself shown in code.
_STROKE: Final = "\u02cd"
_STROKES: Final = _STROKE * 4
_HARD_BLANK: Final = "\u00a0"


def with_blanks(cell: ClozeQuiz, look: str) -> str:
    """The question with its blanks as `look` ("{line} ({number})"), which no line breaks; `drawn` ends it.

    Between the two the Markdown is rendered.
    """
    look = look.replace(" ", _HARD_BLANK)

    def blank(mark: re.Match[str]) -> str:
        number = int(mark[1])
        return look.format(line=_STROKES, number=number) if 1 <= number <= len(cell.blank) else mark[0]

    return BLANK_MARK.sub(blank, cell.question)


def drawn(rendered: str) -> str:
    """A rendered text with the lines of its blanks as they are written."""
    if _STROKE not in rendered:
        return rendered
    text = rendered.replace(_HARD_BLANK + _STROKES, f" {_STROKES}").replace(
        _STROKES + _HARD_BLANK, f"{_STROKES} "
    )
    return text.replace(_STROKE, "_")
