"""The sheet of keys and marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from tui_tutor.core.prose.lines import Role, Span, wrap
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, columns, said

Group = tuple[str, Sequence[tuple[str, str]]]

LEFT: Final[tuple[Group, ...]] = (
    (
        "run",
        (
            ("F5  Ctrl+R", "run the cell"),
            ("Shift+F5", "run and go on"),
            ("a", "run all code above"),
            ("F9  Ctrl+C", "interrupt"),
            ("F8", "restart the kernel"),
        ),
    ),
    (
        "move",
        (
            ("Ctrl+↓  Ctrl+↑", "next, previous cell"),
            ("Ctrl+PgDn PgUp", "next, previous lesson"),
            ("j k  n p", "the same, on letters"),
            ("o  /  e", "outline, search, results"),
            ("l", "level and language"),
        ),
    ),
)
RIGHT: Final[tuple[Group, ...]] = (
    (
        "write",
        (
            ("Enter", "edit, answer, look closer"),
            ("Esc", "leave the editor"),
            ("Tab", "complete"),
            ("f  F6", "next file"),
            ("r  x", "reset, a scratch cell"),
        ),
    ),
    (
        "learn",
        (
            ("c", "check"),
            ("h  s", "hint, then solution"),
            ("v  t", "whole output, traceback"),
            ("i  u", "install packages, links"),
            ("q", "quit"),
        ),
    ),
)
MARKS: Final = (
    ((glyphs.DONE, "ran, right"), (glyphs.RUNNING, "running"), (glyphs.STALE, "stale: edited since")),
    ((glyphs.FAILED, "failed, not yet"), (glyphs.QUEUED, "queued"), (glyphs.RECORDED, "the author's output")),
    ((glyphs.HERE, "you are here"), (glyphs.LOCKED, "locked"), (glyphs.OPEN, "still open")),
)
TWO_COLUMNS: Final = 74


class HelpSheet(Sheet[None]):
    """Every key of the lesson, what the marks mean, and how code is confined if a sentence says so."""

    TITLE_WORDS: ClassVar[str] = "Keys"
    ROWS_ABOVE: ClassVar[int] = 1

    def __init__(self, confined: str = "") -> None:
        self._confined = confined
        super().__init__()

    def title_row(self) -> Row:
        return Row(text=said("Keys", "title"), start=1, right=said("Ctrl+P finds every command", "muted"))

    def footer_keys(self) -> Keys:
        return (("j k", "scroll"), ("Ctrl+P", "palette"), ("Esc", "close"))

    def content(self, width: int, chosen: str) -> Sheetful:
        rows = _wide_rows() if width >= TWO_COLUMNS else _narrow_rows()
        return Sheetful(blocks=(Block((*rows, *_mark_rows(width), *self._confinement_rows(width))),))

    def _confinement_rows(self, width: int) -> Iterator[Row]:
        if self._confined:
            yield BLANK
            for spans in wrap(said(self._confined, "muted"), width - 2):
                yield columns((1, spans))


def _wide_rows() -> Iterator[Row]:
    for left, right in zip(LEFT, RIGHT, strict=True):
        yield columns((1, said(left[0], "accent-bold")), (45, said(right[0], "accent-bold")))
        for (key, words), (other, other_words) in zip(left[1], right[1], strict=True):
            yield columns((1, _key(key)), (17, said(words)), (45, _key(other)), (53, said(other_words)))
        yield BLANK


def _narrow_rows() -> Iterator[Row]:
    for group in (*LEFT, *RIGHT):
        yield columns((1, said(group[0], "accent-bold")))
        for key, words in group[1]:
            yield columns((1, _key(key)), (17, said(words)))
        yield BLANK


def _mark_rows(width: int) -> Iterator[Row]:
    yield columns((1, said("marks", "accent-bold")))
    places = (1, 23, 45) if width >= TWO_COLUMNS else (1, 20, 34)
    for marks in MARKS:
        pieces = zip(places, marks, strict=True)
        yield columns(
            *((place, (Span(glyph, "bright"), Span(f"  {words}"))) for place, (glyph, words) in pieces)
        )


def _key(words: str, role: Role = "key") -> tuple[Span, ...]:
    return said(words, role)
