"""Whether a session outlives its terminal, and the question whether to go back to one that did."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line, safe_text

if TYPE_CHECKING:
    from tui_tutor.tui.terminal.sessions import SessionInfo

KEEP_HOURS: Final = 12.0  # a session without a terminal ends then, unless a cell runs


def keep_hours(data: Path, environ: Mapping[str, str] = os.environ, *, is_refused: bool = False) -> float:
    """How many hours the session is to wait for a terminal when its own is gone; 0 if it is to end at once.

    `--no-keep` goes before `TUI_TUTOR_KEEP`, that before the setting; by default sessions over SSH are kept,
    but for those in tmux or screen, which keep them already.
    """
    if is_refused or environ.get("TUI_TUTOR_GUARDIAN") == "0":
        return 0.0
    if asked := environ.get("TUI_TUTOR_KEEP", ""):
        return _hours(asked)
    is_far = bool(environ.get("SSH_CONNECTION")) and not (environ.get("TMUX") or environ.get("STY"))
    wish = stored_wish(data / "progress.db")
    return KEEP_HOURS if wish == "always" or (is_far and wish != "never") else 0.0


def _hours(asked: str) -> float:
    try:
        hours = float(asked)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= 24 * 365:
        raise TutorError(
            f"TUI_TUTOR_KEEP is {safe_line(asked)!r}, which is no number of hours.",
            help="0 keeps no session, 12 keeps one for twelve hours.",
            exit_code=2,
        )
    return hours


def stored_wish(path: Path) -> str:
    """The setting `keep`, only read: the store itself is opened by the app, which is another process then."""
    if not path.is_file():
        return ""
    import sqlite3

    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)) as found:
            row = found.execute("select value from setting where name = 'keep'").fetchone()
    except sqlite3.Error:
        return ""  # whoever opens the store says what is wrong with it
    return str(row[0]) if row else ""


def session_words(info: SessionInfo) -> str:
    """A session in a line: what it shows, what runs, and since when it is alone."""
    shows = safe_line(info.shows) or "the library"
    runs = f", {safe_line(info.runs)} runs" if info.runs else ""
    if info.alone_s is None:
        return f"{shows}{runs}, open in another terminal"
    return f"{shows}{runs}, left {duration_words(info.alone_s)} ago"


def session_as_json(info: SessionInfo) -> dict[str, Any]:
    """The same for programs."""
    return {
        "session": info.pid,
        "shows": info.shows,
        "runs": info.runs,
        "age_s": round(info.age_s, 1),
        "alone_s": None if info.alone_s is None else round(info.alone_s, 1),
    }


def found_sessions(data: Path) -> list[SessionInfo]:
    """The sessions that run, those left last first; none where they cannot be kept."""
    from tui_tutor.tui.terminal.hosting import is_possible
    from tui_tutor.tui.terminal.sessions import running_sessions

    return running_sessions(data) if is_possible() else []


def duration_words(seconds: float) -> str:
    """A duration for people: `40 seconds`, `12 minutes`, `3 hours`."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    count = max(1, int(seconds))
    return f"{count} second{'s' if count > 1 else ''}"


def offer_to_go_back(data: Path) -> SessionInfo | None:
    """The running session the learner goes back to; None to start another one."""
    from tui_tutor.tui.terminal.session_folders import folders

    if not any(folder.is_dir() for folder in folders()):
        return None
    from tui_tutor.tui.terminal.hosting import is_possible

    if not is_possible():
        return None
    from tui_tutor.tui.terminal.sessions import end, running_sessions

    sessions = running_sessions(data)
    while sessions:
        answer = _ask(sessions)
        number = int(answer[1:] or 1) - 1 if answer[1:].isdigit() or not answer[1:] else len(sessions)
        if answer == "n":
            return None
        if number not in range(len(sessions)):
            continue
        if answer[0] == "b":
            return sessions[number]
        if not end(sessions[number].path):
            raise TutorError("The session does not end.", help="tui-tutor attach shows what it does.")
        sessions = running_sessions(data)
    return None


def _ask(sessions: list[SessionInfo]) -> str:
    """`n`, or `b` (back) or `e` (end) with a session's number or nothing; asked again for anything else."""
    if len(sessions) == 1:
        click.echo(safe_text(f"A session is still running: {session_words(sessions[0])}."))
        click.echo("Enter goes back to it, n starts another one beside it, e ends it first.")
    else:
        click.echo(f"{len(sessions)} sessions are still running:")
        for number, info in enumerate(sessions, 1):
            click.echo(safe_text(f"  {number}  {session_words(info)}"))
        click.echo("Enter goes back to the first, 2 to the second, n starts another one, e1 ends the first.")
    while True:
        answer = _typed()
        if answer.isdigit() or answer in ("", "b"):
            return f"b{answer.removeprefix('b')}"
        if answer == "n" or (answer[0] == "e" and (not answer[1:] or answer[1:].isdigit())):
            return answer
        click.echo("Enter, n or e?")


def _typed() -> str:
    sys.stdout.write("> ")
    sys.stdout.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        raise click.Abort
    return line.strip().lower()
