"""`tui-tutor studio open DIR`: the screen. The guardian forks before Textual is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui_tutor.cli.studio_desk import FolderDesk
    from tui_tutor.tui.app import TutorApp


def run_studio(folder: Path, *, is_ascii: bool) -> int:
    """Run the screen until it ends; its exit code. TutorError without a terminal."""
    from tui_tutor.cli.learn import wants_plain

    before = _options_before()
    shown = safe_line(str(folder))
    if wants_plain(is_asked=bool(before.get("plain"))):
        raise TutorError(
            "The studio's screen needs a terminal that can draw.",
            help=f'Line by line: tui-tutor studio new "what it is about" -o {shown}, then '
            f"tui-tutor studio outline {shown} and tui-tutor studio build {shown}",
        )
    return _run(folder, is_ascii=is_ascii or bool(before.get("is_ascii")))


def _options_before() -> dict[str, object]:
    """Options that stand before the command: tui-tutor --ascii studio open DIR."""
    ctx = click.get_current_context(silent=True)
    return dict(ctx.find_root().params) if ctx else {}


def _run(folder: Path, *, is_ascii: bool) -> int:
    from tui_tutor.cli.places import data_folder
    from tui_tutor.cli.studio_desk import FolderDesk
    from tui_tutor.cli.studio_forms import Forms

    desk = FolderDesk(folder, forms=Forms(data_folder() / "briefs"))
    _require_readable(desk, folder)

    from tui_tutor.tui.terminal.guardian import guard

    guard()
    from tui_tutor.cli.full_screen import speaks_utf8
    from tui_tutor.cli.preview import learner_look
    from tui_tutor.cli.scratch import remove_scratch, scratch_folder
    from tui_tutor.cli.wiring import SystemClock, make_shelf, make_store
    from tui_tutor.tui.terminal.running import run_app

    look = learner_look()
    with scratch_folder() as scratch:
        store = make_store(scratch)

        def make_app() -> TutorApp:
            from tui_tutor.tui.studio_app import StudioApp

            return StudioApp(
                desk,
                desk.state(),
                partial(_play, folder, is_ascii=is_ascii),
                shelf=make_shelf(),
                store=store,
                clock=SystemClock(),
                open_lesson=_no_lesson,
                theme=look.get("theme", ""),
                has_colour="NO_COLOR" not in os.environ or not os.environ["NO_COLOR"],
                is_ascii=is_ascii or look.get("glyphs") == "ascii" or not speaks_utf8(),
            )

        try:
            cleanups = (store.close, partial(remove_scratch, scratch))
            return run_app(make_app, cleanups=cleanups, drawing=look.get("drawing") or None)
        finally:
            store.close()


def _require_readable(desk: FolderDesk, folder: Path) -> None:
    """What is wrong with the folder is told before the screen opens."""
    try:
        desk.state()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise TutorError(
            f"{safe_line(str(folder))} cannot be read: {reason}.", help="Check its rights."
        ) from error


def _no_lesson(*_: object) -> object:
    raise TutorError("Lessons are played with tui-tutor preview DIR.")


def _play(folder: Path, lesson: str, *, is_ascii: bool) -> None:
    """The author's preview of the course, in a process of its own, until it ends."""
    command = [sys.executable, "-m", "tui_tutor", "preview", str(folder), *([lesson] if lesson else [])]
    done = subprocess.run([*command, *(["--ascii"] if is_ascii else [])], check=False)
    if done.returncode not in (0, 130):
        shown = safe_line(str(folder))
        raise TutorError("The player ended with a mistake.", help=f"tui-tutor preview {shown} shows it.")
