"""Lessons, cells and course folders in which a test names only what matters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui_tutor.core.course import (
    Cell,
    ChoiceQuiz,
    ClozeQuiz,
    CodeCell,
    Course,
    ExerciseCell,
    Lesson,
    MarkdownCell,
    Option,
    ShellCell,
    TextQuiz,
    VizCell,
)
from tui_tutor.core.ports import Record, RecordKind

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


# --- cells ------------------------------------------------------------------------------------------


def a_markdown(text: str = "Some prose.", **fields: Any) -> MarkdownCell:
    """An md cell."""
    return MarkdownCell(**{"kind": "md", "id": "md-1", "text": text, **fields})


def a_code(source: str = "print(1)", **fields: Any) -> CodeCell:
    """A code cell."""
    return CodeCell(**{"kind": "code", "id": "code-1", "source": source, **fields})


def a_viz(**fields: Any) -> VizCell:
    """A line over `ys`, unless the fields say otherwise."""
    data = {} if fields.keys() & {"data", "y"} else {"y": "ys"}
    return VizCell(**{"kind": "viz", "id": "viz-1", "plot": "line", **data, **fields})


def an_exercise(**fields: Any) -> ExerciseCell:
    """An exercise that is solved by `x = 2` and checked by value."""
    check = ({"kind": "value", "says": "x is 2", "expr": "x", "equals": 2},)
    defaults = {"id": "ex-1", "task": "Make x two.", "starter": "x = 1", "solution": "x = 2", "check": check}
    return ExerciseCell(**{"kind": "ex", **defaults, **fields})


def a_quiz(correct: int = 1, options: int = 3, **fields: Any) -> ChoiceQuiz:
    """A single choice whose option number `correct` (from 1) is right; options have ids `option-N`."""
    drawn = tuple(
        Option(id=f"option-{n}", text=f"Option {n}", correct=n == correct, feedback=f"Feedback {n}.")
        for n in range(1, options + 1)
    )
    defaults = {"id": "quiz-1", "question": "Which one?", "explain": "That one.", "option": drawn}
    return ChoiceQuiz(**{"kind": "quiz", "form": "choice", **defaults, **fields})


def a_text_quiz(accept: Sequence[str] = ("kernel",), **fields: Any) -> TextQuiz:
    """A question answered by a word."""
    defaults = {"id": "quiz-1", "question": "What runs the code?", "accept": tuple(accept)}
    return TextQuiz(**{"kind": "quiz", "form": "text", **defaults, **fields})


def a_cloze(question: str, accept: Sequence[str], **fields: Any) -> ClozeQuiz:
    """A text with a blank for each word that is accepted."""
    blanks = [{"form": "text", "accept": [word]} for word in accept]
    defaults = {"id": "quiz-1", "question": question, "blank": blanks}
    return ClozeQuiz(**{"kind": "quiz", "form": "cloze", **defaults, **fields})


def a_shell(run: str = "echo hello", **fields: Any) -> ShellCell:
    """A shell cell."""
    return ShellCell(**{"kind": "sh", "id": "sh-1", "run": run, **fields})


# --- lessons and courses ----------------------------------------------------------------------------


def a_lesson(cells: Sequence[Cell] | None = None, **fields: Any) -> Lesson:
    """A lesson of these cells (one md cell by default)."""
    drawn = (a_markdown(),) if cells is None else tuple(cells)
    return Lesson(**{"id": "first", "title": "First lesson", "cell": drawn, **fields})


def a_course(lessons: Sequence[str] = ("first",), **fields: Any) -> Course:
    """What course.toml says of a course with these lesson ids."""
    defaults = {"format": 1, "id": "a-course", "title": "A course", "version": "1.0.0"}
    return Course(**{**defaults, "lessons": tuple(lessons), **fields})


def a_course_folder(
    parent: Path,
    *,
    lessons: Sequence[Lesson] | Mapping[str, str] | None = None,
    cells: Sequence[Cell] | None = None,
    files: Mapping[str, str | bytes] | None = None,
    name: str = "a-course",
    **fields: Any,
) -> Path:
    """Write a course into `parent/name`; lessons as models, or as TOML text by lesson id."""
    if lessons is None:
        lessons = (a_lesson(cells),)
    texts = lessons if isinstance(lessons, Mapping) else {one.id: as_toml(one) for one in lessons}
    course = as_toml(a_course(tuple(texts), id=fields.pop("id", name), **fields))
    written: dict[str, str | bytes] = {"course.toml": course}
    written |= {f"lessons/{lesson}.toml": text for lesson, text in texts.items()}
    return write_files(parent / name, written | dict(files or {}))


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by relative path; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def a_record(
    kind: RecordKind, cell: str = "", /, *, course: str = "a-course", lesson: str = "first", **data: Any
) -> Record:
    """One line of the event log, at noon; further arguments are its data."""
    return Record(kind, course, lesson, cell, NOON, data)


# --- TOML -------------------------------------------------------------------------------------------


def as_toml(model: Course | Lesson) -> str:
    """A course or lesson as an author could have written it; what equals its default is left out."""
    values = model.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    if isinstance(model, Lesson):
        values.pop("id", None)
        cells = [cell.model_dump(mode="python", by_alias=True, exclude_unset=True) for cell in model.cell]
        values["cell"] = cells
    cells = values.pop("cell", [])
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    for cell in cells:
        lines += [
            "",
            "[[cell]]",
            *(f"{key} = {_toml(value)}" for key, value in cell.items() if value is not None),
        ]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            return (
                "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items() if v is not None) + " }"
            )
        case list() | tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            raise TypeError(f"TOML has no {type(value).__name__}")


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else json.dumps(name)
