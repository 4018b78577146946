"""Starts a session that outlives its terminal, and goes back to one.

    the shell's job: guardian - client  --- socket ---  host - app on a pseudo-terminal

Call `guard` first and import Textual afterwards: client and host stay as small as they are when they fork.
"""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import NoReturn

from tui_tutor.tui.terminal import sessions
from tui_tutor.tui.terminal.client import Client
from tui_tutor.tui.terminal.guardian import LINK
from tui_tutor.tui.terminal.host import Host
from tui_tutor.tui.terminal.hosted_app import fork_app


def is_possible() -> bool:
    """Whether this system has what a host needs."""
    return hasattr(socket, "SO_PEERCRED") and hasattr(signal, "sigtimedwait") and hasattr(os, "memfd_create")


def host(data: Path, keep_s: float) -> bool:
    """Go on as a hosted app: returns True there; False, as before, where a session cannot be kept.

    This process becomes the client and never returns. `keep_s` is how long the session waits for a terminal.
    """
    try:
        listener, path = sessions.listen(data)
    except OSError:
        return False
    ours, theirs = socket.socketpair()
    try:
        child = os.fork()
    except OSError:
        path.unlink(missing_ok=True)
        return False
    if child == 0:
        ours.close()
        _detach_from_terminal()
        _become_host(listener, path, theirs, keep_s)
        return True
    os.waitpid(child, 0)
    listener.close()
    theirs.close()
    os._exit(Client(ours, is_first=True).stay())


def attach(path: Path, *, is_ascii: bool) -> NoReturn:
    """Show a session here until it or this terminal ends. ConnectionError if it has just ended."""
    link = sessions.connect(path)
    if link is None:
        raise ConnectionError("the session has ended")
    os._exit(Client(link, is_first=False, is_ascii=is_ascii).stay())


def _detach_from_terminal() -> None:
    """Become a process that no terminal and no shell knows."""
    os.setsid()
    if os.fork():
        os._exit(0)


def _become_host(listener: socket.socket, path: Path, first: socket.socket, keep_s: float) -> None:
    """Fork the app, which returns; the host never does."""
    size = os.get_terminal_size(0)
    try:
        app = fork_app(size.columns, size.lines)
    except OSError:
        os._exit(1)  # the client tells that its host has gone
    if app is None:
        listener.close()
        first.close()
        os.environ["TUI_TUTOR_KEEP"] = "0"  # for whatever is started in the session
        return
    try:
        _close_terminal()
        Host(app, listener, path, first, keep_s=keep_s).stay()
    finally:
        os._exit(0)


def _close_terminal() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    for descriptor in (LINK.messages, LINK.guardian_alive, LINK.crash_report):
        if descriptor >= 0:
            os.close(descriptor)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
