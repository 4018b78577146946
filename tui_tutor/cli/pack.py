"""`tui-tutor pack DIR`: one archive of a course, to hand out."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text

if TYPE_CHECKING:
    from tui_tutor.core.course import Course
    from tui_tutor.core.ports import Progress
    from tui_tutor.shelf.archive.packing import LockState, Packed
    from tui_tutor.shelf.archive.signing import SigningKey
    from tui_tutor.shelf.fetching import Target
    from tui_tutor.shelf.folder import Snapshot

_MOST_SHOWN: Final = 10
_SILENT_S: Final = 0.3  # what is done sooner needs no progress


@click.command("pack", epilog="Example: tui-tutor pack courses/vae -o vae.zip --sign ~/.ssh/id_ed25519")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, readable=False))
@click.option("-o", "--output", "output", metavar="FILE", type=click.Path(path_type=Path),
              help="The archive; ID-VERSION.zip in this folder if not said.")  # fmt: skip
@click.option("--sign", "key_file", metavar="KEY", type=click.Path(path_type=Path),
              help="Sign it with this Ed25519 private key (PEM or OpenSSH).")  # fmt: skip
@click.option(
    "--wheels", "with_wheels", is_flag=True, help="Put the packages in, for computers without network."
)
@click.option("--platform", "platforms", metavar="TAG", multiple=True,
              help="Wheels for this system, such as linux_x86_64; may be repeated.")  # fmt: skip
@click.option("--python", "pythons", metavar="VERSION", multiple=True,
              help="Wheels for this Python, such as 3.12; may be repeated.")  # fmt: skip
@click.option("--drafts", "with_drafts", is_flag=True, help="Pack lessons that are not written yet too.")
@click.option("--json", "is_json", is_flag=True, help="Print what was packed as JSON.")
def command(
    folder: Path,
    *,
    output: Path | None,
    key_file: Path | None,
    with_wheels: bool,
    platforms: tuple[str, ...],
    pythons: tuple[str, ...],
    with_drafts: bool,
    is_json: bool,
) -> None:
    """Pack the course in DIR into one archive that `tui-tutor install` takes.

    The same course gives the same bytes. Exit code 4 if the course has errors; nothing is written then.
    """
    from tui_tutor.shelf.archive.packing import check_target, files_to_pack, lock_state, names_left_out, pack

    if (platforms or pythons) and not with_wheels:
        raise click.UsageError("--platform and --python say which wheels: add --wheels.")
    files = files_to_pack(_snapshot(folder))
    course = _checked(files, folder, with_drafts=with_drafts)
    target = output or Path(f"{course.id}-{course.version}.zip")
    check_target(target, folder)
    key = _key(key_file, course)
    with (
        _drawing() as draw,
        _fetched(
            course, files, target, draw, wanted=with_wheels, targets=_targets(platforms, pythons)
        ) as wheels,
    ):
        packed = pack(course, files, target, key=key, wheels=wheels, on_progress=draw)
    facts = _Facts(packed, lock_state(files), names_left_out(folder, files), key)
    _warn(facts)
    click.echo(safe_json(facts.as_json()) if is_json else safe_text(facts.as_text()))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was packed, for people and for programs."""

    packed: Packed
    lock: LockState
    left_out: Sequence[str]
    key: SigningKey | None

    def as_json(self) -> dict[str, object]:
        manifest = self.packed.manifest
        return {
            "id": manifest.course_id,
            "version": manifest.version,
            "path": str(self.packed.path),
            "bytes": self.packed.size,
            "files": len(manifest.files),
            "wheels": [one.path for one in manifest.wheels],
            "lock": self.lock,
            "signed_by": self.key.signer.key_id if self.key else None,
            "left_out": list(self.left_out),
        }

    def as_text(self) -> str:
        manifest = self.packed.manifest
        parts = [_counted(len(manifest.files), "file"), f"{self.packed.size / 1e6:.2f} MB"]
        if manifest.wheels:
            parts.append(_counted(len(manifest.wheels), "wheel"))
        parts.append(f"signed by {self.key.signer.key_id}" if self.key else "not signed")
        parts += [] if self.lock == "fresh" else ["unverified"]
        name = f"{manifest.course_id} {safe_line(manifest.version)}"
        return f"{name} is packed into {safe_line(str(self.packed.path))}: {', '.join(parts)}."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _warn(facts: _Facts) -> None:
    for name in facts.left_out[:_MOST_SHOWN]:
        click.echo(safe_text(f"left out: {name}"), err=True)
    if len(facts.left_out) > _MOST_SHOWN:
        click.echo(safe_text(f"left out: {len(facts.left_out) - _MOST_SHOWN:,} more"), err=True)
    if facts.lock == "missing":
        click.echo("warning: the course was never verified: run `tui-tutor verify`, then pack.", err=True)
    if facts.lock == "stale":
        click.echo("warning: the course changed since it was verified: run `tui-tutor verify`.", err=True)


# --- the course -------------------------------------------------------------------------------------


