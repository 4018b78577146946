"""Markdown of a notebook -> Markdown of a lesson: pictures become files, HTML that is left is told."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from tui_tutor.formats.imported import Lost
from tui_tutor.formats.ipynb_pictures import Files, attached_pictures, inline_picture
from tui_tutor.formats.ipynb_reading import NotebookCell

_DATA: Final = re.compile(
    r"data:(image/[\w.+-]{1,40})(?:;[\w.=+-]{1,80}){0,4},((?:[A-Za-z0-9+/=]|%[0-9A-Fa-f]{2})+)"
)
_ATTACHMENT: Final = re.compile(r"attachment:([^\s)\"'>\]]+)")
_IMG: Final = re.compile(r"<img\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"([\w-]{1,40})\s{0,10}=\s{0,10}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\n]{0,100000}\)")
_NOT_KEPT: Final = "picture-not-kept"
_UNFIT: Final = re.compile(r"[^\S ]+|[\[\]]")
_PICTURE: Final = re.compile(r"(!\[[^\[\]\n]{0,1000}\]\()<?([^()\s<>]{1,1000})>?((?:\s[^()\n]{0,500})?\))")
_HTML: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9-]{0,30})(?:\s[^<>]{0,4000})?/?>|<!--")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE_SPAN: Final = re.compile(r"(`+)(?:(?!\1).){1,2000}?\1", re.DOTALL)
_HEADING: Final = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


@dataclass
class Surroundings:
    """Where a text stands: the files of the course so far, and those that lie beside the notebook."""

    files: Files
    lost: list[Lost]
    folder: str = ""  # of the notebook, relative to the source
    beside: Mapping[str, bytes] = field(default_factory=dict)


def lesson_text(cell: NotebookCell, where: str, around: Surroundings) -> str:
    """The text of a Markdown cell as a lesson has it."""
    attached = attached_pictures(cell.attachments, around.files, where, around.lost)

    def prose(text: str) -> str:
        text = _with_inline_files(text, where, around)
        text = _ATTACHMENT.sub(lambda found: attached.get(unquote(found[1]), found[0]), text)
        text = _IMG.sub(_as_markdown_picture, text)
        return _PICTURE.sub(lambda found: _with_neighbour(found, where, around), text)

    text = _outside_code(cell.source, prose)
    tags = sorted({found[1].lower() if found[1] else "comment" for found in _HTML.finditer(_prose_of(text))})
    if tags:
        around.lost.append(Lost(where, f"HTML: {', '.join(tags)}", "a terminal shows it as text"))
    return text


def first_heading(text: str, level: int = 6) -> str:
    """The first heading of at most this level outside code, as plain words; "" if there is none."""
    prose = "".join(block for block, is_code in _blocks(text) if not is_code)
    for found in _HEADING.finditer(prose):
        if len(found[1]) <= level:
            words = _LINK.sub(r"\1", found[2])
            return re.sub(r"[*_`]|<[^<>]{0,200}>|\$", "", words).strip()
    return ""


def fenced(text: str, language: str = "") -> str:
    """A text as a block of code, whatever it holds."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}\n"


# --- pictures ---------------------------------------------------------------------------------------


def _with_inline_files(text: str, where: str, around: Surroundings) -> str:
    def path(found: re.Match[str]) -> str:
        made = inline_picture(found[1], unquote(found[2]), around.files)
        if not made:
            around.lost.append(
                Lost(where, f"inline {found[1]}", "it is no such picture, or there is no room")
            )
            return _NOT_KEPT
        if made.endswith(".svg"):
            around.lost.append(Lost(where, made, "it is kept as a file; a terminal cannot draw SVG"))
        return made

    return _DATA.sub(path, text)


def _as_markdown_picture(found: re.Match[str]) -> str:
    attributes = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(found[1])}
    source, alt = attributes.get("src", ""), attributes.get("alt") or attributes.get("title") or ""
    if not source or re.search(r"[\s()<>]", source):
        return found[0]
    return f"![{_UNFIT.sub(' ', alt)}]({source})"


def _with_neighbour(found: re.Match[str], where: str, around: Surroundings) -> str:
    """A picture that lies beside the notebook is named as it lies in the course."""
    target = found[2]
    if target in around.files.made or target == _NOT_KEPT:
        return found[0]
    if re.match(r"[A-Za-z][\w+.-]*:", target):
        around.lost.append(Lost(where, f"picture {target}", "it lies elsewhere, and links are not opened"))
        return found[0]
    path = posixpath.normpath(posixpath.join(around.folder, unquote(target)))
    if path not in around.beside:
        around.lost.append(Lost(where, f"picture {target}", "no such file came with the notebook"))
        return found[0]
    return f"{found[1]}files/{path}{found[3]}" if " " not in path else f"{found[1]}<files/{path}>{found[3]}"


# --- code is left alone -----------------------------------------------------------------------------


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with everything but fenced blocks and code spans changed."""
    return "".join(piece if is_code else change(piece) for piece, is_code in _pieces(text))


def _prose_of(text: str) -> str:
    return "".join(piece for piece, is_code in _pieces(text) if not is_code)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    for block, is_code in _blocks(text):
        if is_code:
            yield block, True
            continue
        end = 0
        for span in _CODE_SPAN.finditer(block):
            yield block[end : span.start()], False
            yield span[0], True
            end = span.end()
        yield block[end:], False


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    kept: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True) if "```" in text or "~~~" in text else [text]:
        found = _FENCE.match(line)
        if not fence and found:
            yield "".join(kept), False
            kept, fence = [line], found[1]
        elif fence and found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
            yield "".join([*kept, line]), True
            kept, fence = [], ""
        else:
            kept.append(line)
    yield "".join(kept), bool(fence)
