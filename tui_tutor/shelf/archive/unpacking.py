"""Unpacking a stranger's archive: judged whole before a byte is written, and written where only we look."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui_tutor.core.course import Course
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import COURSE_FILE, parse_course
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import LIMITS, refused
from tui_tutor.shelf.archive.manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    WHEELS_FOLDER,
    FileFacts,
    Manifest,
    read_manifest_text,
)
from tui_tutor.shelf.archive.names import collision_in, is_left_out, problem_with, trap_in
from tui_tutor.shelf.archive.signing import Signer, check_signature
from tui_tutor.shelf.archive.zip_reading import STORED, Archive, Member, open_archive
from tui_tutor.shelf.folder import LIMITS as FOLDER_LIMITS
from tui_tutor.shelf.folder import WHEELS_PLACE, FolderFiles, tree_hash_of
from tui_tutor.shelf.writing import flush_tree, make_private_folder

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


@dataclass(frozen=True)
class _Plan:
    """What is written: files by their name in the course's folder; what the manifest says of each."""

    root: str  # of the course in the archive, "" if it is the archive itself
    files: Mapping[str, Member]
    facts: Mapping[str, FileFacts]
    manifest: Manifest | None
    signer: Signer | None

    @property
    def size(self) -> int:
        return sum(member.size for member in self.files.values())


def read_manifest(path: Path) -> tuple[Manifest, Signer | None]:
    """What an archive says it holds, and who signed it; TutorError if it is a plain zip or hostile."""
    with open_archive(path) as archive:
        plan = _plan(archive, path)
    if plan.manifest is None:
        raise refused(f"it has no {MANIFEST_FILE}")
    return plan.manifest, plan.signer


def unpack(path: Path, parent: Path, on_progress: Report = lambda _: None) -> Unpacked:
    """Unpack an archive into a fresh folder of `parent`, on the disk when this returns.

    TutorError with the reason if it is refused; nothing of it stays then.
    """
    with open_archive(path) as archive:
        plan = _plan(archive, path)
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
    for folder in parent.glob(f"{_INCOMING}*"):
        owner = folder.name.removeprefix(_INCOMING).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)) and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


# --- judging ----------------------------------------------------------------------------------------


def _plan(archive: Archive, path: Path) -> _Plan:
    for member in archive.members:
        _check_member(member)
    files = {member.name: member for member in archive.members if not member.is_folder}
    if not files:
        raise refused("it is empty")
    is_proven = MANIFEST_FILE in files and COURSE_FILE not in files
    _check_names(archive.members, ours={SIGNATURE_FILE} if is_proven else set())
    return _proven_plan(archive, files) if is_proven else _plain_plan(files, path)


def _check_names(members: Sequence[Member], *, ours: set[str]) -> None:
    """No name twice, and none that is one with another on some system; `ours` are not written anywhere."""
    seen: set[tuple[str, bool]] = set()
    for member in members:
        if (member.name, member.is_folder) in seen:
            raise refused(f"it has {member.name} twice")
        seen.add((member.name, member.is_folder))
    names = [member.name for member in members if not member.is_folder and member.name not in ours]
    # A folder stands for itself when no file in it does.
    inner = {"/".join(name.split("/")[:length]) for name in names for length in range(1, name.count("/") + 1)}
    empty = [f"{one.name}/." for one in members if one.is_folder and one.name not in inner]
    if collided := collision_in([*names, *empty]):
        raise refused(f"{collided[0]} and {collided[1]} are one name on some systems")


def _check_member(member: Member) -> None:
    if (trap := trap_in(member.name)) is not None:
        raise refused(f"{member.name} has {trap}, which Python or its tools would load by themselves")
    if (problem := problem_with(member.name)) is not None:
        raise refused(f"it has a file named {safe_line(member.name, limit=80)!r}; {problem}")
    least = member.size / LIMITS.ratio
    if member.size > LIMITS.ratio_from_bytes and member.packed < least:
        raise refused(f"{member.name} is compressed more than {LIMITS.ratio} times")
    if member.method != STORED and member.packed > member.size * 1.01 + 1_000:
        raise refused(f"{member.name} is larger packed than unpacked")


