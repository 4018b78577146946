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
from tui_tutor.core.overwriting import ERASE, collapsed, overwrites, settled
from tui_tutor.core.safe_text import safe_text
from tui_tutor.core.sgr import PLAIN, SGR, TextStyle, applied, style_after

MAX_LINES: Final = 10_000
MAX_CHARS: Final = 4_000_000
MAX_LINE: Final = 8_192
MAX_PARTS: Final = 200
_BLOCK: Final = 512

_ESCAPE = re.compile(
    rf"(?!\x1b\[[0-9;:]{{0,64}}m|{ERASE})"
    r"\x1b\[[0-?]{0,256}[ -/]{0,16}[@-~]"  # CSI, except SGR and erasing in the line
    r"|\x1b[\]PX^_][^\x07\x1b\r\n]{0,4096}(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]{1,4}[0-~]"  # charset and the like
    r"|\x1b[0-OQ-WYZ\\`-~]"  # two-byte escapes; those that only begin a sequence wait for its end
    # A sequence that another one breaks off: what follows must not complete it.
    r"|\x1b(?:\[[0-?]{0,256}[ -/]{0,16}|[ -/]{0,4})(?=\x1b)"
    r"|\x1b[\]PX^_][^\x07\x1b\r\n]{0,4096}(?=\x1b[^\\])"
)
_KEPT_ESCAPE = re.compile(f"{SGR.pattern}|{ERASE}")
# A cell is compiled under a file name of the kernel's own making, which tells a learner nothing.
_MADE_UP_FILE = re.compile(r" \(\d+\.py, line \d+\)\Z")
_OPEN_ESCAPE = re.compile(r"\x1b(?:\[[0-?]{0,256}[ -/]{0,16}|[\]PX^_][^\x07\x1b]{0,4096}\x1b?|[ -/]{0,4})?\Z")


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
        return self.finished + (1 if self._shows_open else 0)

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
        if self._shows_open:
            yield _styled(self._shown_open(), self._style)

    def _raw(self, index: int) -> tuple[str, TextStyle]:
        for block in self._blocks:
            if index < len(block):
                return _pair(block[index])
            index -= len(block)
        if index == 0 and self._shows_open:
            return self._shown_open(), self._style
        raise IndexError(index)

    @property
    def _shows_open(self) -> bool:
        """Whether anything is to be seen of the unfinished line; colours alone are nothing."""
        if "\x1b" not in self._open:
            return bool(self._open)
        return bool(_styled(self._shown_open(), self._style))

    def _shown_open(self) -> str:
        if overwrites(self._open):
            return settled(self._open, self._style, MAX_LINE + 1)
        return self._open

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
        is_plain = not ("\r" in whole or "\b" in whole or "\x1b" in whole)  # as most text is
        lines, style = (_plain_lines if is_plain else _finish_lines)(pieces, base._style)
        return _bounded(base, lines, _shortened(tail, style), style, lost)


def _pair(raw: _RawLine) -> tuple[str, TextStyle]:
    return (raw, PLAIN) if isinstance(raw, str) else raw


def _plain_lines(pieces: list[str], style: TextStyle) -> tuple[list[_RawLine], TextStyle]:
    lines = [piece if len(piece) <= MAX_LINE else _cut(piece) for piece in pieces]
    if style is PLAIN:
        return list[_RawLine](lines), style
    return [(line, style) for line in lines], style


def _finish_lines(pieces: list[str], style: TextStyle) -> tuple[list[_RawLine], TextStyle]:
    lines: list[_RawLine] = []
    for piece in pieces:
        has_escape = "\x1b" in piece
        is_settled = not ("\r" in piece or "\b" in piece or (has_escape and overwrites(piece)))
        text = _cut(piece if is_settled else settled(piece, style, MAX_LINE + 1))
        lines.append(text if style is PLAIN else (text, style))
        if has_escape:
            style = style_after(text, style)
    return lines, style


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else line[:MAX_LINE] + "…"


def _shortened(tail: str, style: TextStyle) -> str:
    """Keep an unfinished line bounded: rewrites collapse, and the end of an endless line is cut."""
    if not overwrites(tail):
        return tail[: MAX_LINE + 1]  # one more than is shown tells that something is missing
    begun = _OPEN_ESCAPE.search(tail) if "\x1b" in tail else None
    whole = tail[: begun.start()] if begun else tail
    return collapsed(whole, style, MAX_LINE + 1) + (begun[0] if begun else "")


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


@lru_cache(maxsize=4096)
def _styled(line: str, style: TextStyle) -> tuple[StyledText, ...]:
    if "\x1b" not in line:
        return (StyledText(safe_text(line).replace("\n", " "), style),) if line else ()
    runs: list[tuple[str, TextStyle]] = []
    for number, part in enumerate(SGR.split(_OPEN_ESCAPE.sub("", line))):
        if number % 2:
            style = applied(style, part)
        elif part and runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + part, style)
        elif part:
            runs.append((part, style))
    return tuple(StyledText(safe_text(text), look) for text, look in runs)


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
        message=safe_text(_MADE_UP_FILE.sub("", _without_escapes(event.message)))[:MAX_LINE],
        line=event.line,
        traceback=tuple(text.lines()),
    )


def _without_escapes(text: str) -> str:
    return _ESCAPE.sub("", _KEPT_ESCAPE.sub("", text))


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
