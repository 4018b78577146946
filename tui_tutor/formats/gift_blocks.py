"""The text of a GIFT file -> one block for each question; escapes are set aside, braces are paired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tui_tutor.formats.source_text import refuse

# Escaped characters stand as private ones while the text is taken apart, as in Moodle's importer.
_ESCAPABLE: Final = "~=#{}:\\[]"
_HIDDEN: Final = {char: chr(0xF0000 + index) for index, char in enumerate(_ESCAPABLE)}
SHOWN: Final = {ord(hidden): char for char, hidden in _HIDDEN.items()} | {0xF00FF: "\n"}
_ESCAPE: Final = re.compile(r"\\([~=#{}:\\\[\]n])")
_PRIVATE: Final = re.compile("[\U000f0000-\U000f00ff]")
CATEGORY: Final = re.compile(r"\s*\$CATEGORY:(.*)")
_ID: Final = re.compile(r"\[id:([^\x00-\x1f\x7f]+?)\]")
_TAG: Final = re.compile(r"\[tag:([^\x00-\x1f\x7f]+?)\]")


@dataclass(slots=True)
class Block:
    """The lines of one question and what its comments say; `line` counts from 1."""

    line: int
    text: str = ""
    id: str = ""
    tags: list[str] = field(default_factory=list)


def hidden(text: str) -> str:
    """A text whose escaped characters are private ones; `SHOWN` translates them back."""
    return _ESCAPE.sub(_hide, _PRIVATE.sub("\ufffd", text))


def _hide(found: re.Match[str]) -> str:
    return "\U000f00ff" if found[1] == "n" else _HIDDEN[found[1]]


def blocks(text: str, file: str) -> Iterator[Block]:
    """The questions, apart by blank lines; a blank line inside braces does not end one."""
    block, begun = Block(1), 0
    is_open = False
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.lstrip().startswith("//"):
            _read_comment(line.translate(SHOWN), block)
            continue
        if line.lstrip().startswith("::") and not is_open and "}" in block.text:
            # Many files leave out the blank line before a title.
            yield block
            block = Block(number)
        if line.strip() or is_open:
            if not block.text.strip():
                block.line = number
            block.text += line + "\n"
            for brace in re.findall("[{}]", line):
                if (brace == "{") == is_open:
                    refuse(
                        file, number, f"this `{brace}` has no partner", help=f"write `\\{brace}` for a brace"
                    )
                is_open, begun = brace == "{", number
        elif block.text.strip():
            yield block
            block = Block(number + 1)
        if CATEGORY.match(line) and not is_open:
            yield block
            block = Block(number + 1)
    if is_open:
        refuse(file, begun, "the answers that begin here do not end", help="close them with `}`")


def _read_comment(line: str, block: Block) -> None:
    if found := _ID.search(line):
        block.id = found[1].strip()
    block.tags.extend(tag.strip() for tag in _TAG.findall(line))
