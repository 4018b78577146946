"""`tui-tutor check DIR`: every mistake of a course, with its place and its cure; nothing is run."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json

HAS_ERRORS: Final = 4


@click.command("check", epilog="Example: tui-tutor check courses/vae --strict")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
def command(folder: Path, is_json: bool, strict: bool) -> int:
    """Find every mistake in a course folder.

    Exit code 0: no errors. 4: the course has errors, or is larger than a course may be. 1: DIR is no course.
    """
    diagnostics = diagnose(folder)
    if strict:
        diagnostics = tuple(dataclasses.replace(item, severity="error") for item in diagnostics)
    if is_json:
        click.echo(as_json(diagnostics))
    else:
        _print_text(diagnostics)
    return HAS_ERRORS if errors_in(diagnostics) else 0


def diagnose(folder: Path) -> tuple[Diagnostic, ...]:
    """Everything that is to be said about the course in a folder; TutorError if it is none."""
    from tui_tutor.core.parsing import COURSE_FILE, check_course
    from tui_tutor.core.parsing.findings import sorted_diagnostics
    from tui_tutor.shelf.folder import take_snapshot

    try:
        snapshot = take_snapshot(folder)
    except TutorError as error:
        # Being too large is a fault of a course; any other folder may be as large as it likes.
        if error.exit_code == HAS_ERRORS and not (folder / COURSE_FILE).exists():
            raise _not_a_course(folder, ()) from None
        raise
    if COURSE_FILE not in snapshot.files:
        raise _not_a_course(folder, snapshot.diagnostics)
    found = check_course(snapshot.files, folder_name=folder.resolve().name)
    return sorted_diagnostics((*found, *snapshot.diagnostics))


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """The stable shape: whether the course can be played, and each diagnostic."""
    shape = {"ok": not errors_in(diagnostics), "diagnostics": [item.as_json() for item in diagnostics]}
    return safe_json(shape)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """`3 errors, 1 warning in 4 files`, or that there is nothing to say."""
    if not diagnostics:
        return "no mistakes found"
    counts = Counter(item.severity for item in diagnostics)
    parts = [_counted(counts[severity], severity) for severity in ("error", "warning") if counts[severity]]
    files = len({item.span.file for item in diagnostics})
    return f"{', '.join(parts)} in {_counted(files, 'file')}"


def _print_text(diagnostics: Sequence[Diagnostic]) -> None:
    for item in diagnostics:
        click.echo(item.as_text())
    click.echo(summary(diagnostics), err=True)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _not_a_course(folder: Path, skipped: Sequence[Diagnostic]) -> TutorError:
    reasons = [item.message for item in skipped if item.span.file == "course.toml"]
    help = reasons[0] if reasons else "A course is a folder with a course.toml; name that folder."
    return TutorError(f"{folder} is not a course: it has no course.toml.", help=help)
