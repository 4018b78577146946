"""What an importer reads and gives: files in; a course as plain values, and a report of what was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_tutor.core.safe_text import safe_line

Json = Any


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported: one file, or all of a folder by relative path. `name` is its own."""

    name: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Lost:
    """One thing that has no home in a course, or not a whole one: where it stood, what it was, and why."""

    where: str
    what: str
    why: str

    def as_json(self) -> dict[str, str]:
        """As it stands in the fidelity report; made safe to show, for a stranger wrote it."""
        return {name: safe_line(getattr(self, name)) for name in ("where", "what", "why")}


@dataclass(frozen=True, slots=True)
class Imported:
    """A course as the values of its TOML files, and what became of everything that was read.

    `lessons` are in the course's order. `recorded` holds, by lesson and cell id, entries of a lock
    (see `core.lock`) for outputs that came with the source. `counted_in` counts what was read, by the
    source format's own words; every item is either in `lessons` or in `lost`, or in both.
    """

    format: str
    course: Mapping[str, Json]
    lessons: Mapping[str, Mapping[str, Json]]
    counted_in: Mapping[str, int]
    files: Mapping[str, bytes] = field(default_factory=dict)
    recorded: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    lost: tuple[Lost, ...] = ()

    @property
    def counted_out(self) -> dict[str, int]:
        """How many cells of each kind the course has; a quiz counts by its form, as `quiz choice`."""
        counts: Counter[str] = Counter()
        for lesson in self.lessons.values():
            for cell in lesson.get("cell", ()):
                kind = str(cell["kind"])
                counts[f"{kind} {cell['form']}" if kind == "quiz" else kind] += 1
        return dict(counts)

    def report(self) -> dict[str, Json]:
        """The fidelity report, as `import --json` prints it."""
        return {
            "ok": True,
            "format": self.format,
            "in": dict(self.counted_in),
            "out": self.counted_out,
            "lost": [lost.as_json() for lost in self.lost],
        }