def _proven_plan(archive: Archive, files: Mapping[str, Member]) -> _Plan:
    data = archive.read(files[MANIFEST_FILE], LIMITS.manifest_bytes)
    manifest = read_manifest_text(data)
    signer = None
    if SIGNATURE_FILE in files:
        signer = check_signature(data, archive.read(files[SIGNATURE_FILE], LIMITS.signature_bytes))
    told = {f"{manifest.course_id}/{one.path}": (one.path, one) for one in manifest.files}
    told |= {f"{WHEELS_FOLDER}/{one.path}": (f"{WHEELS_PLACE}/{one.path}", one) for one in manifest.wheels}
    if len(told) != len(manifest.files) + len(manifest.wheels):
        raise refused(f"its {MANIFEST_FILE} names a file twice")
    present = set(files) - {MANIFEST_FILE, SIGNATURE_FILE}
    if lost := sorted(set(told) - present):
        raise refused(f"{lost[0]} is missing")
    if extra := sorted(present - set(told)):
        raise refused(f"{extra[0]} is not in its {MANIFEST_FILE}")
    for name, (_, one) in told.items():
        if files[name].size != one.size:
            raise refused(f"{name} has another size than its {MANIFEST_FILE} says")
    placed = {place: files[name] for name, (place, _) in told.items()}
    facts = dict(told.values())
    plan = _Plan(manifest.course_id, placed, facts, manifest, signer)
    _check_sizes(plan)
    return plan


def _plain_plan(files: Mapping[str, Member], path: Path) -> _Plan:
    """A zip that somebody made of a course's folder: the same policy, and dot files stay out."""
    wanted = {name: member for name, member in files.items() if not is_left_out(name)}
    root = _root_of(wanted)
    placed = {name.removeprefix(f"{root}/") if root else name: member for name, member in wanted.items()}
    plan = _Plan(root or path.stem, placed, {}, None, None)
    _check_sizes(plan)
    return plan


def _root_of(names: Mapping[str, Member]) -> str:
    """The folder that holds the course, "" if the archive does itself."""
    if COURSE_FILE in names:
        return ""
    tops = sorted({name.partition("/")[0] for name in names})
    roots = [top for top in tops if f"{top}/{COURSE_FILE}" in names]
    if not roots:
        raise refused(f"it is not a course: it has no {COURSE_FILE} at its top or in its one folder")
    if len(tops) > 1:
        raise refused(f"it has more than one folder at its top: {tops[0]} and {tops[1]}")
    return roots[0]


def _check_sizes(plan: _Plan) -> None:
    wheels = {name: one for name, one in plan.files.items() if name.startswith(f"{WHEELS_PLACE}/")}
    own = {name: one for name, one in plan.files.items() if name not in wheels}
    if COURSE_FILE not in own:
        raise refused(f"it is not a course: it has no {COURSE_FILE}")
    if len(own) > FOLDER_LIMITS.files or len(wheels) > LIMITS.wheels:
        raise refused(
            f"it has more than {FOLDER_LIMITS.files:,} files or {LIMITS.wheels} wheels", exit_code=4
        )
    if sum(one.size for one in own.values()) > FOLDER_LIMITS.course_bytes:
        raise refused(f"it has more than {FOLDER_LIMITS.course_bytes // 1_000_000} MB", exit_code=4)
    if sum(one.size for one in wheels.values()) > LIMITS.wheels_bytes:
        raise refused(f"its wheels have more than {LIMITS.wheels_bytes // 1_000_000_000} GB")
    for name in own:
        if name.count("/") >= FOLDER_LIMITS.depth:
            raise refused(f"{name} lies deeper than {FOLDER_LIMITS.depth} folders")


# --- writing ----------------------------------------------------------------------------------------


@contextmanager
def _incoming(parent: Path, size: int) -> Iterator[Path]:
    """A fresh folder of ours that is gone unless all goes well."""
    folder = parent / f"{_INCOMING}{os.getpid()}-{secrets.token_hex(6)}"
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
    reason = os.strerror(error.errno or 0).lower()
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


def _write(archive: Archive, plan: _Plan, folder: Path, tell: Report) -> dict[str, str]:
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


def _course(folder: Path, plan: _Plan, path: Path) -> Course:
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
