"""How much of a stranger's archive is read, and the sentence for one that is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of an archive; what is inside the course's own folder has those of `shelf.folder` besides."""

    members: int = 5_000
    directory_bytes: int = 4_000_000
    name_bytes: int = 240
    ratio: int = 200
    ratio_from_bytes: int = 1_000_000
    manifest_bytes: int = 2_000_000
    signature_bytes: int = 4_000
    wheels: int = 500
    wheels_bytes: int = 4_000_000_000


LIMITS: Final = ArchiveLimits()


def refused(reason: str, *, help: str = "", exit_code: int = 1) -> TutorError:
    """The error for an archive that is not taken; `reason` goes on after "it"."""
    return TutorError(
        f"The archive was refused: {safe_line(reason)}. Nothing was installed.",
        help=help or "Get it again from its author; `tui-tutor pack` makes archives of courses.",
        exit_code=exit_code,
    )
