"""`tui-tutor remove COURSE`: an installed course out of the library; what the learner did stays."""

from __future__ import annotations

import shutil
import sys

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line


@click.command(epilog="Example: tui-tutor remove my-course --yes")
@click.argument("course")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def command(course: str, is_sure: bool) -> None:
    """Remove an installed course from the library. Your records and your workspace stay."""
    from tui_tutor.cli.install import make_installer
    from tui_tutor.shelf.opened import CoursePlaces

    installer = make_installer()
    folder = installer.installed_folder(course)
    if not is_sure and not _is_wanted(course):
        click.echo("Nothing was removed.", err=True)
        return
    installer.remove(folder.name)
    click.echo(f"Removed {safe_line(course)}. What you did is kept: tui-tutor results shows it.")
    places = CoursePlaces(installer.data)
    shutil.rmtree(places.data / "caches" / folder.name, ignore_errors=True)  # matplotlib's list of fonts
    workspace = places.workspace(folder.name)
    if workspace.is_dir():
        click.echo(f"  Your files lie in {safe_line(str(workspace))}")


def _is_wanted(course: str) -> bool:
    if not sys.stdin.isatty():
        raise TutorError("Nothing was removed: nobody could be asked.", help="--yes removes without asking.")
    return click.confirm(f"Remove {safe_line(course)}? What you did in it is kept", err=True)
