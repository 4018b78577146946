"""`tui-tutor export COURSE --to FORMAT -o PATH`: a course in a format that others can open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from tui_tutor.cli.new_folder import new_folder, write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line, safe_text
from tui_tutor.formats.registry import written

if TYPE_CHECKING:
    from tui_tutor.formats.exportable import Exportable


@click.command("export", epilog="Example: tui-tutor export start-here --to ipynb -o notebooks")
@click.argument("course")
@click.argument("lesson", required=False, default="")
@click.option("--to", "format", metavar="FORMAT", required=True, help=f"The format: {written()}.")
@click.option("-o", "--output", "path", metavar="PATH", required=True, help="The folder or file to write.")
def command(course: str, lesson: str, format: str, path: str) -> int:
    """Write COURSE (an id or a folder), or one LESSON of it, in another format; nothing is run.

    PATH is a new folder, or a new file for a single lesson.
    """
    from tui_tutor.cli.wiring import make_shelf
    from tui_tutor.formats.exportable import exportable
    from tui_tutor.formats.registry import export, export_named
    from tui_tutor.shelf.folder import read_course_files

    chosen = export_named(format)
    folder = Path(make_shelf().open(course).entry.path)
    whole = exportable(read_course_files(folder), folder.name, lesson)
    target = Path(path)
    if target.name.lower().endswith(chosen.suffix):
        _write_file(target, export(whole, format), chosen.suffix)
    else:
        with new_folder(target) as scratch:
            write_files(scratch, export(whole, format))
    _talk(target, whole)
    return 0


def _write_file(target: Path, made: Mapping[str, bytes], suffix: str) -> None:
    """The one lesson that was written, as a file that is whole or not there."""
    from tui_tutor.shelf.writing import write_atomically

    pages = [name for name in made if name.endswith(suffix) and "/" not in name]
    if len(pages) > 1:
        raise TutorError(
            f"The course has {len(pages)} lessons, and {safe_line(str(target))} is one file.",
            help="Name a lesson, or a folder.",
        )
    if target.exists() or target.is_symlink():
        raise TutorError(
            f"There is a file at {safe_line(str(target))}; it is as it was.", help="Name a new one."
        )
    if not target.absolute().parent.is_dir():
        raise TutorError(
            f"There is no folder {safe_line(str(target.absolute().parent))}.", help="Make it first."
        )
    write_atomically(target.absolute(), made[pages[0]])
    target.chmod(0o644)


def _talk(target: Path, whole: Exportable) -> None:
    lessons = f"{len(whole.lessons):,} lesson{'' if len(whole.lessons) == 1 else 's'}"
    click.echo(safe_text(f"{target}: {lessons} written."), err=True)
    written = {"course", *whole.lessons}
    left_out = sorted(name for name in whole.files if _is_overlay(name) and _stem(name) in written)
    if left_out:
        click.echo(f"Left out, for there is no place for them: {safe_line(', '.join(left_out))}.", err=True)


def _is_overlay(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix == ".toml" and "." in path.stem


def _stem(name: str) -> str:
    """What an overlay lies over: a lesson's id, or `course`."""
    return PurePosixPath(name).name.partition(".")[0]