def _snapshot(folder: Path) -> Snapshot:
    from tui_tutor.core.parsing import COURSE_FILE
    from tui_tutor.shelf.folder import take_snapshot

    snapshot = take_snapshot(folder)
    if COURSE_FILE not in snapshot.files:
        help = "A course is a folder with a course.toml; name that folder."
        raise TutorError(f"{safe_line(str(folder))} is not a course: it has no course.toml.", help=help)
    for one in snapshot.diagnostics:
        click.echo(safe_text(one.as_text()), err=True)
    return snapshot


def _checked(files: Mapping[str, bytes], folder: Path, *, with_drafts: bool) -> Course:
    """The course in these files, after a whole check. TutorError (exit code 4) if it has errors.

    What stays behind is not among them: a lesson that names such a file has an error.
    """
    from tui_tutor.core.diagnostic import errors_in
    from tui_tutor.core.parsing import check_course, parse_course

    name = folder.resolve().name
    errors = errors_in(check_course(files, folder_name=name))
    for error in errors:
        click.echo(safe_text(error.as_text()), err=True)
    parsed = parse_course(files, folder_name=name)
    if errors or parsed.value is None:
        raise TutorError(
            f"{_counted(len(errors), 'error')}: nothing was packed.",
            help="Mend them, then pack.",
            exit_code=4,
        )
    if any(one.code == "course-id-missing" for one in parsed.diagnostics):
        help = f'Add `id = "{parsed.value.id}"` to course.toml: learners\' work hangs on it.'
        raise TutorError("The course has no `id`: nothing was packed.", help=help, exit_code=4)
    if not with_drafts and (drafts := _drafts(parsed.value, files)):
        raise TutorError(
            f"Not written yet: {', '.join(drafts[:5])}{', …' * (len(drafts) > 5)}. Nothing was packed.",
            help="Write them, or pack with --drafts: learners then see them as not written yet.",
            exit_code=4,
        )
    return parsed.value


def _drafts(course: Course, files: Mapping[str, bytes]) -> list[str]:
    from tui_tutor.core.parsing import parse_lesson

    lessons = {lesson: parse_lesson(course, lesson, files).value for lesson in course.lessons}
    return [lesson for lesson, parsed in lessons.items() if parsed is not None and parsed.draft]


def _key(path: Path | None, course: Course) -> SigningKey | None:
    if path is None:
        return None
    from tui_tutor.shelf.archive.signing import load_key

    return load_key(path.expanduser(), ask_passphrase, name=", ".join(course.authors))


def ask_passphrase() -> str:
    """The passphrase of a key, typed unseen. TutorError without a terminal."""
    if not sys.stdin.isatty():
        raise TutorError(
            "The key has a passphrase, and there is no terminal to ask for it. Nothing was packed.",
            help="Run pack on a terminal, or sign with a key that has none.",
        )
    answer: str = click.prompt(
        "Passphrase of the key", hide_input=True, default="", show_default=False, err=True
    )
    return answer


# --- wheels and progress ----------------------------------------------------------------------------


def _targets(platforms: Sequence[str], pythons: Sequence[str]) -> tuple[Target, ...]:
    from tui_tutor.shelf.fetching import Target

    return tuple(
        Target(platform, python) for platform in platforms or (None,) for python in pythons or (None,)
    )


@contextmanager
def _fetched(
    course: Course,
    files: Mapping[str, bytes],
    target: Path,
    draw: Callable[[Progress], None],
    *,
    wanted: bool,
    targets: Sequence[Target],
) -> Iterator[tuple[Path, ...]]:
    """The wheels of the course's packages, fetched beside the archive for as long as it is packed."""
    if not wanted or not course.kernel.packages:
        if wanted:
            click.echo("The course needs no packages: there are no wheels to add.", err=True)
        yield ()
        return
    from tui_tutor.shelf.fetching import folder_for_wheels

    with folder_for_wheels(target.parent) as scratch:
        asyncio.run(_fetch(course, files, scratch, targets, draw))
        yield tuple(scratch.glob("*.whl"))


async def _fetch(
    course: Course,
    files: Mapping[str, bytes],
    folder: Path,
    targets: Sequence[Target],
    draw: Callable[[Progress], None],
) -> None:
    from tui_tutor.cli.places import data_folder
    from tui_tutor.core.lock import LOCK_FILE
    from tui_tutor.shelf.environment import Environments

    lock: dict[str, Any] = {}
    with suppress(ValueError, RecursionError):
        read = json.loads(files.get(LOCK_FILE, b""))
        lock = read if isinstance(read, dict) else {}
    steps = Environments(data_folder() / "environments").fetch_wheels(course, lock, folder, targets)
    async for progress in steps:
        draw(progress)


@contextmanager
def _drawing() -> Iterator[Callable[[Progress], None]]:
    """Progress on standard error, of what takes long enough to be worth it."""
    from tui_tutor.cli.setup import ProgressDrawing

    drawing = ProgressDrawing(sys.stderr)
    began = time.monotonic()

    def draw(progress: Progress) -> None:
        if time.monotonic() - began > _SILENT_S:
            drawing.draw(progress)

    try:
        yield draw
    except KeyboardInterrupt:
        drawing.finish()
        click.echo("Stopped. Nothing was written.", err=True)
        raise click.exceptions.Abort from None
    finally:
        if sys.stderr.isatty():
            drawing.finish()
