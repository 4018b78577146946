"""`tui-tutor results`: what a learner has done, for people and for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CourseEntry, LessonFacts, LessonProgress, OpenCourse, Record, Shelf
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text
from tui_tutor.store.sqlite import SqliteStore

_COLUMNS: Final = ("course", "lesson", "cell", "kind", "form", "answer", "correct", "score", "at")


@click.command(epilog="Example: tui-tutor results vae --csv > vae.csv")
@click.argument("course", required=False)
@click.option("--json", "is_json", is_flag=True, help="Everything, for programs.")
@click.option("--csv", "is_csv", is_flag=True, help="One line for each attempt.")
def command(course: str | None, is_json: bool, is_csv: bool) -> None:
    """Show what you have done: lessons, time and attempts."""
    if is_json and is_csv:
        raise click.UsageError("--json and --csv cannot be had at once.")
    from tui_tutor.cli.wiring import make_shelf

    shelf = make_shelf()
    opened = _opened(course, shelf) if course is not None else None
    found = _results(course, opened, shelf)
    if is_json:
        click.echo(safe_json({"courses": found}))
    elif is_csv:
        click.echo(_for_the_reader(as_csv(found)), nl=False)
    else:
        click.echo(safe_text(_as_text(found, opened)))


def _opened(course: str, shelf: Shelf) -> OpenCourse | None:
    """The course; None if it is no longer in the library, and only the log knows it."""
    from tui_tutor.cli.wiring import make_store

    try:
        return shelf.open(course)
    except TutorError:
        store = make_store()
        is_known = course in store.courses()
        store.close()
        if not is_known:
            raise
        return None


def _results(course: str | None, opened: OpenCourse | None, shelf: Shelf) -> list[dict[str, Any]]:
    from tui_tutor.cli.wiring import make_store

    store = make_store()
    try:
        if opened is not None:
            return [course_results(opened.entry, store)]
        known = store.courses() if course is None else (course,)
        entries = [entry for entry in shelf.entries() if entry.course_id in known]
        elsewhere = sorted(set(known) - {entry.course_id for entry in entries})
        entries += [CourseEntry(name, name, name, "", None) for name in elsewhere]
        return [course_results(entry, store) for entry in entries]
    finally:
        store.close()


def course_results(entry: CourseEntry, store: SqliteStore) -> dict[str, Any]:
    """One course in the stable shape of `results --json`.

    Of a course that is not in the library the log tells what was done; how much there is (`lessons`, and the
    `cells` of a lesson) is None, as are the `cells` of a lesson with errors.
    """
    progress = store.progress(entry.course_id)
    names = entry.course.lessons if entry.course else tuple(progress)
    lessons = [_lesson(name, entry.lesson_facts.get(name), progress.get(name)) for name in names]
    return {
        "id": entry.course_id,
        "lessons_done": sum(lesson["done"] for lesson in lessons),
        "lessons": len(lessons) if entry.course else None,
        "minutes": round(sum(one.minutes for one in progress.values()), 2),
        "lesson": lessons,
        "attempts": [_attempt(record) for record in store.attempts(entry.course_id)],
    }


def _lesson(name: str, facts: LessonFacts | None, progress: LessonProgress | None) -> dict[str, Any]:
    done = progress.cells_done if progress else frozenset()
    if facts is None:
        return {"id": name, "done": False, "cells_done": len(done), "cells": None}
    counted = done.intersection(facts.cells)
    return {"id": name, "done": facts.is_done(done), "cells_done": len(counted), "cells": len(facts.cells)}


def _attempt(record: Record) -> dict[str, Any]:
    form = record.data.get("form", "")
    return {
        "lesson": record.lesson,
        "cell": record.cell,
        "kind": record.data.get("kind", "quiz" if form else "ex"),
        "form": form,
        "answer": record.data.get("answer", []),
        "correct": record.data.get("correct", False),
        "score": record.data.get("score", 0.0),
        "at": record.at.isoformat(),
    }


def _for_the_reader(text: str) -> str:
    """Answers hold whatever was typed: a program gets it as it is, a terminal nothing that steers it."""
    return safe_text(text) if sys.stdout.isatty() else text


def as_csv(found: Sequence[Mapping[str, Any]]) -> str:
    page = io.StringIO()
    writer = csv.DictWriter(page, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for course in found:
        for attempt in course["attempts"]:
            answer = attempt["answer"]
            told = answer if isinstance(answer, str) else "; ".join(str(part) for part in answer)
            writer.writerow({**attempt, "course": course["id"], "answer": told})
    return page.getvalue()


# --- for people -------------------------------------------------------------------------------------


def _as_text(found: Sequence[Mapping[str, Any]], opened: OpenCourse | None) -> str:
    if not found:
        return "Nothing done yet. tui-tutor learn start-here begins."
    lines = []
    for course in found:
        lines.append(f"{safe_line(course['id'])}: {_course_words(course)}, {course['minutes']:.0f} min")
        lines += [_lesson_line(lesson) for lesson in course["lesson"]]
        lines.append(f"  {_attempts_words(course['attempts'])}")
        lines += _retired_lines(course["attempts"], opened) if opened is not None else []
        lines.append("")
    return "\n".join(lines).rstrip()


def _course_words(course: Mapping[str, Any]) -> str:
    if course["lessons"] is not None:
        return f"{course['lessons_done']} of {course['lessons']} lessons done"
    begun = len(course["lesson"])
    return f"{begun} {'lesson' if begun == 1 else 'lessons'} begun, of how many is not known here"


def _lesson_line(lesson: Mapping[str, Any]) -> str:
    name, done = safe_line(lesson["id"]), lesson["cells_done"]
    if lesson["cells"] is None:
        return f"  {name}  {done} {'cell' if done == 1 else 'cells'} done"
    mark = "done" if lesson["done"] else "open"
    return f"  {mark}  {name}  {done} of {lesson['cells']} cells"


def _attempts_words(attempts: Sequence[Mapping[str, Any]]) -> str:
    right = sum(attempt["correct"] is True for attempt in attempts)
    return f"{right} of {len(attempts)} {'attempt' if len(attempts) == 1 else 'attempts'} right"


def _retired_lines(attempts: Sequence[Mapping[str, Any]], opened: OpenCourse) -> Iterator[str]:
    """Attempts of cells that the course no longer has; they stay in the log and in the counts."""
    by_cell: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for attempt in attempts:
        by_cell.setdefault((attempt["lesson"], attempt["cell"]), []).append(attempt)
    for (lesson, cell), made in by_cell.items():
        if _is_retired(lesson, cell, opened):
            yield f"  retired  {safe_line(lesson)}  {safe_line(cell)}  {_attempts_words(made)}"


def _is_retired(lesson_id: str, cell_id: str, opened: OpenCourse) -> bool:
    if lesson_id not in opened.course.lessons:
        return True
    lesson = opened.lesson(lesson_id).lesson
    # A lesson with errors has not lost its cells: nobody can say yet which they are.
    return lesson is not None and lesson.cell_by_id(cell_id) is None
