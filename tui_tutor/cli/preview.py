"""`tui-tutor preview DIR [LESSON]`: play a course while it is written; what is saved is seen at once."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_tutor.cli.confined import require_sandbox_option
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui_tutor.core.ports import OpenCourse
    from tui_tutor.session.course_session import Adapters, CourseSession
    from tui_tutor.shelf.previewing import PreviewedFolder
    from tui_tutor.tui.app import TutorApp
    from tui_tutor.tui.screens.lesson import LessonScreen


@click.command("preview", epilog="Example: tui-tutor preview my-course")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, readable=False))
@click.argument("lesson", required=False, default="")
@click.option("--plain", is_flag=True, help="Lines only: for screen readers and pipes.")
@click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
@require_sandbox_option
@click.pass_context
def command(ctx: click.Context, folder: Path, lesson: str, plain: bool, is_ascii: bool) -> None:
    """Play the course in DIR at LESSON while you write it: what you save is shown at once.

    This runs the course's code. Nothing is written into DIR or into your own learning records.
    """
    from tui_tutor.cli.learn import wants_plain

    before = ctx.parent.params if ctx.parent else {}
    _require_course(folder)
    if wants_plain(is_asked=plain or bool(before.get("plain"))):
        ctx.exit(_preview_plain(folder.resolve(), lesson))
    ctx.exit(
        _preview_full_screen(folder.resolve(), lesson, is_ascii=is_ascii or bool(before.get("is_ascii")))
    )


def _require_course(folder: Path) -> None:
    shown = safe_line(str(folder))
    if not folder.exists():
        raise TutorError(f"There is no folder {shown}.", help=f"tui-tutor new {shown} makes a course there.")
    if not (folder / "course.toml").is_file():
        raise TutorError(
            f"{shown} is not a course: it has no course.toml.",
            help="Name the folder that holds course.toml; tui-tutor new DIR makes a course.",
        )


# --- the full screen --------------------------------------------------------------------------------


def _preview_full_screen(folder: Path, lesson: str, *, is_ascii: bool) -> int:
    from tui_tutor.tui.terminal.guardian import guard

    guard()
    from tui_tutor.cli.scratch import remove_scratch, scratch_folder
    from tui_tutor.tui.terminal.running import run_app

    look = learner_look()
    with scratch_folder() as scratch:
        stage = _Stage(folder, scratch)
        try:
            stage.previewed.read()

            def make_app() -> TutorApp:
                return stage.app(lesson, look=look, is_ascii=is_ascii)

            # A lost terminal ends us without a way back here: then the cleanups are all that is done.
            cleanups = (stage.store.close, partial(remove_scratch, scratch))
            return run_app(make_app, cleanups=cleanups, drawing=look.get("drawing") or None)
        finally:
            stage.store.close()


def learner_look() -> dict[str, str]:
    """How the author likes things drawn, from their own settings, which are only read."""
    from tui_tutor.cli.places import data_folder
    from tui_tutor.store.sqlite import open_store

    path = data_folder() / "progress.db"
    if not path.is_file():
        return {}
    try:
        store = open_store(path)
    except TutorError:
        return {}
    try:
        return {name: store.setting(name) for name in ("theme", "glyphs", "drawing")}
    finally:
        store.close()


class _Stage:
    """A folder that is watched, and a store and a session that end with the preview."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        from tui_tutor.cli.places import data_folder
        from tui_tutor.cli.wiring import make_adapters, make_store
        from tui_tutor.shelf.environment import Environments
        from tui_tutor.shelf.previewing import PreviewedFolder

        self.store = make_store(scratch)
        self.adapters: Adapters = make_adapters(self.store)
        self.previewed: PreviewedFolder = PreviewedFolder(
            folder, scratch, Environments(data_folder() / "environments")
        )
        self._session: CourseSession | None = None

    @property
    def session(self) -> CourseSession:
        """One kernel for the whole preview. Who previews their own folder has said yes to running it."""
        from tui_tutor.session.course_session import CourseSession

        if self._session is None:
            self._session = CourseSession(self.previewed, self.adapters)
            self._session.granted = "once"
        return self._session

    def open_lesson(self, opened: OpenCourse, lesson_id: str, cell_id: str = "") -> LessonScreen:
        """The screen of a lesson. TutorError if it cannot be opened."""
        from tui_tutor.session.opening import lesson_id_of, open_study
        from tui_tutor.tui.screens.preview import PreviewScreen

        found = lesson_id_of(opened.course, lesson_id)
        study = open_study(opened, found, self.store, granted="once", is_held=self.session.holds(found))
        return PreviewScreen(opened.entry.ref, study, self.session, self.previewed, cell_id=cell_id)

    def app(self, lesson: str, *, look: dict[str, str], is_ascii: bool) -> TutorApp:
        from tui_tutor.cli.full_screen import speaks_utf8
        from tui_tutor.tui.preview_app import PreviewApp
        from tui_tutor.tui.terminal.graphics import is_capable

        ref = self.previewed.entry.ref
        return PreviewApp(
            self.previewed,
            ref,
            shelf=self.previewed,
            store=self.store,
            clock=self.adapters.clock,
            open_lesson=self.open_lesson,
            at_end=self.close,
            start=(ref, lesson),
            theme=look.get("theme", ""),
            has_colour="NO_COLOR" not in os.environ or not os.environ["NO_COLOR"],
            is_ascii=is_ascii or look.get("glyphs") == "ascii" or not speaks_utf8(),
            has_pictures=is_capable(os.environ),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


# --- plain mode -------------------------------------------------------------------------------------


def _preview_plain(folder: Path, lesson: str) -> int:
    from tui_tutor.cli.learn import play
    from tui_tutor.cli.scratch import scratch_folder
    from tui_tutor.plain.lines import LineReader, LineWriter
    from tui_tutor.plain.player import PlainPlayer
    from tui_tutor.plain.previewing import follow_author

    with scratch_folder() as scratch:
        stage = _Stage(folder, scratch)
        reader, writer = LineReader(sys.stdin), LineWriter(sys.stdout)
        try:
            stage.previewed.read()
            writer.say(*(item.diagnostic.as_text() for item in stage.previewed.diagnostics))
            opened = stage.previewed.open("")
            player = PlainPlayer(stage.session, reader, writer, before_command=follow_author(stage.previewed))
            return asyncio.run(play(player, stage.session, lesson or opened.course.lessons[0]))
        finally:
            reader.close()
            stage.store.close()
