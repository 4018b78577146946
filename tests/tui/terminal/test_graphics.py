"""Real pictures: sent once, shown by cells of text, only where the terminal is known to draw them."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
from PIL import Image
from rich.cells import cell_len

from tui_tutor.core.output import ImagePart
from tui_tutor.tui.terminal.graphics import MARKS, MOST_KEPT, PLACEHOLDER, PictureCase, is_capable
from tui_tutor.tui.widgets.cell_row import Frame
from tui_tutor.tui.widgets.drawing import Look
from tui_tutor.tui.widgets.pictures import picture_rows

KITTY = {"TERM": "xterm-kitty", "COLORTERM": "truecolor"}


def a_png(width: int = 64, height: int = 32, colour: str = "red") -> bytes:
    target = BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()


def payload(sequences: list[str]) -> bytes:
    """What the terminal would put together."""
    return base64.b64decode("".join(re.findall(r"\x1b_G[^;]*;([^\x1b]*)\x1b\\", "".join(sequences))))


@pytest.mark.parametrize(
    ("environ", "is_real"),
    [
        (KITTY, True),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "COLORTERM": "truecolor"}, True),
        ({**KITTY, "TMUX": "/tmp/tmux,1,0"}, False),
        ({**KITTY, "NO_COLOR": "1"}, False),
        ({**KITTY, "TUI_TUTOR_PICTURES": "blocks"}, False),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, False),
    ],
)
def test_only_terminals_that_are_known_to_draw_placeholders_get_pictures(environ, is_real):
    assert is_capable(environ) is is_real


def test_a_picture_is_sent_once_whole_and_in_bounded_pieces():
    sent: list[str] = []
    case, png = PictureCase(sent.append), a_png(400, 300)
    first, second = case.placed(png, 10, 4), case.placed(png, 10, 4)
    assert first == second
    assert payload(sent) == png
    assert sent[0].startswith("\x1b_Ga=T,U=1,f=100,t=d,i=1,c=10,r=4,q=2,m=")
    assert all(len(part) < 4200 for part in sent)


def test_every_cell_names_its_row_its_column_and_the_picture():
    case = PictureCase(lambda _: None)
    case.placed(a_png(), 3, 2)
    placed = case.placed(a_png(colour="blue"), 3, 2)
    assert placed is not None
    cells, style = placed
    assert cells[1] == "".join(f"{PLACEHOLDER}{MARKS[1]}{MARKS[column]}" for column in range(3))
    assert [cell_len(line) for line in cells] == [3, 3]
    assert style.color is not None
    assert style.color.triplet == (0, 0, 2)


def test_old_pictures_are_taken_back():
    sent: list[str] = []
    case = PictureCase(sent.append)
    for number in range(MOST_KEPT + 1):
        case.placed(a_png(8 + number), 1, 1)
    assert "\x1b_Ga=d,d=I,i=1,q=2\x1b\\" in sent


def test_rows_are_half_blocks_without_and_placeholders_with_a_capable_terminal():
    part = ImagePart("image/png", base64.b64encode(a_png()).decode())
    blocks = picture_rows(part, Frame(80, Look()))
    real = picture_rows(part, Frame(80, Look(pictures=PictureCase(lambda _: None))))
    assert blocks[0].pieces[0][0].startswith("▀")
    assert [row.pieces[0][0].count(PLACEHOLDER) for row in real] == [8, 8]


def test_what_is_no_picture_is_said_in_words():
    part = ImagePart("image/png", base64.b64encode(b"nothing").decode(), alt="a figure")
    (row,) = picture_rows(part, Frame(80, Look(pictures=PictureCase(lambda _: None))))
    assert row.pieces[0][0] == "a figure"
