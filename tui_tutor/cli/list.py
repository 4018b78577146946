"""`tui-tutor list`: the courses in the library."""

from __future__ import annotations

from typing import Any

import click

from tui_tutor.core.ports import CourseEntry, EventStore
from tui_tutor.core.safe_text import safe_json, safe_text


@click.command(epilog="Example: tui-tutor list --json")
@click.option("--json", "is_json", is_flag=True, help="For programs: {courses: [{id, title, ...}]}.")
def command(is_json: bool) -> None:
    """List the courses in the library."""
    from tui_tutor.cli.wiring import make_shelf, make_store

    entries = make_shelf().entries()
    store = make_store()
    try:
        rows = [_row(entry, store) for entry in entries]
    finally:
        store.close()
    if is_json:
        click.echo(safe_json({"courses": rows}))
    elif not rows:
        click.echo("No courses yet.")
    else:
        for row in rows:
            click.echo(safe_text(_line(row)))


def _row(entry: CourseEntry, store: EventStore) -> dict[str, Any]:
    from tui_tutor.core.diagnostic import errors_in

    return {
        "id": entry.course_id,
        "title": entry.title,
        "version": entry.course.version if entry.course else "",
        "path": entry.path,
        "origin": entry.origin.source if entry.origin else "",
        "signer": entry.origin.signer if entry.origin else "",
        "lessons": len(entry.course.lessons) if entry.course else 0,
        "done": lessons_done(entry, store),
        "problems": [one.as_text().splitlines()[0] for one in errors_in(entry.diagnostics)],
    }


def lessons_done(entry: CourseEntry, store: EventStore) -> int:
    """How many lessons of a course have all their cells done."""
    progress = store.progress(entry.course_id)
    return sum(
        lesson in progress and facts.is_done(progress[lesson].cells_done)
        for lesson, facts in entry.lesson_facts.items()
    )


def _line(row: dict[str, Any]) -> str:
    from tui_tutor.core.safe_text import safe_line

    said = f"{row['done']} of {row['lessons']} lessons done"
    if row["problems"]:
        count = len(row["problems"])
        said = f"broken: {count} error{'' if count == 1 else 's'}; tui-tutor check {row['path']}"
    origin = f", from {row['origin']}" if row["origin"] else ""
    title = f"{row['title']} {row['version']}".rstrip()
    return f"{safe_line(row['id']):<20} {safe_line(title)}  ({safe_line(said + origin)})"
