"""What a run prints: carriage returns, ANSI colours, bounded lines; an immutable transcript of one run.

Raw text never leaves this module: `Transcript` keeps it and hands out `StyledText`, which has passed
`safe_text`. Limits: docs/limits.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from tui_tutor.core.execution import Displayed, ErrorRaised, OutputCleared, RunEvent, StreamText
from tui_tutor.core.safe_text import safe_text

MAX_LINES: Final = 10_000
MAX_CHARS: Final = 4_000_000
MAX_LINE: Final = 8_192
MAX_PARTS: Final = 200
_BLOCK: Final = 512

Color = int | tuple[int, int, int] | None
"""An index of the xterm palette (0..255), 24-bit red, green, blue, or None: the text's own colour."""

_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_ESCAPE = re.compile(
    r"(?!\x1b\[[0-9;:]{0,64}m)\x1b\[[0-?]{0,256}[ -/]{0,16}[@-~]"  # CSI, except SGR
    r"|\x1b[\]PX^_][^\x07\x1b\r\n]{0,4096}(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]{1,4}[0-~]"  # charset and the like
    r"|\x1b[0-OQ-WYZ\\`-~]"  # two-byte escapes; those that only begin a sequence wait for its end
    # A sequence that another one breaks off: what follows must not complete it.
    r"|\x1b(?:\[[0-?]{0,256}[ -/]{0,16}|[ -/]{0,4})(?=\x1b)"
    r"|\x1b[\]PX^_][^\x07\x1b\r\n]{0,4096}(?=\x1b[^\\])"
)
_TOKEN = re.compile(r"\x1b\[[0-9;:]{0,64}m|.", re.DOTALL)
# A cell is compiled under a file name of the kernel's own making, which tells a learner nothing.
_MADE_UP_FILE = re.compile(r" \(\d+\.py, line \d+\)\Z")
_OPEN_ESCAPE = re.compile(r"\x1b(?:\[[0-?]{0,256}[ -/]{0,16}|[\]PX^_][^\x07\x1b]{0,4096}\x1b?|[ -/]{0,4})?\Z")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What SGR says of a piece of text."""

    fg: Color = None
    bg: Color = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN: Final = TextStyle()


@dataclass(frozen=True, slots=True)
class StyledText:
    """Safe text in one style."""

    text: str
    style: TextStyle = PLAIN


_RawLine = str | tuple[str, TextStyle]  # raw text, with the style it starts in where that is not PLAIN


@dataclass(frozen=True, slots=True)
class TextPart:
    """Consecutive text of one stream. `dropped` counts lines that are no longer (or never were) here."""

    stream: Literal["stdout", "stderr", "result"]
    _blocks: tuple[tuple[_RawLine, ...], ...] = ()
    _open: str = ""
    _style: TextStyle = PLAIN  # in force where `_open` begins
    dropped: int = 0
    finished: int = 0  # complete lines kept
    chars: int = 0

    @property
    def line_count(self) -> int:
        """Lines that can be shown, an unfinished last one included."""
        return self.finished + (1 if self._open else 0)

    def line(self, index: int) -> tuple[StyledText, ...]:
        """A kept line (from 0), safe to show."""
        return _styled(*self._raw(index))

    def text(self, index: int) -> str:
        """A kept line without its colours."""
        return "".join(piece.text for piece in self.line(index))

    def lines(self) -> Iterator[tuple[StyledText, ...]]:
        """All kept lines, oldest first."""
        for block in self._blocks:
            for raw in block:
                yield _styled(*_pair(raw))
        if self._open:
            yield _styled(_settled(self._open), self._style)

    def _raw(self, index: int) -> tuple[str, TextStyle]:
        for block in self._blocks:
            if index < len(block):
                return _pair(block[index])
            index -= len(block)
        if index == 0 and self._open:
            return _settled(self._open), self._style
        raise IndexError(index)

    def fed(self, text: str, dropped: int = 0) -> TextPart:
        """This part with more text of its stream."""
        whole = (self._open + text).replace("\r\n", "\n")
        if "\x1b" in whole:
            whole = _ESCAPE.sub("", whole)
        pieces = whole.split("\n")
        tail = pieces.pop()
        lost = self.dropped + dropped
        if len(pieces) > MAX_LINES:
            lost += len(pieces) - MAX_LINES + self.finished
            style = self._style if "\x1b" not in whole else PLAIN
            base = replace(self, _blocks=(), finished=0, chars=0, _style=style)
            pieces = pieces[-MAX_LINES:]
        else:
            base = self
        lines, style = _finish_lines(pieces, base._style)
        return _bounded(base, lines, _shortened(tail), style, lost)


def _pair(raw: _RawLine) -> tuple[str, TextStyle]:
    return (raw, PLAIN) if isinstance(raw, str) else raw


def _finish_lines(pieces: list[str], style: TextStyle) -> tuple[list[_RawLine], TextStyle]:
    lines: list[_RawLine] = []
    for piece in pieces:
        text = piece if len(piece) <= MAX_LINE else piece[:MAX_LINE] + "…"
        if "\r" in text or "\b" in text:
            text = _settled(text)
        lines.append(text if style is PLAIN else (text, style))
        if "\x1b" in text:
            style = _style_after(text, style)
    return lines, style


def _shortened(tail: str) -> str:
    """Keep an unfinished line bounded: rewrites collapse, and the end of an endless line is cut."""
    before, is_rewritten, last = tail.rpartition("\r")
    if is_rewritten:
        # The cursor stands behind `last`, so what lies under it must stay apart from it.
        return _settled(before)[: MAX_LINE + 1] + "\r" + last[: MAX_LINE + 1]
    return tail[: MAX_LINE + 1]  # one more than is shown tells that something is missing


def _bounded(part: TextPart, lines: list[_RawLine], tail: str, style: TextStyle, lost: int) -> TextPart:
    blocks = part._blocks
    if lines:
        if blocks and len(blocks[-1]) + len(lines) <= _BLOCK:
            blocks = (*blocks[:-1], blocks[-1] + tuple(lines))
        else:
            new = (tuple(lines[start : start + _BLOCK]) for start in range(0, len(lines), _BLOCK))
            blocks = (*blocks, *new)
    finished = part.finished + len(lines)
    chars = part.chars + sum(len(raw) if isinstance(raw, str) else len(raw[0]) for raw in lines)
    first = 0
    while len(blocks) - first > 1 and (finished - len(blocks[first]) >= MAX_LINES or chars > MAX_CHARS):
        gone = blocks[first]
        finished -= len(gone)
        chars -= sum(len(_pair(raw)[0]) for raw in gone)
        lost += len(gone)
        first += 1
    return TextPart(part.stream, blocks[first:], tail, style, lost, finished, chars)


def _settled(line: str) -> str:
    """What a terminal would leave visible of a line with carriage returns and backspaces."""
    shown = ""
    for piece in line.split("\r"):
        if not piece:
            continue
        has_escape = "\x1b" in piece or "\x1b" in shown  # its length on screen is not its length
        shown = piece if has_escape else piece + shown[len(piece) :]
    return _without_backspaces(shown) if "\b" in shown else shown


def _without_backspaces(text: str) -> str:
    kept: list[str] = []  # characters and whole colour sequences, which a backspace passes over
    for piece in _TOKEN.findall(text):
        if piece != "\b":
            kept.append(piece)
            continue
        at = next((n for n in range(len(kept) - 1, -1, -1) if len(kept[n]) == 1), None)
        if at is not None:
            del kept[at]
    return "".join(kept)


def _style_after(line: str, style: TextStyle) -> TextStyle:
    for match in _SGR.finditer(line):
        style = _applied(style, match[1])
    return style


@lru_cache(maxsize=4096)
def _styled(line: str, style: TextStyle) -> tuple[StyledText, ...]:
    if "\x1b" not in line:
        return (StyledText(safe_text(line).replace("\n", " "), style),) if line else ()
    pieces: list[StyledText] = []
    end = 0
    line = _OPEN_ESCAPE.sub("", line)
    for match in _SGR.finditer(line):
        if match.start() > end:
            pieces.append(StyledText(safe_text(line[end : match.start()]), style))
        style = _applied(style, match[1])
        end = match.end()
    if end < len(line):
        pieces.append(StyledText(safe_text(line[end:]), style))
    return tuple(pieces)


_FLAGS: Final[dict[int, dict[str, bool]]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    21: {"bold": False},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
}


@lru_cache(maxsize=1024)
def _applied(style: TextStyle, parameters: str) -> TextStyle:
    """The style after one SGR sequence (ECMA-48 and the xterm colour extensions)."""
    codes = [int(part[:6]) if part.isdigit() else 0 for part in re.split("[;:]", parameters)] or [0]
    index = 0
    while index < len(codes):
        code = codes[index]
        if code == 0:
            style = PLAIN
        elif code in _FLAGS:
            style = replace(style, **_FLAGS[code])
        elif code in (38, 48):
            color, index = _extended(codes, index)
            style = replace(style, fg=color) if code == 38 else replace(style, bg=color)
        else:
            style = _basic_color(style, code)
        index += 1
    return style


def _extended(codes: list[int], index: int) -> tuple[Color, int]:
    rest = codes[index + 1 :]
    if len(rest) >= 2 and rest[0] == 5:
        return min(rest[1], 255), index + 2
    if len(rest) >= 4 and rest[0] == 2:
        red, green, blue = (min(value, 255) for value in rest[1:4])
        return (red, green, blue), index + 4
    return None, len(codes)


def _basic_color(style: TextStyle, code: int) -> TextStyle:
    if 30 <= code <= 37:
        return replace(style, fg=code - 30)
    if 90 <= code <= 97:
        return replace(style, fg=code - 82)
    if code == 39:
        return replace(style, fg=None)
    if 40 <= code <= 47:
        return replace(style, bg=code - 40)
    if 100 <= code <= 107:
        return replace(style, bg=code - 92)
    if code == 49:
        return replace(style, bg=None)
    return style


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture: its MIME type and base64 text, with what stands for it in words."""

    mime: str
    data: str
    alt: str = ""
    display_id: str = ""


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """The exception that ended the run; every text is safe."""

    name: str
    message: str
    line: int | None = None
    traceback: tuple[tuple[StyledText, ...], ...] = ()


