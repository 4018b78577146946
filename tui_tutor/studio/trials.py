"""What the studio needs of the world to find out whether a draft is true: a place where it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tui_tutor.core.course import Course
from tui_tutor.proof.comparing import ProvenCell

Proven = Mapping[str, Sequence[ProvenCell]]
Tell = Callable[[float, str], None]  # the part that is done, 0..1, and what goes on


@dataclass(frozen=True, slots=True)
class Trial:
    """What three runs of a course showed; `lock` is the proof as it travels with the course."""

    proven: Proven
    lock: Mapping[str, Any]


class Trials(Protocol):
    """Runs courses in fresh kernels, confined as a learner's."""

    async def prove(self, folder: Path, tell: Tell) -> Trial:
        """Run every cell three times and examine every exercise. TutorError where nothing can run."""
        ...

    async def printed(self, program: str, course: Course) -> tuple[bool, str]:
        """Whether a program ended well in a fresh interpreter with a course's packages; what it printed."""
        ...

    def lacking(self, course: Course) -> Sequence[str]:
        """The packages that a course names and that no interpreter here has."""
        ...
