"""`tui-tutor attach`: go back to a session that outlived its terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_text

if TYPE_CHECKING:
    from tui_tutor.tui.terminal.sessions import SessionInfo


@click.command("attach", epilog="Example: tui-tutor attach")
@click.argument("session", required=False, type=int)
@click.option("--list", "is_list", is_flag=True, help="List the running sessions instead.")
@click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--json", "is_json", is_flag=True, help="With --list: as JSON.")
@click.pass_context
def command(ctx: click.Context, session: int | None, is_list: bool, is_ascii: bool, is_json: bool) -> None:
    """Go back to a session whose terminal went away, from any terminal.

    SESSION is its number in the list; without it, to the one that was left last. A terminal that shows it
    now is told and given back.
    """
    from tui_tutor.cli.places import data_folder
    from tui_tutor.tui.terminal import hosting

    if not hosting.is_possible():
        raise TutorError("Sessions are kept on Linux only.", exit_code=3)
    from tui_tutor.tui.terminal.sessions import running_sessions

    sessions = running_sessions(data_folder())
    if is_list or is_json:
        _list(sessions, is_json=is_json)
        return
    before = ctx.parent.params if ctx.parent else {}
    go_back(_chosen(sessions, session), is_ascii=is_ascii or bool(before.get("is_ascii")))


def _list(sessions: list[SessionInfo], *, is_json: bool) -> None:
    from tui_tutor.cli.keeping import session_as_json, session_words

    if is_json:
        found = [session_as_json(info) for info in sessions]
        click.echo(safe_json({"sessions": found}))
        return
    for info in sessions:
        click.echo(safe_text(f"{info.pid:<8} {session_words(info)}"))
    if not sessions:
        click.echo("No session is running.", err=True)


def _chosen(sessions: list[SessionInfo], wanted: int | None) -> SessionInfo:
    found = [info for info in sessions if wanted in (None, info.pid)]
    if not found:
        which = "No session is running." if wanted is None else f"There is no session {wanted}."
        raise TutorError(which, help="tui-tutor attach --list shows those there are; tui-tutor starts one.")
    return found[0]


def go_back(info: SessionInfo, *, is_ascii: bool) -> None:
    """Show a session here; never returns. TutorError if it cannot be shown."""
    from tui_tutor.cli.full_screen import speaks_utf8
    from tui_tutor.tui.terminal import hosting
    from tui_tutor.tui.terminal.guardian import guard

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise TutorError("A session can be shown on a terminal only.", help="Do not redirect attach.")
    if (term := os.environ.get("TERM", "")) in ("dumb", ""):
        raise TutorError(
            f"A session cannot be shown on this terminal: TERM is {term or 'not set'}.",
            help="It goes on. Set TERM to what the terminal is, or attach from another one.",
        )
    guard()
    try:
        hosting.attach(info.path, is_ascii=is_ascii or not speaks_utf8())
    except ConnectionError:
        raise TutorError("The session has just ended.", help="Start tui-tutor anew to go on.") from None
