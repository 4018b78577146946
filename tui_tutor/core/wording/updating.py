"""What the next version of a course brings, in lines, and what becomes of what the learner did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tui_tutor.core.course_changes import CellPlace, CourseChanges
from tui_tutor.core.safe_text import safe_line

MOST_LINES: Final = 100  # of one kind


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """An update before it is done. `worked`: cells that the learner has run, edited or answered.

    `files`: what becomes of files of the workspace; `titles`: of lessons of both versions.
    """

    course_id: str
    title: str
    before: str
    after: str
    source: str
    changes: CourseChanges
    worked: frozenset[CellPlace]
    titles: Mapping[str, str]
    files: Mapping[str, Literal["new", "renewed", "beside"]]
    signature: str = ""
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """For people: one line for each thing that is new, changed, moved or retired."""
        if self.before == self.after:
            yield f"{safe_line(self.title)}, version {safe_line(self.before)} with other content"
        else:
            yield f"{safe_line(self.title)} {safe_line(self.before)} -> {safe_line(self.after)}"
        yield f"  from {safe_line(self.source)}"
        yield from _bounded("new", self._new())
        yield from _bounded("changed", self._changed())
        yield from _bounded("moved", self._moved())
        yield from _bounded("retired", self._retired())
        yield from _bounded("files", self._files())
        for note in (self.signature, *self.notes):
            if note:
                yield f"  {safe_line(note)}"

    def _new(self) -> Iterator[str]:
        for lesson in self.changes.new_lessons:
            yield f"lesson {self._lesson(lesson)}"
        for place in self.changes.new:
            if place.lesson not in self.changes.new_lessons:
                yield _cell(place)

    def _changed(self) -> Iterator[str]:
        for place in self.changes.changed:
            new = self.changes.pairs[place]
            yield _cell(new) + ("  since you worked on it" if place in self.worked else "")

    def _moved(self) -> Iterator[str]:
        for old, new in self.changes.renamed_lessons.items():
            yield f"lesson {old} -> {self._lesson(new)}"
        for place, target in self.changes.moved.items():
            where = f"{_cell(place)} -> {_cell(target)}"
            if place == target:
                where = f"{_cell(place)} within its lesson"
            yield where + ("  your work goes with it" if place in self.worked else "")

    def _retired(self) -> Iterator[str]:
        worked = {place.lesson for place in self.worked}
        for lesson in self.changes.retired_lessons:
            kept = "  what you did in it is kept" if lesson in worked else ""
            yield f"lesson {self._lesson(lesson)}{kept}"
        for place in self.changes.retired:
            if place.lesson not in self.changes.retired_lessons:
                yield _cell(place) + ("  what you did in it is kept" if place in self.worked else "")

    def _files(self) -> Iterator[str]:
        for path, fate in self.files.items():
            match fate:
                case "new":
                    yield f"{safe_line(path)}  comes into your workspace"
                case "renewed":
                    yield f"{safe_line(path)}  is replaced: you have not changed it"
                case "beside":
                    beside = safe_line(f"{path}.new")
                    yield f"{safe_line(path)}  stays as you changed it; the new one comes as {beside}"

    def _lesson(self, lesson: str) -> str:
        return f"{lesson}  {safe_line(self.titles.get(lesson, ''))}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        changes = self.changes
        return {
            "id": self.course_id,
            "before": self.before,
            "after": self.after,
            "source": self.source,
            "lessons": {
                "new": list(changes.new_lessons),
                "retired": list(changes.retired_lessons),
                "moved": [{"from": old, "to": new} for old, new in changes.renamed_lessons.items()],
            },
            "cells": {
                "new": [_words(place) for place in changes.new],
                "changed": [
                    {"cell": _words(changes.pairs[place]), "worked": place in self.worked}
                    for place in changes.changed
                ],
                "moved": [
                    {"from": _words(old), "to": _words(new), "worked": old in self.worked}
                    for old, new in changes.moved.items()
                ],
                "retired": [
                    {"cell": _words(place), "worked": place in self.worked} for place in changes.retired
                ],
            },
            "files": [{"path": path, "fate": fate} for path, fate in self.files.items()],
            "notes": list(self.notes),
        }


def _cell(place: CellPlace) -> str:
    return safe_line(_words(place))


def _words(place: CellPlace) -> str:
    return f"{place.lesson}/{place.cell}"


def _bounded(label: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == MOST_LINES:
            yield f"  {'':<8} and more: --json lists all"
            return
        yield f"  {label if number == 0 else '':<8} {line}"
