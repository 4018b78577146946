"""What a run of a lesson depends on, as one hash: what was remembered under another is not believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tui_tutor.core.course import Cell, Course, ExerciseCell, Lesson, MarkdownCell
from tui_tutor.proof.examining import names_elsewhere, names_of
from tui_tutor.proof.retelling import begins, retold_cells

WHOLE: Final = 0  # the run of the whole course in one kernel
EXAMINED: Final = 1  # the run in which exercises are examined, each lesson alone
EDITION: Final = 2  # of what a proof looks at; raised when that changes
_WORDS: Final = {"task", "explain", "caption", "alt", "title", "objective", "bloom", "difficulty", "callout"}


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """`surroundings`: interpreter, package versions and our own version, in words."""

    course: Course
    lessons: Sequence[Lesson]
    files: Mapping[str, bytes]
    surroundings: str
    retold: Mapping[str, Mapping[str, Lesson]] = field(default_factory=dict)  # by lesson id and overlay

    def of(self, lesson_id: str, run: int) -> str:
        """Of one run of a lesson; of the whole course's with all lessons that come before it."""
        before = [self._lesson(one) for one in self.lessons]
        place = next(n for n, one in enumerate(self.lessons) if one.id == lesson_id)
        told = [EDITION, run, self.surroundings, self._common(), before[place]]
        if run == WHOLE:
            told += before[:place]
        elif run == EXAMINED:
            told += self._kept_names(self.lessons[place])
            told += self._retold(self.lessons[place])
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def _kept_names(self, lesson: Lesson) -> list[list[str]]:
        """Rewrites and mutants keep the names that any other cell reads, so these matter too."""
        setup = self.course.kernel.setup_source
        return [
            sorted(names_elsewhere(self.lessons, cell, setup) & names_of(cell.solution))
            for cell in lesson.cells
            if isinstance(cell, ExerciseCell)
        ]

    def _retold(self, lesson: Lesson) -> list[Any]:
        """Starters and hints of overlays are tried too."""
        forms = self.retold.get(lesson.id, {})
        return [
            [overlay, told.id, begins(told)]
            for cell in lesson.cells
            if isinstance(cell, ExerciseCell)
            for overlay, told in retold_cells(cell, forms)
        ]

    def _common(self) -> dict[str, Any]:
        copied = {
            path: hashlib.sha256(data).hexdigest()
            for path, data in self.files.items()
            if path.startswith("files/")
        }
        return {"kernel": self.course.kernel.model_dump(), "files": copied}

    def _lesson(self, lesson: Lesson) -> dict[str, Any]:
        cells = [_cell(cell) for cell in lesson.cells if not isinstance(cell, MarkdownCell)]
        return {"id": lesson.id, "setup": lesson.setup_source, "cells": cells}


def _cell(cell: Cell) -> dict[str, Any]:
    return cell.model_dump(mode="json", exclude=_WORDS)