Part = TextPart | ImagePart | ErrorPart


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that one run has shown so far, bounded."""

    parts: tuple[Part, ...] = ()
    _clear_waits: bool = False
    _ids: tuple[tuple[str, int], ...] = ()  # display id -> index of its part
    dropped_parts: int = 0

    @property
    def is_empty(self) -> bool:
        return not any(not isinstance(part, TextPart) or part.line_count for part in self.parts)

    @property
    def dropped(self) -> int:
        """Lines that are not shown."""
        return self.dropped_parts + sum(part.dropped for part in self.parts if isinstance(part, TextPart))

    @property
    def error(self) -> ErrorPart | None:
        return next((part for part in reversed(self.parts) if isinstance(part, ErrorPart)), None)

    def stdout(self) -> str:
        """What went to standard output, without colours, for comparing; results are left out."""
        lines: list[str] = []
        for part in self.parts:
            if isinstance(part, TextPart) and part.stream == "stdout":
                lines += ["".join(piece.text for piece in line) for line in part.lines()]
        return "\n".join(lines)

    def text(self) -> str:
        """Everything as plain lines, for plain mode, search and the record."""
        lines: list[str] = []
        for part in self.parts:
            lines += plain_lines(part)
        return "\n".join(lines)

    def after(self, event: RunEvent) -> Transcript:
        """This transcript with one more event; events that show nothing change nothing."""
        match event:
            case StreamText():
                return self._cleared()._fed(event.stream, event.text, event.dropped_lines)
            case Displayed():
                return self._displayed(event)
            case ErrorRaised():
                return self._cleared()._with(_error_part(event))
            case OutputCleared(wait=True):
                return replace(self, _clear_waits=True)
            case OutputCleared():
                return Transcript()
            case _:
                return self

    def _cleared(self) -> Transcript:
        return Transcript() if self._clear_waits else self

    def _fed(self, stream: Literal["stdout", "stderr"], text: str, dropped: int) -> Transcript:
        last = self.parts[-1] if self.parts else None
        if isinstance(last, TextPart) and last.stream == stream:
            return replace(self, parts=(*self.parts[:-1], last.fed(text, dropped)))
        return self._with(TextPart(stream).fed(text, dropped))

    def _displayed(self, event: Displayed) -> Transcript:
        part = _display_part(event)
        known = dict(self._ids)
        if event.is_update:
            index = known.get(event.display_id, -1)
            if index < 0 or index >= len(self.parts):
                return self
            return replace(self, parts=(*self.parts[:index], part, *self.parts[index + 1 :]))
        result = self._cleared()._with(part)
        if event.display_id:
            known[event.display_id] = len(result.parts) - 1
            result = replace(result, _ids=tuple(known.items())[-MAX_PARTS:])
        return result

    def _with(self, part: Part) -> Transcript:
        parts = (*self.parts, part)
        if len(parts) <= MAX_PARTS:
            return replace(self, parts=parts)
        gone = parts[0]
        lost = gone.line_count + gone.dropped if isinstance(gone, TextPart) else 1
        ids = tuple((name, index - 1) for name, index in self._ids if index > 0)
        return replace(self, parts=parts[1:], dropped_parts=self.dropped_parts + lost, _ids=ids)


def plain_lines(part: Part) -> list[str]:
    """A part as lines without colours."""
    match part:
        case TextPart():
            return ["".join(piece.text for piece in line) for line in part.lines()]
        case ImagePart():
            return [part.alt or "(a picture)"]
        case ErrorPart():
            place = f" in line {part.line}" if part.line else ""
            return [f"{part.name}{place}", *part.message.split("\n")]


def _error_part(event: ErrorRaised) -> ErrorPart:
    text = TextPart("stderr").fed("\n".join(event.traceback)[:MAX_CHARS])
    return ErrorPart(
        name=safe_text(event.name).replace("\n", " ")[:200],
        message=safe_text(_MADE_UP_FILE.sub("", _ESCAPE.sub("", _SGR.sub("", event.message))))[:MAX_LINE],
        line=event.line,
        traceback=tuple(text.lines()),
    )


_IMAGES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")


def _display_part(event: Displayed) -> Part:
    words = event.bundle.get("text/plain", "")
    text = words if isinstance(words, str) else ""
    for mime in _IMAGES:
        data = event.bundle.get(mime)
        if isinstance(data, str):
            alt = safe_text(text).replace("\n", " ")[:200]
            return ImagePart(mime, data, alt, event.display_id)
    return TextPart("result").fed(text if text.endswith("\n") else text + "\n")
