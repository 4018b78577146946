"""A cell's state at the right end: glyph, word, fact."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.wording.states import StateWords
from tui_tutor.tui import glyphs
from tui_tutor.tui.widgets.cell_row import Frame, Piece

GLYPHS: Final = {
    "": "",
    "ok": glyphs.DONE,
    "failed": glyphs.FAILED,
    "running": glyphs.RUNNING,
    "queued": glyphs.QUEUED,
    "stale": glyphs.STALE,
    "recorded": glyphs.RECORDED,
    "locked": glyphs.LOCKED,
}


def words_pieces(words: StateWords, frame: Frame) -> tuple[Piece, ...]:
    """`✓ ran  12 ms`: the mark in accent or alarm, bold only for a verdict."""
    if not words.word:
        return ()
    mark_role: Role = "accent" if words.mark == "ok" else words.role
    is_verdict = words.word in ("right", "not yet")
    word_role: Role = "alarm-bold" if is_verdict and words.role == "alarm" else words.role
    if is_verdict and words.mark == "ok":
        word_role = "accent-bold"
    spans = [Span(f"{GLYPHS[words.mark]} ", mark_role)] if words.mark else []
    spans.append(Span(words.word, word_role))
    if words.fact:
        fact_role: Role = "muted" if words.role == "alarm" and is_verdict else words.role
        spans.append(Span(f"  {words.fact}", fact_role))
    return frame.pieces(spans)
