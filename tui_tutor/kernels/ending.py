"""Why a process ended, in words."""

from __future__ import annotations

import signal
from typing import Final

_SIGNALS: Final = {
    signal.SIGKILL: "it was killed from outside (SIGKILL); most likely the machine ran out of memory",
    signal.SIGSEGV: "it crashed in native code (SIGSEGV, a wrong memory access)",
    signal.SIGBUS: "it crashed in native code (SIGBUS, a wrong memory access)",
    signal.SIGABRT: "it gave up in native code (SIGABRT)",
    signal.SIGFPE: "it crashed in native code (SIGFPE, arithmetic)",
    signal.SIGILL: "it crashed in native code (SIGILL, an instruction this machine lacks)",
    signal.SIGTERM: "it was asked to end (SIGTERM)",
    signal.SIGXCPU: "it used up its processor time (SIGXCPU)",
}


def reason_of(code: int | None) -> str:
    """A clause for an exit code as Python counts them: negative is a signal, None unknown."""
    if code is None:
        return "it ended, and nobody can say why"
    if code >= 0:
        return f"it ended itself (exit status {code})"
    try:
        name = signal.Signals(-code)
    except ValueError:
        return f"it was ended by signal {-code}"
    return _SIGNALS.get(name, f"it was ended by {name.name}")
