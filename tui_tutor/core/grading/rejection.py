"""A typed line that is no answer: nothing is graded, nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why the line was not taken as an answer, as a kind sentence."""

    sentence: str
