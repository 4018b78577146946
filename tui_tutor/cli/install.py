"""`tui-tutor install SOURCE`: a course from a folder, an archive, git, the web or a list of courses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Added, CourseChoice, Progress
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text
from tui_tutor.core.wording.adding import added_words

if TYPE_CHECKING:
    from tui_tutor.shelf.installing import Installer


@click.command(epilog="Example: tui-tutor install my-course.zip")
@click.argument("source")
@click.option("--replace", "is_replacing", is_flag=True, help="Take it in place of what has its id now.")
@click.option("--accept-key", is_flag=True, help="Take it although it is signed by another key than before.")
@click.option("--json", "is_json", is_flag=True, help="For programs: {id, title, version, outcome, ...}.")
def command(source: str, is_replacing: bool, accept_key: bool, is_json: bool) -> None:
    """Install a course: SOURCE is a folder, an archive, a git URL, a URL of an archive, or a list of courses.

    A course of a list is LIST#ID. Of git, URL#TAG takes a tag or branch and URL#TAG:FOLDER a folder.
    """
    installer = make_installer()
    with progress_shown() as report:
        done = installer.add(source, is_replacing=is_replacing, accepts_key=accept_key, report=report)
    if isinstance(done, CourseChoice):
        chosen = f"{done.place}#{_choose(done, is_asking=not is_json)}"
        with progress_shown() as report:
            done = installer.add(chosen, is_replacing=is_replacing, accepts_key=accept_key, report=report)
    assert isinstance(done, Added)
    if is_json:
        click.echo(safe_json(as_json(done)))
    else:
        _say(done)


def make_installer() -> Installer:
    """What installs into the learner's data folder. TutorError if that cannot be written."""
    from tui_tutor.cli.places import data_folder, shipped_courses
    from tui_tutor.shelf.installing import Installer

    return Installer(shipped_courses(), data_folder())


@contextmanager
def progress_shown() -> Iterator[Callable[[Progress], None]]:
    """Draws progress on stderr; Ctrl+C ends the work with nothing changed."""
    from tui_tutor.cli.setup import ProgressDrawing

    drawing = ProgressDrawing(sys.stderr)
    try:
        yield drawing.draw
    except KeyboardInterrupt:
        drawing.finish()
        click.echo("Stopped. Nothing was changed.", err=True)
        raise click.exceptions.Abort from None
    finally:
        drawing.finish()


def as_json(done: Added) -> dict[str, Any]:
    """What was installed, for programs."""
    return {
        "id": done.course_id,
        "title": done.title,
        "version": done.version,
        "outcome": done.outcome,
        "signature": done.signature,
        "notes": list(done.notes),
    }


def _choose(choice: CourseChoice, *, is_asking: bool) -> str:
    """The id of the course that is wanted; TutorError where nobody can be asked."""
    rows = [
        f"{number:>3}  {course_id}  {safe_line(version)}  {safe_line(title)}"
        for number, (course_id, version, title) in enumerate(choice.courses, 1)
    ]
    click.echo(safe_text("\n".join(rows)), err=True)
    if not is_asking or not (sys.stdin.isatty() and sys.stderr.isatty()):
        place = safe_line(choice.place)
        raise TutorError(
            "This is a list of courses; nothing was installed yet.",
            help=f"Name one: tui-tutor install '{place}#{choice.courses[0][0]}'",
        )
    answer = click.prompt("Which one", type=str, err=True).strip()
    ids = [course_id for course_id, _, _ in choice.courses]
    if answer.isdecimal() and 1 <= int(answer) <= len(ids):
        return ids[int(answer) - 1]
    if answer in ids:
        return str(answer)
    raise TutorError(f"The list has no course {safe_line(answer)!r}.", help="Give its number or its id.")


def _say(done: Added) -> None:
    click.echo(safe_text(added_words(done)))
    for sentence in (done.signature, *done.notes):
        if sentence:
            click.echo(safe_text(f"  {sentence}"))
    click.echo(safe_text(f"  tui-tutor learn {done.course_id} opens it."))
