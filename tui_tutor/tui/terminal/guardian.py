"""A small parent process that puts the terminal right when the app could not do it itself.

The shell knows the guardian; the app is its child in the same process group. It is forked before Textual is
imported and imports nothing but a few standard modules, so that it stays small. It passes signals on, stops
and resumes with the app, ends with the app's exit code, and after a death by signal switches off what the app
had switched on, ends the process groups the app had started, and says what happened.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final, Self

from tui_tutor.tui.terminal import modes

_SENT_ON: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
_WATCHED: Final = _SENT_ON | {signal.SIGCHLD, signal.SIGTSTP, signal.SIGCONT}
_BLOCKED: Final = _WATCHED | {signal.SIGTTOU, signal.SIGTTIN}
_MERCY_S: Final = 5.0  # from a signal to end until the app is killed
_SETTLE_S: Final = 0.05  # for replies and mouse reports still on their way
_CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})


class Link:
    """What the app tells its guardian, through a pipe that is read when the app is dead.

    The guardian of a hosted session is its host, which reads at once; its orders come through the pipe that
    shows whether the guardian lives (see `host`).
    """

    def __init__(self) -> None:
        self.messages = -1
        self.crash_report = -1
        self.guardian_alive = -1
        self.is_hosted = False

    def tell(self, message: str) -> None:
        """Send one line; without a guardian, or with a full pipe, it is lost."""
        if self.messages >= 0:
            try:
                os.write(self.messages, message.encode() + b"\n")
            except OSError:
                return


LINK: Final = Link()


def watch_group(group: int) -> Callable[[], None]:
    """Have this process group killed should the app be killed; call what is returned when it has ended."""
    LINK.tell(f"group {group}")
    return lambda: LINK.tell(f"gone {group}")


def guard(environ: Mapping[str, str] = os.environ) -> None:
    """Fork: the parent stays as the guardian and never returns, the child goes on as the app.

    Does nothing without a terminal, with TUI_TUTOR_GUARDIAN=0, or where no process can be started.
    """
    if environ.get("TUI_TUTOR_GUARDIAN") == "0" or not os.isatty(0) or LINK.messages >= 0:
        return
    if not hasattr(signal, "sigtimedwait"):
        return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it is ignored no child can be waited for
    before = modes.terminal_attributes(0)
    messages, app_end = os.pipe()
    alive, guardian_end = os.pipe()
    report = os.memfd_create("crash") if hasattr(os, "memfd_create") else -1
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _BLOCKED)
    try:
        app = os.fork()
    except OSError:
        app = 0
    if app:
        os.close(app_end)
        os.close(alive)
        os._exit(_Guardian(app, messages, report, before).stay())
    os.close(messages)
    os.close(guardian_end)
    os.set_blocking(app_end, False)
    LINK.messages, LINK.guardian_alive, LINK.crash_report = app_end, alive, report
    # Until the app has handlers of its own, Ctrl+C ends it without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


class _Guardian:
    """Waits for the app, and for signals to pass on."""

    def __init__(self, app: int, messages: int, report: int, before: modes.Attributes | None) -> None:
        self._app = app
        self._report = report
        self._before = before
        self._heard = Heard(messages)
        self._deadline: float | None = None
        self._stop_at: float | None = None
        self._app_is_stopped = False

    def stay(self) -> int:
        """Live until the app is dead; return the exit code."""
        signal.signal(signal.SIGCHLD, _do_nothing)  # ignored signals are not reported
        for number in _SENT_ON:
            signal.signal(number, _do_nothing)
        while True:
            info = self._wait()
            # First, for a signal to the whole group has also continued the app.
            status = self._reap()
            if status is not None:
                return self._mourn(status)
            if info is not None:
                self._pass_on(info)

    def _wait(self) -> signal.struct_siginfo | None:
        ends = [end for end in (self._deadline, self._stop_at) if end is not None]
        if not ends:
            return signal.sigwaitinfo(_WATCHED)
        info = signal.sigtimedwait(_WATCHED, max(0.0, min(ends) - time.monotonic()))
        if info is None:
            self._on_time()
        return info

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._stop_at is not None and now >= self._stop_at:
            # Only the guardian was asked to stop.
            self._stop_at = None
            self._kill(signal.SIGTSTP)
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            self._kill(signal.SIGKILL)

    def _pass_on(self, info: signal.struct_siginfo) -> None:
        number = signal.Signals(info.si_signo)
        if number in _SENT_ON:
            self._deadline = self._deadline or time.monotonic() + _MERCY_S
            # Keys on the terminal signal the whole group; a hang-up may reach the session leader alone.
            if info.si_code <= 0 or number is signal.SIGHUP:
                self._kill(number)
        elif number is signal.SIGTSTP:
            self._stop_at = time.monotonic() + 0.2
        elif number is signal.SIGCONT and self._app_is_stopped:
            self._kill(signal.SIGCONT)

    def _kill(self, number: signal.Signals) -> None:
        try:
            os.kill(self._app, number)
        except ProcessLookupError:
            return

    def _reap(self) -> int | None:
        """The app's wait status once it is dead; stops with it when it has stopped."""
        while True:
            pid, status = os.waitpid(self._app, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if pid == 0:
                return None
            if os.WIFCONTINUED(status):
                self._app_is_stopped = False
            elif os.WIFSTOPPED(status):
                self._stop_too()
            else:
                return status

    def _stop_too(self) -> None:
        self._stop_at = self._deadline = None
        self._app_is_stopped = True
        if self._heard.listen().is_drawing and modes.is_in_foreground(0):
            modes.undo(0, self._before)
        os.kill(os.getpid(), signal.SIGSTOP)

    def _mourn(self, status: int) -> int:
        code = os.waitstatus_to_exitcode(status)
        if code >= 0:
            return code
        heard = self._heard.listen()
        kill_groups(heard.groups)
        if modes.is_in_foreground(0):
            if heard.is_drawing:
                modes.undo(0, self._before)
                time.sleep(_SETTLE_S)
            modes.restore_attributes(0, self._before)
        explain(signal.Signals(-code), read_report(self._report))
        return 128 - code


def read_report(report: int) -> str:
    """What a crash has left of itself; "" without one."""
    if report < 0:
        return ""
    os.lseek(report, 0, os.SEEK_SET)
    return os.read(report, 16_384).decode(errors="replace")


def explain(number: signal.Signals, report: str) -> None:
    """Say what ended the app, unless whoever sent the signal knows."""
    if number in _SENT_ON:
        return
    ended = f"TUI Tutor was ended by {number.name}."
    _say(f"\r\n{ended} What was answered and run is kept; start it again to go on.\r\n")
    if number in _CRASHES:
        _say(report.replace("\n", "\r\n"))


class Heard:
    """What the app has told so far."""

    def __init__(self, messages: int) -> None:
        self._messages = messages
        os.set_blocking(messages, False)
        self.is_drawing = False
        self.groups: set[int] = set()

    def listen(self) -> Self:
        """Take what has arrived since."""
        try:
            while data := os.read(self._messages, 65_536):
                for line in data.decode(errors="replace").splitlines():
                    self.take(line)
        except BlockingIOError:
            pass
        return self

    def take(self, line: str) -> None:
        """Note one message."""
        word, _, group = line.partition(" ")
        if word in ("drawing", "left"):
            self.is_drawing = word == "drawing"
        elif word == "group":
            self.groups.add(int(group))
        elif word == "gone":
            self.groups.discard(int(group))


def kill_groups(groups: Iterable[int]) -> None:
    """Kill what the app had started, as far as it still lives."""
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _say(text: str) -> None:
    modes.send(sys.__stderr__.fileno() if sys.__stderr__ else 2, text.encode())


def _do_nothing(_number: int, _frame: object) -> None:
    return
