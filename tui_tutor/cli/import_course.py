"""`tui-tutor import SOURCE -o DIR`: other people's material becomes a course folder; nothing of it is run."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tui_tutor.cli.new_folder import new_folder, write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text
from tui_tutor.formats.registry import known, read

if TYPE_CHECKING:
    from tui_tutor.core.diagnostic import Diagnostic
    from tui_tutor.formats.imported import Imported, Source

MOST_SOURCE_BYTES: Final = 300_000_000
MOST_SOURCE_FILES: Final = 5_000
_DEEPEST: Final = 12
_SKIPPED: Final = frozenset({"__pycache__", "node_modules"})
MOST_SHOWN: Final = 40  # lines of the report on what was lost; `--json` prints all


@click.command("import", epilog="Example: tui-tutor import notebooks/ -o my-course")
@click.argument("source", metavar="SOURCE")
@click.option("-o", "--output", "folder", metavar="DIR", required=True, help="The course folder to make.")
@click.option(
    "--from",
    "format",
    metavar="FORMAT",
    default=None,
    help=f"The format, where it cannot be told: {known()}.",
)
@click.option("--json", "is_json", is_flag=True, help="Print the report as JSON.")
def command(source: str, folder: str, format: str | None, is_json: bool) -> int:
    """Make a course of a notebook or another format; SOURCE is a file, or a folder of files.

    Says what had no home in a course, and where it stood. Nothing of the source is run.
    """
    target = Path(folder)
    with new_folder(target) as scratch:
        imported = read(_source(Path(source)), format)
        _write(scratch, imported)
        found = _diagnostics(scratch)
    if is_json:
        click.echo(safe_json(imported.report()))
    else:
        _say(imported)
    _talk(target, imported, found)
    return 0


# --- reading ----------------------------------------------------------------------------------------


def _source(path: Path) -> Source:
    from tui_tutor.formats.imported import Source

    name = path.resolve().name or "course"
    if path.is_dir():
        files = dict(_files_in(path))
        if not files:
            raise TutorError(
                f"There is no file in {safe_line(str(path))}.", help="Name a folder of notebooks."
            )
        return Source(name, files)
    return Source(name, {name: _bytes_of(path, MOST_SOURCE_BYTES)})


def _files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every regular file by relative path; hidden ones and links are left out."""
    left = MOST_SOURCE_BYTES
    for count, path in enumerate(_walk(folder, depth=1), 1):
        if count > MOST_SOURCE_FILES:
            raise _too_much(folder, f"more than {MOST_SOURCE_FILES:,} files")
        data = _bytes_of(path, left)
        left -= len(data)
        yield path.relative_to(folder).as_posix(), data


def _walk(folder: Path, *, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(folder, error) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _SKIPPED or not _is_text(entry.name):
            continue
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        elif entry.is_dir(follow_symlinks=False) and depth < _DEEPEST:
            yield from _walk(Path(entry.path), depth=depth + 1)


def _is_text(name: str) -> bool:
    """Whether a file's name is one that can be written down."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _bytes_of(path: Path, most: int) -> bytes:
    try:
        # Without O_NONBLOCK a named pipe would hold us until somebody writes into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise TutorError(
                    f"{safe_line(str(path))} is no file.", help="Name a file, or a folder of files."
                )
            data = file.read(most + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > most:
        raise _too_much(path, f"more than {MOST_SOURCE_BYTES:,} bytes")
    return data


def _unreadable(path: Path, error: OSError) -> TutorError:
    reason = os.strerror(error.errno or 0).lower()
    return TutorError(
        f"{safe_line(str(path))} cannot be read: {reason}. Nothing was written.", help="Check the path."
    )


def _too_much(path: Path, what: str) -> TutorError:
    return TutorError(
        f"{safe_line(str(path))} has {what}. Nothing was written.", help="Import a part of it at a time."
    )


# --- writing ----------------------------------------------------------------------------------------


def _write(folder: Path, imported: Imported) -> None:
    from tui_tutor.formats.writing import course_files, recorded_lock

    write_files(folder, {**course_files(imported), **recorded_lock(imported)})


def _diagnostics(folder: Path) -> tuple[Diagnostic, ...]:
    """What `check` says of the result; an error would be a fault of ours, and nothing is kept then."""
    from tui_tutor.cli.check import diagnose
    from tui_tutor.core.diagnostic import errors_in

    found = diagnose(folder)
    if errors := errors_in(found):
        raise TutorError(
            f"The course would have an error: {errors[0].message} ({errors[0].code}). Nothing was written.",
            help="This is a fault of tui-tutor, not of the source; please report it.",
        )
    return found


# --- reporting --------------------------------------------------------------------------------------


def _say(imported: Imported) -> None:
    click.echo(
        safe_text(
            f"{imported.format}: {_counted(imported.counted_in)} in, {_counted(imported.counted_out)} out"
        )
    )
    for lost in imported.lost[:MOST_SHOWN]:
        line = lost.as_json()
        click.echo(safe_text(f"  {line['where']}: {line['what']}: {line['why']}"))
    if len(imported.lost) > MOST_SHOWN:
        click.echo(safe_text(f"  and {len(imported.lost) - MOST_SHOWN:,} more; --json prints all"))
    if not imported.lost:
        click.echo("  nothing was lost")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {safe_line(kind)}" for kind, number in counts.items()) or "nothing"


def _talk(target: Path, imported: Imported, found: Sequence[Diagnostic]) -> None:
    warnings = "no warnings" if not found else _number(len(found), "warning")
    lessons = _number(len(imported.lessons), "lesson")
    click.echo(safe_text(f"{target} has {lessons}; check finds no errors, {warnings}."), err=True)
    kernel = imported.course.get("kernel", {})
    if not kernel.get("packages") and (packages := _imported_packages(imported)):
        names = ", ".join(packages)
        click.echo(
            safe_text(f"Its code imports {names}: name under `packages` what learners need."), err=True
        )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _imported_packages(imported: Imported) -> list[str]:
    """The modules that Python cells import and Python itself does not have, by their first name."""
    import ast

    files = {path.rpartition("/")[2].removesuffix(".py") for path in imported.files if path.endswith(".py")}
    names: set[str] = set()
    for source in _programs(imported):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return sorted(names - sys.stdlib_module_names - files - {"tutor"})[:20]


def _programs(imported: Imported) -> Iterator[str]:
    for lesson in imported.lessons.values():
        for cell in lesson.get("cell", ()):
            table: Mapping[str, Any] = cell
            for name in ("source", "starter", "solution"):
                if table.get("language", "python") == "python" and isinstance(table.get(name), str):
                    yield table[name]
