"""Inside the kernel: questions about its names, answered in a forked copy that cannot harm it.

Handed over by path, standard library only. A copy has its own process group, a time limit, no voice (its
output goes nowhere) and one pipe, bounded to 16 MB; what it says counts only behind a token drawn for it.

The learner's code has run in this process before, and may have put its own functions into the library's
modules. So what is needed here is taken out of them at the start, and builtins are looked up in a copy.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import io
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

globals()["__builtins__"] = dict(vars(builtins))
_fork, _pipe, _read, _write, _close, _leave = os.fork, os.pipe, os.read, os.write, os.close, os._exit
_open, _dup2, _waitpid, _setpgid, _killpg = os.open, os.dup2, os.waitpid, os.setpgid, os.killpg
_urandom, _exit_code = os.urandom, os.waitstatus_to_exitcode
_select, _monotonic, _signal, _setitimer = select.select, time.monotonic, signal.signal, signal.setitimer
_getsignal, _Text = signal.getsignal, io.StringIO
_KILL, _ALARM, _REAL, _INTERRUPT = signal.SIGKILL, signal.SIGALRM, signal.ITIMER_REAL, signal.SIGINT
_DEFAULT, _HANDLED = signal.SIG_DFL, [*signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}]
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
_settrace, _setprofile = sys.settrace, sys.setprofile
Report = dict[str, Any]
Work = Callable[[], Report]
MAXIMUM = 16 << 20  # bytes of one report; two arrays of `inside_checks.MAX_ELEMENTS` numbers need 11 MB
# Captured before any learner's code: whoever replaces parts of `json` must not word a report.
ENCODE = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, None, json.encoder.encode_basestring_ascii, None, ": ", ", ", False, False, True
)
DECODE = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
NOTE = "checked on a shallow copy: native threads are alive in the kernel"


class OutOfTime(BaseException):
    """Raised in the main thread by the alarm; no `except Exception` of a stranger stops it."""


def as_text(report: Report) -> str:
    """A report as ASCII JSON, with the parts of `json` as they were."""
    return "".join(ENCODE(report, 0))


def copied(report: Report) -> Any:
    """A report of plain values only."""
    return DECODE(as_text(report), 0)[0]


def failure(name: str, message: str) -> Report:
    """A report that says why there is none."""
    return {"error": {"name": name, "message": message}}


class ThreadCount:
    """Which threads belonged to the kernel before any learner's code ran."""

    def __init__(self) -> None:
        self.known = set(tasks())

    def has_strangers(self) -> bool:
        """Whether native threads (not Python's) are alive that a fork would tear out of their work."""
        python = {thread.native_id for thread in threading.enumerate()}
        return bool(set(tasks()) - self.known - python)


def tasks() -> list[int]:
    """Numbers of this process's threads; empty where /proc is not there."""
    try:
        return [int(name) for name in os.listdir("/proc/self/task")]
    except OSError:
        return []


def in_copy(work: Work, limit_s: float, silence: Callable[[], None]) -> Report:
    """Do work in a forked copy of this process and give its report."""
    traced = sys.gettrace(), sys.getprofile()
    _settrace(None)
    _setprofile(None)
    try:
        return _in_copy(work, limit_s, silence)
    finally:
        _settrace(traced[0])
        _setprofile(traced[1])


def _in_copy(work: Work, limit_s: float, silence: Callable[[], None]) -> Report:
    pid, reader, token = begin_copy(work, silence)
    try:
        said = _listen(reader, limit_s)
    finally:
        _close(reader)
        status = _end(pid)
    if said is None:
        return failure("Timeout", f"it did not finish within {limit_s:g} s")
    if len(said) > MAXIMUM:
        return failure("TooLarge", "the value is too large to be looked at")
    if said[:32] != token:
        return failure("Died", _died(status))
    return DECODE(said[32:].decode("ascii"), 0)[0]  # type: ignore[no-any-return]


def begin_copy(work: Work, silence: Callable[[], None]) -> tuple[int, int, bytes]:
    """Fork a copy that does work: its number, the pipe it reports to, and the token its report begins with.

    The token is drawn after the fork, so that no memory of the copy holds it.
    """
    reader, writer = _pipe()
    told, teller = _pipe()
    pid = _fork()
    if pid == 0:
        _close(teller)
        _speak(work, writer, told, silence)
    _close(writer)
    _close(told)
    token = _urandom(16).hex().encode()
    try:
        _write(teller, token)
        _setpgid(pid, pid)
    except OSError:
        pass
    finally:
        _close(teller)
    return pid, reader, token


