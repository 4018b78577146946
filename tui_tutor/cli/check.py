"""`tui-tutor check DIR`: every mistake of a course, with its place and its cure; nothing is run."""

from __future__ import annotations

import dataclasses
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text

if TYPE_CHECKING:
    from tui_tutor.core.fixing.whole_course import Fixed
    from tui_tutor.shelf.folder import Snapshot

HAS_ERRORS: Final = 4
_LONGEST_LINE: Final = 2_000


@click.command("check", epilog="Example: tui-tutor check courses/vae --strict")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, readable=False))
@click.option("--json", "is_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--fix", "is_fixing", is_flag=True, help="Mend what is mechanical, and show it as a diff.")
@click.option("--dry-run", "is_dry", is_flag=True, help="With --fix: show the diff and write nothing.")
def command(folder: Path, is_json: bool, strict: bool, is_fixing: bool, is_dry: bool) -> int:
    """Find every mistake in a course folder.

    Exit code 0: no errors. 4: the course has errors, or is larger than a course may be. 1: DIR is no course.
    """
    if is_dry and not is_fixing:
        raise click.UsageError("--dry-run goes with --fix.")
    if is_fixing:
        diagnostics, fixed = _fix(folder, is_dry=is_dry, is_quiet=is_json)
    else:
        diagnostics, fixed = diagnose(folder), None
    if strict:
        diagnostics = tuple(dataclasses.replace(item, severity="error") for item in diagnostics)
    if is_json:
        click.echo(as_json(diagnostics, fixed))
    else:
        _print_text(diagnostics)
    return HAS_ERRORS if errors_in(diagnostics) else 0


def diagnose(folder: Path) -> tuple[Diagnostic, ...]:
    """Everything that is to be said about the course in a folder; TutorError if it is none."""
    from tui_tutor.core.parsing import check_course
    from tui_tutor.core.parsing.findings import sorted_diagnostics

    snapshot = _read(folder)
    found = check_course(snapshot.files, folder_name=folder.resolve().name)
    return sorted_diagnostics((*found, *snapshot.diagnostics))


def _read(folder: Path) -> Snapshot:
    """The files of a course; TutorError if the folder holds none."""
    from tui_tutor.core.parsing import COURSE_FILE
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
    return snapshot


def _fix(folder: Path, *, is_dry: bool, is_quiet: bool) -> tuple[tuple[Diagnostic, ...], tuple[Fixed, ...]]:
    """Mend a course and show how; what is left to be said, and what was mended."""
    from tui_tutor.core.fixing.whole_course import fix_course
    from tui_tutor.core.parsing.findings import sorted_diagnostics
    from tui_tutor.shelf.mending import write_mended

    snapshot = _read(folder)
    made = fix_course(snapshot.files, folder_name=folder.resolve().name)
    if not is_dry:
        write_mended(folder, snapshot.files, made.changed)
    if not is_quiet:
        for line in diff_lines(snapshot.files, made.changed):
            click.echo(safe_text(line))
        click.echo(safe_text(_fixes_summary(made.fixed, len(made.changed), is_dry=is_dry)), err=True)
    return sorted_diagnostics((*made.diagnostics, *snapshot.diagnostics)), made.fixed


def diff_lines(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    """A unified diff of the changed files, fit for a terminal.

    Other line ends alone would make every line of a file different: they are left to a sentence.
    """
    for name in sorted(after):
        shown = safe_line(name)
        if b"\r\n" in before[name]:
            yield f"{shown}: line ends are those of Unix now"
        old, new = (_lines(files[name]) for files in (before, after))
        lines = difflib.unified_diff(old, new, f"a/{shown}", f"b/{shown}", lineterm="")
        yield from (safe_line(line, limit=_LONGEST_LINE) for line in lines)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n").split("\n")


def _fixes_summary(fixed: Sequence[Fixed], files: int, *, is_dry: bool) -> str:
    """`3 fixes in 2 files`, or that there was nothing to mend."""
    if not fixed:
        return "nothing to mend"
    noun = "fix" if len(fixed) == 1 else "fixes"
    would_be = "; nothing was written" if is_dry else ""
    return f"{len(fixed):,} {noun} in {_counted(files, 'file')}{would_be}"


def as_json(diagnostics: Sequence[Diagnostic], fixed: Sequence[Fixed] | None = None) -> str:
    """The stable shape: whether the course can be played, each diagnostic, and what was mended if asked."""
    shape: dict[str, object] = {
        "ok": not errors_in(diagnostics),
        "diagnostics": [item.as_json() for item in diagnostics],
    }
    if fixed is not None:
        shape["fixed"] = [item.as_json() for item in fixed]
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
        click.echo(safe_text(item.as_text()))
    click.echo(safe_text(summary(diagnostics)), err=True)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _not_a_course(folder: Path, skipped: Sequence[Diagnostic]) -> TutorError:
    reasons = [item.message for item in skipped if item.span.file == "course.toml"]
    help = reasons[0] if reasons else "A course is a folder with a course.toml; name that folder."
    return TutorError(f"{folder} is not a course: it has no course.toml.", help=help)
