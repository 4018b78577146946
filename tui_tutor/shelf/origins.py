"""Where an installed course came from: a note inside its folder, so that the two change together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui_tutor.core.ports import Origin
from tui_tutor.shelf.folder import read_file
from tui_tutor.shelf.writing import write_atomically

if TYPE_CHECKING:
    from tui_tutor.core.course_changes import Pairs

NOTES: Final = ".tui-tutor"  # a folder with a dot: no part of the course, left out of its hash
_ORIGIN: Final = f"{NOTES}/origin.json"
_MOVES: Final = f"{NOTES}/moves.json"
_TEXTS: Final = ("source", "version", "tree_hash", "signer", "at")


def write_origin(folder: Path, origin: Origin) -> None:
    """Note in a staged course where it came from; notes that came with it are thrown away."""
    import shutil

    shutil.rmtree(folder / NOTES, ignore_errors=True)
    (folder / NOTES).mkdir(mode=0o700)
    page = {"format": 1, **{name: getattr(origin, name) for name in _TEXTS}}
    write_atomically(folder / _ORIGIN, json.dumps(page).encode())


def read_origin(folder: Path) -> Origin | None:
    """Where a course came from; None for one that was put there by hand."""
    page = _read(folder, _ORIGIN)
    texts = {name: page.get(name) for name in _TEXTS}
    if page.get("format") != 1 or not all(isinstance(text, str) for text in texts.values()):
        return None
    return Origin(**{name: str(text) for name, text in texts.items()})


@dataclass(frozen=True, slots=True)
class Moves:
    """Where an update takes the history of cells and lessons; `update` is an id of its own."""

    update: str
    cells: Pairs
    lessons: Mapping[str, str]

    def as_data(self) -> dict[str, Any]:
        """The data of the record `moved`."""
        cells = [[old.lesson, old.cell, new.lesson, new.cell] for old, new in self.cells.items()]
        lessons = [list(pair) for pair in self.lessons.items()]
        return {"update": self.update, "cells": cells, "lessons": lessons}


def write_moves(folder: Path, moves: Moves) -> None:
    """Note what an update moves, until the learner's log says so too."""
    write_atomically(folder / _MOVES, json.dumps(moves.as_data()).encode())


def pending_moves(courses: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Installed courses whose update is not in the log yet, and the data of its record `moved`."""
    for path in courses.glob(f"*/{_MOVES}"):
        folder = path.parent.parent
        page = _read(folder, _MOVES)
        if {"update", "cells", "lessons"} <= page.keys():
            yield folder, page


def forget_moves(folder: Path) -> None:
    """The log has them."""
    with suppress(OSError):
        (folder / _MOVES).unlink(missing_ok=True)


def _read(folder: Path, name: str) -> dict[str, Any]:
    page: Any = {}
    with suppress(ValueError, RecursionError):
        page = json.loads(read_file(folder, name) or b"{}")
    return page if isinstance(page, dict) else {}
