"""Draws the pictures of this folder from the real app: real courses, a real kernel, no terminal.

    .venv/bin/python docs/pictures/draw.py

Needs the torch extra and the font DejaVu Sans Mono.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from rich.segment import Segment
    from rich.style import Style
    from textual.app import App
    from textual.pilot import Pilot

HERE = Path(__file__).parent
SIZE = (120, 36)
CELL = (12, 24)  # pixels
POINTS = 20
GROUND = (18, 18, 18)
ANSWER = (
    "mu = torch.full((1, 32), 1.5)\n"
    "logvar = torch.full((1, 32), -2.0)\n"
    "z = reparameterise(mu, logvar)\n"
    "print(z.var().item())"
)
_FACES = {
    (False, False): "DejaVuSansMono.ttf",
    (True, False): "DejaVuSansMono-Bold.ttf",
    (False, True): "DejaVuSansMono-Oblique.ttf",
    (True, True): "DejaVuSansMono-BoldOblique.ttf",
}
_BLOCKS = {"▀": (0.0, 0.0, 1.0, 0.5), "▄": (0.0, 0.5, 1.0, 1.0), "█": (0.0, 0.0, 1.0, 1.0),
           "▌": (0.0, 0.0, 0.5, 1.0), "▐": (0.5, 0.0, 1.0, 1.0)}  # fmt: skip


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait for a condition, for at most a minute."""
    for _ in range(1200):
        await pilot.pause(0.05)
        if holds():
            return
    raise TimeoutError("the app did not come that far")


async def play(pilot: Pilot[int]) -> None:
    """Lesson 3 as a learner plays it: run the code, solve the exercise; the plot follows."""
    from textual.widgets import TextArea

    def status(cell: str) -> str:
        return str(pilot.app.screen.study.state(cell).status)  # type: ignore[attr-defined]

    def is_judged() -> bool:
        study = pilot.app.screen.study  # type: ignore[attr-defined]
        return study.state("variance").verdict is not None and not study.running

    await until(pilot, lambda: hasattr(pilot.app.screen, "study"))
    await pilot.press("ctrl+down", "f5")
    await until(pilot, lambda: status("sample") == "ok")
    await pilot.press("ctrl+down", "ctrl+down", "enter")
    await until(pilot, lambda: bool(pilot.app.screen.query(TextArea)))
    pilot.app.screen.query_one(TextArea).text = ANSWER
    await pilot.press("f5")
    await until(pilot, lambda: status("variance") == "ok")
    await pilot.press("escape", "c")
    await until(pilot, is_judged)
    await pilot.pause(1.0)


async def photograph() -> Image.Image:
    """The lesson on a screen of 120x36 in the dark theme."""
    from tui_tutor.cli.full_screen import Rooms
    from tui_tutor.cli.wiring import make_adapters, make_shelf, make_store
    from tui_tutor.tui.app import TutorApp

    store = make_store()
    rooms = Rooms(make_adapters(store), trust_once=True)
    app = TutorApp(
        shelf=make_shelf(), store=store, clock=rooms.adapters.clock, open_lesson=rooms.open_lesson,
        at_end=rooms.close, start=("vae", "reparameterisation"), theme="dark",
    )  # fmt: skip
    try:
        async with app.run_test(size=SIZE) as pilot:
            await play(pilot)
            return drawn(app)
    finally:
        store.close()


def drawn(app: App[int]) -> Image.Image:
    """The screen's cells as pixels."""
    picture = Image.new("RGB", (SIZE[0] * CELL[0], SIZE[1] * CELL[1]), GROUND)
    pen = ImageDraw.Draw(picture)
    faces = {key: ImageFont.truetype(name, POINTS) for key, name in _FACES.items()}
    for y, strip in enumerate(app.screen._compositor.render_strips(app.size)):
        x = 0
        for segment in strip:
            x = _draw_segment(pen, faces, segment, x, y)
    return picture


def _draw_segment(
    pen: ImageDraw.ImageDraw,
    faces: dict[tuple[bool, bool], ImageFont.FreeTypeFont],
    segment: Segment,
    x: int,
    y: int,
) -> int:
    style = segment.style
    face = faces[bool(style and style.bold), bool(style and style.italic)]
    ink, ground = _colours(style)
    for char in segment.text:
        left, top = x * CELL[0], y * CELL[1]
        pen.rectangle((left, top, left + CELL[0] - 1, top + CELL[1] - 1), fill=ground)
        if block := _BLOCKS.get(char):
            _fill(pen, block, left, top, ink)
        elif char != " ":
            pen.text((left, top), char, font=face, fill=ink)
        x += 1
    return x


def _fill(
    pen: ImageDraw.ImageDraw,
    block: tuple[float, float, float, float],
    left: int,
    top: int,
    ink: tuple[int, int, int],
) -> None:
    x0, y0, x1, y1 = block
    corner = (left + x1 * CELL[0] - 1, top + y1 * CELL[1] - 1)
    pen.rectangle((left + x0 * CELL[0], top + y0 * CELL[1], *corner), fill=ink)


def _colours(style: Style | None) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    ink, ground = (212, 212, 212), GROUND
    if style and style.color and style.color.triplet:
        ink = tuple(style.color.triplet)  # type: ignore[assignment]
    if style and style.bgcolor and style.bgcolor.triplet:
        ground = tuple(style.bgcolor.triplet)  # type: ignore[assignment]
    return (ground, ink) if style and style.reverse else (ink, ground)


def main() -> None:
    """Draw lesson.png anew, as a learner who has just come sees it."""
    with tempfile.TemporaryDirectory() as data:
        os.environ["TUI_TUTOR_DATA"] = data
        picture = asyncio.run(photograph())
    picture.quantize(64).save(HERE / "lesson.png", optimize=True)


if __name__ == "__main__":
    main()
