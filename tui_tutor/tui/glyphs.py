"""The glyphs of the design and their ASCII stand-ins."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.prose import Span
from tui_tutor.core.prose.lines import merged

DONE: Final = "✓"
FAILED: Final = "✗"
RUNNING: Final = "…"
QUEUED: Final = "»"
STALE: Final = "~"
RECORDED: Final = '"'
LOCKED: Final = "⊘"
HERE: Final = "▸"
OPEN: Final = "○"
WARNING: Final = "!"
BAR: Final = "▌"
STEP_DONE: Final = "▰"
STEP_LEFT: Final = "▱"
THUMB: Final = "▐"
RULE: Final = "─"
UPRIGHT: Final = "│"
EDGE: Final = "▔"
BETWEEN: Final = "·"
CUT: Final = "…"
CLASS_GLYPHS: Final = ("•", "+", "×", "▴", "▪", "◇")
BAR_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"

_ASCII: Final = str.maketrans(
    {
        "✓": "v", "✗": "x", "…": "..", "»": ">>", "⊘": "/", "▸": "*", "○": "o", "▌": ">", "▰": "#", "▱": "-",
        "▐": "|", "─": "-", "│": "|", "▔": "=", "·": "-", "→": "->", "↓": "Down", "↑": "Up", "•": "o",
        "×": "x", "▴": "^", "▪": "#", "◇": "%", "└": "+", "┬": "+", "┤": "+", "┼": "+", "–": "-", "—": "-",
    }
    | dict.fromkeys("▁▂▃▄▅▆▇█", "#")
)  # fmt: skip


def in_ascii(text: str) -> str:
    """The text with every glyph of ours replaced; other people's letters stay."""
    return text if text.isascii() else text.translate(_ASCII)


def spans_in_ascii(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Spans with every glyph of ours replaced."""
    return merged(Span(in_ascii(span.text), span.role) for span in spans)


def steps(done: int, total: int, *, most: int = 12) -> tuple[Span, ...]:
    """`▰▰▱▱▱▱`: one step each, or `most` steps in proportion when there are more."""
    if total <= 0:
        return ()
    length = min(total, most)
    filled = done if total <= most else min(length - (done < total), round(done * length / total))
    filled = max(filled, 1) if done and length > 1 else filled
    return merged((Span(STEP_DONE * filled, "accent"), Span(STEP_LEFT * (length - filled), "muted")))
