"""The terminal's modes: what undoes all that an app may have switched on, sent without waiting for ever."""

from __future__ import annotations

import os
import select
import termios
from typing import Any, Final

# CAN and ST end a sequence that was cut in the middle. The kitty keyboard is popped before the alternate
# screen is left, for each screen has its own stack.
UNDO: Final = (
    b"\x18\x1b\\"
    b"\x1b[?2026l"
    b"\x1b]8;;\x1b\\\x1b[m\x1b[r"
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    b"\x1b[?1004l\x1b[?2004l\x1b[?2048l"
    b"\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h"
)
_PATIENCE_S: Final = 0.3

# What termios.tcgetattr gives.
Attributes = list[Any]


def terminal_attributes(descriptor: int) -> Attributes | None:
    """The terminal's settings; None when there is no terminal, or no longer."""
    try:
        return termios.tcgetattr(descriptor)
    except (termios.error, OSError):
        return None


def is_in_foreground(descriptor: int) -> bool:
    """Whether the terminal is ours to change, not a shell's that has put us in the background."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return True  # not our controlling terminal, so no shell shares it


def undo(descriptor: int, before: Attributes | None) -> None:
    """Switch every mode off and put the settings back; a terminal that is gone or stuck is left alone."""
    if terminal_attributes(descriptor) is None:
        return
    send(descriptor, UNDO)
    restore_attributes(descriptor, before)


def restore_attributes(descriptor: int, before: Attributes | None) -> None:
    """Put the settings back and drop unread input: late replies and mouse reports are not for the shell."""
    try:
        termios.tcflush(descriptor, termios.TCIFLUSH)
        if before is not None:
            # Not TCSADRAIN: a terminal that is not read would hold us for ever.
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
    except (termios.error, OSError):
        return


def send(descriptor: int, data: bytes) -> None:
    """Write to a terminal that may be gone or not read: waits a moment, never for ever."""
    try:
        while data:
            if not select.select([], [descriptor], [], _PATIENCE_S)[1]:
                return
            data = data[os.write(descriptor, data) :]
    except (OSError, ValueError):
        return
