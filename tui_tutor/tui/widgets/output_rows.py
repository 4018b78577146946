"""What a run printed, as rows: text with its colours, errors in words, pictures in half-blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.output import ErrorPart, ImagePart, Part, StyledText, TextPart, Transcript
from tui_tutor.core.prose import wrap
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.study import CellState
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece, pieces_width
from tui_tutor.tui.widgets.folding import folded, styled_pieces
from tui_tutor.tui.widgets.pictures import picture_rows

MOST_LINES: Final = 40
"""Lines of output that stand on the page; `v` shows them all."""


@dataclass(frozen=True, slots=True)
class OutputSetting:
    """How an output is shown: its label, the words at its right end, and what is unfolded."""

    label: tuple[Span, ...]
    right: tuple[Piece, ...]
    meaning: str = ""
    is_muted: bool = False
    is_recorded: bool = False
    reason: str = ""  # why it ended, where that takes a sentence
    is_unfolded: bool = False


def output_rows(state: CellState, frame: Frame, setting: OutputSetting) -> tuple[CellRow, ...]:
    """All rows of a transcript; the first carries the label and the state."""
    rows: list[CellRow] = []
    hidden = _hidden_lines(state.transcript)
    if hidden:
        text = f"{hidden:,} earlier lines  v shows the output".replace(",", " ")
        rows.append(CellRow(pieces=(frame.piece(text, "muted"),)))
    left = MOST_LINES
    for part in reversed(state.transcript.parts):
        if left <= 0 and isinstance(part, TextPart):
            continue
        part_rows, used = _part_rows(part, frame, setting, left)
        left -= used
        rows[1 if hidden else 0 : 1 if hidden else 0] = part_rows
    if setting.reason:
        rows += [CellRow(pieces=frame.pieces(row)) for row in wrap((Span(setting.reason),), frame.text_width)]
    return tuple(_headed(rows, frame, setting))


def _hidden_lines(transcript: Transcript) -> int:
    total = sum(part.line_count for part in transcript.parts if isinstance(part, TextPart))
    return transcript.dropped + max(0, total - MOST_LINES)


def _headed(rows: list[CellRow], frame: Frame, setting: OutputSetting) -> Iterator[CellRow]:
    """Put label and state on the first row, or on one of their own where it is too full."""
    if not rows:
        if setting.right:
            yield CellRow(label=setting.label, right=setting.right)
        return
    first = rows[0]
    room = frame.width - 13 - pieces_width(setting.right) - 2
    if first.label or pieces_width(first.pieces) > room or first.right:
        if setting.right or not first.label:
            yield CellRow(label=setting.label, right=setting.right)
        yield from rows
        return
    yield CellRow(label=setting.label, pieces=first.pieces, right=setting.right, target=first.target)
    yield from rows[1:]


def _part_rows(part: Part, frame: Frame, setting: OutputSetting, left: int) -> tuple[list[CellRow], int]:
    match part:
        case TextPart():
            return _text_rows(part, frame, setting, left)
        case ImagePart():
            return picture_rows(part, frame), 1
        case ErrorPart():
            return _error_rows(part, frame, setting), 1


def _text_rows(part: TextPart, frame: Frame, setting: OutputSetting, left: int) -> tuple[list[CellRow], int]:
    count = min(part.line_count, left)
    lines = [part.line(n) for n in range(part.line_count - count, part.line_count)]
    rows: list[CellRow] = []
    for line in lines:
        pieces = styled_pieces(line, frame, is_muted=setting.is_muted, is_recorded=setting.is_recorded)
        rows += [CellRow(pieces=row) for row in folded(pieces, frame.text_width)]
    if part.stream == "stderr" and rows:
        rows[0] = CellRow(label=frame.label("stderr"), pieces=rows[0].pieces)
    return rows, count


def _error_rows(part: ErrorPart, frame: Frame, setting: OutputSetting) -> list[CellRow]:
    """Type in alarm bold, `in line 4`, the message, what it usually means; the traceback folds."""
    place = f" in line {part.line}" if part.line else ""
    head = frame.pieces((Span(part.name, "alarm-bold"), Span(place)))
    rows = [CellRow(pieces=head, target="traceback")]
    for text in part.message.split("\n")[:20]:
        rows += [CellRow(pieces=frame.pieces(row)) for row in wrap((Span(text),), frame.text_width)]
    if setting.meaning:
        wrapped = wrap((Span(setting.meaning, "muted"),), frame.text_width)
        rows += [
            CellRow(label=frame.label("means") if n == 0 else (), pieces=frame.pieces(row))
            for n, row in enumerate(wrapped)
        ]
    if part.traceback:
        rows += _traceback(part.traceback, frame, setting)
    return rows


def _traceback(
    lines: Sequence[tuple[StyledText, ...]], frame: Frame, setting: OutputSetting
) -> list[CellRow]:
    if not setting.is_unfolded:
        text = f"t unfolds the traceback ({len(lines)} lines)"
        return [CellRow(pieces=(frame.piece(text, "muted"),), target="traceback")]
    rows: list[CellRow] = []
    for line in lines[-200:]:
        pieces = styled_pieces(_narrower(line), frame, is_muted=False)
        rows += [CellRow(pieces=row) for row in folded(pieces, frame.text_width)] if pieces else [CellRow()]
    return rows


def _narrower(line: tuple[StyledText, ...]) -> tuple[StyledText, ...]:
    """The rule and the heading that IPython draws 75 columns wide say their words alone."""
    text = "".join(piece.text for piece in line)
    if text and not text.strip("-"):
        return ()
    if text.endswith("Traceback (most recent call last)"):
        return (StyledText("Traceback (most recent call last)"),)
    return line
