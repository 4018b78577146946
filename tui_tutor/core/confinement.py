"""How far the code of a course is kept from the rest of the machine, and what is open all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["full", "files only", "limits only", "none"]
NO_SANDBOX: Final = "no sandbox  this code could read your files"
_WORDS: Final[dict[Level, str]] = {
    "full": "sandbox full",
    "files only": "sandbox files only",
    "limits only": "sandbox limits only",
    "none": "no sandbox",
}


@dataclass(frozen=True, slots=True)
class Confinement:
    """A level, and in clauses what it does not cover.

    `layers` are what it is made of; `missing` says in a clause why it is not more.
    """

    level: Level = "none"
    uncovered: tuple[str, ...] = ("reading and changing your files", "the network")
    layers: tuple[str, ...] = ()
    missing: str = ""

    @property
    def words(self) -> str:
        """Two or three words for a status line."""
        return _WORDS[self.level]

    @property
    def is_partial(self) -> bool:
        """Whether files are safe but something else is open."""
        return self.level == "files only"

    @property
    def protects_files(self) -> bool:
        """Whether a learner's files are out of reach."""
        return self.level in ("full", "files only")

    @property
    def closes_network(self) -> bool:
        """Whether a course that may not reach the network cannot, by TCP at least."""
        return not {"the network", "TCP"}.intersection(self.uncovered)

    @property
    def gap(self) -> str:
        """One clause: what is not covered, "" if nothing is."""
        return f"not covered: {', '.join(self.uncovered)}" if self.uncovered else ""

    @property
    def sentence(self) -> str:
        """The level and what it leaves open, as one sentence."""
        if not self.uncovered:
            return f"{self.words}: code of a course reaches nothing but its own workspace."
        return f"{self.words}; {self.gap}."

    def warning(self) -> str:
        """What the trust question has to say plainly, "" where files are safe."""
        match self.level:
            case "none":
                return NO_SANDBOX
            case "limits only":
                return f"{self.words}  this code could read your files"
            case "full" | "files only":
                return ""
