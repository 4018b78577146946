"""`tui-tutor learn COURSE [LESSON]`, and the library: which face, and what it is plugged into."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import click

from tui_tutor.cli.confined import require_sandbox_option

if TYPE_CHECKING:
    from tui_tutor.core.ports import EventStore, OpenCourse, Shelf
    from tui_tutor.plain.player import PlainPlayer


@click.command("learn", epilog="Example: tui-tutor learn start-here")
@click.argument("course")
@click.argument("lesson", required=False, default="")
@click.option("--plain", is_flag=True, help="Lines only: for screen readers and pipes.")
@click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.option(
    "--trust", type=click.Choice(["once"]), help="Answer the trust question for this time, for scripts."
)
@click.option(
    "--level", metavar="LEVEL", default="", help="Read the course at this level: beginner, advanced ..."
)
@click.option("--language", metavar="CODE", default="", help="Read the course in this language, such as de.")
@click.option("--no-keep", is_flag=True, help="End with the terminal, also where sessions are kept.")
@require_sandbox_option
@click.pass_context
def command(  # noqa: PLR0917 - one argument for each option
    ctx: click.Context,
    course: str,
    lesson: str,
    plain: bool,
    is_ascii: bool,
    trust: str | None,
    level: str,
    language: str,
    no_keep: bool,
) -> None:
    """Open COURSE (an id or a folder) at LESSON (an id or a number; where you were, if left out)."""
    before = ctx.parent.params if ctx.parent else {}  # of `tui-tutor --ascii learn ...`
    is_ascii = is_ascii or bool(before.get("is_ascii"))
    if wants_plain(is_asked=plain or bool(before.get("plain"))):
        ctx.exit(_learn_plain(course, lesson, trust_once=trust == "once", told=(level, language)))
    from tui_tutor.cli.full_screen import run_full_screen

    is_kept = not (no_keep or bool(before.get("no_keep")))
    ctx.exit(
        run_full_screen(
            start=(course, lesson),
            is_ascii=is_ascii,
            trust_once=trust == "once",
            is_kept=is_kept,
            told=(level, language),
        )
    )


def wants_plain(*, is_asked: bool) -> bool:
    """Whether lines are wanted, or are all that can be had."""
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    accessible = os.environ.get("ACCESSIBLE", "") not in ("", "0")
    return is_asked or accessible or not is_terminal or os.environ.get("TERM", "dumb") in ("dumb", "")


def open_library(*, is_plain: bool, is_ascii: bool, is_kept: bool = True) -> int:
    """The library on the screen, or listed in lines; the exit code."""
    if wants_plain(is_asked=is_plain):
        from tui_tutor.cli.list import command as list_courses

        list_courses.main(args=[], prog_name="tui-tutor list", standalone_mode=False)
        click.echo("tui-tutor learn COURSE --plain opens one.", err=True)
        return 0
    from tui_tutor.cli.full_screen import run_full_screen

    return run_full_screen(start=None, is_ascii=is_ascii, trust_once=False, is_kept=is_kept)


# --- plain mode -------------------------------------------------------------------------------------


def open_told(shelf: Shelf, store: EventStore, course: str, level: str, language: str) -> OpenCourse:
    """The course at a level and in a language, else as it was read last. TutorError if it is not told so."""
    from tui_tutor.session.retelling import choose, tell_as_chosen

    opened = shelf.open(course)
    tell_as_chosen(opened, store)
    if level or language:
        choose(opened, store, level=level, language=language)
    return opened


def _learn_plain(course: str, lesson: str, *, trust_once: bool, told: tuple[str, str]) -> int:
    import asyncio

    from tui_tutor.cli.wiring import end_saving, make_adapters, make_shelf, make_store
    from tui_tutor.plain.lines import LineReader, LineWriter
    from tui_tutor.plain.player import PlainPlayer
    from tui_tutor.session.course_session import CourseSession
    from tui_tutor.session.opening import resume_lesson

    store = make_store()
    adapters = make_adapters(store)
    reader, writer = LineReader(sys.stdin), LineWriter(sys.stdout)
    try:
        opened = open_told(make_shelf(), store, course, *told)
        session = CourseSession(opened, adapters)
        if store.notice:
            writer.say(store.notice)
        player = PlainPlayer(session, reader, writer, trust_once=trust_once)
        return asyncio.run(play(player, session, lesson or resume_lesson(opened, store)))
    finally:
        reader.close()
        end_saving(adapters)


async def play(player: PlainPlayer, session: object, lesson: str) -> int:
    """Play with Ctrl+C as interrupt; whatever happens, the kernel and all it started end with us.

    The exit code of a session that a signal ended is 128 and the signal's number.
    """
    import asyncio  # not above: a guardian would carry it as long as a session lasts

    from tui_tutor.session.course_session import CourseSession

    assert isinstance(session, CourseSession)
    playing = asyncio.ensure_future(player.play(lesson))
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        playing.cancel()

    def stop() -> None:
        if not player.interrupt():
            end(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, stop)
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    try:
        return await playing
    except asyncio.CancelledError:
        return 128 + received[0] if received else 130
    finally:
        await session.close()
