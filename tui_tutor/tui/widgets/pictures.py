"""Pictures of a run in half-blocks: each cell shows two pixels, as foreground and background of `▀`."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final

from rich.style import Style

from tui_tutor.core.output import ImagePart
from tui_tutor.tui.theme import PALETTES
from tui_tutor.tui.widgets.cell_row import CellRow, Frame, Piece

if TYPE_CHECKING:
    from PIL import Image

    from tui_tutor.tui.terminal.graphics import PictureCase

CELL: Final = (8, 16)  # pixels of one cell, as good as any guess
MOST_BYTES: Final = 20_000_000
MOST_PIXELS: Final = 20_000_000
MOST_ROWS: Final = 30
RAMP: Final = " .:-=+*#%@"

Pixels = tuple[tuple[tuple[int, int, int], ...], ...]


def picture_rows(part: ImagePart, frame: Frame) -> list[CellRow]:
    """The picture as large as the text column allows; one line of words where it cannot be shown."""
    if frame.look.pictures is not None and (shown := _real_picture(part, frame, frame.look.pictures)):
        return shown
    pixels = decoded(part.data, frame.text_width, MOST_ROWS * 2)
    if pixels is None:
        words = part.alt or "a picture that cannot be shown here"
        return [CellRow(pieces=(frame.piece(words, "muted"),))]
    if frame.look.theme not in PALETTES:
        return [CellRow(pieces=((line, Style()),)) for line in _shades(pixels)]
    return [CellRow(pieces=_row(pixels, y)) for y in range(0, len(pixels), 2)]


def _real_picture(part: ImagePart, frame: Frame, case: PictureCase) -> list[CellRow]:
    """The picture itself, in cells that the terminal draws it on; [] where that cannot be done."""
    made = as_png(part.data, frame.text_width, MOST_ROWS)
    placed = case.placed(*made) if made is not None else None
    if placed is None:
        return []
    cells, style = placed
    return [CellRow(pieces=((line, style),)) for line in cells]


@lru_cache(maxsize=32)
def as_png(data: str, most_columns: int, most_rows: int) -> tuple[bytes, int, int] | None:
    """(PNG, columns, rows) of a picture at its own size where it fits; a cell counts as 8 x 16 pixels."""
    image = _opened(data)
    if image is None:
        return None
    scale = min(1.0, most_columns * CELL[0] / image.width, most_rows * CELL[1] / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    sharp = (min(image.width, 2 * size[0]), min(image.height, 2 * size[1]))  # for displays of high density
    target = BytesIO()
    image.convert("RGBA").resize(sharp).save(target, "PNG")
    return target.getvalue(), -(-size[0] // CELL[0]), -(-size[1] // CELL[1])


def _opened(data: str) -> Image.Image | None:
    """The decoded picture, None if it is none or too large."""
    from PIL import Image, UnidentifiedImageError

    if len(data) > MOST_BYTES:
        return None
    try:
        image = Image.open(BytesIO(base64.b64decode(data, validate=False)))
        if image.width * image.height > MOST_PIXELS:
            return None
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, binascii.Error, Image.DecompressionBombError):
        return None
    return image


def picture_of_bytes(data: bytes, frame: Frame, alt: str) -> list[CellRow]:
    """A picture of the course's folder."""
    part = ImagePart("image/png", base64.b64encode(data[:MOST_BYTES]).decode("ascii"), alt)
    return picture_rows(part, frame)


@lru_cache(maxsize=64)
def decoded(data: str, width: int, height: int) -> Pixels | None:
    """Rows of (red, green, blue) fitted into width x height pixels; None if it is no picture or too large."""
    from PIL import Image

    image = _opened(data)
    if image is None:
        return None
    scale = min(width / image.width, height / image.height, 1.0)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = _on_white(image).resize(size, Image.Resampling.LANCZOS)
    flat = list(small.get_flattened_data() if hasattr(small, "get_flattened_data") else small.getdata())
    return tuple(tuple(flat[y * size[0] : (y + 1) * size[0]]) for y in range(size[1]))


def _on_white(image: Image.Image) -> Image.Image:
    """Transparent pictures are made for paper."""
    from PIL import Image

    with_alpha = image.convert("RGBA")
    paper = Image.new("RGBA", with_alpha.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, with_alpha).convert("RGB")


def _row(pixels: Pixels, y: int) -> tuple[Piece, ...]:
    upper = pixels[y]
    lower = pixels[y + 1] if y + 1 < len(pixels) else upper
    pieces: list[Piece] = []
    for top, bottom in zip(upper, lower, strict=True):
        style = _pair(top, bottom)
        if pieces and pieces[-1][1] is style:
            pieces[-1] = (pieces[-1][0] + "▀", style)
        else:
            pieces.append(("▀", style))
    return tuple(pieces)


@lru_cache(maxsize=65_536)
def _pair(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Style:
    return Style(color="#{:02x}{:02x}{:02x}".format(*top), bgcolor="#{:02x}{:02x}{:02x}".format(*bottom))


def _shades(pixels: Pixels) -> list[str]:
    """Without colours: dark ink on paper as characters."""
    lines: list[str] = []
    for y in range(0, len(pixels), 2):
        greys = (1 - sum(pixel) / 765 for pixel in pixels[y])
        lines.append("".join(RAMP[min(len(RAMP) - 1, int(grey * len(RAMP)))] for grey in greys))
    return lines
