"""The studio's keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, columns, said

Group = tuple[str, tuple[tuple[str, str], ...]]

LEFT: Final[tuple[Group, ...]] = (
    (
        "brief",
        (
            ("Tab  Shift+Tab", "next, field before"),
            ("← →", "change a choice"),
            ("F5  Ctrl+R", "keep it, go on"),
        ),
    ),
    (
        "outline",
        (
            ("b", "build what is not written"),
            ("e", "edit it"),
            ("r  Enter", "review the cells"),
            ("F9  Esc", "stop a build"),
        ),
    ),
)
RIGHT: Final[tuple[Group, ...]] = (
    (
        "cells",
        (
            ("a  l", "accept, lock"),
            ("e  g", "edit, make anew"),
            ("Enter  v", "the whole cell"),
            ("n  b", "next, lesson before"),
            ("PgDn PgUp", "scroll the cell"),
            ("o  p", "outline, play"),
        ),
    ),
    (
        "editor",
        (
            ("F5  Ctrl+R", "keep it"),
            ("F9", "stop the proof"),
            ("Esc", "back"),
        ),
    ),
)
TWO_COLUMNS: Final = 74


class StudioHelpSheet(Sheet[None]):
    """Every key of the studio, and what is never done without the author."""

    ROWS_ABOVE: ClassVar[int] = 1

    def title_row(self) -> Row:
        return Row(text=said("Keys", "title"), start=1, right=said("Ctrl+P finds every command", "muted"))

    def footer_keys(self) -> Keys:
        return (("j k", "scroll"), ("Ctrl+P", "palette"), ("Esc", "close"))

    def content(self, width: int, chosen: str) -> Sheetful:
        del chosen
        rows = _wide_rows() if width >= TWO_COLUMNS else _narrow_rows()
        return Sheetful(blocks=(Block((*rows, *_promises())),))


def _promises() -> Iterator[Row]:
    yield BLANK
    yield columns(
        (1, said("Money is spent only after a question. A locked cell is never overwritten.", "muted"))
    )


def _lines(groups: tuple[Group, ...]) -> list[tuple[str, str, str]]:
    lines: list[tuple[str, str, str]] = []
    for name, keys in groups:
        lines += [("", "", "")] if lines else []
        lines += [(name, "", "")] + [("", key, words) for key, words in keys]
    return lines


def _wide_rows() -> Iterator[Row]:
    left, right = _lines(LEFT), _lines(RIGHT)
    for number in range(max(len(left), len(right))):
        name, key, words = left[number] if number < len(left) else ("", "", "")
        other, other_key, other_words = right[number] if number < len(right) else ("", "", "")
        yield columns(
            (1, said(name or key, "accent-bold" if name else "key")),
            (17, said(words)),
            (43, said(other or other_key, "accent-bold" if other else "key")),
            (56, said(other_words)),
        )


def _narrow_rows() -> Iterator[Row]:
    for name, key, words in _lines((*LEFT, *RIGHT)):
        yield columns((1, said(name or key, "accent-bold" if name else "key")), (17, said(words)))
