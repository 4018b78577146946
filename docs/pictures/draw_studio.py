"""Draws studio.png from the real studio: the demo's course, built and proven here, and then reviewed.

    .venv/bin/python docs/pictures/draw_studio.py

Needs the font DejaVu Sans Mono.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from draw import HERE, SIZE, drawn, until

from tui_tutor.cli.studio_demo import begin_demo
from tui_tutor.cli.studio_desk import FolderDesk

if TYPE_CHECKING:
    from PIL import Image

SEEN = 5  # cells that have been accepted


async def build(folder: Path) -> FolderDesk:
    """The demo's course, proven."""
    _, transcript = begin_demo(folder)
    desk = FolderDesk(folder, transcript=transcript)
    await desk.make_outline(lambda _: None)
    outcome = await desk.build(lambda _: None)
    assert outcome.is_good, outcome.lines
    return desk


async def photograph(folder: Path) -> Image.Image:
    """The review on a screen of 120x36 in the dark theme."""
    from tui_tutor.cli.wiring import SystemClock, make_shelf, make_store
    from tui_tutor.tui.studio_app import StudioApp

    desk, store = await build(folder), make_store()
    cells = desk.cells()
    for cell in cells[:SEEN]:
        desk.mark(cell.lesson, cell.id, "accepted")
    exercise = next(one for one in cells[SEEN:] if one.kind == "ex")
    desk.mark(exercise.lesson, exercise.id, "locked")
    app = StudioApp(
        desk, desk.state(), lambda _: None,
        shelf=make_shelf(), store=store, clock=SystemClock(), open_lesson=lambda *_: None, theme="dark",
    )  # fmt: skip
    try:
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: len(app.screen.page.keys) == len(cells))
            await pilot.press(*["j"] * cells.index(exercise))
            await pilot.pause(0.5)
            return drawn(app)
    finally:
        store.close()


def main() -> None:
    """Draw studio.png anew."""
    with tempfile.TemporaryDirectory() as data:
        os.environ["TUI_TUTOR_DATA"] = data
        os.chdir(data)
        picture = asyncio.run(photograph(Path("waiting-lines")))
    picture.quantize(64).save(HERE / "studio.png", optimize=True)


if __name__ == "__main__":
    main()
