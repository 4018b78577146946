"""Inside the kernel: questions about its names, answered in a forked copy that cannot harm it.

Handed over by path, standard library only. A copy has its own process group, a time limit, no voice (its
output goes nowhere) and one pipe, bounded to 16 MB; what it says counts only behind a token drawn for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import secrets
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

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
    token = secrets.token_hex(16)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _speak(work, writer, token, silence)
    os.close(writer)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    try:
        said = _listen(reader, limit_s)
    finally:
        os.close(reader)
        status = _end(pid)
    if said is None:
        return failure("Timeout", f"it did not finish within {limit_s:g} s")
    if len(said) > MAXIMUM:
        return failure("TooLarge", "the value is too large to be looked at")
    if said[:32] != token.encode():
        return failure("Died", _died(status))
    return DECODE(said[32:].decode("ascii"), 0)[0]  # type: ignore[no-any-return]


def _died(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return f"the copy that was checked died ({signal.Signals(-code).name})"
    return f"the copy that was checked ended itself (exit status {code})"


def _end(pid: int) -> int:
    """Kill the copy and its group, unless it has ended; give its status."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return os.waitpid(pid, 0)[1]


def _listen(reader: int, limit_s: float) -> bytes | None:
    said, end = bytearray(), time.monotonic() + limit_s
    while len(said) <= MAXIMUM:
        left = end - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return None
        data = os.read(reader, 1 << 16)
        if not data:
            break
        said += data
    return bytes(said)


def _speak(work: Work, writer: int, token: str, silence: Callable[[], None]) -> None:
    """In the copy: do the work, write the report, end. Never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        silence()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        sys.stdout = sys.stderr = io.StringIO()
        view = memoryview((token + encoded(work)).encode())
        while view:
            view = view[os.write(writer, view) :]
        code = 0
    finally:
        os._exit(code)


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

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def in_place(work: Work, limit_s: float) -> Report:
    """Do work in this process, silenced, for where a fork is not there or not safe."""
    began, nowhere = time.monotonic(), io.StringIO()
    try:
        with time_limit(limit_s), contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            said = encoded(work)
    except OutOfTime:
        said = ""
    if not said or time.monotonic() - began >= limit_s:  # the work may have taken the alarm for its own error
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
