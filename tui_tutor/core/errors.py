"""The one exception that means: tell the person and stop."""

from __future__ import annotations


class TutorError(Exception):
    """The world refused (no folder, disk full, no package).

    `message` says what happened and what was kept, `help` what to do; both are plain text.
    `exit_code` is 1 (could not), 3 (the environment lacks something) or 4 (the course has errors).
    """

    def __init__(self, message: str, *, help: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.exit_code = exit_code
