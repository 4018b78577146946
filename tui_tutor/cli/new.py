"""`tui-tutor new DIR`: a small complete course, to be changed into one's own."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line, safe_text

MOST_TITLE: Final = 200


@click.command("new", epilog="Example: tui-tutor new my-course")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The course's title; made from DIR if left out.")
@click.option("--id", "course_id", default="", help="The course's id; made from the title if left out.")
def command(folder: Path, title: str, course_id: str) -> None:
    """Make a course in DIR: two short lessons with every kind of cell, comments, and schemas for editors.

    DIR must be empty or not there yet. The course can be played, checked and verified as it is.
    """
    from tui_tutor.shelf.beginning import NewCourse, begin_course

    name = folder.absolute().resolve().name
    title = _title(title, name)
    course = NewCourse(_id(course_id, title, name), title)
    begin_course(folder, course)
    shown = shlex.quote(str(folder))
    click.echo(f'"{safe_line(title)}" is in {safe_line(str(folder))}, with two lessons to change.', err=True)
    for verb, why in _NEXT:
        click.echo(safe_text(f"  tui-tutor {verb:<7} {safe_line(shown)}   {why}"), err=True)


_NEXT: Final = (
    ("preview", "play it while you write: what you save is shown"),
    ("check", "find every mistake; nothing is run"),
    ("verify", "run all of it and write the proof"),
)


def _title(title: str, name: str) -> str:
    wanted = title.strip() or re.sub(r"[-_\s]+", " ", name).strip()
    if not title.strip():
        wanted = wanted[:1].upper() + wanted[1:]
    if not wanted:
        raise TutorError("The course needs a title.", help='Name it: --title "My course".')
    if len(wanted) > MOST_TITLE or safe_line(wanted, limit=MOST_TITLE) != wanted:
        raise TutorError(
            f"The title is one line of at most {MOST_TITLE} characters.", help='Such as --title "My course".'
        )
    return wanted


def _id(course_id: str, title: str, name: str) -> str:
    from tui_tutor.core.parsing.course_file import fit_id

    if course_id:
        if fit_id(course_id) != course_id:
            help = f"Small letters, digits and hyphens, such as {fit_id(course_id)}."
            raise TutorError(f"{safe_line(course_id)!r} cannot be the id of a course.", help=help)
        return course_id
    for text in (title, name):
        if re.search(r"[a-z0-9]", text.lower()):
            return fit_id(text)
    raise TutorError("No id can be made from the title.", help="Name one: --id my-course.")
