"""A new course: a small complete one is written into an empty folder, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.schema import json_schema
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.shelf.writing import explained

SCHEMA_FOLDER: Final = ".schema"
_SAMPLE: Final = "newcourse"
# A file of Python would be one of ours, and one that begins with a dot is easily left out of a package.
_CALLED_OTHERWISE: Final = {"gitignore": ".gitignore", "report.py.txt": "report.py"}


@dataclass(frozen=True, slots=True)
class NewCourse:
    """What stands in the sample's places: an id that fits, and a title of one line."""

    course_id: str
    title: str

    def texts(self) -> dict[str, str]:
        """Every file of the course, by relative name."""
        texts = dict(_sample(files("tui_tutor.shelf").joinpath(_SAMPLE), ""))
        title = toml_text({"title": self.title}).removeprefix("title = ").rstrip("\n")
        heading = safe_line(self.title)
        for mark, text in (("@ID@", self.course_id), ("@TITLE@", title), ("@HEADING@", heading)):
            # Only where the sample has the mark, never inside what was put in before.
            name = "README.md" if mark == "@HEADING@" else "course.toml"
            before, _, after = texts[name].partition(mark)
            texts[name] = before + text + after
        for kind in ("course", "lesson"):
            schema = json_schema("course" if kind == "course" else "lesson")
            shown = json.dumps(schema, indent=2, ensure_ascii=False)
            texts[f"{SCHEMA_FOLDER}/{kind}.schema.json"] = f"{shown}\n"
        return texts


def _sample(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.name.startswith(("__", ".")):
            continue
        name = prefix + _CALLED_OTHERWISE.get(entry.name, entry.name)
        if entry.is_dir():
            yield from _sample(entry, f"{name}/")
        else:
            yield name, entry.read_text("utf-8")


def begin_course(folder: Path, course: NewCourse) -> tuple[str, ...]:
    """Write the course into a folder that is empty or not there; the names of its files, sorted.

    TutorError, and nothing is left behind, where the folder holds something or cannot be written.
    """
    texts = course.texts()
    with _explained(folder):
        _require_empty(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write(folder, texts)
    return tuple(sorted(texts))


def _require_empty(folder: Path) -> None:
    shown = safe_line(str(folder))
    if folder.is_symlink() and not folder.exists():
        raise TutorError(f"{shown} is a link that leads nowhere.", help="Name another folder.")
    if folder.exists() and not folder.is_dir():
        raise TutorError(f"{shown} is a file.", help="Name a folder that is empty or not there yet.")
    if folder.is_dir() and any(folder.iterdir()):
        raise TutorError(
            f"{shown} is not empty, and nothing was written.",
            help="Name a folder that is empty or not there yet.",
        )


def _write(folder: Path, texts: dict[str, str]) -> None:
    """All files beside their place, then there at once; course.toml, which makes it a course, comes last."""
    is_there = folder.is_dir()
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder if is_there else folder.parent))
    try:
        for name, text in texts.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        if is_there:
            for path in sorted(beside.iterdir(), key=lambda one: one.name == "course.toml"):
                os.rename(path, folder / path.name)
        else:
            beside.chmod(0o777 & ~_mask())
            os.rename(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _mask() -> int:
    """The umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    shown = safe_line(str(folder))
    try:
        with explained(
            lambda reason: f"The course was not made: {shown} cannot be written ({reason}).",
            help="Name a folder that you may write to.",
        ):
            yield
    except ValueError as error:  # a name with a zero byte
        raise TutorError("The name of the folder cannot be used.", help="Use another name.") from error
