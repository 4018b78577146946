"""Drafts -> the tables of a lesson and a course, as the format has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from tui_tutor.core.course import Level
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.drafts import LevelDraft, Slot
from tui_tutor.studio.outline import Outline

Table = dict[str, Any]
# What stands where in a cell's table, for whoever reads the file; the rest follows.
_ORDER: Final = (
    "kind",
    "form",
    "id",
    "title",
    "objective",
    "bloom",
    "question",
    "task",
    "text",
    "source",
    "run",
)


def cell_table(draft: BaseModel, slot: Slot | None = None) -> Table:
    """A cell's table; an assessing cell names its objective and level, as its place does."""
    table = draft.model_dump(exclude_defaults=True, by_alias=True, mode="json")
    if slot is not None and slot.kind in ("ex", "quiz"):
        table |= {"objective": slot.objective, "bloom": slot.bloom}
    for option in table.get("option", ()):
        if not option["correct"]:
            del option["correct"]
    if table.get("form") == "choice":
        table["shuffle"] = True
    return _ordered({key: value for key, value in table.items() if value not in ("", None)})


def _ordered(table: Table) -> Table:
    first: Table = {key: table[key] for key in _ORDER if key in table}
    return {**first, **{key: value for key, value in table.items() if key not in first}}


def lesson_toml(outline: Outline, lesson_id: str, cells: Sequence[Table]) -> str:
    """The file of a finished lesson."""
    return toml_text({**_head(outline, lesson_id), "cell": list(cells)})


def draft_toml(outline: Outline, lesson_id: str) -> str:
    """The file of a lesson that is not written yet."""
    return toml_text({**_head(outline, lesson_id), "draft": True})


def _head(outline: Outline, lesson_id: str) -> Table:
    lesson = outline.lesson_named(lesson_id)
    return {
        "title": lesson.title,
        "minutes": lesson.minutes,
        "bloom": lesson.bloom,
        "objective": lesson.objective,
        "objectives": list(lesson.objectives),
        "requires": list(lesson.requires),
    }


def overlay_toml(level: LevelDraft, cells: Sequence[Table]) -> str:
    """The file of a lesson's words for another level; what is not of this cell's kind is left out."""
    kinds = {cell["id"]: cell["kind"] for cell in cells}
    tables = [_level_cell(one.model_dump(), kinds[one.id]) for one in level.cell if one.id in kinds]
    return toml_text({"cell": [one for one in tables if len(one) > 1]})


_LEVEL_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "md": frozenset({"text"}),
    "ex": frozenset({"task", "starter", "hints", "explain"}),
    "quiz": frozenset({"question", "hints", "explain"}),
}


def _level_cell(words: Table, kind: str) -> Table:
    allowed = _LEVEL_WORDS.get(kind, frozenset())
    return {key: value for key, value in words.items() if key == "id" or (key in allowed and value)}


def overlay_file(lesson_id: str, level: Level) -> str:
    """Where a level's words stand."""
    return f"lessons/{lesson_id}.{level}.toml"


def course_toml(
    brief: Brief, outline: Outline, *, lessons: Sequence[str] | None = None, version: str = "1.0.0"
) -> str:
    """course.toml; with `lessons` only these, as a course of its own."""
    wanted = [one.id for one in outline.lesson] if lessons is None else list(lessons)
    served = {objective for one in wanted for objective in outline.lesson_named(one).objectives}
    return toml_text(
        {
            "format": 1,
            "needs": ">=0.1",
            "id": outline.id,
            "title": outline.title,
            "version": version,
            "summary": outline.summary,
            "authors": list(brief.authors),
            "license": brief.license or "CC-BY-4.0",
            "language": brief.language,
            "level": brief.level,
            "lessons": wanted,
            "kernel": {"name": "python3", "packages": list(brief.packages), "timeout_s": 30},
            "objective": [
                {"id": one.id, "text": one.text, "requires": [r for r in one.requires if r in served]}
                for one in outline.objective
                if one.id in served
            ],
        }
    )