def _died(status: int) -> str:
    code = _exit_code(status)
    if code < 0:
        return f"the copy that was checked died ({signal.Signals(-code).name})"
    return f"the copy that was checked ended itself (exit status {code})"


def _end(pid: int) -> int:
    """Kill the copy and its group, unless it has ended; give its status."""
    try:
        _killpg(pid, _KILL)
    except OSError:
        pass
    while True:
        try:
            return _waitpid(pid, 0)[1]
        except KeyboardInterrupt:
            continue


def _listen(reader: int, limit_s: float) -> bytes | None:
    said, end = bytearray(), _monotonic() + limit_s
    while len(said) <= MAXIMUM:
        left = end - _monotonic()
        if left <= 0 or not _select([reader], [], [], left)[0]:
            return None
        data = _read(reader, 1 << 16)
        if not data:
            break
        said += data
    return bytes(said)


def _speak(work: Work, writer: int, told: int, silence: Callable[[], None]) -> None:
    """In the copy: do the work, write the report, end. Never returns."""
    code = 1
    try:
        _setpgid(0, 0)
        _forget_handlers()
        if _prctl is not None:
            _prctl(1, _KILL, 0, 0, 0)
        silence()
        null = _open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            _dup2(null, descriptor)
        sys.stdout = sys.stderr = _Text()
        # Read before the work and kept where no name, frame or collector leads: between two arguments.
        _send(writer, _read(told, 32), encoded(work))
        code = 0
    finally:
        _leave(code)


def _forget_handlers() -> None:
    """A handler of the learner's would be given our frames."""
    for number in _HANDLED:
        if number == _INTERRUPT or callable(_getsignal(number)):
            _signal(number, _DEFAULT)


def _send(writer: int, token: bytes, report: str) -> None:
    view = memoryview(token + report.encode())
    while view:
        view = view[_write(writer, view) :]


def encoded(work: Work) -> str:
    """The work's report as ASCII JSON; whatever it raises becomes a report too."""
    try:
        return "".join(ENCODE(work(), 0))
    except BaseException as error:
        if isinstance(error, OutOfTime):
            raise
        return "".join(ENCODE(failure(type(error).__name__, text_of(error)), 0))


def text_of(error: BaseException) -> str:
    """A message, even of an exception whose own text fails."""
    try:
        return str(error)[:2000]
    except Exception:
        return "(it has no readable message)"


@contextlib.contextmanager
def time_limit(limit_s: float) -> Iterator[None]:
    """Raise OutOfTime in the main thread when time is up."""

    def ring(*_: object) -> None:
        raise OutOfTime

    before = _signal(_ALARM, ring)
    _setitimer(_REAL, limit_s)
    try:
        yield
    finally:
        _setitimer(_REAL, 0)
        _signal(_ALARM, before)


def in_place(work: Work, limit_s: float) -> Report:
    """Do work in this process, silenced, for where a fork is not there or not safe."""
    began, nowhere = _monotonic(), _Text()
    # All that is needed afterwards is in locals: the work may have reached our names through its frames.
    kept, values, put_back, each, ids = dict(globals()), globals().values, globals().update, map, id
    before = [*each(ids, values())]
    try:
        with time_limit(limit_s), contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            said = encoded(work)
    except OutOfTime:
        said = ""
    finally:
        is_touched = [*each(ids, values())] != before
        put_back(kept)
    if is_touched:
        return failure("Disguised", "the answer reached into the check")
    if not said or _monotonic() - began >= limit_s:  # the work may have taken the alarm for its own error
        return failure("Timeout", f"it did not finish within {limit_s:g} s")
    return DECODE(said, 0)[0]  # type: ignore[no-any-return]


@contextlib.contextmanager
def random_state() -> Iterator[None]:
    """Put the generators of random, NumPy and torch back as they were."""
    random, numpy, torch = (sys.modules.get(name) for name in ("random", "numpy", "torch"))
    states = (
        random and random.getstate(),
        numpy and numpy.random.get_state(),
        torch and hasattr(torch, "get_rng_state") and torch.get_rng_state(),
    )
    try:
        yield
    finally:
        if random:
            random.setstate(states[0])
        if numpy:
            numpy.random.set_state(states[1])
        if torch and hasattr(torch, "get_rng_state"):
            torch.set_rng_state(states[2])
