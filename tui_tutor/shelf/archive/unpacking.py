"""Unpacking a stranger's archive: judged whole before a byte is written, and written where only we look."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui_tutor.core.course import Course
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import parse_course
from tui_tutor.core.ports import Progress
from tui_tutor.shelf.archive.judging import Plan, judge
from tui_tutor.shelf.archive.limits import refused
from tui_tutor.shelf.archive.manifest import MANIFEST_FILE, Manifest
from tui_tutor.shelf.archive.signing import Signer
from tui_tutor.shelf.archive.zip_reading import Archive, open_archive
from tui_tutor.shelf.folder import WHEELS_PLACE, FolderFiles, tree_hash_of
from tui_tutor.shelf.writing import flush_tree, make_private_folder, reason_of, scratch_name, sweep

_INCOMING: Final = ".incoming-"
_SPARE_BYTES: Final = 10_000_000

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A course that was unpacked: `folder` is the course's own, to be renamed or removed by the caller.

    `has_checksums`: every file was compared with the archive's manifest. `wheels` are names in the folder's
    `.wheels`. `tree_hash` is what trust is asked for.
    """

    folder: Path
    course_id: str
    version: str
    tree_hash: str
    signer: Signer | None
    wheels: tuple[str, ...]
    has_checksums: bool


def read_manifest(path: Path) -> tuple[Manifest, Signer | None]:
    """What an archive says it holds, and who signed it; TutorError if it is a plain zip or hostile."""
    with open_archive(path) as archive:
        plan = judge(archive, path)
    if plan.manifest is None:
        raise refused(f"it has no {MANIFEST_FILE}")
    return plan.manifest, plan.signer


def unpack(path: Path, parent: Path, on_progress: Report = lambda _: None) -> Unpacked:
    """Unpack an archive into a fresh folder of `parent`, on the disk when this returns.

    TutorError with the reason if it is refused; nothing of it stays then.
    """
    with open_archive(path) as archive:
        plan = judge(archive, path)
        with _incoming(parent, plan.size) as folder:
            hashes = _write(archive, plan, folder, on_progress)
            course = _course(folder, plan, path)
            flush_tree(folder)
            prefix = f"{WHEELS_PLACE}/"
            wheels = tuple(sorted(name.removeprefix(prefix) for name in hashes if name.startswith(prefix)))
            tree_hash = tree_hash_of({name: hashes[name] for name in hashes if not name.startswith(prefix)})
            return Unpacked(
                folder,
                course.id,
                course.version,
                tree_hash,
                plan.signer,
                wheels,
                bool(plan.manifest),
            )


def sweep_incoming(parent: Path) -> None:
    """Remove what killed unpackings left in `parent`."""
    sweep(parent, _INCOMING)


# --- writing ----------------------------------------------------------------------------------------


@contextmanager
def _incoming(parent: Path, size: int) -> Iterator[Path]:
    """A fresh folder of ours that is gone unless all goes well."""
    folder = parent / scratch_name(_INCOMING)
    try:
        make_private_folder(parent)
        sweep_incoming(parent)
        free = shutil.disk_usage(parent).free
        if free < size + _SPARE_BYTES:
            raise TutorError(
                f"The course needs {size / 1e6:.0f} MB; {free / 1e6:.0f} MB are free. Nothing was installed.",
                help="Free some space, or set TUI_TUTOR_DATA to a folder on another disk.",
            )
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise _no_place(error) from error
    try:
        yield folder
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _no_place(error) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _no_place(error: OSError) -> TutorError:
    reason = reason_of(error)
    return TutorError(
        f"The archive could not be unpacked: {reason}. Nothing was installed.",
        help="Free some space, or set TUI_TUTOR_DATA to a folder you may write to.",
    )


@dataclass
class _Meter:
    """How much was written, told each hundredth."""

    total: int
    tell: Report
    done: int = 0
    _told: int = field(default=-1)

    def add(self, size: int) -> None:
        self.done += size
        part = self.done / max(self.total, 1)
        if int(part * 100) != self._told:
            self._told = int(part * 100)
            self.tell(Progress("unpacking", min(part, 1.0)))


def _write(archive: Archive, plan: Plan, folder: Path, tell: Report) -> dict[str, str]:
    """Write every file of the plan; their SHA-256 by name."""
    meter, hashes = _Meter(plan.size, tell), {}
    # In the order of the archive: a disk or stick is read from front to back.
    for name, member in sorted(plan.files.items(), key=lambda one: one[1].offset):
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(target, flags, 0o600), "wb") as file:
            for piece in archive.stream(member):
                digest.update(piece)
                file.write(piece)
                meter.add(len(piece))
        hashes[name] = digest.hexdigest()
        fact = plan.facts.get(name)
        if fact is not None and hashes[name] != fact.sha256:
            raise refused(f"{name} is not the file that its {MANIFEST_FILE} tells of")
    return hashes


def _course(folder: Path, plan: Plan, path: Path) -> Course:
    """The course that was unpacked, as far as course.toml tells."""
    parsed = parse_course(FolderFiles(folder), folder_name=plan.root or path.stem)
    if parsed.value is None:
        first = errors_in(parsed.diagnostics)[0]
        raise refused(f"its course.toml has errors: {first.message}", help=first.help, exit_code=4)
    if any(one.code == "course-id-missing" for one in parsed.diagnostics):
        raise refused("its course.toml has no `id`", help="Ask its author to add one.", exit_code=4)
    course, told = parsed.value, plan.manifest
    if told is not None and (told.course_id, told.version) != (course.id, course.version):
        raise refused(f"its {MANIFEST_FILE} is of another course or version than its course.toml")
    return course
