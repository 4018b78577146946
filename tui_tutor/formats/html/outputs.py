"""What a run printed, as HTML: text with its colours, pictures, an error with its traceback."""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Iterable
from typing import Final

from tui_tutor.core.output import (
    ErrorPart,
    ImagePart,
    Part,
    StyledText,
    TextPart,
    Transcript,
)
from tui_tutor.core.sgr import Color, TextStyle
from tui_tutor.formats.html.prose import data_address, escaped

# The first sixteen of xterm's palette, dark enough to be read on white (contrast of 4.5 and more).
_BASIC: Final = (
    *("#1f1f1f", "#b3261e", "#1b6e2a", "#7a5800", "#1a56b0", "#8a2a86", "#0b6b75", "#595959"),
    *("#4a4a4a", "#c4321f", "#1f7a30", "#806000", "#1f5fbf", "#9a3196", "#0d7580", "#404040"),
)
_STEPS: Final = (0, 95, 135, 175, 215, 255)


def transcript_html(transcript: Transcript) -> str:
    """All parts of an output, in order; "" where nothing was printed."""
    said = [_part(part) for part in transcript.parts]
    if transcript.dropped:
        said.append(f'<p class="muted">… {transcript.dropped:,} lines were printed that are not shown</p>')
    return "\n".join(piece for piece in said if piece)


def _part(part: Part) -> str:
    match part:
        case TextPart():
            text = _lines(part.lines())
            return f'<pre class="{part.stream}">{text}</pre>' if text else ""
        case ImagePart():
            return _picture(part)
        case ErrorPart():
            return _error(part)


def _picture(part: ImagePart) -> str:
    try:
        address = data_address(base64.b64decode(part.data, validate=False))
    except (binascii.Error, ValueError):
        address = ""
    alt = escaped(part.alt) or "a picture"
    return f'<img src="{address}" alt="{alt}">' if address else f'<p class="picture">{alt}</p>'


def _error(part: ErrorPart) -> str:
    place = f" in line {part.line}" if part.line else ""
    head = f'<p class="error"><b>{escaped(part.name)}</b>{place}: {escaped(part.message)}</p>'
    trace = _lines(part.traceback)
    return head + (f"<details><summary>traceback</summary><pre>{trace}</pre></details>" if trace else "")


def _lines(lines: Iterable[tuple[StyledText, ...]]) -> str:
    return "\n".join("".join(_styled(piece) for piece in line) for line in lines)


def _styled(piece: StyledText) -> str:
    text = html.escape(piece.text)
    look = _look(piece.style)
    return f'<span style="{look}">{text}</span>' if look else text


def _look(style: TextStyle) -> str:
    fg, bg = (style.bg, style.fg) if style.reverse else (style.fg, style.bg)
    rules = [
        f"color:{_color(fg)}" if fg is not None else "",
        f"background:{_color(bg)}" if bg is not None else "",
    ]
    rules += ["font-weight:bold" if style.bold else "", "opacity:.7" if style.dim else ""]
    rules += [
        "font-style:italic" if style.italic else "",
        "text-decoration:underline" if style.underline else "",
    ]
    if style.reverse and fg is None and bg is None:
        rules.append("filter:invert(1)")
    return ";".join(rule for rule in rules if rule)


def _color(color: Color) -> str:
    if isinstance(color, tuple):
        return f"rgb({color[0]},{color[1]},{color[2]})"
    if color is None or color < 0:
        return "inherit"
    if color < 16:
        return _BASIC[color]
    if color < 232:
        red, rest = divmod(color - 16, 36)
        return f"rgb({_STEPS[min(red, 5)]},{_STEPS[rest // 6]},{_STEPS[rest % 6]})"
    grey = 8 + 10 * (min(color, 255) - 232)
    return f"rgb({grey},{grey},{grey})"
