"""News of a build for whoever watches: which agent works on what, what is proven, what is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal[
    "outline", "writing", "running", "repairing", "solving", "levels", "judging", "proving", "done"
]


@dataclass(frozen=True, slots=True)
class News:
    """Something has begun or is done. `lesson` is an id, "" for the course."""

    stage: Stage
    lesson: str
    what: str
    cells_proven: int = 0
    is_end: bool = False


OnNews = Callable[[News], None]


def _nobody(_: News) -> None:
    """Nobody watches."""
